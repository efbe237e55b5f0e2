/**
 * Where a layer has to choose, as a rectifier or a max pooling does: there its derivative jumps.
 */
import type { Tensor } from "../tensor/index.js";

/**
 * Which branches a piecewise function took, such as a rectifier or a max pooling. Where one of them
 * changes is a kink.
 */
export interface Choices {
  /** What is chosen, for people: `the sign of x`, `the winner of window`. */
  readonly what: string;
  /** Of {@link taken}: x's, or that of the windows. */
  readonly shape: readonly number[];
  /**
   * One whole number a choice, in row-major order; a copy, since the check moves the input later
   * on.
   */
  readonly taken: ArrayLike<number>;
}

/**
 * The choices of a rectifier, and of all that have their corner at 0: on which side of it each
 * entry lies.
 */
export function signsOf(x: Tensor): Choices {
  const { data } = x.contiguous();
  // a loop, since the check calls this once a step, and Int8Array.from takes ten times as long
  const taken = new Int8Array(data.length);
  for (let i = 0; i < taken.length; i++) if (data[i]! > 0) taken[i] = 1;
  return { what: "the sign of", shape: x.shape, taken };
}

/**
 * The choices of a max pooling: which pixel wins each window.
 *
 * @param argmax the position h·W + w of each window's winner in its plane; copied
 * @param outShape [N, C, outH, outW]
 */
export function winnersOf(argmax: Int32Array, outShape: readonly number[]): Choices {
  return { what: "the winner of window", shape: outShape, taken: argmax.slice() };
}
