/** The exponents of the powers of 2 that are numbers in 64-bit floating point. */
const [LEAST, MOST] = [-1074, 1023];

/** Each made from the one before by doubling or halving, which is exact. */
const powers = new Float64Array(MOST - LEAST + 1);
powers[-LEAST] = 1;
for (let k = 1; k <= MOST; k++) powers[k - LEAST] = powers[k - 1 - LEAST]! * 2;
for (let k = -1; k >= LEAST; k--) powers[k - LEAST] = powers[k + 1 - LEAST]! / 2;

/** `2ᵏ`, exactly, for whole k from −1074 to 1023. */
export function powerOf2(k: number): number {
  return powers[k - LEAST]!;
}
