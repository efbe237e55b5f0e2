/**
 * The error function and its complement in 64-bit floating point,
 *
 *   erf x = 2/√π · ∫₀ˣ exp(−t²) dt,     erfc x = 1 − erf x
 *
 * Both are wanted. erf is 0 at 0 and tends to 1; what is left of it to 1 soon is less than a unit
 * in the last place, and it is erfc that keeps its digits there. erf is odd, so x ≥ 0 is enough,
 * and erfc(−x) = 2 − erfc x.
 *
 * Below 1/2, exp(−t²) = 1 − t² + t⁴/2! − … is integrated term by term:
 *
 *   erf x = 2/√π · (x − x³/3 + x⁵/(5·2!) − x⁷/(7·3!) + …)
 *
 * Cut off after x²⁵, the series misses at most x²⁷/(27·13!) < 2⁻⁶¹ of the result.
 *
 * From 1/2 on, erfc x falls like exp(−x²) / (√π·x), over more than 300 powers of ten. What is left
 * without the exponential, and with a factor that evens out the 1/x,
 *
 *   g(x) = (1 + 2x) · exp(x²) · erfc x,
 *
 * stays between 1 and 1.25 for all x ≥ 0, and is smooth in t = (x − 3)/(x + 3), which maps them to
 * −1 … 1. So a short sum of Chebyshev polynomials Tₙ(t) = cos(n·arccos t) is enough for all of
 * them. (The idea is that of M. M. Shepherd and J. G. Laframboise, "Chebyshev Approximation of (1 +
 * 2x)exp(x²)erfc x in 0 ≤ x < ∞", Mathematics of Computation 36, 1981. The coefficients below were
 * computed anew, from 90 values of g to 60 digits.)
 *
 * erf is off by less than 2 units in the last place, erfc by less than 4 for every x, as tests
 * measure; both are the same in every engine.
 */
import { exp } from "./exp.js";

/** 2/√π */
const SCALE = 1.1283791670955126;

/** g = Σ COEFFICIENTS[n] · Tₙ(t). Those that are left out add up to less than 2⁻⁵⁶. */
const COEFFICIENTS = [
  1.17756257419656, 0.005353904539615676, -0.09377550342284209, 0.05436652555744322,
  -0.018976596707845208, 0.004453426061462712, -0.0006335531710553147, 1.7661719523171593e-5,
  1.2841532864056671e-5, -2.0072285659059913e-6, -1.807522790414837e-7, 7.549828343825093e-8,
  1.885668523838603e-9, -2.699519049798364e-9, -1.460079119939105e-11, 1.0361607445969489e-10,
  1.475715976623473e-12, -4.277340064396911e-12, -2.07922492859799e-13, 1.8134502003176963e-13,
  1.973425574544739e-14, -7.287943737592673e-15, -1.5169878690228116e-15, 2.3514112258781403e-16,
  1.0006111691821667e-16,
];

/** erfc 27.3 is less than half of the smallest number. */
const VANISHES = 27.3;

/** `erf x` of one number, less than 2 units in the last place off, and the same in every engine. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (x === 0) return x; // −0 stays −0
  if (size < 0.5) return erfNearZero(x);
  return x < 0 ? erfcFromHalf(size) - 1 : 1 - erfcFromHalf(size);
}

/**
 * `1 − erf x` of one number, less than 4 units in the last place off however small it is, and the
 * same in every engine.
 */
export function erfc(x: number): number {
  const size = Math.abs(x);
  if (size < 0.5) return 1 - erfNearZero(x);
  return x < 0 ? 2 - erfcFromHalf(size) : erfcFromHalf(size);
}

/** erf x for |x| < 1/2, by its series, innermost term first. */
function erfNearZero(x: number): number {
  const z = x * x;
  let series = 1 / 11975040000; // 1/(25·12!)
  series = 1 / 918086400 - z * series; // 1/(23·11!)
  series = 1 / 76204800 - z * series;
  series = 1 / 6894720 - z * series;
  series = 1 / 685440 - z * series;
  series = 1 / 75600 - z * series;
  series = 1 / 9360 - z * series;
  series = 1 / 1320 - z * series;
  series = 1 / 216 - z * series;
  series = 1 / 42 - z * series;
  series = 1 / 10 - z * series;
  series = 1 / 3 - z * series;
  return SCALE * (x - x * z * series);
}

/** erfc x = g(x) · exp(−x²) / (1 + 2x), for x ≥ 1/2. */
function erfcFromHalf(x: number): number {
  if (x > VANISHES) return 0;
  const t = (x - 3) / (x + 3);
  // Clenshaw's scheme: from Tₙ₊₁ = 2t·Tₙ − Tₙ₋₁, the last coefficient first.
  let [next, afterNext] = [0, 0];
  for (let n = COEFFICIENTS.length - 1; n > 0; n--)
    [next, afterNext] = [COEFFICIENTS[n]! + 2 * t * next - afterNext, next];
  const g = COEFFICIENTS[0]! + t * next - afterNext;
  // The square of x would lose what is far less than 1, but not for an exponent: head² is exact,
  // and x² = head² + (x − head)·(x + head).
  const head = Math.fround(x);
  return (g / (1 + 2 * x)) * exp(-(x - head) * (x + head)) * exp(-head * head);
}
