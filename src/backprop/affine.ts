/**
 * The affine (fully connected) layer: every output is a weighted sum of all inputs. Derived in
 * `derivations/affine.md`.
 *
 *   N rows of the batch   I inputs   O outputs
 */
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

export interface AffineCache {
  /** [N, I] */
  readonly x: Tensor;
  /** [O, I] */
  readonly weight: Tensor;
  readonly hasBias: boolean;
}

/**
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
): Promise<{ out: Tensor; cache: AffineCache }> {
  checkAffine(x.shape, weight.shape, bias?.shape ?? null);
  // (affine.2) out = x · weightᵀ + bias
  const out = await backend.matmul(x, weight, { transposeB: true, columnBias: bias });
  return { out, cache: { x, weight, hasBias: bias !== null } };
}

/**
 * @param dOut [N, O]
 * @returns dX [N, I], dWeight [O, I], dBias [O] or null
 */
export async function affineBackward(
  dOut: Tensor,
  cache: AffineCache,
  backend: Backend = reference,
): Promise<{ dX: Tensor; dWeight: Tensor; dBias: Tensor | null }> {
  const { dWeight, dBias } = await affineParametersBackward(dOut, cache, backend);
  const dX = await affineInputBackward(dOut, cache, backend);
  return { dX, dWeight, dBias };
}

/** The half of {@link affineBackward} that training the first layer of a network needs. */
export async function affineParametersBackward(
  dOut: Tensor,
  { x, weight, hasBias }: AffineCache,
  backend: Backend = reference,
): Promise<{ dWeight: Tensor; dBias: Tensor | null }> {
  checkDOut(dOut, x, weight);
  // (affine.5) dBias[o] = Σₙ dOut[n, o]
  const dBias = hasBias ? await backend.sumPerChannel(dOut) : null;
  // (affine.9) dWeight = dOutᵀ · x
  const dWeight = await backend.matmul(dOut, x, { transposeA: true });
  return { dWeight, dBias };
}

/** The half of {@link affineBackward} that the layer before needs. */
export async function affineInputBackward(
  dOut: Tensor,
  { x, weight }: AffineCache,
  backend: Backend = reference,
): Promise<Tensor> {
  checkDOut(dOut, x, weight);
  // (affine.12) dX = dOut · weight
  return backend.matmul(dOut, weight);
}

function checkDOut(dOut: Tensor, x: Tensor, weight: Tensor): void {
  const expected = [x.shape[0]!, weight.shape[0]!];
  if (!sameShape(dOut.shape, expected))
    reject("affineBackward", `dOut of shape ${formatShape(expected)}`, formatShape(dOut.shape));
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

export interface AffineLayerOptions {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** `false` for a layer without a bias. */
  readonly bias?: boolean;
}

/** An affine layer with its own weights. */
export class Affine implements Layer {
  readonly kind = "affine";
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  #remembered: Remembered<AffineCache> | null = null;

  constructor(
    { inFeatures, outFeatures, bias = true }: AffineLayerOptions,
    storage: StorageOptions = {},
  ) {
    this.weight = new Parameter(
      "weight",
      [outFeatures, inFeatures],
      inFeatures,
      outFeatures,
      storage,
    );
    this.bias = bias
      ? new Parameter("bias", [outFeatures], inFeatures, outFeatures, storage)
      : null;
  }

  get parameters(): readonly Parameter[] {
    return this.bias === null ? [this.weight] : [this.weight, this.bias];
  }

  outputShape(inputShape: readonly number[]): number[] {
    checkAffine(inputShape, this.weight.value.shape, this.bias?.value.shape ?? null);
    return [inputShape[0]!, this.weight.value.shape[0]!];
  }

  async forward(x: Tensor, { backend, training }: PassOptions): Promise<Tensor> {
    const { out, cache } = await affineForward(
      x,
      this.weight.value,
      this.bias?.value ?? null,
      backend,
    );
    this.#remembered = training ? { cache, backend } : null;
    return out;
  }

  async backward(dOut: Tensor, wantsDX = true): Promise<Tensor | null> {
    const { cache, backend } = recall(this.kind, this.#remembered);
    this.#remembered = null;
    const { dWeight, dBias } = await affineParametersBackward(dOut, cache, backend);
    await this.weight.accumulate(dWeight, backend);
    if (dBias !== null) await this.bias?.accumulate(dBias, backend);
    return wantsDX ? affineInputBackward(dOut, cache, backend) : null;
  }
}
