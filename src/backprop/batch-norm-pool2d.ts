/**
 * Batch normalisation followed by max pooling as one layer, with a rectifier between the two or
 * after them if there is one. The same function of x, weight and bias as `batchNorm2d`, `relu` and
 * `maxPool2d` one after another, but what is pooled need not be laid out, and neither need what
 * flows back. Derived in `derivations/fused.md`.
 *
 *   N images   C channels   H, W image   M = N·H·W values of a channel   outH, outW windows
 *   ρ of a channel, x̂: see `standardise.ts`
 */
import type { WindowGeometry, WindowOptions } from "../im2col/index.js";
import { type Backend, reference } from "../kernels/index.js";
import { divide, multiply, type Storage, type Tensor } from "../tensor/index.js";
import {
  advance,
  type BatchNormOptions,
  type BatchNormResult,
  checkBatchNorm,
  type RunningStatistics,
} from "./batch-norm.js";
import { BATCH_NORM_2D, type BatchNorm2d } from "./batch-norm2d.js";
import { type Choices, winnersOf } from "./choices.js";
import {
  checkDOut,
  type Mode,
  type PassOptions,
  TwoPassLayer,
  type WeightGradients,
} from "./layer.js";
import type { MaxPool2d } from "./max-pool2d.js";
import type { LayerBuffer } from "./parameter.js";
import { poolGeometry } from "./pool-windows.js";
import { moments, standardise, type Standardised } from "./standardise.js";

/** The options of the layers that are done at once. */
export interface BatchNormPool2dOptions {
  /** Of the batch normalisation. */
  readonly norm: BatchNormOptions;
  /** Of the max pooling. */
  readonly pool: WindowOptions;
  /** Whether there is a rectifier. */
  readonly rectify: boolean;
}

/** What {@link batchNormPool2dBackward} needs of the forward pass. */
export interface BatchNormPool2dCache {
  /** x̂ [N, C, H, W], and ρ [C]. */
  readonly standardised: Standardised;
  /** [C] */
  readonly weight: Tensor;
  /** In training, x moves the statistics too. */
  readonly mode: Mode;
  /** Where the windows lie. */
  readonly pool: WindowGeometry;
  /** For each entry of out, the place h·W + w that won it, or −1 for the rectifier's 0. */
  readonly argmax: Storage<Int32Array>;
  /** [N, C, outH, outW] */
  readonly outShape: readonly number[];
}

/**
 * Batch normalisation and max pooling at once. Derived in `derivations/fused.md`, (fused.9).
 *
 * Changes nothing: the running statistics after this batch are returned. In evaluation they are
 * those that were given.
 *
 * @param x [N, C, H, W]
 * @param weight [C]
 * @param bias [C]
 * @returns out [N, C, outH, outW]
 * @throws InputError as `batchNorm2dForward` and `maxPool2dForward`
 */
export async function batchNormPool2dForward(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  running: RunningStatistics,
  { norm, pool: poolOptions, rectify }: BatchNormPool2dOptions,
  backend: Backend = reference,
): Promise<BatchNormResult<BatchNormPool2dCache>> {
  const options = checkBatchNorm(BATCH_NORM_2D, x, weight, bias, running, norm);
  const { epsilon, momentum, mode } = options;
  const pool = poolGeometry("maxPool2d", x.shape, poolOptions);
  const statistics = mode === "train" ? await moments(x, backend) : running;
  const standardised = await standardise(x, statistics, epsilon, backend);
  const affine = { scale: weight, shift: bias };
  // (fused.9) out[n, c, p, q] = max(maxᵢⱼ (weight[c] · x̂[n, c, u(p, i), v(q, j)] + bias[c]), 0)
  const { out, argmax } = await backend.maxPool2d(standardised.xHat, pool, { affine, rectify });
  const after =
    mode === "train" ? advance(running, statistics, momentum, x.size / weight.size) : running;
  const cache = { standardised, weight, mode, pool, argmax, outShape: out.shape };
  return { out, cache, running: after };
}

/**
 * The gradients of {@link batchNormPool2dForward}. Derived in `derivations/fused.md`, (fused.11),
 * (fused.12), (fused.13), and in evaluation (fused.14).
 *
 * @param dOut [N, C, outH, outW]
 * @returns dX [N, C, H, W], dWeight [C], dBias [C]
 * @throws InputError when dOut has another shape
 */
export async function batchNormPool2dBackward(
  dOut: Tensor,
  { standardised, weight, mode, pool, argmax, outShape }: BatchNormPool2dCache,
  backend: Backend = reference,
): Promise<WeightGradients> {
  checkDOut("batchNormPool2dBackward", dOut, outShape);
  const { xHat, rho } = standardised;
  // (fused.10) dNorm[n, c, h, w] = Σₚ Σ_q 1[argmax[n, c, p, q] = (h, w)] · dOut[n, c, p, q]
  const dNorm = await backend.winnersGradient(dOut, argmax, pool);
  // (fused.11) dBias[c] = Σₙ Σ_h Σ_w dNorm[n, c, h, w]
  // (fused.12) dWeight[c] = Σₙ Σ_h Σ_w dNorm[n, c, h, w] · x̂[n, c, h, w]
  const { sum: dBias, product: dWeight } = await backend.channelSums(dNorm, xHat);
  const scale = multiply(await backend.read(weight), rho);
  if (mode === "train") {
    const M = xHat.size / weight.size;
    const means = { intercept: divide(dBias, M), slope: divide(dWeight, M) };
    // (fused.13) dX = weight · ρ · (dNorm − dBias/M − x̂ · dWeight/M)
    const dX = await backend.channelResidual(dNorm, xHat, { ...means, scale });
    return { dX, dWeight, dBias };
  }
  const laidOut = await backend.maxPool2dBackward(dOut, argmax, pool);
  // (fused.14) dX = weight · ρ · dNorm, where nothing that x does moves the statistics
  return { dX: await backend.channelAffine(laidOut, { scale }), dWeight, dBias };
}

/**
 * What a plan puts in place of a batch normalisation and a max pooling: [N, C, H, W] →
 * [N, C, outH, outW]. Its parameters and running statistics are the former's.
 */
export class BatchNormPool2d extends TwoPassLayer<BatchNormPool2dCache> {
  readonly kind = "batchNormPool2d";
  override readonly differentiate = batchNormPool2dBackward;
  /** Mean and variance of the batch normalisation, in this order. */
  readonly buffers: readonly LayerBuffer[];
  readonly #norm: BatchNorm2d;
  readonly #pool: WindowOptions;
  readonly #rectify: boolean;

  /** In place of these two, with a rectifier between or after them if `rectify` says so. */
  constructor(norm: BatchNorm2d, pool: MaxPool2d, rectify: boolean) {
    super(norm.parameters);
    this.buffers = norm.buffers;
    this.#norm = norm;
    this.#pool = pool.options;
    this.#rectify = rectify;
  }

  override outputShape(x: readonly number[]): number[] {
    const { outH, outW } = poolGeometry("maxPool2d", this.#norm.outputShape(x), this.#pool);
    return [x[0]!, x[1]!, outH, outW];
  }

  override compute(x: Tensor, { mode, backend }: PassOptions) {
    const [pool, rectify] = [this.#pool, this.#rectify];
    return this.#norm.run(mode, ({ weight, bias, running, options: norm }) =>
      batchNormPool2dForward(x, weight, bias, running, { norm, pool, rectify }, backend),
    );
  }

  override choices({ argmax, outShape }: BatchNormPool2dCache): readonly Choices[] {
    return [winnersOf(argmax.data, outShape)];
  }
}
