/** The cases that come to mind first: every layer on square shapes, with one number for both axes. */
import type { CatalogCase, CatalogEntry, NamedTensors } from "../../backprop/index.js";
import type { Random, Tensor } from "../../tensor/index.js";
import { Tensor as Numbers } from "../../tensor/index.js";

/** Options and shapes for each layer of the catalog. */
const SQUARE: Readonly<Record<string, { readonly options?: Readonly<Record<string, unknown>>; readonly shapes: Readonly<Record<string, readonly number[]>> }>> = {
  affine: { shapes: { x: [4, 4], weight: [4, 4], bias: [4] } },
  flatten: { shapes: { x: [2, 3, 4, 4] } },
  relu: { shapes: { x: [2, 3, 4, 4] } },
  softmax: { shapes: { x: [4, 4] } },
  softmaxCrossEntropy: { options: { target: [3, 1, 1, 0] }, shapes: { logits: [4, 4] } },
  meanSquaredError: { shapes: { prediction: [4, 4], target: [4, 4] } },
  conv2d: { options: { kernelSize: 3, stride: 2, padding: 1 }, shapes: { x: [3, 3, 7, 7], weight: [3, 3, 3, 3], bias: [3] } },
  maxPool2d: { options: { kernelSize: 2 }, shapes: { x: [2, 2, 6, 6] } },
  averagePool2d: { options: { kernelSize: 2 }, shapes: { x: [2, 2, 6, 6] } },
  globalAveragePool2d: { shapes: { x: [2, 3, 5, 5] } },
};

/** The square case of a layer, if it has one. */
export function squareCase({ layer }: CatalogEntry, random: Random): readonly CatalogCase[] {
  const square = SQUARE[layer];
  if (square === undefined) return [];
  const inputs: NamedTensors = Object.fromEntries(Object.entries(square.shapes).map(([name, shape]) => [name, apart(random, shape)]));
  return [{ options: square.options ?? {}, inputs }];
}

/** Different numbers, none of them near 0 or near another, so that no step crosses a kink. */
function apart(random: Random, shape: readonly number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return Numbers.from(Float64Array.from(random.permutation(size), (rank) => (2 * rank + 1) / size - 1), shape, "float64");
}
