/**
 * Products of a batch of matrices, and sums of such products: where the operands come from and
 * where the results go.
 */
import { gemm } from "./gemm";
import { gemmDots } from "./gemm-dots";
import { COLUMNS, DOTS, Job, ONTO_IMAGE, SPARSE, SPARSE_A, TURN_A, TURN_B } from "./job";
import { gemmSparse, sparseScratch } from "./sparse";
import { transpose } from "./transpose";
import { col2im, im2col, pixels } from "./windows";

/**
 * Where matrix `n` of the second operand is, computed or turned over into `scratch` if need be;
 * `free` moves past what it takes.
 */
function secondOperand(job: Job, n: i32, scratch: usize): usize {
  const N = job.N, I = job.I;
  let b = job.y + <usize>n * job.bMatrix;
  if (job.flags & COLUMNS) {
    im2col(job.channels, job.geometry, b, scratch);
    b = scratch;
    scratch += <usize>(I * N) << 2;
  }
  if (job.flags & TURN_B) {
    transpose(N, I, b, <usize>I << 2, scratch, <usize>N << 2);
    b = scratch;
  }
  return b;
}

/** Products of a batch. An item is a block of `rows` rows of one matrix of C. */
export function products(job: Job, first: i32, end: i32, scratch: usize): void {
  const M = job.M, N = job.N, I = job.I;
  const cMatrix = <usize>(M * N) << 2;
  const list = scratch;
  const panel = list + sparseScratch(I);
  const turned = panel + (<usize>I << 5);
  const turnedA = turned + (job.flags & SPARSE ? cMatrix : 0);
  const dCols = turnedA + (job.flags & TURN_A ? <usize>(M * I) << 2 : 0);
  const free = dCols + (job.flags & ONTO_IMAGE ? cMatrix : 0);
  let heldA = -1, heldB = -1;
  let b: usize = 0;
  for (let item = first; item < end; item++) {
    const n = item / job.blocks;
    const row = (item % job.blocks) * job.rows;
    const rows = min(job.rows, M - row);
    const which = load<i32>(job.whichA + (<usize>n << 2));
    const whichB = load<i32>(job.whichB + (<usize>n << 2));
    const a = job.x + <usize>which * job.aMatrix;
    if (whichB != heldB) b = secondOperand(job, whichB, free);
    heldB = whichB;
    const c = job.flags & ONTO_IMAGE ? dCols : job.out + <usize>n * cMatrix;
    if (job.flags & SPARSE) {
      // C = A · B as Cᵀ = Bᵀ · Aᵀ, so that the sparse operand comes first
      if (job.flags & TURN_A && which != heldA)
        transpose(M, I, a, <usize>I << 2, turnedA, <usize>M << 2);
      heldA = which;
      gemmSparse(
        N, M, I, b, 4, job.bRow, job.flags & TURN_A ? turnedA : a, <usize>M << 2, turned,
        <usize>M << 2, list, false,
      );
      transpose(N, M, turned, <usize>M << 2, c, <usize>N << 2);
    } else if (job.flags & SPARSE_A) {
      gemmSparse(
        rows, N, I, a + <usize>row * job.aRow, job.aRow, job.aStep, b, job.bRow,
        c + (<usize>(row * N) << 2), <usize>N << 2, list, false,
      );
    } else {
      const rowBias =
        job.rowBias ? job.rowBias + <usize>which * job.rowBiasStep + (<usize>row << 2) : 0;
      gemm(
        rows, N, I, a + <usize>row * job.aRow, job.aRow, job.aStep, b, job.bRow, job.bPanel,
        c + (<usize>(row * N) << 2), <usize>N << 2, rowBias, job.columnBias, false, panel,
      );
    }
    if (job.flags & ONTO_IMAGE)
      col2im(
        job.channels, job.geometry, dCols,
        job.out + <usize>n * (<usize>job.channels * pixels(job.geometry)),
      );
  }
}

/** The sum of some products, `blocks` sums side by side, into memory of this chunk's own. */
export function sums(job: Job, first: i32, end: i32, out: usize, scratch: usize): void {
  const M = job.M, N = job.N, I = job.I;
  memory.fill(out, 0, job.aMatrix);
  const list = scratch;
  const panel = list + sparseScratch(I);
  const free = panel + (<usize>I << 5);
  const aMatrix = <usize>(M * I) << 2;
  for (let k = first; k < end; k++) {
    const c = out + <usize>(k % job.blocks) * (<usize>(M * N) << 2);
    const a = job.x + <usize>k * aMatrix;
    const b = secondOperand(job, k, free);
    if (job.flags & DOTS) gemmDots(M, N, I, a, job.aRow, b, <usize>I << 2, c, <usize>N << 2);
    else if (job.flags & SPARSE)
      gemmSparse(M, N, I, a, job.aRow, job.aStep, b, job.bRow, c, <usize>N << 2, list, true);
    else
      gemm(M, N, I, a, job.aRow, job.aStep, b, job.bRow, 32, c, <usize>N << 2, 0, 0, true, panel);
  }
}
