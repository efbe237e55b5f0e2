/**
 * Layer normalisation: every row of the batch is standardised by itself, over its last axes, then
 * stretched and shifted by learned factors (Ba, Kiros and Hinton, 2016). The same in training and
 * in evaluation. Derived in `derivations/normalisation.md`.
 *
 *   n  index over the axes in front   i  index over the last axes, M values in all
 *   μ, σ², ρ of a row, x̂: see `standardise.ts`
 *
 * x̂ is not kept: to compute it again from x, μ and ρ takes less time than to write and read it.
 */
import { type Backend, reference } from "../kernels/index.js";
import {
  checkOptions,
  divide,
  extents,
  formatShape,
  positive,
  reject,
  required,
  type Rules,
  sameShape,
  type Tensor,
  wholeNumber,
} from "../tensor/index.js";
import {
  checkDOut,
  type ForwardResult,
  type PassOptions,
  TwoPassLayer,
  type WeightGradients,
} from "./layer.js";
import { Parameter, type StorageOptions } from "./parameter.js";
import { inverseDeviation } from "./standardise.js";

/** What is normalised together, and how. */
export interface LayerNormOptions {
  /**
   * How many axes, counted from the last, are normalised together: the weight's rank. 1 if left
   * out.
   */
  readonly axes?: number;
  /** ε, added to the variance; above 0, 1e-5 if left out. */
  readonly epsilon?: number;
}

/** What {@link layerNormBackward} needs of the forward pass. */
export interface LayerNormCache {
  /** [..., D₁, ..., Dₐ] */
  readonly x: Tensor;
  /** μ, a number for each row. */
  readonly mean: Tensor;
  /** ρ, likewise. */
  readonly rho: Tensor;
  /** Of the normalised shape. */
  readonly weight: Tensor;
}

/**
 * Standardises every row of the batch by itself, over its last axes, then stretches and shifts it
 * by learned factors (Ba, Kiros and Hinton, 2016). Derived in `derivations/normalisation.md`,
 * (normalisation.40).
 *
 * @param x [..., D₁, ..., Dₐ] with a = `options.axes`
 * @param weight [D₁, ..., Dₐ]
 * @param bias [D₁, ..., Dₐ]
 * @returns out, of x's shape
 * @throws InputError when shapes do not fit or an option is out of range
 */
export async function layerNormForward(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  options: LayerNormOptions = {},
  backend: Backend = reference,
): Promise<ForwardResult<LayerNormCache>> {
  const rules = { axes: wholeNumber(1), epsilon: positive };
  const { axes = 1, epsilon = 1e-5 } = checkOptions("layerNorm", options, rules);
  if (weight.rank !== axes)
    reject(
      "layerNorm",
      `weight of rank ${axes}, as many as there are axes`,
      formatShape(weight.shape),
    );
  checkLayerNorm(x.shape, weight.shape);
  if (!sameShape(bias.shape, weight.shape))
    reject(
      "layerNorm",
      `bias of shape ${formatShape(weight.shape)}, as the weight's`,
      formatShape(bias.shape),
    );
  if (!(Number.isFinite(epsilon) && epsilon > 0))
    reject("layerNorm", "epsilon to be a finite number above 0", String(epsilon));
  const M = weight.size;
  const rows = asRows(x, M);
  // (normalisation.38) μ[n] = 1/M · Σᵢ x[n, i]
  // (normalisation.39) σ²[n] = 1/M · Σᵢ (x[n, i] − μ[n])²
  const { mean, variance } = await backend.rowMoments(rows);
  const rho = inverseDeviation(variance, epsilon);
  // (normalisation.40) out[n, i] = weight[i] · x̂[n, i] + bias[i]
  const ofPlaces = { weight: weight.reshape([M]), bias: bias.reshape([M]) };
  const out = await backend.rowAffine(rows, { scale: rho, centre: mean, ...ofPlaces });
  return { out: out.reshape(x.shape), cache: { x, mean, rho, weight } };
}

/**
 * The gradients of {@link layerNormForward}. Derived in `derivations/normalisation.md`,
 * (normalisation.41), (normalisation.42), (normalisation.44).
 *
 * @param dOut of x's shape
 * @returns dX of x's shape, dWeight and dBias of the normalised shape
 * @throws InputError when dOut has another shape
 */
export async function layerNormBackward(
  dOut: Tensor,
  { x, mean, rho, weight }: LayerNormCache,
  backend: Backend = reference,
): Promise<WeightGradients> {
  checkDOut("layerNormBackward", dOut, x.shape);
  const M = weight.size;
  const [dOutRows, rows] = [asRows(dOut, M), asRows(x, M)];
  // x̂ as in (normalisation.4), and weights of places
  const numbers = { scale: rho, centre: mean, weight: weight.reshape([M]) };
  // (normalisation.43) dX̂[n, i] = dOut[n, i] · weight[i], which both passes below multiply out
  const { overRows, overPlaces } = await backend.rowSums(dOutRows, rows, numbers);
  // (normalisation.41) dBias[i] = Σₙ dOut[n, i]
  // (normalisation.42) dWeight[i] = Σₙ dOut[n, i] · x̂[n, i]
  const { sum: dBias, product: dWeight } = overRows;
  const means = { intercept: divide(overPlaces.sum, M), slope: divide(overPlaces.product, M) };
  // (normalisation.44) dX = ρ · (dX̂ − mean(dX̂) − x̂ ⊙ mean(dX̂ ⊙ x̂))
  const dX = await backend.rowResidual(dOutRows, rows, { ...numbers, ...means });
  return {
    dX: dX.reshape(x.shape),
    dWeight: dWeight.reshape(weight.shape),
    dBias: dBias.reshape(weight.shape),
  };
}

/** What is normalised together as a row, [N, M]. */
function asRows(x: Tensor, M: number): Tensor {
  return x.reshape([x.size / M, M]);
}

/** What a layer normalises together, and how. */
export interface LayerNormLayerOptions extends Pick<LayerNormOptions, "epsilon"> {
  /** The last axes of x, which are normalised together: [C, H, W] of images. */
  readonly shape: readonly number[];
}

/** What the options of a layer normalisation may be. */
export const layerNormRules: Rules<LayerNormLayerOptions> = {
  shape: required(extents),
  epsilon: positive,
};

/** A layer normalisation between two layers, of x whose last axes are `shape`. */
export class LayerNorm extends TwoPassLayer<LayerNormCache> {
  readonly kind = "layerNorm";
  override readonly differentiate = layerNormBackward;
  /** γ, of the normalised shape, by which standardised values are multiplied; starts from 1. */
  readonly weight: Parameter;
  /** β, of the normalised shape, which is added to them then; starts from 0. */
  readonly bias: Parameter;
  readonly #options: LayerNormOptions;

  /** @throws InputError when an option is unknown, missing or out of range */
  constructor(given: LayerNormLayerOptions, storage: StorageOptions = {}) {
    const { shape, ...options } = checkOptions("LayerNorm", given, layerNormRules);
    const weight = new Parameter("weight", shape, 1, 1, storage, 1);
    const bias = new Parameter("bias", shape, 1, 1, storage, 0);
    super([weight, bias]);
    this.weight = weight;
    this.bias = bias;
    this.#options = { ...options, axes: shape.length };
  }

  override outputShape(x: readonly number[]): number[] {
    checkLayerNorm(x, this.weight.value.shape);
    return [...x];
  }

  override compute(x: Tensor, { backend }: PassOptions) {
    return layerNormForward(x, this.weight.value, this.bias.value, this.#options, backend);
  }
}

function checkLayerNorm(x: readonly number[], weight: readonly number[]): void {
  const fits = x.length >= weight.length && sameShape(x.slice(x.length - weight.length), weight);
  if (!fits)
    reject(
      "layerNorm",
      `x whose last axes are ${formatShape(weight)}, as the weight's`,
      formatShape(x),
    );
  if (x.includes(0))
    reject("layerNorm", "at least one value to normalise", `x of shape ${formatShape(x)}`);
}
