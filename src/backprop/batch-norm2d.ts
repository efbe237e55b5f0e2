/**
 * Batch normalisation of images: every channel is standardised over the whole batch, then stretched
 * and shifted by learned factors (Ioffe and Szegedy, 2015). Derived in
 * `derivations/normalisation.md`.
 *
 *   N images   C channels   H, W image   M = N·H·W values of a channel
 *   μ, σ², ρ of a channel, x̂: see `standardise.ts`
 */
import { add, divide, multiply, subtract, sum, type Tensor } from "../tensor/index.js";
import {
  advance,
  BatchNorm,
  type BatchNormForm,
  type BatchNormLayerOptions,
  type BatchNormOptions,
  checkBatchNorm,
  type RunningStatistics,
} from "./batch-norm.js";
import { checkDOut, type Mode } from "./layer.js";
import type { StorageOptions } from "./parameter.js";
import { moments, standardise, type Standardised } from "./standardise.js";

const FORM: BatchNormForm = { name: "batchNorm2d", x: "[N, C, H, W]", ranks: [4] };
/** All axes but the channels'. */
const AXES = [0, 2, 3];

export interface BatchNorm2dCache {
  readonly standardised: Standardised;
  /** [C] */
  readonly weight: Tensor;
  readonly mode: Mode;
}

/**
 * Changes nothing: the running statistics after this batch are returned. In evaluation they are
 * those that were given.
 *
 * @param x [N, C, H, W]
 * @param weight [C]
 * @param bias [C]
 * @returns out, of x's shape
 * @throws InputError when shapes do not fit, an option is out of range, or a channel has but one
 *   value in training
 */
export async function batchNorm2dForward(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  running: RunningStatistics,
  options: BatchNormOptions,
): Promise<{ out: Tensor; cache: BatchNorm2dCache; running: RunningStatistics }> {
  const { epsilon, momentum, mode } = checkBatchNorm(FORM, x, weight, bias, running, options);
  const statistics =
    mode === "train"
      ? moments(x, AXES)
      : { mean: alongChannels(running.mean), variance: alongChannels(running.variance) };
  const standardised = standardise(x, statistics, epsilon);
  // (normalisation.22) out[n, c, h, w] = weight[c] · x̂[n, c, h, w] + bias[c]
  const out = add(multiply(standardised.xHat, alongChannels(weight)), alongChannels(bias));
  const after =
    mode === "train" ? advance(running, statistics, momentum, x.size / weight.size) : running;
  return { out, cache: { standardised, weight, mode }, running: after };
}

/**
 * @param dOut [N, C, H, W]
 * @returns dX [N, C, H, W], dWeight [C], dBias [C]
 * @throws InputError when dOut has another shape
 */
export async function batchNorm2dBackward(
  dOut: Tensor,
  { standardised, weight, mode }: BatchNorm2dCache,
): Promise<{ dX: Tensor; dWeight: Tensor; dBias: Tensor }> {
  const { xHat, rho } = standardised;
  checkDOut("batchNorm2dBackward", dOut, xHat.shape);
  // (normalisation.23) dBias[c] = Σₙ Σₕ Σ_w dOut[n, c, h, w]
  const dBias = sum(dOut, { axes: AXES });
  // (normalisation.24) dWeight[c] = Σₙ Σₕ Σ_w dOut[n, c, h, w] · x̂[n, c, h, w]
  const dWeight = sum(multiply(dOut, xHat), { axes: AXES });
  const scale = multiply(alongChannels(weight), rho);
  if (mode === "train") {
    const M = dOut.size / weight.size;
    const unshifted = subtract(dOut, alongChannels(divide(dBias, M)));
    const unstretched = subtract(unshifted, multiply(xHat, alongChannels(divide(dWeight, M))));
    // (normalisation.26) dX = weight · ρ · (dOut − dBias/M − x̂ · dWeight/M)
    return { dX: multiply(unstretched, scale), dWeight, dBias };
  }
  // (normalisation.28) dX = weight · ρ · dOut, where nothing that x does moves the statistics
  return { dX: multiply(dOut, scale), dWeight, dBias };
}

/** [C] as [1, C, 1, 1], which broadcasts over images. */
function alongChannels(values: Tensor): Tensor {
  return values.reshape([1, values.size, 1, 1]);
}

/** A batch normalisation between two layers of images. */
export class BatchNorm2d extends BatchNorm<BatchNorm2dCache> {
  constructor(options: BatchNormLayerOptions, storage: StorageOptions = {}) {
    super(
      { form: FORM, forward: batchNorm2dForward, backward: batchNorm2dBackward },
      options,
      storage,
    );
  }
}
