/** What readers of all kinds of files return. */
import type { ImageSet } from "../idx.js";
import type { ClassNumbers } from "../labelled-images.js";

/** Training or test images, with labels as their files have them. */
export interface Part {
  readonly images: ImageSet;
  readonly labels: ClassNumbers;
  /** The file of the labels, for messages. */
  readonly where: string;
}

/** A data set as its files hold it. */
export interface Parts {
  /** Null where only the test images were asked for. */
  readonly train: Part | null;
  readonly test: Part;
  /** What the classes are called, where folders say so. */
  readonly classNames: readonly string[] | null;
  /** What single labels are called, where a file says so. */
  readonly labelNames?: ReadonlyMap<number, string>;
  /** What was found and how it was read, for people: `4 idx files (gzip) in data`. */
  readonly found: string;
  readonly warnings: readonly string[];
}

/** Which images are wanted: testing needs no training files. */
export type Wanted = "both" | "test";
