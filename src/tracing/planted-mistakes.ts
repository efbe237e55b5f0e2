/**
 * Mistakes that a backward pass can be given, each of which really runs: some that any layer can
 * have, and those of a layer that the checker knows by name.
 */
import {
  affineMistaken,
  averagePool2dMistaken,
  conv2dMistaken,
  type Differentiable,
  type LayerOptions,
  maxPool2dMistaken,
  type Mistaken,
  type NamedTensors,
  reluMistaken,
  softmaxCrossEntropyMistaken,
} from "../gradcheck/index.js";
import type { WindowGeometry } from "../im2col/index.js";
import { multiply, reject, Tensor } from "../tensor/index.js";
import type { CheckSizes } from "./check-sizes.js";
import { type MistakeName, mistakeNames } from "./mistake-names.js";

/** A mistake, and how a layer comes to make it. */
export interface PlantedMistake {
  /** In a link: `sign`. */
  readonly name: string;
  /** In words, as the checker would say it. */
  readonly says: string;
  /** The equation in which it lies; null for one that any layer can make. */
  readonly tag: string | null;
  /** The layer with the mistake in its backward pass; its forward pass stays right. */
  readonly plant: (layer: Differentiable, options: LayerOptions) => Differentiable;
}

/** Backward made of the right one: what goes into it, or what comes out of it. */
const around =
  (
    dOut: (upstream: Tensor) => Tensor,
    gradient: (right: Tensor, inputs: NamedTensors) => Tensor,
  ): PlantedMistake["plant"] =>
  (layer) =>
  async (inputs) => {
    const pass = await layer(inputs);
    return {
      ...pass,
      backward: async (upstream) => {
        const right = await pass.backward(dOut(upstream));
        const wrong = Object.entries(right).map(([name, one]) => [name, gradient(one, inputs)]);
        return Object.fromEntries(wrong) as NamedTensors;
      },
    };
  };

const same = (tensor: Tensor): Tensor => tensor;

/** The first input's first axis is the batch. */
const batchOf = (inputs: NamedTensors): number => Object.values(inputs)[0]!.shape[0]!;

/**
 * The first two outputs change places: two features, two channels; where there is but one, two of
 * the last axis.
 */
function exchanged(dOut: Tensor): Tensor {
  const { shape } = dOut;
  const axis = (shape[1] ?? 1) > 1 ? 1 : shape.length - 1;
  const extent = shape[axis] ?? 1;
  if (extent < 2) return dOut;
  const inner = shape.slice(axis + 1).reduce((product, one) => product * one, 1);
  const before = dOut.contiguous().data;
  const other = (at: number): number => {
    const place = Math.floor(at / inner) % extent;
    return place > 1 ? at : at + (place === 0 ? inner : -inner);
  };
  return Tensor.from(
    Array.from(before, (_, at) => before[other(at)]!),
    shape,
    dOut.dtype,
  );
}

/** Those that stand in no list of the checker. */
const OF_ANY: readonly PlantedMistake[] = [
  {
    name: "sign",
    says: "the sign is flipped",
    tag: null,
    plant: around(same, (right) => multiply(right, -1)),
  },
  {
    name: "thousandth",
    says: "every gradient is 0.1 % too large",
    tag: null,
    plant: around(same, (right) => multiply(right, 1.001)),
  },
  {
    name: "exchanged",
    says: "two outputs are exchanged",
    tag: null,
    plant: around(exchanged, same),
  },
  {
    name: "no-upstream",
    says: "the upstream gradient is not multiplied in: dOut counts as 1",
    tag: null,
    plant: around((dOut) => Tensor.full(dOut.shape, 1, dOut.dtype), same),
  },
  {
    name: "no-mean",
    says: "the mean's 1/N is missing",
    tag: "softmax-cross-entropy.15",
    plant: around(same, (right, inputs) => multiply(right, batchOf(inputs))),
  },
  {
    name: "col-overwritten",
    says: "overlap is overwritten, = for +=: only the last window of a pixel counts",
    tag: "conv2d.9",
    plant: (layer, options) => async (inputs) => ({
      ...(await layer(inputs)),
      backward: async (dOut) => ({
        x: overwritten(dOut, inputs["x"]!.shape[1]!, options as unknown as WindowGeometry),
      }),
    }),
  },
];

/** In place of one gradient, what comes of a mistake that the checker knows. */
const inPlace =
  (wrong: Mistaken): PlantedMistake["plant"] =>
  (layer, options) =>
  async (inputs) => {
    const pass = await layer(inputs);
    return {
      ...pass,
      backward: async (dOut) => {
        const right = await pass.backward(dOut);
        const numbers = wrong.gradient({ options, inputs, dOut });
        const gradient = right[wrong.argument];
        if (numbers === null || gradient === undefined) return right;
        const { shape, dtype } = gradient;
        return { ...right, [wrong.argument]: Tensor.from(Array.from(numbers), shape, dtype) };
      },
    };
  };

/** col2im that writes over what it should add up, (conv2d.9). */
function overwritten(cols: Tensor, channels: number, geometry: WindowGeometry): Tensor {
  const { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW, outW } = geometry;
  const [N, rows, columns] = cols.shape as [number, number, number];
  const source = cols.contiguous().data;
  const dX = new Float64Array(N * channels * H * W);
  for (let n = 0; n < N; n++)
    for (let r = 0; r < rows; r++)
      for (let s = 0; s < columns; s++) {
        const [p, i] = [Math.floor(s / outW), Math.floor(r / kW) % kH];
        const h = p * strideH + i * dilationH - padH;
        const w = (s % outW) * strideW + (r % kW) * dilationW - padW;
        const isInside = h >= 0 && h < H && w >= 0 && w < W;
        const plane = n * channels + Math.floor(r / (kH * kW));
        if (isInside) dX[(plane * H + h) * W + w] = source[(n * rows + r) * columns + s]!;
      }
  return Tensor.from([...dX], [N, channels, H, W], cols.dtype);
}


/** The lists of the checker, by layer. */
const MISTAKEN: Readonly<Record<string, readonly Mistaken[]>> = {
  affine: affineMistaken,
  conv2d: conv2dMistaken,
  relu: reluMistaken,
  maxPool2d: maxPool2dMistaken,
  averagePool2d: averagePool2dMistaken,
  softmaxCrossEntropy: softmaxCrossEntropyMistaken,
};

function ofList(layer: CheckSizes["layer"], { name, begins, argument }: MistakeName): PlantedMistake {
  const wrong = MISTAKEN[layer]?.find(
    (one) => one.says.startsWith(begins!) && (argument ?? one.argument) === one.argument,
  );
  if (wrong === undefined)
    reject("plantedMistake", "a mistake that the checker knows", `"${begins}"`);
  return { name, says: wrong.says, tag: wrong.tag, plant: inPlace(wrong) };
}

/**
 * What a layer can get wrong here, by the names of {@link mistakeNames}.
 *
 * @throws InputError when the layer has no mistake of that name
 */
export function plantedMistake(layer: CheckSizes["layer"], name: string): PlantedMistake {
  const known =
    mistakeNames(layer).find((one) => one.name === name) ??
    reject("plantedMistake", `a mistake of ${layer}`, `"${name}"`);
  if (known.begins !== undefined) return ofList(layer, known);
  return OF_ANY.find((one) => one.name === name)!;
}
