/**
 * Images at places between their pixels. Derived in `derivations/augmentation.md`.
 *
 *   f, g   how far a place lies behind a row and behind a column of pixels
 *   a, b   the two pixels before the place, in the row above it and in the row below
 *   a′, b′ the pixels right of these
 */
import type { Data } from "../../tensor/index.js";
import type { Places } from "./places.js";

/** One channel of an image in flat memory: H·W numbers from `at` on. */
export interface Plane {
  /** Memory that holds other channels as well. */
  readonly data: Data;
  /** The index of the first pixel; the rest follow row by row. */
  readonly at: number;
}

/** Samples images of one size. All of a channel is read before any of the result is written. */
export class Sampler {
  readonly #height: number;
  readonly #width: number;
  /**
   * The channel in a frame of zeros: a row and a column before it, two behind it. From outside of
   * that frame one sees zeros alone, as one does from its edge.
   */
  readonly #framed: Float64Array;

  constructor(height: number, width: number) {
    this.#height = height;
    this.#width = width;
    this.#framed = new Float64Array((height + 3) * (width + 3));
  }

  /**
   * Writes what a channel is at the places. Products are not left out: a NaN reaches each place
   * next to it, also where its share is 0.
   */
  sample(from: Plane, { rows, columns }: Places, { data, at }: Plane): void {
    this.#frame(from);
    const [H, W, stride, framed] = [this.#height, this.#width, this.#width + 3, this.#framed];
    for (let p = 0; p < H * W; p++) {
      const row = inFrame(rows[p]!, H);
      const column = inFrame(columns[p]!, W);
      const top = row | 0; // (augmentation.1) l = ⌊w⌋, g = w − l
      const left = column | 0;
      const f = row - top;
      const g = column - left;
      const corner = top * stride + left;
      const a = framed[corner]!;
      const b = framed[corner + stride]!;
      // (augmentation.4) upper = a + g·(a′ − a), lower = b + g·(b′ − b)
      const upper = a + g * (framed[corner + 1]! - a);
      const lower = b + g * (framed[corner + stride + 1]! - b);
      // (augmentation.5) x(h, w) = upper + f·(lower − upper)
      data[at + p] = upper + f * (lower - upper);
    }
  }

  #frame({ data, at }: Plane): void {
    const [H, W, stride, framed] = [this.#height, this.#width, this.#width + 3, this.#framed];
    for (let h = 0, from = at; h < H; h++)
      for (let w = 0, to = (h + 1) * stride + 1; w < W; w++) framed[to++] = data[from++]!;
  }
}

/** A place counted from the frame, and on it where it lies further out or is no number. */
function inFrame(place: number, extent: number): number {
  return place > -1 ? (place < extent ? place + 1 : extent + 1) : 0;
}
