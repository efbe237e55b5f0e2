/**
 * eˣ − 1 in 64-bit floating point. Near 0, where eˣ is near 1, the difference of the two would keep
 * few of the digits of x; here none is lost. With k and r of `exp.ts`,
 *
 *   eˣ − 1 = 2ᵏ · (eʳ − 2⁻ᵏ) = 2ᵏ · ((1 − 2⁻ᵏ) + r + r²/2 + …)
 *
 * and for every x up to ln 2 / 2 in size k is 0: the bracket 1 − 2⁻ᵏ vanishes, and the series
 * starts with r = x. The result is off by less than 1 unit in the last place, as a test measures,
 * and the same in every engine.
 */
import { exp, expMinus } from "./exp.js";

/** e^−37.43 is less than half of the distance from −1 to its neighbour. */
const MINUS_ONE_BELOW = -37.43;

/** `eˣ − 1` of one number, less than 1 unit in the last place off, and the same in every engine. */
export function expm1(x: number): number {
  if (x < MINUS_ONE_BELOW) return -1;
  if (x === 0) return x; // −0 stays −0
  return x < 709 ? expMinus(x, 1) : exp(x); // where 1 is less than a unit
}
