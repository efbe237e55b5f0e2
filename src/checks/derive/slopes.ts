/** Derivatives by numbers alone, for the left sides of equations. */
import { reject } from "../../tensor/index.js";
import type { Indexed } from "./indexed.js";

/**
 * A power of 2, so that x + h and h/2 lose as little as possible. Corners have to be farther away
 * than this.
 */
const STEP = 1 / 128;

/**
 * f′(at). Central differences with the steps h, h/2 and h/4, of which two extrapolations take the
 * errors in h² and in h⁴ away; what is left is of the order h⁶ and of rounding, about 1e-12 for a
 * function whose values and derivatives are near 1.
 */
export function slope(f: (x: number) => number, at: number): number {
  const quotient = (h: number): number => (f(at + h) - f(at - h)) / (2 * h);
  const [coarse, middle, fine] = [quotient(STEP), quotient(STEP / 2), quotient(STEP / 4)] as const;
  // Halving h quarters the error in h², so a third of the change is what was left of it; with h⁴ it
  // is a sixteenth and a fifteenth.
  const first = middle + (middle - coarse) / 3;
  const second = fine + (fine - middle) / 3;
  return second + (second - first) / 15;
}

/**
 * ∂f/∂x[index]: the entry moves, `f` is evaluated, and the entry is put back. `f` has to read the
 * entry when it is called.
 */
export function derivative(f: () => number, x: Indexed, ...index: number[]): number {
  const before = x(...index);
  if (!x.tensor.isContiguous)
    reject(
      "derivative",
      "a tensor that lies in memory in order",
      "a view",
      "move an entry of the original",
    );
  const position = index.reduce((at, i, axis) => at * x.shape[axis]! + i, 0);
  const data = x.tensor.data;
  try {
    return slope((value) => {
      data[position] = value;
      return f();
    }, before);
  } finally {
    data[position] = before;
  }
}
