import type { Expression } from "./expression.js";

/** How a number came about, and where that is derived and done. */
export interface Origin {
  /** The arithmetic. */
  readonly expression: Expression;
  /** The same in words. */
  readonly words: string;
  /** The chapter of the equation: `conv2d-gradients`. */
  readonly chapter: string;
  /** The equation for one number: `conv2d.7a`. */
  readonly tag: string;
  /** The equation that the line of code names, maybe of the whole tensor: `conv2d.7`. */
  readonly codeTag: string;
  /** The file with that line. */
  readonly file: string;
}
