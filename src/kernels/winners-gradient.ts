import type { WindowGeometry } from "../im2col/index.js";
import type { DType, Storage, Tensor } from "../tensor/index.js";

/**
 * What flows back out of a max pooling, as matrices: each entry of `values` on the pixel that won
 * its window, zeros everywhere else. Products and sums take it in place of a tensor, and look at
 * nothing but the winners.
 *
 *   N images   K channels   H, W of what was pooled   p, q pooled windows
 */
export class WinnersGradient {
  /** [N, K, p, q] */
  readonly values: Tensor;
  /** For each entry of `values`, the position h·W + w of the winner, or −1: it flows nowhere. */
  readonly argmax: Storage<Int32Array>;
  /** Where the windows of the pooling lie. */
  readonly geometry: WindowGeometry;
  /** [N, 1, K, H·W] */
  readonly shape: readonly number[];
  readonly #layOut: () => Tensor;

  /**
   * A gradient that is laid out when it is asked for.
   *
   * @param values [N, K, p, q]; kept, not copied
   * @param layOut the gradient as a tensor [N, K, H, W]
   */
  constructor(
    values: Tensor,
    argmax: Storage<Int32Array>,
    geometry: WindowGeometry,
    layOut: () => Tensor,
  ) {
    const [N, K] = values.shape as [number, number];
    this.values = values;
    this.argmax = argmax;
    this.geometry = geometry;
    this.shape = [N, 1, K, geometry.H * geometry.W];
    this.#layOut = layOut;
  }

  /** Element type of the values, and of the matrices. */
  get dtype(): DType {
    return this.values.dtype;
  }

  /** [N, K, H, W] */
  get imageShape(): readonly number[] {
    const { H, W } = this.geometry;
    return [...this.values.shape.slice(0, 2), H, W];
  }

  /** The matrices in memory, [N, 1, K, H·W]: for reading only, as those of `Columns`. */
  layOut(): Tensor {
    return this.#layOut().reshape(this.shape);
  }
}
