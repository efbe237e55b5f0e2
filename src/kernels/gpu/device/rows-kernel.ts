import type { IKernelFunctionThis } from "../gpujs.js";
import { quotient } from "./quotient.js";

/** How threads that return four rows each have left their numbers, and what is made of them. */
export interface RowsNumbers {
  /** Rows of one group; the last four of a group may be fewer. */
  readonly rows: number;
  readonly columns: number;
  /** Partial sums of each number, and from one to the next. */
  readonly parts: number;
  readonly partStep: number;
  /** In `bias`, from one row of a group, from one group, and from one column to the next. */
  readonly biasRow: number;
  readonly biasGroup: number;
  readonly biasColumn: number;
}

/** In the order in which {@link rowsEntry} reads them. */
export function rowsNumbers(of: RowsNumbers): Int32Array {
  return Int32Array.of(
    ...[of.rows, Math.ceil(of.rows / 4), of.columns, of.parts, of.partStep],
    ...[of.biasRow, of.biasGroup, of.biasColumn],
  );
}

/**
 * An entry of rows that lie one behind the other, of a result whose threads computed four rows
 * each, and of several partial sums. It starts from a bias.
 *
 * @param quads [parts, groups, ⌈rows/4⌉, columns, 4], flat
 * @param bias flat
 * @param numbers {@link rowsNumbers}
 */
export function rowsEntry(
  this: IKernelFunctionThis,
  quads: number[],
  bias: number[],
  numbers: number[],
): number {
  const columns = numbers[2]!;
  const parts = numbers[3]!;
  const row = quotient(this.thread.x, columns);
  const column = this.thread.x - row * columns;
  const group = quotient(row, numbers[0]!);
  const inGroup = row - group * numbers[0]!;
  const block = quotient(inGroup, 4);
  let at = 4 * ((group * numbers[1]! + block) * columns + column) + inGroup - 4 * block;
  let total = bias[inGroup * numbers[5]! + group * numbers[6]! + column * numbers[7]!]!;
  for (let part = 0; part < parts; part++) {
    total += quads[at]!;
    at += numbers[4]!;
  }
  return total;
}
