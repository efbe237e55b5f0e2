import type { ImageSet } from "./idx.js";

/** Images as bytes, and what they show. */
export interface LabelledImages {
  readonly images: ImageSet;
  /** A class for each image. */
  readonly labels: Uint8Array;
}
