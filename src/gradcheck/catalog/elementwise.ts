/**
 * The catalog entry of a function that is applied to each entry alone, has no options and no
 * corner.
 */
import type { Backend } from "../../kernels/index.js";
import type { Random, Tensor } from "../../tensor/index.js";
import { between, type CatalogEntry, layerEntry, unequal } from "./entry.js";

/**
 * @param draw where x comes from: `uniform`, or `spread` for functions that change at 0
 */
export function elementwise<Cache>(
  layer: string,
  forward: (x: Tensor, backend?: Backend) => Promise<{ out: Tensor; cache: Cache }>,
  backward: (dOut: Tensor, cache: Cache, backend?: Backend) => Promise<{ dX: Tensor }>,
  draw: (random: Random, shape: readonly number[]) => Tensor,
): CatalogEntry {
  return layerEntry({
    layer,
    forward: ({ x }, _options, backend) => forward(x!, backend),
    backward,
    cases: (random) => [{ options: {}, inputs: { x: draw(random, [2, 3, 4, 5]) } }],
    sample: (random) => ({
      options: {},
      inputs: {
        x: draw(random, [between(random, 1, 3), between(random, 1, 3), ...unequal(random, 1, 6)]),
      },
    }),
  });
}
