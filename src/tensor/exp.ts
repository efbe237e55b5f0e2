/**
 * eˣ in 64-bit floating point, from +, −, ×, ÷ and Math.floor alone.
 *
 * ECMAScript leaves the last digits of Math.exp to the engine, and with them would go the promise
 * that a seed gives the same weights everywhere. The operations used here are each rounded in the
 * one way that IEEE 754 prescribes, so the result is the same number in every engine. It is off by
 * less than 0.8 units in the last place, as a test measures; V8's Math.exp by up to 0.85.
 *
 *   x = k·ln 2 + r,  k whole, |r| ≤ ln 2 / 2     so that     eˣ = 2ᵏ · eʳ
 *
 * On that short interval the series of eʳ, cut off after r¹³/13!, misses at most r¹⁴/14! · 1.03 <
 * 2⁻⁵⁷. (J.-M. Muller, "Elementary Functions", treats such reductions at length.)
 */
import { powerOf2 } from "./power-of-2.js";

/**
 * ln 2 in two parts. LN2_HIGH is a whole multiple of 2⁻⁴⁰ and |k| < 2¹¹, so k · LN2_HIGH has at
 * most 51 bits: it is exact.
 */
export const LN2_HIGH = 0.6931471805592082;
export const LN2_LOW = 7.371002565167799e-13;
const LOG2_E = 1.4426950408889634;

/** e^709.79 is more than the largest number, e^−745.14 less than half of the smallest. */
const [LARGEST, SMALLEST] = [709.79, -745.14];

/** `eˣ` of one number, less than 0.8 units in the last place off, and the same in every engine. */
export function exp(x: number): number {
  if (!(x <= LARGEST)) return x + Infinity; // NaN stays NaN
  if (x < SMALLEST) return 0;
  return expMinus(x, 0);
}

/**
 * `eˣ − 0` or `eˣ − 1` of a number for which the result is one. See `expm1.ts` for what subtracts
 * the 1.
 */
export function expMinus(x: number, subtrahend: 0 | 1): number {
  const k = Math.floor(x * LOG2_E + 0.5);
  // exact: both are multiples of one power of 2, and the difference is small
  const near = x - k * LN2_HIGH;
  const rest = k * LN2_LOW;
  const r = near - rest;
  // what rounding took from r: at most 2⁻⁵⁵, but a quarter of a unit where eʳ < 1
  const lost = near - r - rest;
  // The series from its second power on, innermost first.
  let series = 1 / 6227020800; // 1/13!
  series = 1 / 479001600 + r * series;
  series = 1 / 39916800 + r * series;
  series = 1 / 3628800 + r * series;
  series = 1 / 362880 + r * series;
  series = 1 / 40320 + r * series;
  series = 1 / 5040 + r * series;
  series = 1 / 720 + r * series;
  series = 1 / 120 + r * series;
  series = 1 / 24 + r * series;
  series = 1 / 6 + r * series;
  series = 1 / 2 + r * series;
  // What whole + r loses by rounding is exactly r − (sum − whole); it joins the small numbers, and
  // only the last sum rounds noticeably.
  const whole = subtrahend === 0 ? 1 : 1 - powerOf2(-k);
  const sum = whole + r;
  const y = sum + (r - (sum - whole) + (r * r * series + lost));
  // 2ᵏ in two factors: 2^1024 and 2^−1075 are no numbers. The first product is exact, the second
  // rounds, once, if it is subnormal.
  const half = Math.floor(k / 2);
  return y * powerOf2(half) * powerOf2(k - half);
}
