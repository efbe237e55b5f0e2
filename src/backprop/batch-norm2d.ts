/**
 * Batch normalisation of images: every channel is standardised over the whole batch, then stretched
 * and shifted by learned factors (Ioffe and Szegedy, 2015). Derived in
 * `derivations/normalisation.md`.
 *
 *   N images   C channels   H, W image   M = N·H·W values of a channel
 *   μ, σ², ρ of a channel, x̂: see `standardise.ts`
 */
import { type Backend, reference } from "../kernels/index.js";
import { divide, multiply, type Tensor } from "../tensor/index.js";
import {
  advance,
  BatchNorm,
  type BatchNormForm,
  type BatchNormLayerOptions,
  type BatchNormOptions,
  type BatchNormResult,
  checkBatchNorm,
  type RunningStatistics,
} from "./batch-norm.js";
import { checkDOut, type Mode, type WeightGradients } from "./layer.js";
import type { StorageOptions } from "./parameter.js";
import { moments, standardise, type Standardised } from "./standardise.js";

/** Images [N, C, H, W]. */
export const BATCH_NORM_2D: BatchNormForm = { name: "batchNorm2d", x: "[N, C, H, W]", ranks: [4] };

/** What {@link batchNorm2dBackward} needs of the forward pass. */
export interface BatchNorm2dCache {
  /** x̂ [N, C, H, W], and ρ [C]. */
  readonly standardised: Standardised;
  /** [C] */
  readonly weight: Tensor;
  /** In training, x moves the statistics too. */
  readonly mode: Mode;
}

/**
 * Standardises every channel over the whole batch, then stretches and shifts it by learned factors
 * (Ioffe and Szegedy, 2015). Derived in `derivations/normalisation.md`, (normalisation.22).
 *
 * Changes nothing: the running statistics after this batch are returned. In evaluation they are
 * those that were given.
 *
 * @param x [N, C, H, W]
 * @param weight [C]
 * @param bias [C]
 * @returns out, of x's shape
 * @throws InputError when shapes do not fit, an option is unknown or out of range, a channel has
 *   but one value in training, or a running variance is not ≥ 0 in evaluation
 */
export async function batchNorm2dForward(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  running: RunningStatistics,
  options: BatchNormOptions,
  backend: Backend = reference,
): Promise<BatchNormResult<BatchNorm2dCache>> {
  const { epsilon, momentum, mode } = checkBatchNorm(
    BATCH_NORM_2D,
    x,
    weight,
    bias,
    running,
    options,
  );
  const statistics = mode === "train" ? await moments(x, backend) : running;
  const standardised = await standardise(x, statistics, epsilon, backend);
  // (normalisation.22) out[n, c, h, w] = weight[c] · x̂[n, c, h, w] + bias[c]
  const out = await backend.channelAffine(standardised.xHat, { scale: weight, shift: bias });
  const after =
    mode === "train" ? advance(running, statistics, momentum, x.size / weight.size) : running;
  return { out, cache: { standardised, weight, mode }, running: after };
}

/**
 * The gradients of {@link batchNorm2dForward}. Derived in `derivations/normalisation.md`,
 * (normalisation.23), (normalisation.24), (normalisation.26), and in evaluation (normalisation.28).
 *
 * @param dOut [N, C, H, W]
 * @returns dX [N, C, H, W], dWeight [C], dBias [C]
 * @throws InputError when dOut has another shape
 */
export async function batchNorm2dBackward(
  dOut: Tensor,
  { standardised, weight, mode }: BatchNorm2dCache,
  backend: Backend = reference,
): Promise<WeightGradients> {
  const { xHat, rho } = standardised;
  checkDOut("batchNorm2dBackward", dOut, xHat.shape);
  // (normalisation.23) dBias[c] = Σₙ Σₕ Σ_w dOut[n, c, h, w]
  // (normalisation.24) dWeight[c] = Σₙ Σₕ Σ_w dOut[n, c, h, w] · x̂[n, c, h, w]
  const { sum: dBias, product: dWeight } = await backend.channelSums(dOut, xHat);
  const scale = multiply(await backend.read(weight), rho);
  if (mode === "train") {
    const M = dOut.size / weight.size;
    const means = { intercept: divide(dBias, M), slope: divide(dWeight, M) };
    // (normalisation.26) dX = weight · ρ · (dOut − dBias/M − x̂ · dWeight/M)
    const dX = await backend.channelResidual(dOut, xHat, { ...means, scale });
    return { dX, dWeight, dBias };
  }
  // (normalisation.28) dX = weight · ρ · dOut, where nothing that x does moves the statistics
  return { dX: await backend.channelAffine(dOut, { scale }), dWeight, dBias };
}

/** A batch normalisation between two layers of images [N, C, H, W]. */
export class BatchNorm2d extends BatchNorm<BatchNorm2dCache> {
  /** @throws InputError when an option is unknown, missing or out of range */
  constructor(options: BatchNormLayerOptions, storage: StorageOptions = {}) {
    super(
      { form: BATCH_NORM_2D, forward: batchNorm2dForward, backward: batchNorm2dBackward },
      options,
      storage,
    );
  }
}
