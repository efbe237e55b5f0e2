/** Random masks, by the generator of `tensor/sfc32.ts`: a vector's lanes hold four streams. */
import { BLOCK, RANDOM_WARM_UP } from "./generated/table";
import { write } from "./lanes";

/** `value` where the bits drawn are `least` or more, else 0; from block `first` on. */
export function randomMask(
  count: i32, first: i32, keyA: i32, keyB: i32, keyC: i32, least: i32, value: f64, out: usize,
): void {
  const kept = f32x4.splat(<f32>value), threshold = i32x4.splat(least), one = i32x4.splat(1);
  const end = out + (<usize>count << 2);
  for (; out < end; out += BLOCK << 2) {
    const length = min<i32>(BLOCK, <i32>(end - out) >> 2);
    let a = i32x4.splat(keyA), b = i32x4.splat(keyB), counter = one;
    let c = i32x4.add(i32x4.splat(keyC + 4 * first), i32x4(0, 1, 2, 3));
    for (let i = -4 * RANDOM_WARM_UP; i < length; i += 4) {
      const bits = i32x4.add(i32x4.add(a, b), counter);
      counter = i32x4.add(counter, one);
      a = v128.xor(b, i32x4.shr_u(b, 9));
      b = i32x4.add(c, i32x4.shl(c, 3));
      c = i32x4.add(v128.or(i32x4.shl(c, 21), i32x4.shr_u(c, 11)), bits);
      if (i >= 0) write(out, i, length, v128.and(kept, i32x4.ge_u(bits, threshold)));
    }
    first++;
  }
}
