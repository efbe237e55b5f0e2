/** Four float32 numbers at a time, and what is left at the end of an array. Positions in bytes. */

@inline
export function splat(x: f64): v128 {
  return f32x4.splat(<f32>x);
}

/** Entries i … i + 3 of an array of `count`; those beyond its end read as 0. */
@inline
export function read(array: usize, i: i32, count: i32): v128 {
  const at = array + (<usize>i << 2);
  if (i + 4 <= count) return v128.load(at);
  let x = f32x4.replace_lane(f32x4.splat(0), 0, load<f32>(at));
  if (i + 1 < count) x = f32x4.replace_lane(x, 1, load<f32>(at, 4));
  if (i + 2 < count) x = f32x4.replace_lane(x, 2, load<f32>(at, 8));
  return x;
}

/** Writes entries i … i + 3 of an array, as far as it has them. */
@inline
export function write(array: usize, i: i32, count: i32, x: v128): void {
  const at = array + (<usize>i << 2);
  if (i + 4 <= count) {
    v128.store(at, x);
    return;
  }
  store<f32>(at, f32x4.extract_lane(x, 0));
  if (i + 1 < count) store<f32>(at, f32x4.extract_lane(x, 1), 4);
  if (i + 2 < count) store<f32>(at, f32x4.extract_lane(x, 2), 8);
}

/** The first two numbers in float64. */
@inline
export function firstTwo(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** The last two numbers in float64. */
@inline
export function lastTwo(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<u64>(x, x, 1, 1));
}

/** Two pairs of float64 as four float32. */
@inline
export function fourOf(first: v128, last: v128): v128 {
  const low = f32x4.demote_f64x2_zero(first), high = f32x4.demote_f64x2_zero(last);
  return v128.shuffle<u64>(low, high, 0, 2);
}

@inline
export function sumOfTwo(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}
