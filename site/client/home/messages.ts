/** What the home page and its Worker say to each other. */
import type { HomeRun } from "../../home/run.mjs";

/** A drawn picture, RGBA; the digit is where it is opaque. */
export interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray;
}

export type Answer =
  | { readonly run: HomeRun; readonly ms: number }
  /** Nothing is drawn yet. */
  | { readonly empty: true }
  | { readonly failed: string };
