/** How places and factors are written. */
import { fullNumber } from "../frame/short-number.js";

/** `dX[0, 2, 3]` */
export const named = (name: string, ...indices: readonly number[]): string =>
  `${name}[${indices.map(fullNumber).join(", ")}]`;

/** A number as a factor: in brackets if it is negative. */
export const factor = (value: number): string =>
  value < 0 ? `(${fullNumber(value)})` : fullNumber(value);
