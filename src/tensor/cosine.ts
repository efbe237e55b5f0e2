/**
 * cos(πx) in 64-bit floating point, from +, −, × and remainders alone, so that it is the same number in every engine; see `exp.ts`.
 *
 * The cosine is even, has the period 2, and is the same up to its sign on both sides of 1/2. What is left are x from 0 to 1/2, and there
 * cos(πx) = sin(π(1/2 − x)). So one of the two series is needed at an angle of at most π/4, where the first term left out is below 2⁻⁵⁷.
 */

/** `cos(π·x)` of one number, less than 1.8 units in the last place off, exact where it is 1, 0 or −1, and the same in every engine. */
export function cosPi(x: number): number {
  const turned = Math.abs(x) % 2; // exact, as are the differences below
  const folded = turned > 1 ? 2 - turned : turned;
  if (folded > 0.5) return -firstQuarter(1 - folded);
  return firstQuarter(folded);
}

/** cos(πx) for 0 ≤ x ≤ 1/2. */
function firstQuarter(x: number): number {
  if (x > 0.25) {
    const angle = Math.PI * (0.5 - x);
    const square = angle * angle;
    let series = 1 / 355687428096000; // 1/17!
    series = 1 / 1307674368000 - square * series;
    series = 1 / 6227020800 - square * series;
    series = 1 / 39916800 - square * series;
    series = 1 / 362880 - square * series;
    series = 1 / 5040 - square * series;
    series = 1 / 120 - square * series;
    series = 1 / 6 - square * series;
    return angle - angle * square * series;
  }
  const angle = Math.PI * x;
  const square = angle * angle;
  let series = 1 / 20922789888000; // 1/16!
  series = 1 / 87178291200 - square * series;
  series = 1 / 479001600 - square * series;
  series = 1 / 3628800 - square * series;
  series = 1 / 40320 - square * series;
  series = 1 / 720 - square * series;
  series = 1 / 24 - square * series;
  series = 1 / 2 - square * series;
  return 1 - square * series;
}
