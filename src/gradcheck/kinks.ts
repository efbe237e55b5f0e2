/**
 * On a kink there is no derivative to measure, and yet a backward pass returns something: there it
 * is compared with what the chapter takes.
 */
import type { Random, Tensor } from "../tensor/index.js";
import type { CatalogEntry, KinkCase } from "./catalog/index.js";
import { copyOf, type Slope } from "./differences.js";
import { type Differentiable, own } from "./differentiable.js";
import { type GradientCheckResult, judge } from "./verdicts.js";

/** What one gradient is on a kink. */
export interface CheckedKink {
  /** The point, and what holds there. */
  readonly kink: KinkCase;
  /** The upstream gradient. */
  readonly dOut: Tensor;
  /** What came back, beside what the convention says in place of what is measured elsewhere. */
  readonly result: GradientCheckResult;
}

/** One product, rounded once. */
const TOLERANCE = 1e-12;

/**
 * Checks a layer's conventions, one gradient after the other.
 *
 * @param random draws the upstream gradients
 * @param around what stands between the layer and the check
 */
export async function* checkKinks(
  { kinks = [], differentiable }: CatalogEntry,
  random: Random,
  around: (layer: Differentiable) => Differentiable = (layer) => layer,
): AsyncGenerator<CheckedKink> {
  for (const kink of kinks) {
    const { out, backward } = await around(differentiable(kink.options))(kink.inputs);
    const dOut = random.uniform(out.shape, 0.5, 1, "float64");
    const returned = await backward(dOut.clone());
    for (const [argument, expected] of Object.entries(kink.gradients(dOut))) {
      const { shape, size } = kink.inputs[argument]!;
      const gradient = own(returned, argument);
      const analytic = gradient === undefined ? Array(size).fill(NaN) : copyOf(gradient);
      const slopes = new Map(Array.from(expected, (value, i) => [i, exactly(value)]));
      yield { kink, dOut, result: judge(argument, shape, analytic, slopes, TOLERANCE) };
    }
  }
}

/** A slope that is known, and not measured. */
function exactly(value: number): Slope {
  return {
    step: 0,
    coarse: value,
    fine: value,
    numeric: value,
    errorEstimate: 0,
    rounding: 0,
    isOutside: false,
    flipped: null,
    corner: 0,
  };
}
