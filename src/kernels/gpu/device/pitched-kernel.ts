import type { IKernelFunctionThis } from "../gpujs.js";
import { quotient } from "./quotient.js";

/** Rows that are longer in memory than they ought to be, and partial sums of them. */
export interface Pitched {
  readonly columns: number;
  /** From one row to the next. */
  readonly pitch: number;
  /** How many partial sums there are, and from one to the next. */
  readonly parts: number;
  readonly partStep: number;
}

/** In the order in which {@link pitchedEntry} reads them. */
export function pitchedNumbers({ columns, pitch, parts, partStep }: Pitched): Int32Array {
  return Int32Array.of(columns, pitch, parts, partStep);
}

/** An entry of the rows one behind the other. @param numbers {@link pitchedNumbers} */
export function pitchedEntry(this: IKernelFunctionThis, x: number[], numbers: number[]): number {
  const parts = numbers[2]!;
  const row = quotient(this.thread.x, numbers[0]!);
  // in this order, no position on the way is larger than the memory
  const column = this.thread.x - row * numbers[0]!;
  let at = row * numbers[1]! + column;
  let total = 0;
  for (let part = 0; part < parts; part++) {
    total += x[at]!;
    at += numbers[3]!;
  }
  return total;
}
