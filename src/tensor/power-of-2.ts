/** The exponents of the powers of 2 that are numbers in 64-bit floating point. */
const [LEAST, MOST] = [-1074, 1023];

const powers = allPowers();

/** Each made from the one before by doubling or halving, which is exact. */
function allPowers(): Float64Array {
  const all = new Float64Array(MOST - LEAST + 1);
  all[-LEAST] = 1;
  for (let k = 1; k <= MOST; k++) all[k - LEAST] = all[k - 1 - LEAST]! * 2;
  for (let k = -1; k >= LEAST; k--) all[k - LEAST] = all[k + 1 - LEAST]! / 2;
  return all;
}

/** `2ᵏ`, exactly, for whole k from −1074 to 1023. */
export function powerOf2(k: number): number {
  return powers[k - LEAST]!;
}

/**
 * The power of 2 that brings a number ≥ 0 to between 1 and 2, as far as there is one: what is
 * multiplied by it loses no digit. 1 for 0, ∞ and NaN.
 */
export function scaleToOne(x: number): number {
  let k = 0;
  if (!(x > 0 && x < Infinity)) return 1;
  while (x * powerOf2(k) >= 2 && k > LEAST) k--;
  while (x * powerOf2(k) < 1 && k < MOST) k++;
  return powerOf2(k);
}
