import type { ImageSet } from "./idx.js";

/** A class number for each image. */
export type ClassNumbers = Uint8Array | Uint16Array;

/** Images as bytes, and what they show. */
export interface LabelledImages {
  /** Bytes [N, C, H, W]. */
  readonly images: ImageSet;
  /** The class of each image, from 0: N numbers. */
  readonly labels: ClassNumbers;
}
