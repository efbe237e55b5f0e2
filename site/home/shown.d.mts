/** See `shown.mjs`. */

/** Pixels, RGBA. */
export interface Tiles {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** @param image of shape [1, C, H, W] */
export declare function tiles(image: {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}): Tiles;

export declare function barOf(probability: number): string;

export declare function verdictOf(probabilities: readonly number[]): {
  readonly said: number;
  readonly words: string;
};
