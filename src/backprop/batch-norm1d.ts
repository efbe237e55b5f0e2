/**
 * Batch normalisation of rows: that of images with H = W = 1, and of sequences with H = 1. Derived
 * in `derivations/normalisation.md`.
 *
 *   N rows or sequences   C channels   L places of a sequence
 */
import { type Backend, reference } from "../kernels/index.js";
import type { Tensor } from "../tensor/index.js";
import {
  BatchNorm,
  type BatchNormForm,
  type BatchNormLayerOptions,
  type BatchNormOptions,
  type BatchNormResult,
  checkBatchNorm,
  type RunningStatistics,
} from "./batch-norm.js";
import { batchNorm2dBackward, type BatchNorm2dCache, batchNorm2dForward } from "./batch-norm2d.js";
import { checkDOut, type WeightGradients } from "./layer.js";
import type { StorageOptions } from "./parameter.js";

const FORM: BatchNormForm = { name: "batchNorm1d", x: "[N, C] or [N, C, L]", ranks: [2, 3] };

/** What {@link batchNorm1dBackward} needs of the forward pass. */
export interface BatchNorm1dCache {
  /** [N, C] or [N, C, L] */
  readonly shape: readonly number[];
  /** That of the same numbers as images. */
  readonly images: BatchNorm2dCache;
}

/**
 * Batch normalisation of rows or sequences (Ioffe and Szegedy, 2015). Derived in
 * `derivations/normalisation.md`, (normalisation.36).
 *
 * Changes nothing, as {@link batchNorm2dForward}.
 *
 * @param x [N, C] or [N, C, L]
 * @param weight [C]
 * @param bias [C]
 * @returns out, of x's shape
 * @throws InputError as {@link batchNorm2dForward}
 */
export async function batchNorm1dForward(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  running: RunningStatistics,
  options: BatchNormOptions,
  backend: Backend = reference,
): Promise<BatchNormResult<BatchNorm1dCache>> {
  checkBatchNorm(FORM, x, weight, bias, running, options);
  // (normalisation.36) out1d[n, c, l] = out2d[n, c, 0, l]
  const {
    out,
    cache,
    running: after,
  } = await batchNorm2dForward(asImages(x), weight, bias, running, options, backend);
  return { out: out.reshape(x.shape), cache: { shape: x.shape, images: cache }, running: after };
}

/**
 * The gradients of {@link batchNorm1dForward}. Derived in `derivations/normalisation.md`,
 * (normalisation.37).
 *
 * @param dOut [N, C] or [N, C, L]
 * @returns dX of x's shape, dWeight [C], dBias [C]
 * @throws InputError when dOut has another shape
 */
export async function batchNorm1dBackward(
  dOut: Tensor,
  { shape, images }: BatchNorm1dCache,
  backend: Backend = reference,
): Promise<WeightGradients> {
  checkDOut("batchNorm1dBackward", dOut, shape);
  // (normalisation.37) dX1d[n, c, l] = dX2d[n, c, 0, l]
  const { dX, dWeight, dBias } = await batchNorm2dBackward(asImages(dOut), images, backend);
  return { dX: dX.reshape(shape), dWeight, dBias };
}

/** [N, C, 1, L], with L = 1 for rows. */
function asImages(x: Tensor): Tensor {
  const [N, C, L = 1] = x.shape as [number, number, number?];
  return x.reshape([N, C, 1, L]);
}

/** A batch normalisation between two affine layers, of rows [N, C], or of sequences [N, C, L]. */
export class BatchNorm1d extends BatchNorm<BatchNorm1dCache> {
  /** @throws InputError when an option is unknown, missing or out of range */
  constructor(options: BatchNormLayerOptions, storage: StorageOptions = {}) {
    super(
      { form: FORM, forward: batchNorm1dForward, backward: batchNorm1dBackward },
      options,
      storage,
    );
  }
}
