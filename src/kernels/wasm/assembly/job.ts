/** What threads share: a job is a kernel with its arguments, in memory. */
import { Geometry } from "./windows";

/** In memory: the state, then arguments, 4 bytes each; {@link Numbers} follow at byte 144. */
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
  /** Pooled windows of a convolution. */
  poolH: i32; poolW: i32;
}

/** Arguments of the optimizers. */
@unmanaged
export class Numbers {
  learningRate: f64; first: f64; second: f64; epsilon: f64; weightDecay: f64;
  correction1: f64; correction2: f64; shrink: f64;
}

// What `flags` says of a job; `Flag` in `../jobs.ts` has the same numbers.
export const TURN_B = 1; // b is given as [N, I]
export const SPARSE = 2; // the first operand of a sum, or the second of a product, is mostly zeros
export const TURN_A = 4; // a sparse product needs aᵀ, and a is not given so
export const COLUMNS = 8; // b is not there yet: its matrices are the columns of the images at y
export const ONTO_IMAGE = 16; // the product's columns are added onto an image right away
export const DOTS = 32; // b is given as [N, I], and rows of both are multiplied as they are
export const RECTIFY = 64; // max pooling of max(x, 0)
export const SPARSE_A = 128; // the first operand of a product has many zeros

/** How many entries a block of a pass over a flat array has. */
export const BLOCK = 4096;
