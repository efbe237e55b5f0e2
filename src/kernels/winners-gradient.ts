import type { WindowGeometry } from "../im2col/index.js";
import type { DType, Storage, Tensor } from "../tensor/index.js";

/**
 * What flows back out of a max pooling, as matrices: each entry of `values` on the pixel that won
 * its window, zeros everywhere else. The products take it in place of a tensor, and multiply
 * nothing but the winners.
 *
 *   N images   K channels   H, W of what was pooled   p, q pooled windows
 */
export class WinnersGradient {
  /** [N, K, p, q] */
  readonly values: Tensor;
  /** For each entry of `values`, the position h·W + w of the winner; of as many entries. */
  readonly argmax: Storage<Int32Array>;
  /** Of the pooling. */
  readonly geometry: WindowGeometry;
  /** [N, 1, K, H·W] */
  readonly shape: readonly number[];
  readonly #layOut: () => Tensor;

  /** @param layOut the gradient as a tensor [N, K, H, W] */
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

  get dtype(): DType {
    return this.values.dtype;
  }

  /** The matrices in memory, [N, 1, K, H·W]: for reading only, as those of `Columns`. */
  layOut(): Tensor {
    return this.#layOut().reshape(this.shape);
  }
}
