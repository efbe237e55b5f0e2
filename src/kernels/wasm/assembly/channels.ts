/**
 * Passes over [N, C, P], N images of C channels of P pixels, with a few numbers for each channel.
 * Where P is 1, images are rows, and four channels side by side share a vector. Sums are float64;
 * those of each chunk of images are added up in the order of the chunks. float32; positions in
 * bytes.
 */
import { firstTwo, lastTwo, read, sumOfTwo, write } from "./lanes";
import { maxPool2dBackward } from "./pooling";

/**
 * Adds, to each of C totals in float64, the entries of that channel of an image; the squares of
 * their distances from `centre`, C numbers in float64, if there is one.
 */
export function channelTotals(C: i32, P: i32, x: usize, centre: usize, totals: usize): void {
  if (P == 1) return rowTotals(C, x, centre, totals);
  for (let c = 0; c < C; c++) {
    const channel = <usize>c << 3;
    const total = centre
      ? squaresOfPlane(P, x, load<f64>(centre + channel))
      : sumOfPlane(P, x);
    addTo(totals + channel, total);
    x += <usize>P << 2;
  }
}

function sumOfPlane(P: i32, x: usize): f64 {
  let a = f64x2.splat(0), b = a;
  let p = 0;
  for (; p + 4 <= P; p += 4) {
    const v = v128.load(x + (<usize>p << 2));
    a = f64x2.add(a, firstTwo(v));
    b = f64x2.add(b, lastTwo(v));
  }
  let total = sumOfTwo(f64x2.add(a, b));
  for (; p < P; p++) total += <f64>load<f32>(x + (<usize>p << 2));
  return total;
}

function squaresOfPlane(P: i32, x: usize, centre: f64): f64 {
  const middle = f64x2.splat(centre);
  let a = f64x2.splat(0), b = a;
  let p = 0;
  for (; p + 4 <= P; p += 4) {
    const v = v128.load(x + (<usize>p << 2));
    const first = f64x2.sub(firstTwo(v), middle), last = f64x2.sub(lastTwo(v), middle);
    a = f64x2.add(a, f64x2.mul(first, first));
    b = f64x2.add(b, f64x2.mul(last, last));
  }
  let total = sumOfTwo(f64x2.add(a, b));
  for (; p < P; p++) {
    const distance = <f64>load<f32>(x + (<usize>p << 2)) - centre;
    total += distance * distance;
  }
  return total;
}

function rowTotals(C: i32, x: usize, centre: usize, totals: usize): void {
  for (let c = 0; c < C; c++) {
    const channel = <usize>c << 3;
    const distance = <f64>load<f32>(x) - (centre ? load<f64>(centre + channel) : 0);
    addTo(totals + channel, centre ? distance * distance : distance);
    x += 4;
  }
}

/**
 * Adds the entries of each channel of x to C totals, and those of x · y to C totals behind them.
 * With argmax, x is what flows back out of a max pooling with S windows a plane, and y is finite:
 * zeros are left out.
 */
export function channelSums(
  C: i32, P: i32, S: i32, x: usize, argmax: usize, y: usize, totals: usize,
): void {
  if (argmax) return winnerSums(C, P, S, x, argmax, y, totals);
  const products = totals + (<usize>C << 3);
  for (let c = 0; c < C; c++) {
    let a = f64x2.splat(0), b = a, ay = a, by = a;
    let p = 0;
    for (; p + 4 <= P; p += 4) {
      const at = <usize>p << 2;
      const v = v128.load(x + at), w = v128.load(y + at);
      const first = firstTwo(v), last = lastTwo(v);
      a = f64x2.add(a, first);
      b = f64x2.add(b, last);
      ay = f64x2.add(ay, f64x2.mul(first, firstTwo(w)));
      by = f64x2.add(by, f64x2.mul(last, lastTwo(w)));
    }
    let total = sumOfTwo(f64x2.add(a, b)), product = sumOfTwo(f64x2.add(ay, by));
    for (; p < P; p++) {
      const value = <f64>load<f32>(x + (<usize>p << 2));
      total += value;
      product += value * <f64>load<f32>(y + (<usize>p << 2));
    }
    addTo(totals + (<usize>c << 3), total);
    addTo(products + (<usize>c << 3), product);
    x += <usize>P << 2;
    y += <usize>P << 2;
  }
}

/** A window without a winner is a zero too. */
function winnerSums(
  C: i32, P: i32, S: i32, values: usize, argmax: usize, y: usize, totals: usize,
): void {
  const products = totals + (<usize>C << 3);
  for (let c = 0; c < C; c++) {
    let total: f64 = 0, product: f64 = 0;
    for (let s = 0; s < S; s++) {
      const winner = load<i32>(argmax);
      const value = select<f64>(<f64>load<f32>(values), 0, winner >= 0);
      total += value;
      product += value * <f64>load<f32>(y + (<usize>max(winner, 0) << 2));
      values += 4; argmax += 4;
    }
    addTo(totals + (<usize>c << 3), total);
    addTo(products + (<usize>c << 3), product);
    y += <usize>P << 2;
  }
}

@inline
function addTo(total: usize, summand: f64): void {
  store<f64>(total, load<f64>(total) + summand);
}

/**
 * `out = scale · (x − centre) + shift` for a plane of P pixels; or, with `rows`, for a row, whose
 * P = C entries are channels.
 */
export function channelAffine(
  plane: i32, C: i32, P: i32, rows: bool, x: usize, scale: usize, centre: usize, shift: usize,
  out: usize,
): void {
  if (rows) {
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

/**
 * `out = scale · (y − intercept − slope · x)`, for a plane or a row as in {@link channelAffine}.
 * With argmax, y is what flows back out of a max pooling with S windows a plane: it is laid out
 * where the result goes, and read from there.
 */
export function channelResidual(
  plane: i32, C: i32, P: i32, S: i32, rows: bool, y: usize, argmax: usize, x: usize,
  intercept: usize, slope: usize, scale: usize, out: usize,
): void {
  if (argmax) {
    maxPool2dBackward(S, P, y, argmax, out);
    y = out;
  }
  if (rows) {
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
