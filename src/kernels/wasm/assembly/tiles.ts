/**
 * 3×3 convolutions, and their gradients, with 2.25 times fewer multiplications: by tiles of 4×4
 * pixels, which overlap and give 2×2 outputs each. Derived in `derivations/speed.md`, with the
 * matrices A, B and G.
 *
 *   C channels   K filters   R, S rows and columns of tiles   T tiles of the images done together
 *   d a tile   g a filter
 *
 * float32; positions and steps in bytes.
 */
import { gemm, lineAfter } from "./gemm";
import {
  ConvolveTilesArguments, TILE_ENTRIES, TilesWeightGradientArguments,
} from "./generated/table";
import { transpose } from "./transpose";

/**
 * `G·g·Gᵀ` of filter k, into its row of 16 matrices [K, C]. All filters are [K, C, 3, 3];
 * `turned`, they are [C, K, 3, 3], and each turned around by half a circle: what the gradient of
 * the image is convolved by.
 */
export function transformFilters(
  k: i32, K: i32, C: i32, filters: usize, turned: bool, out: usize,
): void {
  const matrix = <usize>(K * C) << 2;
  for (let c = 0; c < C; c++) {
    const g = filters + <usize>(turned ? c * K + k : k * C + c) * 36;
    let to = out + (<usize>c << 2);
    for (let i = 0; i < 4; i++) {
      const a = entryOfG(i, g, 0, turned), b = entryOfG(i, g, 1, turned);
      const d = entryOfG(i, g, 2, turned);
      store<f32>(to, a); to += matrix;
      store<f32>(to, <f32>0.5 * (a + b + d)); to += matrix;
      store<f32>(to, <f32>0.5 * (a - b + d)); to += matrix;
      store<f32>(to, d); to += matrix;
    }
  }
}

/** Entry (i, j) of G·g. */
@inline
function entryOfG(i: i32, g: usize, j: i32, turned: bool): f32 {
  const x = tap(g, j, turned), y = tap(g, 3 + j, turned), z = tap(g, 6 + j, turned);
  if (i == 0) return x;
  if (i == 3) return z;
  return <f32>0.5 * (i == 1 ? x + y + z : x - y + z);
}

@inline
function tap(g: usize, at: i32, turned: bool): f32 {
  return load<f32>(g + (<usize>(turned ? 8 - at : at) << 2));
}

/** From one row of a padded plane to the next: the last four tiles read two pixels more. */
@inline
function rowBytes(S: i32): usize {
  return <usize>(2 * S + 4) << 2;
}

/** Bytes of a plane with its padding, rounded up to whole lines. */
@inline
function planeBytes(R: i32, S: i32): usize {
  return lineAfter(<usize>(2 * R + 2) * rowBytes(S));
}

/** Bytes of 16 matrices, rounded up to whole lines. */
@inline
function matricesBytes(rows: i32, columns: i32): u64 {
  return lineAfter(<u64>rows * <u64>columns * TILE_ENTRIES << 2);
}

/** Bytes of scratch space for {@link convolveTogether}, in its order. */
export function convolveTilesScratch(job: ConvolveTilesArguments): u64 {
  const R = job.tileRows, S = job.tileColumns, T = job.together * R * S;
  return 64 + 2 * <u64>planeBytes(R, S) + matricesBytes(job.C, T) + matricesBytes(job.K, T) +
    32 * <u64>job.C;
}

export function convolveTiles(
  job: ConvolveTilesArguments, first: i32, end: i32, chunk: i32, scratch: usize,
): void {
  const image = <usize>(job.C * job.H * job.W) << 2;
  const out = <usize>(job.K * job.outH * job.outW) << 2;
  const last = min(end * job.together, job.images);
  for (let n = first * job.together; n < last; n += job.together) {
    convolveTogether(
      job, min(job.together, last - n), job.x + <usize>n * image, job.out + <usize>n * out, scratch,
    );
  }
}

/** Some images: x [C, H, W] each and the 16 matrices of filters → out [K, outH, outW] each. */
function convolveTogether(
  job: ConvolveTilesArguments, images: i32, x: usize, out: usize, scratch: usize,
): void {
  const C = job.C, K = job.K, R = job.tileRows, S = job.tileColumns;
  const ofImage = R * S, T = images * ofImage;
  const plane = lineAfter(scratch), outPlane = plane + planeBytes(R, S);
  const tiles = outPlane + planeBytes(R, S);
  const sums = tiles + <usize>matricesBytes(C, T);
  const panel = sums + <usize>matricesBytes(K, T);
  transformImages(job, images, x, plane, tiles);
  // (speed.10b) out = Aᵀ·((G·g·Gᵀ) ⊙ (Bᵀ·d·B))·A,
  //   where entries of ⊙ are summed over the channels: 16 products of matrices
  for (let i = 0; i < TILE_ENTRIES; i++) {
    gemm(
      K, T, C, job.filters + (<usize>(i * K * C) << 2), <usize>C << 2, 4,
      tiles + (<usize>(i * C * T) << 2), <usize>T << 2, 32, sums + (<usize>(i * K * T) << 2),
      <usize>T << 2, 0, 0, false, panel,
    );
  }
  const windows = <usize>(job.outH * job.outW) << 2;
  for (let n = 0; n < images; n++) {
    for (let k = 0; k < K; k++) {
      const from = sums + (<usize>(k * T + n * ofImage) << 2);
      transformSums(R, S, from, <usize>(K * T) << 2, outPlane);
      const bias: f32 = job.bias ? load<f32>(job.bias + (<usize>k << 2)) : 0;
      crop(job.outH, job.outW, outPlane, <usize>(2 * S) << 2, bias, out);
      out += windows;
    }
  }
}

/** Bytes of scratch space for {@link gradientTogether}, in its order. */
export function tilesWeightGradientScratch(job: TilesWeightGradientArguments): u64 {
  const R = job.tileRows, S = job.tileColumns, T = job.together * R * S;
  const C = job.C, K = job.K;
  return 64 + 2 * <u64>planeBytes(R, S) + matricesBytes(C, T) + matricesBytes(K, T) +
    matricesBytes(K, C) + lineAfter(<u64>C * <u64>T << 2) + 32 * <u64>T;
}

/** Where the sums of the 16 matrices [K, C] are in the scratch space. */
function weightSums(job: TilesWeightGradientArguments, scratch: usize): usize {
  const R = job.tileRows, S = job.tileColumns, T = job.together * R * S;
  return lineAfter(scratch) + 2 * planeBytes(R, S) +
    <usize>(matricesBytes(job.C, T) + matricesBytes(job.K, T));
}

export function tilesWeightGradient(
  job: TilesWeightGradientArguments, first: i32, end: i32, chunk: i32, scratch: usize,
): void {
  const C = job.C, K = job.K;
  const image = <usize>(C * job.H * job.W) << 2, out = <usize>(K * job.outH * job.outW) << 2;
  const sums = weightSums(job, scratch);
  memory.fill(sums, 0, <usize>(TILE_ENTRIES * K * C) << 2);
  const last = min(end * job.together, job.images);
  for (let n = first * job.together; n < last; n += job.together) {
    gradientTogether(
      job, min(job.together, last - n), job.x + <usize>n * image, job.dOut + <usize>n * out,
      scratch,
    );
  }
  gatherFilters(K, C, sums, job.out + (<usize>(chunk * K * C * 9) << 2));
}

/** Adds what some images tell: x [C, H, W] and dOut [K, outH, outW] each. */
function gradientTogether(
  job: TilesWeightGradientArguments, images: i32, x: usize, dOut: usize, scratch: usize,
): void {
  const C = job.C, K = job.K, R = job.tileRows, S = job.tileColumns;
  const ofImage = R * S, T = images * ofImage;
  const plane = lineAfter(scratch), dPlane = plane + planeBytes(R, S);
  const tiles = dPlane + planeBytes(R, S);
  const spread = tiles + <usize>matricesBytes(C, job.together * ofImage);
  const sums = weightSums(job, scratch);
  const turned = sums + <usize>matricesBytes(K, C);
  const panel = turned + lineAfter(<usize>(C * job.together * ofImage) << 2);
  transformImages(job, images, x, plane, tiles);
  const windows = <usize>(job.outH * job.outW) << 2;
  memory.fill(dPlane, 0, planeBytes(R, S));
  for (let n = 0; n < images; n++) {
    for (let k = 0; k < K; k++) {
      place(job.outH, job.outW, dOut, 0, 0, R, S, dPlane);
      const to = spread + (<usize>(k * T + n * ofImage) << 2);
      spreadGradient(R, S, dPlane, to, <usize>(K * T) << 2);
      dOut += windows;
    }
  }
  // (speed.10c) dg = Gᵀ·((A·dOut·Aᵀ) ⊙ (Bᵀ·d·B))·G, summed over the tiles
  for (let i = 0; i < TILE_ENTRIES; i++) {
    transpose(
      C, T, tiles + (<usize>(i * C * T) << 2), <usize>T << 2, turned, <usize>C << 2,
    );
    gemm(
      K, C, T, spread + (<usize>(i * K * T) << 2), <usize>T << 2, 4, turned, <usize>C << 2, 32,
      sums + (<usize>(i * K * C) << 2), <usize>C << 2, 0, 0, true, panel,
    );
  }
}

/** `Gᵀ·m·G` of each of the 16-entry sums, into [K, C, 3, 3]. */
function gatherFilters(K: i32, C: i32, sums: usize, out: usize): void {
  const matrix = <usize>(K * C) << 2;
  for (let at = sums; at < sums + matrix; at += 4) {
    for (let i = 0; i < 3; i++) {
      const a = entryOfGT(i, at, matrix), b = entryOfGT(i, at + matrix, matrix);
      const c = entryOfGT(i, at + 2 * matrix, matrix), d = entryOfGT(i, at + 3 * matrix, matrix);
      store<f32>(out, a + <f32>0.5 * (b + c));
      store<f32>(out, <f32>0.5 * (b - c), 4);
      store<f32>(out, <f32>0.5 * (b + c) + d, 8);
      out += 12;
    }
  }
}

/** Entry i of a column of Gᵀ·m. */
@inline
function entryOfGT(i: i32, column: usize, matrix: usize): f32 {
  const a = load<f32>(column), b = load<f32>(column + 4 * matrix);
  const c = load<f32>(column + 8 * matrix), d = load<f32>(column + 12 * matrix);
  if (i == 1) return <f32>0.5 * (b - c);
  return (i == 0 ? a : d) + <f32>0.5 * (b + c);
}

/** Puts pixels, at least four in a row, where they lie on a plane that is 0 around them. */
function place(
  H: i32, W: i32, x: usize, padH: i32, padW: i32, R: i32, S: i32, plane: usize,
): void {
  const rows = min(H, 2 * R + 2 - padH), columns = min(W, 2 * S + 2 - padW);
  plane += <usize>padH * rowBytes(S) + (<usize>padW << 2);
  for (let h = 0; h < rows; h++) {
    for (let w = 0; w < columns; w += 4) {
      const at = <usize>min(w, columns - 4) << 2;
      v128.store(plane + at, v128.load(x + at));
    }
    plane += rowBytes(S);
    x += <usize>W << 2;
  }
}

/**
 * `Bᵀ·d·B` of all tiles of some images, x [C, H, W] each, into 16 matrices [C, T].
 *
 * @param job of a convolution or of its weights' gradient
 */
function transformImages<Job>(job: Job, images: i32, x: usize, plane: usize, tiles: usize): void {
  const C = job.C, R = job.tileRows, S = job.tileColumns;
  const ofImage = R * S, T = images * ofImage;
  memory.fill(plane, 0, planeBytes(R, S));
  for (let n = 0; n < images; n++) {
    for (let c = 0; c < C; c++) {
      place(job.H, job.W, x, job.padH, job.padW, R, S, plane);
      const to = tiles + (<usize>(c * T + n * ofImage) << 2);
      transformPixels(R, S, plane, to, <usize>(C * T) << 2);
      x += <usize>(job.H * job.W) << 2;
    }
  }
}

/** `Bᵀ·d·B` of all tiles of a plane, four of a row at a time, the last four perhaps some again. */
function transformPixels(R: i32, S: i32, plane: usize, out: usize, matrix: usize): void {
  const row = rowBytes(S);
  for (let r = 0; r < R; r++) {
    for (let s = 0; s < S; s += 4) {
      const first = min(s, S - 4);
      const d0 = plane + <usize>(2 * r) * row + (<usize>(2 * first) << 2);
      const d1 = d0 + row, d2 = d1 + row, d3 = d2 + row;
      let to = out + (<usize>(r * S + first) << 2);
      to = rowOfTiles(d0, d2, false, to, matrix);
      to = rowOfTiles(d1, d2, true, to, matrix);
      to = rowOfTiles(d2, d1, false, to, matrix);
      rowOfTiles(d1, d3, false, to, matrix);
    }
  }
}

/** A row of Bᵀ·d, which is the sum or the difference of two rows, times B. */
@inline
function rowOfTiles(p: usize, q: usize, isSum: bool, to: usize, matrix: usize): usize {
  const a = combined(v128.load(p), v128.load(q), isSum);
  const b = combined(v128.load(p, 16), v128.load(q, 16), isSum);
  const c = combined(v128.load64_zero(p, 32), v128.load64_zero(q, 32), isSum);
  const x0 = v128.shuffle<f32>(a, b, 0, 2, 4, 6), x1 = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
  const x2 = v128.shuffle<f32>(x0, c, 1, 2, 3, 4), x3 = v128.shuffle<f32>(x1, c, 1, 2, 3, 5);
  v128.store(to, f32x4.sub(x0, x2)); to += matrix;
  v128.store(to, f32x4.add(x1, x2)); to += matrix;
  v128.store(to, f32x4.sub(x2, x1)); to += matrix;
  v128.store(to, f32x4.sub(x1, x3));
  return to + matrix;
}

@inline
function combined(x: v128, y: v128, isSum: bool): v128 {
  return isSum ? f32x4.add(x, y) : f32x4.sub(x, y);
}

/** `Aᵀ·m·A` of all tiles, onto a plane [2·R, 2·S]. */
function transformSums(R: i32, S: i32, sums: usize, matrix: usize, plane: usize): void {
  const row = <usize>(2 * S) << 2;
  for (let r = 0; r < R; r++) {
    for (let s = 0; s < S; s += 4) {
      const first = min(s, S - 4);
      const at = sums + (<usize>(r * S + first) << 2);
      const to = plane + <usize>(2 * r) * row + (<usize>(2 * first) << 2);
      pairOfRow(
        upper(at, matrix), upper(at + matrix, matrix), upper(at + 2 * matrix, matrix),
        upper(at + 3 * matrix, matrix), to,
      );
      pairOfRow(
        lower(at, matrix), lower(at + matrix, matrix), lower(at + 2 * matrix, matrix),
        lower(at + 3 * matrix, matrix), to + row,
      );
    }
  }
}

/** The first entry of a column of Aᵀ·m. */
@inline
function upper(column: usize, matrix: usize): v128 {
  const sum = f32x4.add(v128.load(column), v128.load(column + 4 * matrix));
  return f32x4.add(sum, v128.load(column + 8 * matrix));
}

/** The second one. */
@inline
function lower(column: usize, matrix: usize): v128 {
  const difference = f32x4.sub(v128.load(column + 4 * matrix), v128.load(column + 8 * matrix));
  return f32x4.sub(difference, v128.load(column + 12 * matrix));
}

/** A row of Aᵀ·m, times A: two pixels of each of four tiles. */
@inline
function pairOfRow(a: v128, b: v128, c: v128, d: v128, to: usize): void {
  const left = f32x4.add(f32x4.add(a, b), c), right = f32x4.sub(f32x4.sub(b, c), d);
  v128.store(to, v128.shuffle<f32>(left, right, 0, 4, 1, 5));
  v128.store(to, v128.shuffle<f32>(left, right, 2, 6, 3, 7), 16);
}

/** `A·dOut·Aᵀ` of all tiles of a plane: the adjoint of {@link transformSums}. */
function spreadGradient(R: i32, S: i32, plane: usize, out: usize, matrix: usize): void {
  const row = rowBytes(S);
  for (let r = 0; r < R; r++) {
    for (let s = 0; s < S; s += 4) {
      const first = min(s, S - 4);
      const p = plane + <usize>(2 * r) * row + (<usize>(2 * first) << 2);
      const a = v128.load(p), b = v128.load(p, 16);
      const c = v128.load(p + row), d = v128.load(p + row, 16);
      let to = out + (<usize>(r * S + first) << 2);
      to = spreadRow(a, b, to, matrix);
      to = spreadRow(f32x4.add(a, c), f32x4.add(b, d), to, matrix);
      to = spreadRow(f32x4.sub(a, c), f32x4.sub(b, d), to, matrix);
      spreadRow(f32x4.neg(c), f32x4.neg(d), to, matrix);
    }
  }
}

/** A row of A·dOut, two pixels of each of four tiles, times Aᵀ. */
@inline
function spreadRow(a: v128, b: v128, to: usize, matrix: usize): usize {
  const left = v128.shuffle<f32>(a, b, 0, 2, 4, 6), right = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
  v128.store(to, left); to += matrix;
  v128.store(to, f32x4.add(left, right)); to += matrix;
  v128.store(to, f32x4.sub(left, right)); to += matrix;
  v128.store(to, f32x4.neg(right));
  return to + matrix;
}

/** The pixels that there are, and the bias. */
function crop(outH: i32, outW: i32, plane: usize, row: usize, bias: f32, out: usize): void {
  const b = f32x4.splat(bias);
  for (let p = 0; p < outH; p++) {
    for (let q = 0; q < outW; q += 4) {
      const at = <usize>min(q, outW - 4) << 2;
      v128.store(out + at, f32x4.add(v128.load(plane + at), b));
    }
    plane += row;
    out += <usize>outW << 2;
  }
}
