import {
  layerNormBackward,
  layerNormForward,
  type LayerNormOptions,
} from "../../backprop/index.js";
import type { Random } from "../../tensor/index.js";
import { between, type CatalogCase, layerEntry, unequal, uniform } from "./entry.js";

function makeCase(
  random: Random,
  x: readonly number[],
  axes: number,
  epsilon?: number,
): CatalogCase {
  const normalised = x.slice(-axes);
  return {
    options: { axes, ...(epsilon === undefined ? {} : { epsilon }) },
    inputs: {
      x: random.normal(x, 0.5, 0.7, "float64"),
      weight: random.uniform(normalised, 0.5, 1.5, "float64"),
      bias: uniform(random, normalised),
    },
  };
}

export const layerNorm = layerEntry({
  layer: "layerNorm",
  forward: ({ x, weight, bias }, options: LayerNormOptions, backend) =>
    layerNormForward(x!, weight!, bias!, options, backend),
  backward: layerNormBackward,
  cases: (random) => [
    makeCase(random, [4, 6], 1),
    makeCase(random, [2, 3, 4, 5], 3, 0.1),
    makeCase(random, [3, 2, 4, 5], 2, 1e-3),
    makeCase(random, [5, 2], 2),
  ],
  sample: (random) => {
    const x = [between(random, 1, 2), between(random, 2, 3), ...unequal(random, 4, 6)];
    return makeCase(random, x, between(random, 1, 4), [1e-5, 1e-3, 0.1][between(random, 0, 2)]);
  },
});
