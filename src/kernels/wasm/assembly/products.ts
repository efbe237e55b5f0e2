/**
 * Products of a batch of matrices, and sums of such products: where the operands come from and
 * where the results go.
 */
import { gemm } from "./gemm";
import { gemmDots } from "./gemm-dots";
import { PANEL, ProductsArguments, SumsArguments } from "./generated/table";
import { gemmSparse, sparseScratch } from "./sparse";
import { transpose } from "./transpose";
import { col2im, im2col, pixels } from "./windows";

/**
 * Where matrix `n` of the second operand is, computed or turned over into `scratch` if need be.
 *
 * @param job of products or of sums
 */
function secondOperand<T>(job: T, n: i32, scratch: usize): usize {
  const N = job.N, I = job.I;
  let b = job.b + <usize>n * job.bMatrix;
  if (job.columns) {
    im2col(job.channels, job.geometry, b, scratch);
    b = scratch;
    scratch += <usize>(I * N) << 2;
  }
  if (job.turnB) {
    transpose(N, I, b, <usize>I << 2, scratch, <usize>N << 2);
    b = scratch;
  }
  return b;
}

/** Bytes of scratch space that all products need: for {@link gemmSparse}, and for a panel. */
@inline
function listAndPanel(I: i32): usize {
  return sparseScratch(I) + <usize>(4 * PANEL * I);
}

@inline
function matrixBytes(rows: i32, columns: i32): u64 {
  return <u64>rows * <u64>columns << 2;
}

/** Bytes of the copies that {@link secondOperand} makes. */
@inline
function copiesOfB<T>(job: T): u64 {
  const matrix = matrixBytes(job.I, job.N);
  return (job.columns ? matrix : 0) + (job.turnB ? matrix : 0);
}

/** Bytes of scratch space for {@link products}, in its order. */
export function productsScratch(job: ProductsArguments): u64 {
  const cMatrix = matrixBytes(job.M, job.N);
  const turned = (job.sparseB ? cMatrix : 0) + (job.turnA ? matrixBytes(job.M, job.I) : 0);
  return <u64>listAndPanel(job.I) + turned + (job.ontoImages ? cMatrix : 0) + copiesOfB(job);
}

/** Products of a batch. An item is a block of `rows` rows of one matrix of C. */
export function products(
  job: ProductsArguments, first: i32, end: i32, chunk: i32, scratch: usize,
): void {
  const M = job.M, N = job.N, I = job.I;
  const cMatrix = <usize>(M * N) << 2;
  const list = scratch;
  const panel = list + sparseScratch(I);
  const turned = scratch + listAndPanel(I);
  const turnedA = turned + (job.sparseB ? cMatrix : 0);
  const dCols = turnedA + (job.turnA ? <usize>(M * I) << 2 : 0);
  const free = dCols + (job.ontoImages ? cMatrix : 0);
  let heldA = -1, heldB = -1;
  let b: usize = 0;
  for (let item = first; item < end; item++) {
    const n = item / job.blocks;
    const row = (item % job.blocks) * job.rows;
    const rows = min(job.rows, M - row);
    const which = load<i32>(job.whichA + (<usize>n << 2));
    const whichB = load<i32>(job.whichB + (<usize>n << 2));
    const a = job.a + <usize>which * job.aMatrix;
    if (whichB != heldB) b = secondOperand(job, whichB, free);
    heldB = whichB;
    const c = job.ontoImages ? dCols : job.out + <usize>n * cMatrix;
    if (job.sparseB) {
      // C = A · B as Cᵀ = Bᵀ · Aᵀ, so that the sparse operand comes first
      if (job.turnA && which != heldA)
        transpose(M, I, a, <usize>I << 2, turnedA, <usize>M << 2);
      heldA = which;
      gemmSparse(
        N, M, I, b, 4, job.bRow, job.turnA ? turnedA : a, <usize>M << 2, turned, <usize>M << 2,
        list, false,
      );
      transpose(N, M, turned, <usize>M << 2, c, <usize>N << 2);
    } else if (job.sparseA) {
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
    if (job.ontoImages)
      col2im(
        job.channels, job.geometry, dCols,
        job.out + <usize>n * (<usize>job.channels * pixels(job.geometry)),
      );
  }
}

/** Bytes of scratch space for {@link sums}, in its order. */
export function sumsScratch(job: SumsArguments): u64 {
  return <u64>listAndPanel(job.I) + copiesOfB(job);
}

/** The sum of some products, `blocks` sums side by side, into memory of this chunk's own. */
export function sums(
  job: SumsArguments, first: i32, end: i32, chunk: i32, scratch: usize,
): void {
  const M = job.M, N = job.N, I = job.I;
  const part = <usize>(job.blocks * M * N) << 2;
  const out = job.out + <usize>chunk * part;
  memory.fill(out, 0, part);
  const list = scratch;
  const panel = list + sparseScratch(I);
  const free = scratch + listAndPanel(I);
  const aMatrix = <usize>(M * I) << 2;
  for (let k = first; k < end; k++) {
    const c = out + <usize>(k % job.blocks) * (<usize>(M * N) << 2);
    const a = job.a + <usize>k * aMatrix;
    const b = secondOperand(job, k, free);
    if (job.dots) gemmDots(M, N, I, a, job.aRow, b, <usize>I << 2, c, <usize>N << 2);
    else if (job.sparseA)
      gemmSparse(M, N, I, a, job.aRow, job.aStep, b, job.bRow, c, <usize>N << 2, list, true);
    else
      gemm(M, N, I, a, job.aRow, job.aStep, b, job.bRow, 32, c, <usize>N << 2, 0, 0, true, panel);
  }
}
