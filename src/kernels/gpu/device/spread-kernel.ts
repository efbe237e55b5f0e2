import type { IKernelFunctionThis } from "../gpujs.js";
import type { Placement } from "../spread.js";
import { quotient } from "./quotient.js";

/** In the order in which {@link spreadEntry} reads them. */
export function spreadNumbers(of: Placement): Int32Array {
  return Int32Array.of(
    ...[of.spreadRows * of.spreadColumns, of.spreadColumns, of.rows, of.columns],
    ...[of.top, of.left, of.stepH, of.stepW],
  );
}

/**
 * An entry of planes with a frame of zeros around them and zeros between their entries; see
 * `spread`, which does the same on the processor.
 *
 * @param x [planes, rows, columns], flat
 * @param numbers {@link spreadNumbers}
 */
export function spreadEntry(this: IKernelFunctionThis, x: number[], numbers: number[]): number {
  const rows = numbers[2]!;
  const columns = numbers[3]!;
  const plane = quotient(this.thread.x, numbers[0]!);
  const inPlane = this.thread.x - plane * numbers[0]!;
  const row = quotient(inPlane, numbers[1]!);
  const down = row - numbers[4]!;
  const right = inPlane - row * numbers[1]! - numbers[5]!;
  let entry = 0;
  if (down >= 0 && right >= 0) {
    const a = quotient(down, numbers[6]!);
    const b = quotient(right, numbers[7]!);
    if (a < rows && b < columns && a * numbers[6]! === down && b * numbers[7]! === right) {
      entry = x[(plane * rows + a) * columns + b]!;
    }
  }
  return entry;
}
