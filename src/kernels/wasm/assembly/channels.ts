/**
 * Passes over [N, C, P], N images of C channels of P pixels, with a few numbers for each channel.
 * Where P is 1, images are rows, and four channels side by side share a vector. Sums are float64,
 * and one thread adds up all of a channel, so that its order is always the same. float32;
 * positions in bytes.
 */
import { firstTwo, fourOf, lastTwo, read, sumOfTwo, write } from "./lanes";

/**
 * Mean and variance of channel c, of four channels from c on if P is 1. The variance is taken
 * around the mean, in a second pass: nothing is lost where numbers are far from 0.
 */
export function channelMoments(
  N: i32, C: i32, P: i32, c: i32, x: usize, mean: usize, variance: usize,
): void {
  if (P == 1) return rowMoments(N, C, c, x, mean, variance);
  const M = <f64>N * <f64>P;
  const mu = sumOfChannel(N, C, P, c, x) / M;
  store<f32>(mean + (<usize>c << 2), <f32>mu);
  store<f32>(variance + (<usize>c << 2), <f32>(squaresOfChannel(N, C, P, c, x, mu) / M));
}

function sumOfChannel(N: i32, C: i32, P: i32, c: i32, x: usize): f64 {
  let a = f64x2.splat(0), b = a;
  let rest: f64 = 0;
  for (let n = 0; n < N; n++) {
    const plane = x + planeAt(n, C, c, P);
    let p = 0;
    for (; p + 4 <= P; p += 4) {
      const v = v128.load(plane + (<usize>p << 2));
      a = f64x2.add(a, firstTwo(v));
      b = f64x2.add(b, lastTwo(v));
    }
    for (; p < P; p++) rest += <f64>load<f32>(plane + (<usize>p << 2));
  }
  return sumOfTwo(f64x2.add(a, b)) + rest;
}

function squaresOfChannel(N: i32, C: i32, P: i32, c: i32, x: usize, mean: f64): f64 {
  const mu = f64x2.splat(mean);
  let a = f64x2.splat(0), b = a;
  let rest: f64 = 0;
  for (let n = 0; n < N; n++) {
    const plane = x + planeAt(n, C, c, P);
    let p = 0;
    for (; p + 4 <= P; p += 4) {
      const v = v128.load(plane + (<usize>p << 2));
      const first = f64x2.sub(firstTwo(v), mu), last = f64x2.sub(lastTwo(v), mu);
      a = f64x2.add(a, f64x2.mul(first, first));
      b = f64x2.add(b, f64x2.mul(last, last));
    }
    for (; p < P; p++) {
      const distance = <f64>load<f32>(plane + (<usize>p << 2)) - mean;
      rest += distance * distance;
    }
  }
  return sumOfTwo(f64x2.add(a, b)) + rest;
}

function rowMoments(N: i32, C: i32, c: i32, x: usize, mean: usize, variance: usize): void {
  const M = f64x2.splat(<f64>N);
  let a = f64x2.splat(0), b = a;
  for (let n = 0; n < N; n++) {
    const v = read(x + planeAt(n, C, 0, 1), c, C);
    a = f64x2.add(a, firstTwo(v));
    b = f64x2.add(b, lastTwo(v));
  }
  const muA = f64x2.div(a, M), muB = f64x2.div(b, M);
  write(mean, c, C, fourOf(muA, muB));
  a = f64x2.splat(0);
  b = a;
  for (let n = 0; n < N; n++) {
    const v = read(x + planeAt(n, C, 0, 1), c, C);
    const first = f64x2.sub(firstTwo(v), muA), last = f64x2.sub(lastTwo(v), muB);
    a = f64x2.add(a, f64x2.mul(first, first));
    b = f64x2.add(b, f64x2.mul(last, last));
  }
  write(variance, c, C, fourOf(f64x2.div(a, M), f64x2.div(b, M)));
}

/** The sums of x and of x · y over channel c, over four channels from c on if P is 1. */
export function channelSums(
  N: i32, C: i32, P: i32, c: i32, x: usize, y: usize, sum: usize, product: usize,
): void {
  if (P == 1) return rowSums(N, C, c, x, y, sum, product);
  let a = f64x2.splat(0), b = a, ay = a, by = a;
  let rest: f64 = 0, restY: f64 = 0;
  for (let n = 0; n < N; n++) {
    const at = planeAt(n, C, c, P);
    let p: usize = at;
    const end = at + (<usize>P << 2);
    for (; p + 16 <= end; p += 16) {
      const v = v128.load(x + p), w = v128.load(y + p);
      const first = firstTwo(v), last = lastTwo(v);
      a = f64x2.add(a, first);
      b = f64x2.add(b, last);
      ay = f64x2.add(ay, f64x2.mul(first, firstTwo(w)));
      by = f64x2.add(by, f64x2.mul(last, lastTwo(w)));
    }
    for (; p < end; p += 4) {
      const value = <f64>load<f32>(x + p);
      rest += value;
      restY += value * <f64>load<f32>(y + p);
    }
  }
  store<f32>(sum + (<usize>c << 2), <f32>(sumOfTwo(f64x2.add(a, b)) + rest));
  store<f32>(product + (<usize>c << 2), <f32>(sumOfTwo(f64x2.add(ay, by)) + restY));
}

function rowSums(
  N: i32, C: i32, c: i32, x: usize, y: usize, sum: usize, product: usize,
): void {
  let a = f64x2.splat(0), b = a, ay = a, by = a;
  for (let n = 0; n < N; n++) {
    const row = planeAt(n, C, 0, 1);
    const v = read(x + row, c, C), w = read(y + row, c, C);
    const first = firstTwo(v), last = lastTwo(v);
    a = f64x2.add(a, first);
    b = f64x2.add(b, last);
    ay = f64x2.add(ay, f64x2.mul(first, firstTwo(w)));
    by = f64x2.add(by, f64x2.mul(last, lastTwo(w)));
  }
  write(sum, c, C, fourOf(a, b));
  write(product, c, C, fourOf(ay, by));
}

/** `out = scale · (x − centre) + shift` for one plane, or for one row of C channels. */
export function channelAffine(
  C: i32, P: i32, plane: i32, x: usize, scale: usize, centre: usize, shift: usize, out: usize,
): void {
  const at = <usize>(plane * (P == 1 ? C : P)) << 2;
  x += at;
  out += at;
  if (P == 1) {
    for (let c = 0; c < C; c += 4) {
      const centred = f32x4.sub(read(x, c, C), read(centre, c, C));
      const scaled = f32x4.mul(read(scale, c, C), centred);
      write(out, c, C, f32x4.add(scaled, read(shift, c, C)));
    }
    return;
  }
  const channel = <usize>(plane % C) << 2;
  const factor = v128.load32_splat(scale + channel);
  const middle = v128.load32_splat(centre + channel);
  const summand = v128.load32_splat(shift + channel);
  for (let p = 0; p < P; p += 4) {
    const scaled = f32x4.mul(factor, f32x4.sub(read(x, p, P), middle));
    write(out, p, P, f32x4.add(scaled, summand));
  }
}

/** `out = scale · (y − intercept − slope · x)` for one plane, or for one row of C channels. */
export function channelResidual(
  C: i32, P: i32, plane: i32, y: usize, x: usize, intercept: usize, slope: usize, scale: usize,
  out: usize,
): void {
  const at = <usize>(plane * (P == 1 ? C : P)) << 2;
  x += at;
  y += at;
  out += at;
  if (P == 1) {
    for (let c = 0; c < C; c += 4) {
      const line = f32x4.mul(read(slope, c, C), read(x, c, C));
      const left = f32x4.sub(f32x4.sub(read(y, c, C), read(intercept, c, C)), line);
      write(out, c, C, f32x4.mul(read(scale, c, C), left));
    }
    return;
  }
  const channel = <usize>(plane % C) << 2;
  const factor = v128.load32_splat(scale + channel);
  const start = v128.load32_splat(intercept + channel);
  const steepness = v128.load32_splat(slope + channel);
  for (let p = 0; p < P; p += 4) {
    const left = f32x4.sub(f32x4.sub(read(y, p, P), start), f32x4.mul(steepness, read(x, p, P)));
    write(out, p, P, f32x4.mul(factor, left));
  }
}

/** Where channel c of image n starts. */
@inline
function planeAt(n: i32, C: i32, c: i32, P: i32): usize {
  return <usize>((n * C + c) * P) << 2;
}
