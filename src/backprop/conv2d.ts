/**
 * Convolution, as deep learning uses the word: every filter is laid over every window and the
 * products are added up. Derived in `derivations/conv2d.md` and its parts.
 *
 *   N images   C input channels   H, W image   K filters = output channels   kH, kW filter
 *   G groups   R = C/G·kH·kW entries under one filter   P = outH·outW windows
 */
import { type Columns, pair } from "../im2col/index.js";
import { type Backend, reference } from "../kernels/index.js";
import type { Tensor } from "../tensor/index.js";
import {
  checkConv2dLayer,
  type Conv2dLayerOptions,
  type Conv2dOptions,
  conv2dShapes,
} from "./conv2d-shapes.js";
import {
  checkDOut,
  type DX,
  type ForwardResult,
  type PassOptions,
  type WeightGradients,
} from "./layer.js";
import type { StorageOptions } from "./parameter.js";
import { WeightedLayer } from "./weighted-layer.js";

/** What {@link conv2dBackward} needs of the forward pass. */
export interface Conv2dCache {
  /** The windows of x, [N, G, R, P] with R = C/G·kH·kW and P = outH·outW. */
  readonly cols: Columns;
  /** [K, C/G, kH, kW] */
  readonly weight: Tensor;
  /** [N, K, outH, outW] */
  readonly outShape: readonly number[];
  /** Whether there is a bias to give a gradient to. */
  readonly hasBias: boolean;
}

/**
 * Lays every filter over every window and adds up the products. Derived in `derivations/conv2d.md`
 * and, as one matrix product, in its parts: (conv2d.5), with groups (conv2d.16a).
 *
 * @param x [N, C, H, W]
 * @param weight [K, C/G, kH, kW]
 * @param bias [K], or null for none
 * @returns out [N, K, outH, outW]
 * @throws InputError when shapes do not fit, an option is unknown or out of range, or the kernel is
 *   larger than the padded image
 */
export async function conv2dForward(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: Conv2dOptions = {},
  backend: Backend = reference,
): Promise<ForwardResult<Conv2dCache>> {
  const shapes = conv2dShapes(x.shape, weight.shape, bias?.shape ?? null, options);
  const { geometry, outShape, G, K, R } = shapes;
  // (conv2d.4d) filters[k, (c·kH + i)·kW + j] = weight[k, c, i, j]
  const filters = weight.reshape([G, K / G, R]);
  // (conv2d.4) cols[n, (c·kH + i)·kW + j, p·outW + q] = x[n, c, u(p, i), v(q, j)]
  const cols = await backend.im2col(x, geometry, G);
  // (conv2d.5) outₙ = filters · colsₙ + bias
  // (conv2d.16a) out[n, g] = filters[g] · cols[n, g] + bias[g]
  const rowBias = bias?.reshape([G, K / G]) ?? null;
  const out = (await backend.matmul(filters, cols, { rowBias })).reshape(outShape);
  return { out, cache: { cols, weight, outShape, hasBias: bias !== null } };
}

/**
 * The gradients of {@link conv2dForward}. Derived in `derivations/conv2d-gradients.md`, (conv2d.6),
 * (conv2d.7), (conv2d.10).
 *
 * @param dOut [N, K, outH, outW]
 * @param wantsDX true if left out
 * @returns dX [N, C, H, W] or null if it is not wanted, dWeight [K, C/G, kH, kW], dBias [K] or null
 * @throws InputError when dOut has another shape
 */
export async function conv2dBackward<Wanted extends boolean = true>(
  dOut: Tensor,
  { cols, weight, outShape, hasBias }: Conv2dCache,
  backend: Backend = reference,
  wantsDX?: Wanted,
): Promise<WeightGradients<Wanted, Tensor | null>> {
  checkDOut("conv2dBackward", dOut, outShape);
  const [N, G, R, P] = cols.shape as [number, number, number, number];
  const dOutRows = dOut.reshape([N, G, outShape[1]! / G, P]);
  // (conv2d.6) dBias[k] = Σₙₛ dOut[n, k, s]
  const dBias = hasBias ? await backend.sumPerChannel(dOut) : null;
  // (conv2d.7) dWeight = Σₙ dOutₙ · colsₙᵀ
  const dWeight = await backend.matmulSum(dOutRows, cols, { transposeB: true });
  const filters = weight.reshape([G, outShape[1]! / G, R]);
  // (conv2d.8) dColsₙ = filtersᵀ · dOutₙ
  // (conv2d.10) dX = col2im(dCols)
  const input = (): Promise<Tensor> =>
    backend.productOntoImages(filters, dOutRows, cols.channels, cols.geometry);
  const dX = wantsDX === false ? null : await input();
  return { dX: dX as DX<Wanted>, dWeight: dWeight.reshape(weight.shape), dBias };
}

/** A convolution with its own filters: [N, C, H, W] → [N, K, outH, outW]. */
export class Conv2d extends WeightedLayer<Conv2dCache> {
  /** See {@link Layer.kind}. */
  readonly kind = "conv2d";
  /** Stride, padding, dilation and groups as given, without defaults. */
  readonly options: Conv2dOptions;
  override readonly differentiate = conv2dBackward;

  /** @throws InputError when an option is wrong or missing, or groups do not divide the channels */
  constructor(given: Conv2dLayerOptions, storage?: StorageOptions) {
    const checked = checkConv2dLayer(given);
    const { inChannels: C, outChannels: K, kernelSize, bias, ...options } = checked;
    const { groups = 1 } = options;
    super([K, C / groups, ...pair(kernelSize)], { bias, groups }, storage);
    this.options = options;
  }

  override outputShape(x: readonly number[]): number[] {
    return conv2dShapes(x, this.weight.value.shape, this.biasShape, this.options).outShape;
  }

  override compute(x: Tensor, { backend }: PassOptions) {
    return conv2dForward(x, this.weight.value, this.bias?.value ?? null, this.options, backend);
  }
}
