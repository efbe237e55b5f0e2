/**
 * Mistakes that a backward pass can be given. Each really runs: the engine's own passes, called
 * with something wrong, or their gradients with something done to them. Most are in the lists that
 * the checker names mistakes from.
 */
import {
  averagePool2dEntry,
  conv2dEntry,
  type Differentiable,
  type LayerOptions,
  type NamedTensors,
} from "../gradcheck/index.js";
import { type DType, multiply, reject, Tensor } from "../tensor/index.js";
import type { CheckSizes } from "./check-sizes.js";
import { mistakeNames } from "./mistake-names.js";

/** A mistake, and how a layer comes to make it. */
export interface PlantedMistake {
  /** In words, as the checker says them. */
  readonly says: string;
  /** The equation in which it lies; null for one that any layer can make. */
  readonly tag: string | null;
  /** The layer with the mistake in its backward pass; its forward pass stays right. */
  readonly plant: (layer: Differentiable, options: LayerOptions) => Differentiable;
}

/** What a wrong backward pass can be made of. */
interface At {
  readonly layer: Differentiable;
  readonly options: LayerOptions;
  readonly inputs: NamedTensors;
  readonly dOut: Tensor;
  /** The right backward pass, of any dOut. */
  readonly backward: (dOut: Tensor) => Promise<NamedTensors>;
}

/** The gradients that come out wrong; those that are left out are right. */
type Wrong = (at: At) => Promise<NamedTensors> | NamedTensors;

const plantedBy =
  (wrong: Wrong): PlantedMistake["plant"] =>
  (layer, options) =>
  async (inputs) => {
    const pass = await layer(inputs);
    const { backward } = pass;
    return {
      ...pass,
      backward: async (dOut) => {
        const right = await backward(dOut);
        return { ...right, ...(await wrong({ layer, options, inputs, dOut, backward })) };
      },
    };
  };

/** Numbers in the shape of another tensor. */
const like = (
  { shape, dtype }: { shape: readonly number[]; dtype: DType },
  data: number[],
): Tensor => Tensor.from(data, shape, dtype);

/** A tensor whose entry `at` is what `of` says, from the numbers of another. */
function remade(tensor: Tensor, of: (at: number, numbers: ArrayLike<number>) => number): Tensor {
  const numbers = tensor.contiguous().data;
  return like(
    tensor,
    Array.from(numbers, (_, at) => of(at, numbers)),
  );
}

/** All gradients times a number. */
const timesAll =
  (factor: (at: At) => number): Wrong =>
  async (at) => {
    const right = Object.entries(await at.backward(at.dOut));
    return Object.fromEntries(right.map(([name, one]) => [name, multiply(one, factor(at))]));
  };

/** Backward, given another dOut; of the gradients only these, where they are named. */
const givenDOut =
  (other: (at: At) => Tensor, argument: string | null = null): Wrong =>
  async (at) => {
    const gradients = await at.backward(other(at));
    return argument === null ? gradients : { [argument]: gradients[argument]! };
  };

/** One gradient of the right dOut, taken at other inputs. */
const atInputs =
  (argument: string, other: (at: At) => NamedTensors): Wrong =>
  async (at) => {
    const { backward } = await at.layer({ ...at.inputs, ...other(at) });
    return { [argument]: (await backward(at.dOut))[argument]! };
  };

/** One gradient, with other numbers in it. */
const inGradient =
  (argument: string, of: (at: number, numbers: ArrayLike<number>, all: At) => number): Wrong =>
  async (at) => {
    const right = (await at.backward(at.dOut))[argument]!;
    return { [argument]: remade(right, (entry, numbers) => of(entry, numbers, at)) };
  };

/**
 * The first two outputs change places: two features, two channels; where there is but one, two of
 * the last axis.
 */
function exchanged({ dOut }: At): Tensor {
  const { shape } = dOut;
  const axis = (shape[1] ?? 1) > 1 ? 1 : shape.length - 1;
  const extent = shape[axis] ?? 1;
  if (extent < 2) return dOut;
  const inner = shape.slice(axis + 1).reduce((product, one) => product * one, 1);
  return remade(dOut, (at, numbers) => {
    const place = Math.floor(at / inner) % extent;
    return numbers[place > 1 ? at : at + (place === 0 ? inner : -inner)]!;
  });
}

/** How many windows a plane of dOut has: of im2col's columns all, else rows times columns. */
const windowsIn = ({ shape }: Tensor): number =>
  shape.length === 3 ? shape[2]! : shape[2]! * shape[3]!;

/** dOut of the windows that are wanted, 0 elsewhere. */
function ofWindows(dOut: Tensor, isWanted: (window: number) => boolean): Tensor {
  const count = windowsIn(dOut);
  return remade(dOut, (at, numbers) => (isWanted(at % count) ? numbers[at]! : 0));
}

/** dX, window by window: where windows overlap, the last one is left. */
async function overwritten({ inputs, dOut, backward }: At): Promise<NamedTensors> {
  const dX = Array.from({ length: inputs["x"]!.size }, () => 0);
  // numbers that no sum of products makes 0: an entry with a 0 is one that a window does not reach
  const probe = remade(dOut, (at) => Math.sqrt(at + 2));
  for (let window = 0; window < windowsIn(dOut); window++) {
    const ofWindow = async (all: Tensor): Promise<ArrayLike<number>> =>
      (await backward(ofWindows(all, (one) => one === window)))["x"]!.contiguous().data;
    const [reached, values] = [await ofWindow(probe), await ofWindow(dOut)];
    for (let at = 0; at < dX.length; at++) if (reached[at] !== 0) dX[at] = values[at]!;
  }
  return { x: like(inputs["x"]!, dX) };
}

/** Filters turned by half a turn. */
function turned({ inputs }: At): NamedTensors {
  const weight = inputs["weight"]!;
  const area = weight.shape[2]! * weight.shape[3]!;
  return {
    weight: remade(weight, (at, numbers) => numbers[at - (at % area) + area - 1 - (at % area)]!),
  };
}

/** Weight [O, I], its numbers read as if they were [I, O]. */
function transposed({ inputs }: At): NamedTensors {
  const [O, I] = inputs["weight"]!.shape as [number, number];
  const read = (at: number): number => (at % I) * O + Math.floor(at / I);
  return { weight: remade(inputs["weight"]!, (at, numbers) => numbers[read(at)]!) };
}

/** dOut [N, O], its numbers read as if they were [O, N]. */
function reshaped({ dOut }: At): Tensor {
  const [N, O] = dOut.shape as [number, number];
  return remade(dOut, (at, numbers) => numbers[(at % O) * N + Math.floor(at / O)]!);
}

/** Of each filter's gradient, [kH, kW], the numbers in the order of [kW, kH]. */
function byColumns(at: number, numbers: ArrayLike<number>, { inputs }: At): number {
  const [, , kH, kW] = inputs["weight"]!.shape as [number, number, number, number];
  const place = at % (kH * kW);
  return numbers[at - place + (place % kH) * kW + Math.floor(place / kH)]!;
}

/** dX of the padded image from its corner on, in place of that of the image inside it. */
async function withoutPadding({ inputs, dOut, options }: At): Promise<NamedTensors> {
  const x = inputs["x"]!;
  const [padH, padW] = options["padding"] as readonly [number, number];
  const [N, C, H, W] = x.shape as [number, number, number, number];
  const [rows, columns] = [H + 2 * padH, W + 2 * padW];
  const padded = Tensor.zeros([N, C, rows, columns], x.dtype);
  const { backward } = await conv2dEntry.differentiable({ ...options, padding: 0 })({
    ...inputs,
    x: padded, // dX depends on the weight alone
  });
  const dX = (await backward(dOut))["x"]!.contiguous().data;
  const at = (entry: number): number => {
    const [plane, pixel] = [Math.floor(entry / (H * W)), entry % (H * W)];
    return (plane * rows + Math.floor(pixel / W)) * columns + (pixel % W);
  };
  return { x: remade(x, (entry) => dX[at(entry)]!) };
}

/** Numbers in the same order, of which the later one is larger where two were equal. */
function withoutTies({ inputs }: At): NamedTensors {
  const x = inputs["x"]!;
  const numbers = x.contiguous().data;
  const order = Array.from(numbers, (_, at) => at).sort((a, b) => numbers[a]! - numbers[b]!);
  const ranks = new Map(order.map((at, rank) => [at, rank]));
  return { x: remade(x, (at) => ranks.get(at)!) };
}

/** What average pooling makes of dOut. */
async function spreadEvenly({ inputs, options, dOut }: At): Promise<NamedTensors> {
  const { backward } = await averagePool2dEntry.differentiable(options)(inputs);
  return backward(dOut);
}

/** The right class of a row. */
const classOf = ({ options }: At, row: number): number =>
  (options["target"] as readonly number[])[row]!;

/** Of dLogits, by whether an entry is that of the right class. */
const byClass = (of: (value: number, isRight: boolean, at: At) => number): Wrong =>
  inGradient("logits", (entry, numbers, all) => {
    const classes = all.inputs["logits"]!.shape[1]!;
    const isRight = classOf(all, Math.floor(entry / classes)) === entry % classes;
    return of(numbers[entry]!, isRight, all);
  });

const batchOf = ({ inputs }: At): number => Object.values(inputs)[0]!.shape[0]!;

/** [says, tag, wrong] */
type Row = readonly [says: string, tag: string | null, wrong: Wrong];

const OF_ANY: Readonly<Record<string, Row>> = {
  sign: ["the sign is flipped", null, timesAll(() => -1)],
  thousandth: ["every gradient is 0.1 % too large", null, timesAll(() => 1.001)],
  exchanged: ["two outputs are exchanged", null, givenDOut(exchanged)],
  "no-upstream": [
    "dOut, the upstream gradient, is not multiplied in: it counts as 1",
    null,
    givenDOut(({ dOut }) => remade(dOut, () => 1)),
  ],
};

const OVERLAP = "overlap is overwritten, = for +=: only the last window of a pixel counts";

const OF_LAYER: Readonly<Partial<Record<CheckSizes["layer"], Readonly<Record<string, Row>>>>> = {
  affine: {
    transposed: [
      "weight is read as [I, O]: transposed by a reshape, where [O, I] fits as it is",
      "affine.12",
      atInputs("x", transposed),
    ],
    reshaped: [
      "dOut is read as [O, N]: reshaped instead of transposed",
      "affine.9",
      givenDOut(reshaped, "weight"),
    ],
    "last-output": [
      "only the last output counts: = for += over o",
      "affine.12",
      givenDOut(
        ({ dOut }) =>
          remade(dOut, (at, numbers) => ((at + 1) % dOut.shape[1]! === 0 ? numbers[at]! : 0)),
        "x",
      ),
    ],
    "times-bias": [
      "dBias is multiplied by the bias, whose rate is 1",
      "affine.5",
      inGradient("bias", (at, numbers, { inputs }) => numbers[at]! * inputs["bias"]!.get(at)),
    ],
  },
  conv2d: {
    turned: [
      "the filters are turned by half a turn; adding each product to its own pixel needs no turn",
      "conv2d.8",
      atInputs("x", turned),
    ],
    overwritten: [OVERLAP, "conv2d.9", overwritten],
    "no-padding": [
      "the padding is dropped: windows begin on the image",
      "conv2d.10",
      withoutPadding,
    ],
    "first-window": [
      "only the first window of each image counts: the sum over windows is missing",
      "conv2d.7",
      givenDOut(({ dOut }) => ofWindows(dOut, (window) => window === 0), "weight"),
    ],
    "by-columns": [
      "dWeight is laid out column by column: kH and kW are exchanged",
      "conv2d.7",
      inGradient("weight", byColumns),
    ],
  },
  relu: {
    "no-mask": [
      "the mask 1[x > 0] is left out: dX is dOut where x ≤ 0 too",
      "relu.8",
      ({ dOut }) => ({ x: dOut }),
    ],
    "mask-of-dout": [
      "the mask asks whether dOut is positive; it has to ask x",
      "relu.8",
      atInputs("x", ({ dOut }) => ({ x: dOut })),
    ],
    "not-strict": [
      "at the kink x = 0 the slope is 0 (relu.5): the mask has to be x > 0, not x ≥ 0",
      "relu.8",
      atInputs("x", ({ inputs }) => ({
        x: remade(inputs["x"]!, (at, numbers) => (numbers[at] === 0 ? 1 : numbers[at]!)),
      })),
    ],
  },
  maxPool2d: {
    "last-wins": [
      "in a tie the last pixel wins; it has to be the first",
      "pooling.2",
      atInputs("x", withoutTies),
    ],
    overwritten: [
      "where windows share a winner, the last one overwrites the others: they have to be added",
      "pooling.4",
      overwritten,
    ],
    evenly: [
      "dOut is spread evenly over the window, as in average pooling, not given to the winner",
      "pooling.4",
      spreadEvenly,
    ],
  },
  averagePool2d: {
    "no-share": [
      "the factor 1/(kH·kW) is left out: each pixel gets all of dOut",
      "pooling.6",
      timesAll(({ options }) => {
        const [kH, kW] = options["kernelSize"] as readonly [number, number];
        return kH * kW;
      }),
    ],
    overwritten: [
      "where windows overlap, the last one overwrites the others: they have to be added",
      "pooling.6",
      overwritten,
    ],
  },
  softmaxCrossEntropy: {
    "no-mean": ["the mean's 1/N is missing", "softmax-cross-entropy.15", timesAll(batchOf)],
    "no-targets": [
      "the targets are not subtracted: it has to be p − targets, not p",
      "softmax-cross-entropy.22",
      byClass((value, isRight, at) => value + (isRight ? at.dOut.item() / batchOf(at) : 0)),
    ],
    "mean-of-all": [
      "the mean is taken over all N · C entries instead of the N rows",
      "softmax-cross-entropy.15",
      timesAll(({ inputs }) => 1 / inputs["logits"]!.shape[1]!),
    ],
    "right-class": [
      "only the right class gets p − targets; all classes have to",
      "softmax-cross-entropy.22",
      byClass((value, isRight) => (isRight ? value : 0)),
    ],
  },
  im2col: { overwritten: [OVERLAP, "conv2d.9", overwritten] },
};

/**
 * What a layer can get wrong here, by the names of {@link mistakeNames}.
 *
 * @throws InputError when the layer has no mistake of that name
 */
export function plantedMistake(layer: CheckSizes["layer"], name: string): PlantedMistake {
  const isKnown = mistakeNames(layer).some((one) => one.name === name);
  const row = isKnown ? (OF_LAYER[layer]?.[name] ?? OF_ANY[name]) : undefined;
  if (row === undefined) reject("plantedMistake", `a mistake of ${layer}`, `"${name}"`);
  const [says, tag, wrong] = row;
  return { says, tag, plant: plantedBy(wrong) };
}
