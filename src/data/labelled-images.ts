import type { ImageSet } from "./idx.js";

/** A class number for each image. */
export type ClassNumbers = Uint8Array | Uint16Array;

/** Images as bytes, and what they show. */
export interface LabelledImages {
  readonly images: ImageSet;
  /** A class for each image. */
  readonly labels: ClassNumbers;
}
