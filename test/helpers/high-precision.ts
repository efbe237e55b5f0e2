/** e^x to 256 binary places, in whole numbers: the truth for functions that are rounded to 53. */

const PLACES = 256;
const ONE = 1n << BigInt(PLACES);

/** `whole · 2^exponent` rounded down to a whole number. */
const shifted = (whole: bigint, exponent: number): bigint => (exponent >= 0 ? whole << BigInt(exponent) : whole >> BigInt(-exponent));

/** A finite number as whole · 2^exponent, exactly. */
function exactly(x: number): { whole: bigint; exponent: number } {
  if (!Number.isFinite(x)) throw new Error(`expected a finite number, got ${x}`);
  let exponent = 0;
  for (; !Number.isInteger(x); x *= 2) exponent--;
  return { whole: BigInt(x), exponent };
}

/** ln 2 = 2·(1/3 + 1/(3·3³) + 1/(5·3⁵) + …), as a multiple of 2⁻²⁵⁶ */
const LN2 = (() => {
  let sum = 0n;
  for (let n = 1n, power = ONE / 3n; power > 0n; n += 2n, power /= 9n) sum += power / n;
  return 2n * sum;
})();

/** e^x = mantissa · 2^(exponent − 256), 2²⁵⁶ ≤ mantissa < 2²⁵⁷. */
function power(x: number): { mantissa: bigint; exponent: number } {
  const { whole, exponent } = exactly(x);
  const places = shifted(whole, exponent + PLACES);
  let k = places / LN2;
  if (places < k * LN2) k--;
  const r = places - k * LN2;
  let mantissa = 0n;
  for (let n = 1n, term = ONE; term > 0n; term = ((term * r) / ONE) / n, n++) mantissa += term;
  return { mantissa, exponent: Number(k) };
}

/** The distance of the neighbours of y, as the exponent of a power of 2. */
function unitOf(y: number): number {
  const { whole, exponent } = exactly(Math.abs(y));
  return Math.max(exponent + whole.toString(2).length - 53, -1074);
}

/** By how many units in the last place y differs from e^x; to a millionth of a unit. */
export function ulpsFromExp(x: number, y: number): number {
  const { mantissa, exponent } = power(x);
  const scale = 20 - unitOf(y);
  const own = exactly(y);
  return Number(shifted(own.whole, own.exponent + scale) - shifted(mantissa, exponent - PLACES + scale)) / 2 ** 20;
}

/** By how many units in the last place y differs from log x: y − log x = −log(x·e^−y) = 1 − x·e^−y, as long as that is small. */
export function ulpsFromLog(x: number, y: number): number {
  const { whole, exponent } = exactly(x);
  const inverse = power(-y);
  const product = shifted(whole * inverse.mantissa, exponent + inverse.exponent);
  return Number(shifted(ONE - product, 20 - unitOf(y) - PLACES)) / 2 ** 20;
}
