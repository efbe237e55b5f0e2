import { sizeOf } from "../tensor/index.js";
import { TwoPassLayer } from "./layer.js";
import { Parameter, type StorageOptions } from "./parameter.js";

/** A layer with a weight [K, …], whose rows or filters make one output each, and a bias [K]. */
export abstract class WeightedLayer<Cache extends object> extends TwoPassLayer<Cache> {
  /** [O, I] of an affine layer, [K, C/G, kH, kW] of a convolution. */
  readonly weight: Parameter;
  /** [K], a number for each output; null for a layer without. */
  readonly bias: Parameter | null;

  /**
   * @param shape of the weight
   * @param options whether there is a bias, true if left out; and how many groups of outputs see an
   *   input each
   */
  constructor(
    shape: readonly number[],
    { bias = true, groups = 1 }: { readonly bias?: boolean | undefined; readonly groups?: number },
    storage?: StorageOptions,
  ) {
    const [K, C, ...kernel] = shape as [number, number, ...number[]];
    const [fanIn, fanOut] = [C * sizeOf(kernel), (K / groups) * sizeOf(kernel)];
    const weight = new Parameter("weight", shape, fanIn, fanOut, storage);
    const biases = bias ? new Parameter("bias", [K], fanIn, fanOut, storage) : null;
    super(biases === null ? [weight] : [weight, biases]);
    this.weight = weight;
    this.bias = biases;
  }

  /** [K], or null without a bias. */
  protected get biasShape(): readonly number[] | null {
    return this.bias?.value.shape ?? null;
  }
}
