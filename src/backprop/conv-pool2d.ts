/**
 * A convolution followed by max pooling as one layer, with a rectifier between the two or after
 * them if there is one. The same function of x, weight and bias as `conv2d`, `relu` and `maxPool2d`
 * one after another, but the convolution's output need not be laid out. Derived in
 * `derivations/fused.md`.
 *
 *   N images   C input channels   H, W image   K filters   R = C·kH·kW entries under one filter
 *   P windows of the convolution   outH, outW windows of the pooling
 */
import type { Columns, WindowGeometry, WindowOptions } from "../im2col/index.js";
import { type Backend, reference } from "../kernels/index.js";
import type { Storage, Tensor } from "../tensor/index.js";
import { type Choices, winnersOf } from "./choices.js";
import type { Conv2d } from "./conv2d.js";
import { type Conv2dOptions, conv2dShapes } from "./conv2d-shapes.js";
import {
  checkDOut,
  type DX,
  type ForwardResult,
  type PassOptions,
  TwoPassLayer,
  type WeightGradients,
} from "./layer.js";
import type { MaxPool2d } from "./max-pool2d.js";
import { poolGeometry } from "./pool-windows.js";

/** The options of the layers that are done at once. */
export interface ConvPool2dOptions {
  /** Of the convolution, which has one group. */
  readonly conv: Omit<Conv2dOptions, "groups">;
  /** Of the max pooling. */
  readonly pool: WindowOptions;
  /** Whether there is a rectifier. */
  readonly rectify: boolean;
}

/** What {@link convPool2dBackward} needs of the forward pass. */
export interface ConvPool2dCache {
  /** The windows of x, [N, 1, R, P]. */
  readonly cols: Columns;
  /** [K, C, kH, kW] */
  readonly weight: Tensor;
  /** Whether there is a bias to give a gradient to. */
  readonly hasBias: boolean;
  /** Where the windows of the pooling lie. */
  readonly pool: WindowGeometry;
  /** For each entry of out, the place h·convW + w that won it, or −1 for the rectifier's 0. */
  readonly argmax: Storage<Int32Array>;
  /** [N, K, outH, outW] */
  readonly outShape: readonly number[];
}

/**
 * Convolution and max pooling at once. Derived in `derivations/fused.md`, (fused.4).
 *
 * @param x [N, C, H, W]
 * @param weight [K, C, kH, kW]
 * @param bias [K], or null for none
 * @returns out [N, K, outH, outW]
 * @throws InputError as `conv2dForward` and `maxPool2dForward`
 */
export async function convPool2dForward(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  { conv, pool: poolOptions, rectify }: ConvPool2dOptions,
  backend: Backend = reference,
): Promise<ForwardResult<ConvPool2dCache>> {
  const shapes = conv2dShapes(x.shape, weight.shape, bias?.shape ?? null, conv);
  const pool = poolGeometry("maxPool2d", shapes.outShape, poolOptions);
  const cols = await backend.im2col(x, shapes.geometry);
  const filters = weight.reshape([1, shapes.K, shapes.R]);
  // (fused.4) out[n, k, p, q] = max(maxᵢⱼ (filters · colsₙ + bias)[k, u(p, i), v(q, j)], 0)
  const { out, argmax } = await backend.convolvePool(filters, cols, bias, pool, { rectify });
  const cache = { cols, weight, hasBias: bias !== null, pool, argmax, outShape: out.shape };
  return { out, cache };
}

/**
 * The gradients of {@link convPool2dForward}. Derived in `derivations/fused.md`, (fused.6),
 * (fused.7), (fused.8).
 *
 * @param dOut [N, K, outH, outW]
 * @param wantsDX true if left out
 * @returns dX [N, C, H, W] or null if it is not wanted, dWeight [K, C, kH, kW], dBias [K] or null
 * @throws InputError when dOut has another shape
 */
export async function convPool2dBackward<Wanted extends boolean = true>(
  dOut: Tensor,
  { cols, weight, hasBias, pool, argmax, outShape }: ConvPool2dCache,
  backend: Backend = reference,
  wantsDX?: Wanted,
): Promise<WeightGradients<Wanted, Tensor | null>> {
  checkDOut("convPool2dBackward", dOut, outShape);
  // (fused.5) dConv[n, k, h, w] = Σₚ Σ_q 1[argmax[n, k, p, q] = (h, w)] · dOut[n, k, p, q]
  const dConv = await backend.winnersGradient(dOut, argmax, pool);
  // (fused.6) dBias[k] = Σₙ Σ_h Σ_w dConv[n, k, h, w]
  const dBias = hasBias ? await backend.sumPerChannel(dConv) : null;
  // (fused.7) dWeight = Σₙ dConvₙ · colsₙᵀ
  const dWeight = await backend.matmulSum(dConv, cols, { transposeB: true });
  const filters = weight.reshape([1, weight.shape[0]!, cols.shape[2]!]);
  // (fused.8) dX = col2im(filtersᵀ · dConvₙ)
  const input = (): Promise<Tensor> =>
    backend.productOntoImages(filters, dConv, cols.channels, cols.geometry);
  const dX = wantsDX === false ? null : await input();
  return { dX: dX as DX<Wanted>, dWeight: dWeight.reshape(weight.shape), dBias };
}

/**
 * What a plan puts in place of a convolution and a max pooling: [N, C, H, W] → [N, K, outH, outW].
 * Its parameters are the former's.
 */
export class ConvPool2d extends TwoPassLayer<ConvPool2dCache> {
  readonly kind = "convPool2d";
  override readonly differentiate = convPool2dBackward;
  readonly #conv: Conv2d;
  readonly #options: ConvPool2dOptions;

  /** In place of these two, with a rectifier between or after them if `rectify` says so. */
  constructor(conv: Conv2d, pool: MaxPool2d, rectify: boolean) {
    super(conv.parameters);
    this.#conv = conv;
    this.#options = { conv: conv.options, pool: pool.options, rectify };
  }

  override outputShape(x: readonly number[]): number[] {
    const { outH, outW } = poolGeometry("maxPool2d", this.#conv.outputShape(x), this.#options.pool);
    return [x[0]!, this.#conv.weight.value.shape[0]!, outH, outW];
  }

  override compute(x: Tensor, { backend }: PassOptions) {
    const { weight, bias } = this.#conv;
    return convPool2dForward(x, weight.value, bias?.value ?? null, this.#options, backend);
  }

  override choices({ argmax, outShape }: ConvPool2dCache): readonly Choices[] {
    return [winnersOf(argmax.data, outShape)];
  }
}
