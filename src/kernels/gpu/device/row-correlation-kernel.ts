import type { CorrelationNumbers } from "../correlation-kernel.js";
import type { IKernelFunctionThis } from "../gpujs.js";
import { quotient } from "./quotient.js";

/** A correlation of whole planes, whose windows and their columns are one pixel apart. */
export type RowCorrelationNumbers = Omit<
  CorrelationNumbers,
  "firstWindow" | "lastWindow" | "strideQ" | "columnX"
> & { readonly outH: number };

/** In the order in which {@link rowCorrelation} reads them. */
export function rowCorrelationNumbers(of: RowCorrelationNumbers): Int32Array {
  return Int32Array.of(
    ...[of.channels, of.filters, of.groups * of.filters, of.kH, of.kW],
    ...[Math.ceil(of.outW / 4), of.outH],
    ...[of.imageX, of.channels * of.channelX, of.strideP],
    // the way to the next channel starts behind the last row
    ...[of.rowX, of.channelX - of.kH * of.rowX],
    ...[of.startW, of.groupW, of.filterW],
    // the way to the next row of a filter starts behind the last column
    ...[of.columnW, of.rowW - of.kW * of.columnW, of.channelW - of.kH * of.rowW],
  );
}

/**
 * What one filter sees in four neighbouring windows. They share their pixels: what the last of
 * them sees now is what the first will see three steps later, so each step loads one pixel and one
 * weight for four products. The last windows of a row may lie beyond it, to be thrown away.
 *
 * @param weight flat
 * @param x flat, with the frame of zeros that windows touch
 * @param bias one number for each filter of each group
 * @param numbers {@link rowCorrelationNumbers}
 * @returns the windows of a row in fours, as rows [N·K·outH, 4·⌈outW/4⌉]
 */
export function rowCorrelation(
  this: IKernelFunctionThis,
  weight: number[],
  x: number[],
  bias: number[],
  numbers: number[],
): number[] {
  const C = numbers[0]!;
  const kH = numbers[3]!;
  const kW = numbers[4]!;
  const rowX = numbers[10]!;
  const columnW = numbers[15]!;
  const nextRowW = numbers[16]!;
  const row = quotient(this.thread.x, numbers[5]!);
  const q = 4 * (this.thread.x - row * numbers[5]!);
  const plane = quotient(row, numbers[6]!);
  const n = quotient(plane, numbers[2]!);
  const k = plane - n * numbers[2]!;
  const g = quotient(k, numbers[1]!);
  const inGroup = k - g * numbers[1]!;
  const p = row - plane * numbers[6]!;
  let atX = n * numbers[7]! + g * numbers[8]! + p * numbers[9]! + q;
  let atW = numbers[12]! + g * numbers[13]! + inGroup * numbers[14]!;
  let s0 = bias[k]!;
  let s1 = bias[k]!;
  let s2 = bias[k]!;
  let s3 = bias[k]!;
  // (conv2d.16) out[n, k, p, q] = bias[k] +
  //   Σ_c Σᵢ Σⱼ weight[k, c, i, j] · x̄[n, g·C/G + c, u(p, i), v(q, j)]
  for (let c = 0; c < C; c++) {
    for (let i = 0; i < kH; i++) {
      let v0 = x[atX]!;
      let v1 = x[atX + 1]!;
      let v2 = x[atX + 2]!;
      for (let j = 0; j < kW; j++) {
        const v3 = x[atX + j + 3]!;
        const w = weight[atW]!;
        s0 += w * v0;
        s1 += w * v1;
        s2 += w * v2;
        s3 += w * v3;
        v0 = v1;
        v1 = v2;
        v2 = v3;
        atW += columnW;
      }
      atX += rowX;
      atW += nextRowW;
    }
    atX += numbers[11]!;
    atW += numbers[17]!;
  }
  return [s0, s1, s2, s3];
}
