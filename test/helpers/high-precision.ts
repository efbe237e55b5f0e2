/**
 * e^x, what is made of it, and cos πx, to about 256 binary places, in whole numbers: the truth for
 * functions that are rounded to 53.
 */

const PLACES = 256;
const ONE = 1n << BigInt(PLACES);

/** `whole · 2^exponent` rounded down to a whole number. */
const shifted = (whole: bigint, exponent: number): bigint =>
  exponent >= 0 ? whole << BigInt(exponent) : whole >> BigInt(-exponent);

/** whole · 2^exponent */
interface Binary {
  readonly whole: bigint;
  readonly exponent: number;
}

/** A finite number, exactly. */
function exactly(x: number): Binary {
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
function power({ whole, exponent }: Binary): { mantissa: bigint; exponent: number } {
  const places = shifted(whole, exponent + PLACES);
  let k = places / LN2;
  if (places < k * LN2) k--;
  const r = places - k * LN2;
  let mantissa = 0n;
  for (let n = 1n, term = ONE; term > 0n; term = (term * r) / ONE / n, n++) mantissa += term;
  return { mantissa, exponent: Number(k) };
}

/** The distance of the neighbours of y, as the exponent of a power of 2. */
function unitOf(y: number): number {
  const { whole, exponent } = exactly(Math.abs(y));
  return Math.max(exponent + whole.toString(2).length - 53, -1074);
}

/** By how many units in the last place y differs from the truth; to a millionth of a unit. */
function ulps(y: number, truth: Binary): number {
  const scale = 20 - unitOf(y);
  const own = exactly(y);
  return (
    Number(
      shifted(own.whole, own.exponent + scale) - shifted(truth.whole, truth.exponent + scale),
    ) /
    2 ** 20
  );
}

/** e^x as whole · 2^exponent */
function powerOf(x: Binary): Binary {
  const { mantissa, exponent } = power(x);
  return { whole: mantissa, exponent: exponent - PLACES };
}

/** By how many units in the last place y differs from e^x. */
export function ulpsFromExp(x: number, y: number): number {
  return ulps(y, powerOf(exactly(x)));
}

/** By how many units in the last place y differs from e^x − 1. */
export function ulpsFromExpm1(x: number, y: number): number {
  const { whole, exponent } = powerOf(exactly(x));
  // Both parts as multiples of 2^least, so that neither loses a digit.
  const least = Math.min(exponent, -PLACES);
  return ulps(y, {
    whole: (whole << BigInt(exponent - least)) - (1n << BigInt(-least)),
    exponent: least,
  });
}

/**
 * By how many units in the last place y differs from tanh x = (e^2x − 1) / (e^2x + 1); |x| < 60.
 */
export function ulpsFromTanh(x: number, y: number): number {
  const { whole, exponent } = powerOf(exactly(2 * x));
  const e = shifted(whole, exponent + PLACES);
  return ulps(y, { whole: ((e - ONE) * ONE) / (e + ONE), exponent: -PLACES });
}

/**
 * By how many units in the last place y differs from log x: y − log x = −log(x·e^−y) = 1 − x·e^−y,
 * as long as that is small.
 */
export function ulpsFromLog(x: number, y: number): number {
  return ulpsFromLogOf(exactly(x), y);
}

/** By how many units in the last place y differs from log(1 + x). */
export function ulpsFromLog1p(x: number, y: number): number {
  const { whole, exponent } = exactly(x);
  return ulpsFromLogOf({ whole: whole + (1n << BigInt(-exponent)), exponent }, y);
}

function ulpsFromLogOf({ whole, exponent }: Binary, y: number): number {
  const inverse = power(exactly(-y));
  const product = shifted(whole * inverse.mantissa, exponent + inverse.exponent);
  return Number(shifted(ONE - product, 20 - unitOf(y) - PLACES)) / 2 ** 20;
}

/** The square root, rounded down to a whole number, by Newton's iteration from above. */
function rootOf(whole: bigint): bigint {
  for (let root = 1n << BigInt((whole.toString(2).length >> 1) + 1); ; ) {
    const next = (root + whole / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** The inverse tangent of 1/n, as a multiple of 2⁻²⁵⁶. */
function inverseTangentOfOneOver(n: bigint): bigint {
  let sum = 0n;
  for (let k = 1n, power = ONE / n; power !== 0n; k += 2n, power = -power / (n * n))
    sum += power / k;
  return sum;
}

/** J. Machin's π = 16·arctan 1/5 − 4·arctan 1/239, and its root, as multiples of 2⁻²⁵⁶. */
const PI = 16n * inverseTangentOfOneOver(5n) - 4n * inverseTangentOfOneOver(239n);
const ROOT_OF_PI = rootOf(PI * ONE);

/** x² and e^−x², for x as a number. */
function squares(x: number): { square: Binary; bell: Binary } {
  const { whole, exponent } = exactly(x);
  const square = { whole: whole * whole, exponent: 2 * exponent };
  return { square, bell: powerOf({ whole: -square.whole, exponent: square.exponent }) };
}

/**
 * erf x = 2x/√π · e^−x² · (1 + 2x²/3 · (1 + 2x²/5 · (1 + …))): all terms positive, so that none
 * cancels another. For |x| ≤ 6.
 */
export function erfBySeries(x: number): Binary {
  const { square, bell } = squares(x);
  const z = shifted(square.whole, square.exponent + PLACES);
  let sum = 0n;
  for (let n = 1n, term = ONE; term > 0n; term = (2n * term * z) / ONE / (2n * n + 1n), n++)
    sum += term;
  const own = exactly(x);
  return {
    whole: (2n * own.whole * sum * bell.whole) / ROOT_OF_PI,
    exponent: own.exponent + bell.exponent,
  };
}

/**
 * erfc x = e^−x²/√π · 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …)))), Laplace's continued fraction.
 * For x ≥ 3.
 */
export function erfcByFraction(x: number): Binary {
  const { bell } = squares(x);
  const places = shifted(exactly(x).whole, exactly(x).exponent + PLACES);
  let below = places;
  for (let n = BigInt(20 + Math.ceil(3000 / (x * x))); n > 0n; n--)
    below = places + (n * ONE * ONE) / (2n * below);
  return { whole: (bell.whole * ONE * ONE) / (ROOT_OF_PI * below), exponent: bell.exponent };
}

/** By how many units in the last place y differs from erf x. For |x| ≤ 6. */
export function ulpsFromErf(x: number, y: number): number {
  return ulps(y, erfBySeries(x));
}

/** By how many units in the last place y differs from erfc x. */
export function ulpsFromErfc(x: number, y: number): number {
  if (x >= 3) return ulps(y, erfcByFraction(x));
  const { whole, exponent } = erfBySeries(x);
  return ulps(y, { whole: ONE - shifted(whole, exponent + PLACES), exponent: -PLACES });
}

/** By how many units in the last place y differs from cos πx, for x from −2 to 2. */
export function ulpsFromCosPi(x: number, y: number): number {
  const { whole, exponent } = exactly(x);
  const angle = (shifted(whole, exponent + PLACES) * PI) / ONE;
  const square = (angle * angle) / ONE;
  let cosine = 0n;
  for (let n = 1n, term = ONE; term !== 0n; term = (-term * square) / ONE / n / (n + 1n), n += 2n)
    cosine += term;
  return ulps(y, { whole: cosine, exponent: -PLACES });
}
