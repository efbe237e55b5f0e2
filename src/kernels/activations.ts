/** Functions of one number that backends know by name. */

/*
 * What a function is, for a backend that has a kernel for it and can do without calling JavaScript
 * for every number. To give one with a function is a promise that the function computes just that,
 * so it is given in the function's own file only, and never taken from the name of a layer: a
 * `gelu` of your own runs as you wrote it.
 */

/** Functions whose slope is computed on the way back, from x or from out. */
export type KnownActivation =
  | {
      /** The file in `src/backprop` that says what it computes. */
      readonly name: "elu" | "sigmoid" | "tanh";
    }
  | {
      /** As the others': `src/backprop/leaky-relu.ts`. */
      readonly name: "leakyRelu";
      /** The slope for x ≤ 0. */
      readonly negativeSlope: number;
    };

/** Functions whose slope is computed along with them, as both need the same exponential. */
export interface KnownPair {
  /** The file in `src/backprop` that says what it computes. */
  readonly name: "gelu" | "silu" | "softplus";
}
