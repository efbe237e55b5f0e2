/**
 * The affine (fully connected) layer: every output is a weighted sum of all inputs. Derived in
 * `derivations/affine.md`.
 *
 *   N rows of the batch   I inputs   O outputs
 */
import { type Backend, reference } from "../kernels/index.js";
import {
  checkOptions,
  flag,
  formatShape,
  reject,
  required,
  type Rules,
  sameShape,
  type Tensor,
  wholeNumber,
} from "../tensor/index.js";
import {
  checkDOut,
  type DX,
  type ForwardResult,
  type PassOptions,
  type WeightGradients,
} from "./layer.js";
import type { StorageOptions } from "./parameter.js";
import { WeightedLayer } from "./weighted-layer.js";

/** What {@link affineBackward} needs of the forward pass. */
export interface AffineCache {
  /** [N, I] */
  readonly x: Tensor;
  /** [O, I] */
  readonly weight: Tensor;
  /** Whether there is a bias to give a gradient to. */
  readonly hasBias: boolean;
}

/**
 * Makes every output a weighted sum of all inputs, out = x · weightᵀ + bias. Derived in
 * `derivations/affine.md`, (affine.2).
 *
 * @param x [N, I]
 * @param weight [O, I], a row of weights for each output, as PyTorch stores it
 * @param bias [O], or null for none
 * @returns out [N, O]
 * @throws InputError when shapes do not fit
 */
export async function affineForward(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  backend: Backend = reference,
): Promise<ForwardResult<AffineCache>> {
  checkAffine(x.shape, weight.shape, bias?.shape ?? null);
  // (affine.2) out = x · weightᵀ + bias
  const out = await backend.matmul(x, weight, { transposeB: true, columnBias: bias });
  return { out, cache: { x, weight, hasBias: bias !== null } };
}

/**
 * The gradients of {@link affineForward}. Derived in `derivations/affine.md`, (affine.5),
 * (affine.9), (affine.12).
 *
 * @param dOut [N, O]
 * @param wantsDX true if left out
 * @returns dX [N, I] or null if it is not wanted, dWeight [O, I], dBias [O] or null
 * @throws InputError when dOut has another shape
 */
export async function affineBackward<Wanted extends boolean = true>(
  dOut: Tensor,
  { x, weight, hasBias }: AffineCache,
  backend: Backend = reference,
  wantsDX?: Wanted,
): Promise<WeightGradients<Wanted, Tensor | null>> {
  checkDOut("affineBackward", dOut, [x.shape[0]!, weight.shape[0]!]);
  // (affine.5) dBias[o] = Σₙ dOut[n, o]
  const dBias = hasBias ? await backend.sumPerChannel(dOut) : null;
  // (affine.9) dWeight = dOutᵀ · x
  const dWeight = await backend.matmul(dOut, x, { transposeA: true });
  // (affine.12) dX = dOut · weight
  const dX = wantsDX === false ? null : await backend.matmul(dOut, weight);
  return { dX: dX as DX<Wanted>, dWeight, dBias };
}

/** The sizes of an affine layer. */
export interface AffineLayerOptions {
  /** I, how many numbers a row of x has; at least 1. */
  readonly inFeatures: number;
  /** O, how many it has afterwards; at least 1. */
  readonly outFeatures: number;
  /** `false` for a layer without a bias; true if left out. */
  readonly bias?: boolean;
}

/** What the options of an affine layer may be. */
export const affineRules: Rules<AffineLayerOptions> = {
  inFeatures: required(wholeNumber(1)),
  outFeatures: required(wholeNumber(1)),
  bias: flag,
};

/** An affine layer with its own weights: [N, inFeatures] → [N, outFeatures]. */
export class Affine extends WeightedLayer<AffineCache> {
  /** See {@link Layer.kind}. */
  readonly kind = "affine";
  override readonly differentiate = affineBackward;

  /** @throws InputError when an option is unknown, missing or out of range */
  constructor(options: AffineLayerOptions, storage?: StorageOptions) {
    const { inFeatures, outFeatures, bias } = checkOptions("Affine", options, affineRules);
    super([outFeatures, inFeatures], { bias }, storage);
  }

  override outputShape(x: readonly number[]): number[] {
    checkAffine(x, this.weight.value.shape, this.biasShape);
    return [x[0]!, this.weight.value.shape[0]!];
  }

  override compute(x: Tensor, { backend }: PassOptions) {
    return affineForward(x, this.weight.value, this.bias?.value ?? null, backend);
  }
}

function checkAffine(
  x: readonly number[],
  weight: readonly number[],
  bias: readonly number[] | null,
): void {
  if (weight.length !== 2) reject("affine", "weight of shape [O, I]", formatShape(weight));
  if (x.length !== 2 || x[1] !== weight[1]) {
    reject(
      "affine",
      `x of shape [N, ${weight[1]}] for weight ${formatShape(weight)}`,
      formatShape(x),
      x.length > 2 ? "put a flatten layer in front" : undefined,
    );
  }
  if (bias !== null && !sameShape(bias, [weight[0]!]))
    reject(
      "affine",
      `bias of shape [${weight[0]}] for weight ${formatShape(weight)}`,
      formatShape(bias),
    );
}
