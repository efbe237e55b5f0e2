/**
 * cos(πx) in 64-bit floating point, from +, −, × and remainders alone, so that it is the same
 * number in every engine; see `exp.ts`.
 *
 * The cosine is even, has the period 2, and is the same up to its sign on both sides of 1/2. What
 * is left are x from 0 to 1/2, and there cos(πx) = sin(π(1/2 − x)). So one of the two series is
 * needed at an angle of at most π/4, where the first term left out is below 2⁻⁵⁷.
 */

/** sin a = a − a³·(1/3! − a²·(1/5! − …)): the factors from the innermost, 1/17!, out. */
const SINE = [
  1 / 355687428096000,
  1 / 1307674368000,
  1 / 6227020800,
  1 / 39916800,
  1 / 362880,
  1 / 5040,
  1 / 120,
  1 / 6,
];
/** cos a = 1 − a²·(1/2! − a²·(1/4! − …)): the same, from 1/16!. */
const COSINE = [
  1 / 20922789888000,
  1 / 87178291200,
  1 / 479001600,
  1 / 3628800,
  1 / 40320,
  1 / 720,
  1 / 24,
  1 / 2,
];

/**
 * `cos(π·x)` of one number, less than 1.8 units in the last place off, exact where it is 1, 0 or
 * −1, and the same in every engine.
 */
export function cosPi(x: number): number {
  const turned = Math.abs(x) % 2; // exact, as are the differences below
  const folded = turned > 1 ? 2 - turned : turned;
  if (folded > 0.5) return -firstQuarter(1 - folded);
  return firstQuarter(folded);
}

/** cos(πx) for 0 ≤ x ≤ 1/2. */
function firstQuarter(x: number): number {
  const isSteep = x > 0.25;
  const angle = Math.PI * (isSteep ? 0.5 - x : x);
  const square = angle * angle;
  return isSteep
    ? angle - angle * square * series(SINE, square)
    : 1 - square * series(COSINE, square);
}

function series(factors: readonly number[], square: number): number {
  return factors.reduce((inner, factor) => factor - square * inner);
}
