/**
 * Student's t distribution, as far as intervals need it. With t = √ν · 2w/(1 − w²) its density
 * becomes a smooth one on 0 ≤ w ≤ 1, whatever the degrees of freedom ν:
 *
 *   P(|T| ≤ t) = ∫₀ʷ (1 − v²)^(ν−1) / (1 + v²)^ν dv / ∫₀¹ the same
 */
import { integerPower, reject } from "../tensor/index.js";

/** An even number, as Simpson's rule wants. */
const PARTS = 2000;

/**
 * The t that a variable of Student's distribution stays within, by its absolute value, with a given
 * probability: 2.776… for 0.95 and 4 degrees of freedom.
 *
 * @param probability above 0 and below 1
 * @param degrees ν, a whole number ≥ 1
 * @throws InputError when one of them is out of range
 */
export function studentBound(probability: number, degrees: number): number {
  if (!(probability > 0 && probability < 1))
    reject("studentBound", "a probability between 0 and 1", String(probability));
  if (!(Number.isInteger(degrees) && degrees >= 1))
    reject("studentBound", "a whole number of degrees ≥ 1", String(degrees));
  const density = (v: number): number => {
    const u = v * v;
    return integerPower((1 - u) / (1 + u), degrees - 1) / (1 + u);
  };
  const wanted = probability * integral(density, 1);
  // The integral bends downwards, so Newton's steps from 0 come nearer from below.
  let w = 0;
  for (let step = 1; step > 1e-15 * w; w += step)
    step = (wanted - integral(density, w)) / density(w);
  return (Math.sqrt(degrees) * 2 * w) / (1 - w * w);
}

/** From 0 on, by Simpson's rule. */
function integral(f: (v: number) => number, end: number): number {
  const h = end / PARTS;
  let total = f(0) + f(end);
  for (let i = 1; i < PARTS; i++) total += (i % 2 === 1 ? 4 : 2) * f(i * h);
  return (total * h) / 3;
}
