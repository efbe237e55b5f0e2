/** Sums over one axis of a matrix, flat. */
import type { IKernelFunctionThis } from "../gpujs.js";

/** Over a row. @param numbers how many columns there are */
export function rowSum(this: IKernelFunctionThis, x: number[], numbers: number[]): number {
  const columns = numbers[0]!;
  let at = this.thread.x * columns;
  let total = 0;
  for (let column = 0; column < columns; column++) {
    total += x[at]!;
    at += 1;
  }
  return total;
}

/** Over a column. @param numbers how many columns, and rows, there are */
export function columnSum(this: IKernelFunctionThis, x: number[], numbers: number[]): number {
  const columns = numbers[0]!;
  const rows = numbers[1]!;
  let at = this.thread.x;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    total += x[at]!;
    at += columns;
  }
  return total;
}
