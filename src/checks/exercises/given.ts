/**
 * A case of the catalog as a backward pass in loops is given it: nested arrays and numbers, by the
 * chapter's letters.
 */
import {
  batchNormPool2dForward,
  type BatchNormOptions,
  conv2dBackward,
  conv2dForward,
  type Conv2dOptions,
  convPool2dForward,
  type ConvPool2dOptions,
} from "../../backprop/index.js";
import type { CatalogCase, LayerOptions, NamedTensors } from "../../gradcheck/index.js";
import { conv2dGeometry, type WindowOptions } from "../../im2col/index.js";
import { randomBits, sizeOf, Tensor } from "../../tensor/index.js";
import { type GivenOf, letters, type LoopLayer } from "./letters.js";

/** What a backward pass in loops is given, by name. */
export type Given = Readonly<Record<string, unknown>>;

/** A case as the catalog draws it, and the upstream gradient. */
interface Point {
  readonly inputs: NamedTensors;
  readonly options: LayerOptions;
  /** Of the output's shape. */
  readonly dOut: Tensor;
}

type Make<Layer extends LoopLayer> = (point: Point) => Promise<GivenOf<Layer>> | GivenOf<Layer>;

/**
 * What the loops of a layer are given in one case, see `letters`. Sizes come from the tensors, and
 * whatever only the forward pass knows comes from running it.
 *
 * @param layer of the catalog
 * @param one options and inputs
 * @param dOut of the output's shape
 */
export async function given(layer: string, one: CatalogCase, dOut: Tensor): Promise<Given> {
  const made = (await makers[layer as LoopLayer]({ ...one, dOut })) as Given;
  // in the order in which they are described
  return Object.fromEntries(
    Object.keys(letters[layer as LoopLayer].given).map((name) => [name, made[name]]),
  );
}

/** Nested arrays of the given shape, or of the tensor's own. */
function nested<Nest>(tensor: Tensor, shape: readonly number[] = tensor.shape): Nest {
  return tensor.reshape(shape).toNested() as Nest;
}

function flat(tensor: Tensor): number[] {
  return nested(tensor, [tensor.size]);
}

const elementwise = ({ dOut, inputs: { x } }: Point) => ({
  dOut: flat(dOut),
  x: flat(x!),
  M: x!.size,
});

function sizesOf({ shape }: Tensor): { N: number; C: number; H: number; W: number } {
  const [N, C, H, W] = shape as [number, number, number, number];
  return { N, C, H, W };
}

/** @param kernelSize of the windows; their step, too, where a pooling does not say one */
function windowsOf(x: Tensor, options: WindowOptions) {
  const { H, W } = sizesOf(x);
  const { H: _H, W: _W, ...windows } = conv2dGeometry("exercise", H, W, options);
  return windows;
}

/** A pooling's windows, which lie side by side where no stride is given. */
function poolOf(x: Tensor, { kernelSize, stride, padding, dilation }: WindowOptions) {
  return windowsOf(x, {
    kernelSize,
    stride: stride ?? kernelSize,
    ...(padding === undefined ? {} : { padding }),
    ...(dilation === undefined ? {} : { dilation }),
  });
}

const pooling = ({ dOut, inputs: { x }, options }: Point) => ({
  dOut: nested<number[][][][]>(dOut),
  x: nested<number[][][][]>(x!),
  ...sizesOf(x!),
  ...poolOf(x!, options as unknown as WindowOptions),
});

/** Running statistics stand in the options as `{ shape, data }`. */
function statistic(value: unknown, C: number, start: number): number[] {
  if (value === undefined) return Array<number>(C).fill(start);
  return [...(value as { readonly data: readonly number[] }).data];
}

function normalised({ inputs: { weight }, options }: Point) {
  const C = weight!.size;
  const { epsilon = 1e-5, mode } = options as unknown as BatchNormOptions;
  return {
    weight: flat(weight!),
    epsilon,
    mode,
    runningMean: statistic(options["runningMean"], C, 0),
    runningVariance: statistic(options["runningVariance"], C, 1),
  };
}

const makers: { readonly [Layer in LoopLayer]: Make<Layer> } = {
  affine: ({ dOut, inputs: { x, weight, bias } }) => ({
    dOut: nested(dOut),
    x: nested(x!),
    weight: nested(weight!),
    hasBias: bias !== undefined,
    N: x!.shape[0]!,
    I: x!.shape[1]!,
    O: weight!.shape[0]!,
  }),
  flatten: ({ dOut, inputs: { x } }) => ({ dOut: nested(dOut), ...sizesOf(x!) }),
  relu: elementwise,
  leakyRelu: (point) => {
    const { negativeSlope = 0.01 } = point.options as { readonly negativeSlope?: number };
    return { ...elementwise(point), negativeSlope };
  },
  sigmoid: elementwise,
  tanh: elementwise,
  softplus: elementwise,
  silu: elementwise,
  gelu: elementwise,
  elu: elementwise,
  softmax: ({ dOut, inputs: { x } }) => {
    const C = x!.shape.at(-1)!;
    const N = x!.size / C;
    return { dOut: nested(dOut, [N, C]), x: nested(x!, [N, C]), N, C };
  },
  softmaxCrossEntropy: ({ dOut, inputs: { logits }, options }) => ({
    dOut: dOut.item(),
    logits: nested(logits!),
    labels: [...(options["target"] as readonly number[])],
    labelSmoothing: (options["labelSmoothing"] ?? 0) as number,
    N: logits!.shape[0]!,
    C: logits!.shape[1]!,
  }),
  meanSquaredError: ({ dOut, inputs: { prediction, target } }) => ({
    dOut: dOut.item(),
    prediction: flat(prediction!),
    target: flat(target!),
    M: prediction!.size,
  }),
  conv2d: ({ dOut, inputs: { x, weight, bias }, options }) => {
    const { groups = 1, ...sliding } = options as Conv2dOptions;
    const [K, , kH, kW] = weight!.shape as [number, number, number, number];
    return {
      dOut: nested(dOut),
      x: nested(x!),
      weight: nested(weight!),
      hasBias: bias !== undefined,
      ...sizesOf(x!),
      K,
      G: groups,
      ...windowsOf(x!, { ...sliding, kernelSize: [kH, kW] }),
    };
  },
  maxPool2d: pooling,
  averagePool2d: (point) => {
    const { x: _x, ...rest } = pooling(point);
    return rest;
  },
  globalAveragePool2d: ({ dOut, inputs: { x } }) => ({ dOut: nested(dOut), ...sizesOf(x!) }),
  batchNorm2d: (point) => ({
    dOut: nested(point.dOut),
    x: nested(point.inputs["x"]!),
    ...normalised(point),
    ...sizesOf(point.inputs["x"]!),
  }),
  batchNorm1d: (point) => {
    const x = point.inputs["x"]!;
    const [N, C, L = 1] = x.shape as [number, number, number?];
    const shape = [N, C, L];
    return { dOut: nested(point.dOut, shape), x: nested(x, shape), ...normalised(point), N, C, L };
  },
  layerNorm: ({ dOut, inputs: { x, weight }, options }) => {
    const M = weight!.size;
    const N = x!.size / M;
    const { epsilon = 1e-5 } = options as { readonly epsilon?: number };
    const rows = [N, M];
    return { dOut: nested(dOut, rows), x: nested(x!, rows), weight: flat(weight!), epsilon, N, M };
  },
  dropout: ({ dOut, inputs: { x }, options }) => {
    const { probability: p, seed } = options as { probability: number; seed: number | string };
    // 32 bits each, read as a fraction: the u of (dropout.1)
    const u = Array.from(randomBits(seed, x!.size), (bits) => bits / 2 ** 32);
    return { dOut: flat(dOut), u, p, M: x!.size };
  },
  residual: throughBranches,
  reluPool2d: pooling,
  convPool2d: async ({ dOut, inputs: { x, weight, bias }, options }) => {
    const { conv, ...rest } = options as unknown as ConvPool2dOptions;
    const [K, , kH, kW] = weight!.shape as [number, number, number, number];
    const { cache } = await convPool2dForward(x!, weight!, bias ?? null, { conv, ...rest });
    const {
      outH: convH,
      outW: convW,
      ...windows
    } = windowsOf(x!, { ...conv, kernelSize: [kH, kW] });
    const [, , outH, outW] = dOut.shape as [number, number, number, number];
    return {
      dOut: nested(dOut),
      argmax: places(cache),
      x: nested(x!),
      weight: nested(weight!),
      hasBias: bias !== undefined,
      ...sizesOf(x!),
      K,
      convH,
      convW,
      ...windows,
      outH,
      outW,
    };
  },
  batchNormPool2d: async (point) => {
    const { x, weight, bias } = point.inputs;
    const { pool, rectify } = point.options as unknown as { pool: WindowOptions; rectify: boolean };
    const { runningMean, runningVariance, epsilon, mode, ...factors } = normalised(point);
    const running = {
      mean: Tensor.from(runningMean, weight!.shape, "float64"),
      variance: Tensor.from(runningVariance, weight!.shape, "float64"),
    };
    const options = { norm: { epsilon, mode }, pool, rectify };
    const { cache } = await batchNormPool2dForward(x!, weight!, bias!, running, options);
    const [, , outH, outW] = point.dOut.shape as [number, number, number, number];
    return {
      dOut: nested(point.dOut),
      argmax: places(cache),
      x: nested(x!),
      ...{ ...factors, epsilon, mode, runningMean, runningVariance },
      ...sizesOf(x!),
      outH,
      outW,
    };
  },
};

/** Winners of windows as nested arrays. */
function places(cache: {
  readonly argmax: { readonly data: Int32Array };
  readonly outShape: readonly number[];
}): number[][][][] {
  return nested(Tensor.from(cache.argmax.data, cache.outShape, "float64"));
}

/** What comes back to x through the catalog's two convolutions, or through x itself. */
async function throughBranches({
  dOut,
  inputs: { x, weight, shortcut },
  options,
}: Point): Promise<GivenOf<"residual">> {
  const { stride = 1, padding = 0 } = options as Conv2dOptions;
  const back = async (filters: Tensor, sliding: Conv2dOptions): Promise<number[]> => {
    const { cache } = await conv2dForward(x!, filters, null, sliding);
    return flat((await conv2dBackward(dOut, cache)).dX);
  };
  return {
    dOut: flat(dOut),
    throughBody: await back(weight!, { stride, padding }),
    throughShortcut: shortcut === undefined ? null : await back(shortcut, { stride }),
    M: sizeOf(x!.shape),
  };
}
