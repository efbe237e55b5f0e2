import { affineBackward, affineForward } from "../../backprop/index.js";
import type { Random } from "../../tensor/index.js";
import { between, type CatalogCase, layerEntry, uniform } from "./entry.js";

function makeCase(
  random: Random,
  [N, I, O]: readonly [number, number, number],
  hasBias: boolean,
): CatalogCase {
  const inputs = {
    x: uniform(random, [N, I]),
    weight: uniform(random, [O, I]),
    ...(hasBias ? { bias: uniform(random, [O]) } : {}),
  };
  return { options: {}, inputs };
}

/** An affine layer, with cases to check it in. */
export const affine = layerEntry({
  layer: "affine",
  linear: ["x", "weight", "bias"],
  forward: ({ x, weight, bias }, _options, backend) =>
    affineForward(x!, weight!, bias ?? null, backend),
  backward: affineBackward,
  cases: (random) => [makeCase(random, [5, 7, 3], true), makeCase(random, [2, 3, 5], false)],
  sample: (random) =>
    makeCase(
      random,
      [between(random, 1, 5), between(random, 1, 8), between(random, 1, 6)],
      random.integer(4) > 0,
    ),
});
