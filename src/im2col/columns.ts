import { type DType, formatShape, reject, type Tensor } from "../tensor/index.js";
import type { WindowGeometry } from "./geometry.js";

/**
 * The windows of some images as matrices, a column for each window: what im2col makes of them. The
 * products take it in place of a tensor, and need not have it in memory as a whole: the columns of
 * a batch are several times as large as its images.
 *
 *   N images   G groups of channels   R = C/G·kH·kW rows   P = outH·outW windows
 */
export class Columns {
  readonly #x: Tensor;
  readonly #version: number;
  /** Where the windows lie on the images. */
  readonly geometry: WindowGeometry;
  /** [N, G, R, P] */
  readonly shape: readonly number[];
  readonly #layOut: () => Tensor;

  /**
   * Columns that are laid out when they are asked for.
   *
   * @param x [N, C, H, W]; kept, not copied
   * @param groups G, blocks of channels that do not see each other
   * @param layOut im2col(x), as a tensor of any shape with the same entries in the same order
   * @throws InputError when the groups do not divide the channels
   */
  constructor(x: Tensor, geometry: WindowGeometry, groups: number, layOut: () => Tensor) {
    const [N, C] = x.shape as [number, number];
    const { kH, kW, outH, outW } = geometry;
    if (!(Number.isInteger(groups) && groups >= 1 && C % groups === 0))
      reject(
        "im2col",
        `groups that divide the ${C} channels of ${formatShape(x.shape)}`,
        `${groups}`,
      );
    this.#x = x;
    this.#version = x.storage.version;
    this.geometry = geometry;
    this.shape = [N, groups, (C / groups) * kH * kW, outH * outW];
    this.#layOut = layOut;
  }

  /** [N, C, H, W]. @throws InputError when it was changed in place since its columns were made */
  get x(): Tensor {
    if (this.#x.storage.version !== this.#version)
      reject("im2col", "x as it was when its columns were made", "one that was changed in place");
    return this.#x;
  }

  /** Element type of the images, and of the matrices. */
  get dtype(): DType {
    return this.#x.dtype;
  }

  /** C, those of all groups together. */
  get channels(): number {
    return this.#x.shape[1]!;
  }

  /** The matrices in memory, [N, G, R, P]: for reading only, since it may be the same each time. */
  layOut(): Tensor {
    return this.#layOut().reshape(this.shape);
  }
}
