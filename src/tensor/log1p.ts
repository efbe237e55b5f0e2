/**
 * log(1 + x) in 64-bit floating point. Near 0 the sum 1 + x keeps few of the digits of x. What it
 * loses, e = 1 + x − u with u the rounded sum, is known exactly, and it is so small that the
 * tangent makes up for it:
 *
 *   log(1 + x) = log(u + e) = log u + e/u − …,
 *   |e/u| ≤ 2⁻⁵³, so that the next term is beyond all digits
 *
 * The result is off by less than 1.5 units in the last place, as a test measures, and the same in
 * every engine.
 */
import { log } from "./log.js";

/**
 * `log(1 + x)` of one number, less than 1.5 units in the last place off, and the same in every
 * engine; NaN below −1.
 */
export function log1p(x: number): number {
  const u = 1 + x;
  if (u === 1) return x; // x²/2 is less than half a unit; and −0 stays −0
  if (!(u > 0 && u < Infinity)) return log(u);
  // The larger number comes off first: that difference is exact.
  const lost = x < 1 ? x - (u - 1) : 1 - (u - x);
  return log(u) + lost / u;
}
