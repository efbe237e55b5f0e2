/**
 * The cases that come to mind first: every layer on square shapes, with one number for both axes.
 */
import type { CatalogCase, CatalogEntry, NamedTensors } from "../../gradcheck/index.js";
import { type Random, Tensor } from "../../tensor/index.js";

const SIDE = 4;

/** Options and shapes where it takes more than square images. */
const SQUARE: Readonly<
  Record<
    string,
    {
      readonly options?: Readonly<Record<string, unknown>>;
      readonly shapes: Readonly<Record<string, readonly number[]>>;
    }
  >
> = {
  affine: { shapes: { x: [4, 4], weight: [4, 4], bias: [4] } },
  softmax: { shapes: { x: [4, 4] } },
  softmaxCrossEntropy: { options: { target: [3, 1, 1, 0] }, shapes: { logits: [4, 4] } },
  meanSquaredError: { shapes: { prediction: [4, 4], target: [4, 4] } },
  conv2d: {
    options: { kernelSize: 3, stride: 2, padding: 1 },
    shapes: { x: [3, 3, 7, 7], weight: [3, 3, 3, 3], bias: [3] },
  },
  maxPool2d: { options: { kernelSize: 2 }, shapes: { x: [2, 2, 6, 6] } },
  reluPool2d: { options: { kernelSize: 2 }, shapes: { x: [2, 2, 6, 6] } },
  convPool2d: {
    options: { conv: {}, pool: { kernelSize: 2 }, rectify: true },
    shapes: { x: [3, 3, 6, 6], weight: [3, 3, 3, 3], bias: [3] },
  },
  batchNormPool2d: {
    options: { pool: { kernelSize: 2 }, rectify: true },
    shapes: { x: [3, 3, 6, 6], weight: [3], bias: [3] },
  },
  residual: {
    options: { kernelSize: [3, 3], padding: [1, 1] },
    shapes: { x: [2, 3, 4, 4], weight: [3, 3, 3, 3], bias: [3] },
  },
  layerNorm: { shapes: { x: [4, 4], weight: [4], bias: [4] } },
  averagePool2d: { options: { kernelSize: 2 }, shapes: { x: [2, 2, 6, 6] } },
};

/**
 * The square case of a layer: that of the table, or its first case with all images and planes made
 * square.
 */
export function squareCase(
  { layer, cases, constants = [] }: CatalogEntry,
  random: Random,
): readonly CatalogCase[] {
  const square = SQUARE[layer];
  const first = cases(random)[0]!;
  const shapes =
    square?.shapes ??
    Object.fromEntries(
      Object.entries(first.inputs).map(([name, { shape }]) => [
        name,
        shape.length < 3 ? shape : [...shape.slice(0, -2), SIDE, SIDE],
      ]),
    );
  const kept = (name: string): boolean =>
    square === undefined && (constants.includes(name) || first.inputs[name]!.rank < 3);
  const inputs: NamedTensors = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      kept(name) ? first.inputs[name]! : apart(random, shape),
    ]),
  );
  return [{ options: square === undefined ? first.options : (square.options ?? {}), inputs }];
}

/** Different numbers, none of them near 0 or near another, so that no step crosses a kink. */
function apart(random: Random, shape: readonly number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return Tensor.from(
    Float64Array.from(random.permutation(size), (rank) => (2 * rank + 1) / size - 1),
    shape,
    "float64",
  );
}
