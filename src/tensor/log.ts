/**
 * The natural logarithm in 64-bit floating point, from +, −, ×, ÷ and the bits of a number: see
 * `exp.ts` for why. It is off by less than 0.8 units in the last place, as a test measures.
 *
 *   x = 2ᵏ · (1 + f),  k whole, √½ ≤ 1 + f < √2     so that     log x = k·ln 2 + log(1 + f)
 *
 * With s = f / (2 + f), 1 + f = (1 + s) / (1 − s), and the two series of log(1 + s) and log(1 − s)
 * leave odd powers only:
 *
 *   log(1 + f) = 2s + s·R,     R = 2·(s²/3 + s⁴/5 + s⁶/7 + …)
 *
 * |s| ≤ 3 − 2√2 < 0.1716. Cut off after s²⁰/21, the series misses less than s²²/22 < 2⁻⁶⁰ of the
 * result.
 *
 * 2s has been rounded, f has not. From the definition of s, 2s = f − s·f and s·f = f²/2 − s·f²/2,
 * therefore
 *
 *   log(1 + f) = f − (f²/2 − s·(f²/2 + R))
 *
 * where what is rounded is smaller than f, the more so the nearer x is to 1, where the result is
 * small.
 */
import { LN2_HIGH, LN2_LOW } from "./exp.js";
import { powerOf2 } from "./power-of-2.js";

/**
 * A number, and the same 64 bits as two integers: 1 sign, 11 exponent, 52 fraction. Which integer
 * has the exponent depends on the machine: it is the one that is not 0 for the number 1.
 */
const number = new Float64Array([1]);
const halves = new Int32Array(number.buffer);
const HIGH = halves[0] === 0 ? 1 : 0;

/**
 * The first 20 bits of the fraction of √2. It matters little where exactly the interval of 1 + f
 * ends.
 */
const ROOT_2 = 0x6a09e;
const SMALLEST_NORMAL = powerOf2(-1022);

/**
 * `log x` of one number, less than 0.8 units in the last place off, and the same in every engine;
 * NaN below 0.
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  // What is too small to have all 53 bits is made larger first; the exponent makes up for it.
  return x < SMALLEST_NORMAL ? logOfNormal(x * powerOf2(54), -54) : logOfNormal(x, 0);
}

/** `log x + shift · ln 2` */
function logOfNormal(x: number, shift: number): number {
  number[0] = x;
  const high = halves[HIGH]!;
  const k = (high >> 20) - 1023 + ((high & 0xfffff) >= ROOT_2 ? 1 : 0);
  const f = x * powerOf2(-k) - 1; // exact, every step
  const s = f / (2 + f);
  const z = s * s;
  let series = 2 / 21;
  series = 2 / 19 + z * series;
  series = 2 / 17 + z * series;
  series = 2 / 15 + z * series;
  series = 2 / 13 + z * series;
  series = 2 / 11 + z * series;
  series = 2 / 9 + z * series;
  series = 2 / 7 + z * series;
  series = 2 / 5 + z * series;
  series = 2 / 3 + z * series;
  const R = z * series;
  const square = 0.5 * f * f;
  // n · LN2_HIGH is exact; everything else is added up from the smallest on.
  const n = k + shift;
  return n * LN2_HIGH - (square - (s * (square + R) + n * LN2_LOW) - f);
}
