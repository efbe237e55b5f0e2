/**
 * The hyperbolic tangent in 64-bit floating point, (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ). It is odd, so x ≥ 0 is
 * enough. Multiplied by eˣ above and below, and with E = e²ˣ − 1,
 *
 *   tanh x = (e²ˣ − 1) / (e²ˣ + 1) = E / (E + 2) = 1 − 2 / (E + 2)
 *
 * The first form keeps all digits near 0; the last one where tanh x is more than a half, because
 * there what is rounded is less than a half. The result is off by less than 2.5 units in the last
 * place, as a test measures, and the same in every engine.
 */
import { expm1 } from "./expm1.js";

/**
 * `tanh x` of one number, less than 2.5 units in the last place off, and the same in every engine.
 */
export function tanh(x: number): number {
  const size = Math.abs(x);
  const E = expm1(2 * size);
  const t = E < 2 ? E / (E + 2) : 1 - 2 / (E + 2); // tanh x = 1/2 where E = 2
  return x < 0 ? -t : x === 0 ? x : t;
}
