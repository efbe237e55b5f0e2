/**
 * The exponential function for kernels, of exponents that are not above 0. A driver's own may be
 * off by more than a hundred units in the last place, and differs from one to the next.
 */

/** 2⁻ⁿ, exactly, for a whole n from 0 to 127: a factor for each binary digit of n. */
export function powerOfHalf(n: number): number {
  let rest = n;
  let power = 1;
  if (rest >= 64) {
    power *= 5.421010862427522e-20;
    rest -= 64;
  }
  if (rest >= 32) {
    power *= 2.3283064365386963e-10;
    rest -= 32;
  }
  if (rest >= 16) {
    power *= 0.0000152587890625;
    rest -= 16;
  }
  if (rest >= 8) {
    power *= 0.00390625;
    rest -= 8;
  }
  if (rest >= 4) {
    power *= 0.0625;
    rest -= 4;
  }
  if (rest >= 2) {
    power *= 0.25;
    rest -= 2;
  }
  if (rest >= 1) {
    power *= 0.5;
  }
  return power;
}

/** eʳ − 1 for |r| ≤ ln 2 / 2: the first seven terms of r + r²/2! + r³/3! + … */
export function exponentialSeries(r: number): number {
  let total = 0.001388888888888889 + r * 0.0001984126984126984;
  total = 0.008333333333333333 + r * total;
  total = 0.041666666666666664 + r * total;
  total = 0.16666666666666666 + r * total;
  total = 0.5 + r * total;
  return r + r * r * total;
}

/**
 * eˣ − 1 for x ≤ 0, with all digits near 0, where the difference would lose them. x is −n·ln 2 + r,
 * so that eˣ − 1 = (2⁻ⁿ − 1) + 2⁻ⁿ·(eʳ − 1). Below −87, eˣ is no normal number of float32.
 */
export function exponentialMinusOne(x: number): number {
  const y = x < -87 ? -87 : x;
  const n = Math.floor(0.5 - y * 1.4426950408889634);
  // ln 2 in two parts, the first with so few digits that its multiples are exact
  const r = y + n * 0.693359375 - n * 0.0002121944400546906;
  const power = powerOfHalf(n);
  return x < -87 ? -1 : power - 1 + power * exponentialSeries(r);
}

/** eˣ for x ≤ 0, likewise. */
export function exponential(x: number): number {
  const y = x < -87 ? -87 : x;
  const n = Math.floor(0.5 - y * 1.4426950408889634);
  const r = y + n * 0.693359375 - n * 0.0002121944400546906;
  const power = powerOfHalf(n);
  return x < -87 ? 0 : power + power * exponentialSeries(r);
}
