import { affineBackward, affineForward } from "../affine.js";
import { between, type CatalogCase, type CatalogEntry, uniform } from "./entry.js";
import type { Random } from "../../tensor/index.js";

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

export const affine: CatalogEntry = {
  layer: "affine",
  linear: ["x", "weight", "bias"],
  differentiable:
    (_options, backend) =>
    async ({ x, weight, bias }) => {
      const { out, cache } = await affineForward(x!, weight!, bias ?? null, backend);
      return {
        out,
        backward: async (dOut) => {
          const { dX, dWeight, dBias } = await affineBackward(dOut, cache, backend);
          return { x: dX, weight: dWeight, ...(dBias === null ? {} : { bias: dBias }) };
        },
      };
    },
  cases: (random) => [makeCase(random, [5, 7, 3], true), makeCase(random, [2, 3, 5], false)],
  sample: (random) =>
    makeCase(
      random,
      [between(random, 1, 5), between(random, 1, 8), between(random, 1, 6)],
      random.integer(4) > 0,
    ),
};
