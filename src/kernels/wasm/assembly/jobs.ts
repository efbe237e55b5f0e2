/**
 * Work that several threads share. A job is a kernel with its arguments and a number of chunks; each thread takes the next chunk until
 * none is left. How a job is cut depends on its size only, never on the number of threads, and so does every result, to the bit.
 */
import { convolvePool } from "./convolve-pool";
import { firstPixels, inputGradient, weightGradient } from "./convolution";
import { gemm, gemmDots, lineAfter } from "./gemm";
import { accumulate, adamUpdate, relu, reluBackward, sgdUpdate, sumPerChannel } from "./passes";
import { gemmSparse, sparseScratch } from "./sparse";
import { transpose } from "./transpose";
import { averagePool2d, averagePool2dBackward, col2im, Geometry, im2col, maxPool2d, maxPool2dBackward } from "./windows";

/** In memory: the state, then arguments, 4 bytes each; {@link Numbers} follow at byte 128. */
@unmanaged
export class Job {
  /** The job's number, and in the lowest byte how many chunks nobody has taken yet. */
  ticket: i64;
  done: i32;
  kernel: i32; chunks: i32;
  /** How many things there are to do: images, planes, blocks of rows or of entries. */
  items: i32;
  x: usize; y: usize; out: usize; extra: usize;
  M: i32; N: i32; I: i32;
  aMatrix: usize; aRow: usize; aStep: usize; whichA: usize;
  bMatrix: usize; bRow: usize; whichB: usize;
  rowBias: usize; rowBiasStep: usize; columnBias: usize;
  /** Bits, see below. */
  flags: i32;
  geometry: Geometry;
  channels: i32;
  scratch: usize; scratchBytes: usize;
  rows: i32; blocks: i32;
  bPanel: usize;
}

/** Arguments of the optimizers. */
@unmanaged
class Numbers {
  learningRate: f64; first: f64; second: f64; epsilon: f64; weightDecay: f64; correction1: f64; correction2: f64;
}

// What `flags` says of a job; `Flag` in `../jobs.ts` has the same numbers.
const TURN_B = 1; // b is given as [N, I]
const SPARSE = 2; // the first operand of a sum, or the second of a product, is mostly zeros
const TURN_A = 4; // a sparse product needs aᵀ, and a is not given so
const COLUMNS = 8; // b is not there yet: its matrices are the columns of the images at y
const ONTO_IMAGE = 16; // the product's columns are added onto an image right away
const DOTS = 32; // b is given as [N, I], and rows of both are multiplied as they are
const RECTIFY = 64; // max pooling of max(x, 0)
const SPARSE_A = 128; // the first operand of a product has many zeros

/** How many entries a block of a pass over a flat array has. */
const BLOCK = 4096;

/**
 * Takes chunks of a job until none is left. A thread that comes late finds another number on the ticket, and leaves: the next job may
 * be half written by then. Who holds a chunk can rely on the job, since it does not end before the chunk does.
 */
function takeChunks(job: Job, number: i32, worker: i32): void {
  const ticket = changetype<usize>(job) + offsetof<Job>("ticket");
  const done = changetype<usize>(job) + offsetof<Job>("done");
  for (;;) {
    const now = atomic.load<i64>(ticket);
    const left = <i32>(now & 0xff);
    if (<i32>(now >> 8) != number || left == 0) return;
    if (atomic.cmpxchg<i64>(ticket, now, now - 1) != now) continue;
    const chunk = job.chunks - left;
    const first = <i32>(<i64>chunk * job.items / job.chunks);
    const end = <i32>(<i64>(chunk + 1) * job.items / job.chunks);
    runChunk(job, chunk, first, end, job.scratch + <usize>worker * job.scratchBytes);
    if (atomic.add<i32>(done, 1) + 1 == job.chunks) atomic.notify(done, 1);
  }
}

/** What a thread does all its life: waits for a job, helps with it, waits for the next. `control` holds the number of the last job, −1 at the end. */
export function work(control: usize, job: Job, worker: i32): void {
  let seen = 0;
  for (;;) {
    let spins = 0;
    while (atomic.load<i32>(control) == seen) {
      if (++spins > SPINS) atomic.wait<i32>(control, seen, -1);
    }
    seen = atomic.load<i32>(control);
    if (seen < 0) return;
    takeChunks(job, seen, worker);
  }
}

/** How often a thread looks for news before it goes to sleep: some tenths of a millisecond. To wake it up takes a good part of that. */
const SPINS = 200_000;

/** Announces a job, helps with it, and waits for the others. Returns whether all is done, in time. */
export function runJob(control: usize, job: Job, threads: i32, mayWait: bool, timeoutMs: i32): bool {
  const number = (atomic.load<i32>(control) + 1) & 0x3fff_ffff;
  const done = changetype<usize>(job) + offsetof<Job>("done");
  atomic.store<i32>(done, 0);
  atomic.store<i64>(changetype<usize>(job) + offsetof<Job>("ticket"), (<i64>number << 8) | <i64>job.chunks);
  atomic.store<i32>(control, number);
  if (threads > 1 && job.chunks > 1) atomic.notify(control, threads - 1);
  takeChunks(job, number, 0);
  let spins: i64 = 0;
  while (true) {
    const now = atomic.load<i32>(done);
    if (now == job.chunks) return true;
    if (++spins < SPINS) continue;
    if (!mayWait) {
      if (spins > <i64>timeoutMs * 100_000) return false;
    } else if (atomic.wait<i32>(done, now, <i64>timeoutMs * 1_000_000) == 2) return false;
  }
  return false;
}

function runChunk(job: Job, chunk: i32, first: i32, end: i32, scratch: usize): void {
  const g = job.geometry;
  switch (job.kernel) {
    case 0: return products(job, first, end, scratch);
    case 1: return sums(job, first, end, job.out + <usize>chunk * job.aMatrix, scratch);
    case 2: return addPartials(job, first, end);
    case 3: {
      const rows = <usize>(g.kH * g.kW * g.outH * g.outW) << 2;
      return im2col(end - first, g, job.x + <usize>first * pixels(g), job.out + <usize>first * rows);
    }
    case 4: {
      const rows = <usize>(g.kH * g.kW * g.outH * g.outW) << 2;
      return col2im(end - first, g, job.x + <usize>first * rows, job.out + <usize>first * pixels(g));
    }
    case 5: return maxPool2d(end - first, g, job.x + <usize>first * pixels(g), job.out + <usize>first * windows(g), job.extra + <usize>first * windows(g), (job.flags & RECTIFY) != 0);
    case 6: return maxPool2dBackward(end - first, g.outH * g.outW, g.H * g.W, job.x + <usize>first * windows(g), job.extra + <usize>first * windows(g), job.out + <usize>first * pixels(g), job.y ? job.y + <usize>first * windows(g) : 0);
    case 7: return averagePool2d(end - first, g, job.x + <usize>first * pixels(g), job.out + <usize>first * windows(g));
    case 8: return averagePool2dBackward(end - first, g, job.x + <usize>first * windows(g), job.out + <usize>first * pixels(g));
    case 9: return relu(length(job, first, end), job.x + offset(first), job.out + offset(first));
    case 10: return reluBackward(length(job, first, end), job.x + offset(first), job.y + offset(first), job.out + offset(first));
    case 11: {
      const image = <usize>(job.M * job.N) << 2;
      return sumPerChannel(end - first, job.M, job.N, job.x + <usize>first * image, job.y ? job.y + <usize>first * image : 0, job.out + (<usize>(chunk * job.M) << 3));
    }
    case 12: {
      const n = numbers(job);
      const at = offset(first);
      return sgdUpdate(length(job, first, end), job.x + at, job.y + at, job.extra ? job.extra + at : 0, n.learningRate, n.first, n.second != 0, n.weightDecay);
    }
    case 13: {
      const n = numbers(job);
      const at = offset(first);
      return adamUpdate(
        length(job, first, end), job.x + at, job.y + at, job.extra + at, job.out + at,
        n.learningRate, n.first, n.second, n.epsilon, n.weightDecay, n.correction1, n.correction2,
      );
    }
    case 14: {
      // an item is eight rows
      const row = 8 * first;
      const rowBytes = <usize>job.N << 2;
      for (let r = row; r < min(8 * end, job.M); r += 8) {
        transpose(min(8, job.M - r), job.N, job.x + <usize>r * rowBytes, rowBytes, job.out + <usize>r * job.aStep, job.aRow);
      }
      return;
    }
    case 15: {
      // x: dOut of the pooling, extra: its winners, rowBias: its maxima, all [M, N] for each image; y: the convolution's images
      const winners = <usize>(job.M * job.N) << 2;
      const out = job.out + <usize>chunk * job.aMatrix;
      const free = lineAfter(scratch + windows(g));
      memory.fill(out, 0, job.aMatrix);
      firstPixels(job.channels, g, scratch);
      for (let n = first; n < end; n++) {
        const at = <usize>n * winners;
        weightGradient(job.channels, job.M, job.N, g, job.y + <usize>n * (<usize>job.channels * pixels(g)), job.x + at, job.extra + at, job.rowBias + at, out, scratch, free);
      }
      return;
    }
    case 16: {
      // the same, but for y: the filters
      const winners = <usize>(job.M * job.N) << 2;
      const free = lineAfter(scratch + windows(g));
      firstPixels(job.channels, g, scratch);
      for (let n = first; n < end; n++) {
        const at = <usize>n * winners;
        inputGradient(job.channels, job.M, job.N, g, job.y, job.x + at, job.extra + at, job.rowBias + at, job.out + <usize>n * (<usize>job.channels * pixels(g)), scratch, free);
      }
      return;
    }
    case 17: {
      // rows × blocks: the pooled windows
      const image = <usize>job.channels * pixels(g);
      const pooled = <usize>(job.M * job.rows * job.blocks) << 2;
      for (let n = first; n < end; n++) {
        const at = <usize>n * pooled;
        convolvePool(job.channels, job.M, g, job.rows, job.blocks, job.x + <usize>n * image, job.y, job.rowBias, job.out + at, job.extra + at, (job.flags & RECTIFY) != 0, scratch);
      }
      return;
    }
    case 18: return accumulate(length(job, first, end), job.x + offset(first), job.out + offset(first));
  }
}

@inline
function pixels(g: Geometry): usize {
  return <usize>(g.H * g.W) << 2;
}

@inline
function windows(g: Geometry): usize {
  return <usize>(g.outH * g.outW) << 2;
}

/** Where block `first` of a flat array starts. */
@inline
function offset(first: i32): usize {
  return <usize>first * BLOCK * 4;
}

/** How many entries blocks `first` to before `end` have; `N` holds the length of the array. */
@inline
function length(job: Job, first: i32, end: i32): i32 {
  return min(end * BLOCK, job.N) - first * BLOCK;
}

@inline
function numbers(job: Job): Numbers {
  return changetype<Numbers>(changetype<usize>(job) + 128);
}

/** Where matrix `n` of the second operand is, computed or turned over into `scratch` if need be; `free` moves past what it takes. */
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
function products(job: Job, first: i32, end: i32, scratch: usize): void {
  const M = job.M, N = job.N, I = job.I;
  const cMatrix = <usize>(M * N) << 2;
  const list = scratch;
  const panel = list + sparseScratch(I);
  const turned = panel + (<usize>I << 5);
  const turnedA = turned + cMatrix;
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
      if (job.flags & TURN_A && which != heldA) transpose(M, I, a, <usize>I << 2, turnedA, <usize>M << 2);
      heldA = which;
      gemmSparse(N, M, I, b, 4, job.bRow, job.flags & TURN_A ? turnedA : a, <usize>M << 2, turned, <usize>M << 2, list, false);
      transpose(N, M, turned, <usize>M << 2, c, <usize>N << 2);
    } else if (job.flags & SPARSE_A) {
      gemmSparse(rows, N, I, a + <usize>row * job.aRow, job.aRow, job.aStep, b, job.bRow, c + (<usize>(row * N) << 2), <usize>N << 2, list, false);
    } else {
      const rowBias = job.rowBias ? job.rowBias + <usize>which * job.rowBiasStep + (<usize>row << 2) : 0;
      gemm(rows, N, I, a + <usize>row * job.aRow, job.aRow, job.aStep, b, job.bRow, job.bPanel, c + (<usize>(row * N) << 2), <usize>N << 2, rowBias, job.columnBias, false, panel);
    }
    if (job.flags & ONTO_IMAGE) col2im(job.channels, job.geometry, dCols, job.out + <usize>n * (<usize>job.channels * pixels(job.geometry)));
  }
}

/** The sum of some products, `blocks` sums side by side, into memory of this chunk's own. */
function sums(job: Job, first: i32, end: i32, out: usize, scratch: usize): void {
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
    else if (job.flags & SPARSE) gemmSparse(M, N, I, a, job.aRow, job.aStep, b, job.bRow, c, <usize>N << 2, list, true);
    else gemm(M, N, I, a, job.aRow, job.aStep, b, job.bRow, 32, c, <usize>N << 2, 0, 0, true, panel);
  }
}

/** Adds up `M` partial results, one behind the other at x, in their order. */
function addPartials(job: Job, first: i32, end: i32): void {
  const bytes = <usize>job.N << 2;
  let at = offset(first);
  const last = at + (<usize>length(job, first, end) << 2);
  for (; at + 16 <= last; at += 16) {
    let total = f32x4.splat(0);
    for (let part = 0; part < job.M; part++) total = f32x4.add(total, v128.load(job.x + <usize>part * bytes + at));
    v128.store(job.out + at, total);
  }
  for (; at < last; at += 4) {
    let total: f32 = 0;
    for (let part = 0; part < job.M; part++) total += load<f32>(job.x + <usize>part * bytes + at);
    store<f32>(job.out + at, total);
  }
}
