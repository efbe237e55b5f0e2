/**
 * Convolution, as deep learning uses the word: every filter is laid over every window and the
 * products are added up. Derived in `derivations/conv2d.md`.
 *
 *   N images   C input channels   H, W image   K filters = output channels   kH, kW filter
 *   G groups   R = C/G·kH·kW  entries under one filter   P = outH·outW  windows
 */
import { conv2dGeometry, type WindowGeometry, type WindowOptions } from "../im2col/index.js";
import { type Backend, reference } from "../kernels/index.js";
import { formatShape, reject, sameShape, type Tensor } from "../tensor/index.js";
import {
  type Layer,
  Parameter,
  type PassOptions,
  recall,
  type Remembered,
  type StorageOptions,
} from "./layer.js";

/**
 * The kernel's size is the weight's; `groups` splits the channels into blocks that do not see each
 * other.
 */
export type Conv2dOptions = Omit<WindowOptions, "kernelSize"> & { readonly groups?: number };

export interface Conv2dCache {
  readonly geometry: WindowGeometry;
  /** [N, G, R, P] */
  readonly cols: Tensor;
  /** [K, C/G, kH, kW] */
  readonly weight: Tensor;
  readonly channels: number;
  readonly groups: number;
  readonly hasBias: boolean;
}

/**
 * @param x [N, C, H, W]
 * @param weight [K, C/G, kH, kW]
 * @param bias [K], or null for none
 * @returns out [N, K, outH, outW]
 * @throws InputError when shapes do not fit or the kernel is larger than the padded image
 */
export async function conv2dForward(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: Conv2dOptions = {},
  backend: Backend = reference,
): Promise<{ out: Tensor; cache: Conv2dCache }> {
  const groups = options.groups ?? 1;
  const { geometry, N, C, K } = checkConv2d(
    x.shape,
    weight.shape,
    bias?.shape ?? null,
    options,
    groups,
  );
  const R = weight.size / K;
  const P = geometry.outH * geometry.outW;
  // (conv2d.4d) W[k, (c·kH + i)·kW + j] = weight[k, c, i, j]
  const W = weight.reshape([groups, K / groups, R]);
  // (conv2d.4) cols[n, (c·kH + i)·kW + j, p·outW + q] = x[n, c, u(p, i), v(q, j)]
  const cols = (await backend.im2col(x, geometry)).reshape([N, groups, R, P]);
  // (conv2d.5) outₙ = W · colsₙ + bias
  // (conv2d.16a) out[n, g] = W[g] · cols[n, g] + bias[g]
  const out = await backend.matmul(W, cols, {
    rowBias: bias?.reshape([groups, K / groups]) ?? null,
  });
  const cache = { geometry, cols, weight, channels: C, groups, hasBias: bias !== null };
  return { out: out.reshape([N, K, geometry.outH, geometry.outW]), cache };
}

/**
 * @param dOut [N, K, outH, outW]
 * @returns dX [N, C, H, W], dWeight [K, C/G, kH, kW], dBias [K] or null
 */
export async function conv2dBackward(
  dOut: Tensor,
  cache: Conv2dCache,
  backend: Backend = reference,
): Promise<{ dX: Tensor; dWeight: Tensor; dBias: Tensor | null }> {
  const { dWeight, dBias } = await conv2dParametersBackward(dOut, cache, backend);
  const dX = await conv2dInputBackward(dOut, cache, backend);
  return { dX, dWeight, dBias };
}

/** The half of {@link conv2dBackward} that training the first layer of a network needs. */
export async function conv2dParametersBackward(
  dOut: Tensor,
  cache: Conv2dCache,
  backend: Backend = reference,
): Promise<{ dWeight: Tensor; dBias: Tensor | null }> {
  const dOutRows = checkDOut(dOut, cache);
  // (conv2d.6) dBias[k] = Σₙₛ dOut[n, k, s]
  const dBias = cache.hasBias ? await backend.sumPerChannel(dOut) : null;
  // (conv2d.7) dWeight = Σₙ dOutₙ · colsₙᵀ
  const dWeight = await backend.matmulSum(dOutRows, cache.cols, { transposeB: true });
  return { dWeight: dWeight.reshape(cache.weight.shape), dBias };
}

/** The half of {@link conv2dBackward} that the layer before needs. */
export async function conv2dInputBackward(
  dOut: Tensor,
  cache: Conv2dCache,
  backend: Backend = reference,
): Promise<Tensor> {
  const dOutRows = checkDOut(dOut, cache);
  const { geometry, channels, groups } = cache;
  const [N, , R, P] = cache.cols.shape as [number, number, number, number];
  const W = cache.weight.reshape([groups, cache.weight.shape[0]! / groups, R]);
  // (conv2d.8) dColsₙ = Wᵀ · dOutₙ
  const dCols = await backend.matmul(W, dOutRows, { transposeA: true });
  // (conv2d.10) dX = col2im(dCols)
  return backend.col2im(dCols.reshape([N, groups * R, P]), channels, geometry);
}

/** dOut [N, K, outH, outW] as the matrices [N, G, K/G, P] that the products are made of. */
function checkDOut(dOut: Tensor, { geometry, cols, weight, groups }: Conv2dCache): Tensor {
  const [N, , , P] = cols.shape as [number, number, number, number];
  const K = weight.shape[0]!;
  const expected = [N, K, geometry.outH, geometry.outW];
  if (!sameShape(dOut.shape, expected))
    reject("conv2dBackward", `dOut of shape ${formatShape(expected)}`, formatShape(dOut.shape));
  return dOut.reshape([N, groups, K / groups, P]);
}

function checkConv2d(
  x: readonly number[],
  weight: readonly number[],
  bias: readonly number[] | null,
  options: Conv2dOptions,
  groups: number,
): { geometry: WindowGeometry; N: number; C: number; K: number } {
  if (x.length !== 4) reject("conv2d", "x of shape [N, C, H, W]", formatShape(x));
  const [N, C, H, W] = x as [number, number, number, number];
  const [K, channelsPerFilter, kH, kW] = weight as [number, number, number, number];
  if (!Number.isInteger(groups) || groups < 1)
    reject("conv2d", "groups to be a whole number ≥ 1", String(groups));
  if (weight.length !== 4 || channelsPerFilter * groups !== C || K % groups !== 0) {
    const expected =
      groups === 1
        ? `weight of shape [K, ${C}, kH, kW]`
        : `weight of shape [K, ${C}/${groups}, kH, kW] with K a multiple of ${groups}`;
    reject("conv2d", `${expected} for x ${formatShape(x)}`, formatShape(weight));
  }
  if (bias !== null && !sameShape(bias, [K]))
    reject("conv2d", `bias of shape [${K}] for weight ${formatShape(weight)}`, formatShape(bias));
  return {
    geometry: conv2dGeometry("conv2d", H, W, { ...options, kernelSize: [kH, kW] }),
    N,
    C,
    K,
  };
}

export interface Conv2dLayerOptions extends WindowOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups?: number;
  /** `false` for a layer without a bias. */
  readonly bias?: boolean;
}

/** A convolution with its own filters. */
export class Conv2d implements Layer {
  readonly kind = "conv2d";
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly #options: Conv2dOptions;
  #remembered: Remembered<Conv2dCache> | null = null;

  constructor(
    { inChannels, outChannels, kernelSize, bias = true, ...options }: Conv2dLayerOptions,
    storage: StorageOptions = {},
  ) {
    const groups = options.groups ?? 1;
    const [kH, kW] = typeof kernelSize === "number" ? [kernelSize, kernelSize] : kernelSize;
    const fanIn = (inChannels / groups) * kH * kW;
    const fanOut = (outChannels / groups) * kH * kW;
    this.weight = new Parameter(
      "weight",
      [outChannels, inChannels / groups, kH, kW],
      fanIn,
      fanOut,
      storage,
    );
    this.bias = bias ? new Parameter("bias", [outChannels], fanIn, fanOut, storage) : null;
    this.#options = options;
  }

  get parameters(): readonly Parameter[] {
    return this.bias === null ? [this.weight] : [this.weight, this.bias];
  }

  outputShape(inputShape: readonly number[]): number[] {
    const { geometry, N, K } = checkConv2d(
      inputShape,
      this.weight.value.shape,
      this.bias?.value.shape ?? null,
      this.#options,
      this.#options.groups ?? 1,
    );
    return [N, K, geometry.outH, geometry.outW];
  }

  async forward(x: Tensor, { backend, training }: PassOptions): Promise<Tensor> {
    const { out, cache } = await conv2dForward(
      x,
      this.weight.value,
      this.bias?.value ?? null,
      this.#options,
      backend,
    );
    this.#remembered = training ? { cache, backend } : null;
    return out;
  }

  async backward(dOut: Tensor, wantsDX = true): Promise<Tensor | null> {
    const { cache, backend } = recall(this.kind, this.#remembered);
    this.#remembered = null;
    const { dWeight, dBias } = await conv2dParametersBackward(dOut, cache, backend);
    await this.weight.accumulate(dWeight, backend);
    if (dBias !== null) await this.bias?.accumulate(dBias, backend);
    return wantsDX ? conv2dInputBackward(dOut, cache, backend) : null;
  }
}
