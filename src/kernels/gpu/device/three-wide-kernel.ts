import type { IKernelFunctionThis } from "../gpujs.js";
import { quotient } from "./quotient.js";

/**
 * `rowCorrelation` for filters that are three columns wide, without its inner loop: to count,
 * compare and jump takes longer than three products. Each row of a filter meets six pixels, which
 * four windows share.
 *
 * @param weight flat
 * @param x flat, with the frame of zeros that windows touch
 * @param bias one number for each filter of each group
 * @param numbers as `rowCorrelationNumbers` has them
 * @returns the windows of a row in fours, as rows [N·K·outH, 4·⌈outW/4⌉]
 */
export function threeWide(
  this: IKernelFunctionThis,
  weight: number[],
  x: number[],
  bias: number[],
  numbers: number[],
): number[] {
  const C = numbers[0]!;
  const kH = numbers[3]!;
  const rowX = numbers[10]!;
  const columnW = numbers[15]!;
  const rowW = 3 * columnW + numbers[16]!;
  const row = quotient(this.thread.x, numbers[5]!);
  const plane = quotient(row, numbers[6]!);
  const n = quotient(plane, numbers[2]!);
  const k = plane - n * numbers[2]!;
  const g = quotient(k, numbers[1]!);
  const corner = (row - plane * numbers[6]!) * numbers[9]!;
  const q = 4 * (this.thread.x - row * numbers[5]!);
  let atX = n * numbers[7]! + g * numbers[8]! + corner + q;
  let atW = numbers[12]! + g * numbers[13]! + (k - g * numbers[1]!) * numbers[14]!;
  let s0 = bias[k]!;
  let s1 = bias[k]!;
  let s2 = bias[k]!;
  let s3 = bias[k]!;
  // (conv2d.16) out[n, k, p, q] = bias[k] +
  //   Σ_c Σᵢ Σⱼ weight[k, c, i, j] · x̄[n, g·C/G + c, u(p, i), v(q, j)]
  for (let c = 0; c < C; c++) {
    for (let i = 0; i < kH; i++) {
      const w0 = weight[atW]!;
      const w1 = weight[atW + columnW]!;
      const w2 = weight[atW + 2 * columnW]!;
      const v1 = x[atX + 1]!;
      const v2 = x[atX + 2]!;
      const v3 = x[atX + 3]!;
      const v4 = x[atX + 4]!;
      s0 += w0 * x[atX]! + w1 * v1 + w2 * v2;
      s1 += w0 * v1 + w1 * v2 + w2 * v3;
      s2 += w0 * v2 + w1 * v3 + w2 * v4;
      s3 += w0 * v3 + w1 * v4 + w2 * x[atX + 5]!;
      atX += rowX;
      atW += rowW;
    }
    atX += numbers[11]!;
    atW += numbers[17]!;
  }
  return [s0, s1, s2, s3];
}
