import type { FilterGradientNumbers } from "../filter-gradient-kernel.js";
import type { IKernelFunctionThis } from "../gpujs.js";
import { quotient } from "./quotient.js";

/** The gradient of filters whose windows and their columns are one pixel apart. */
export type RowGradientNumbers = Omit<FilterGradientNumbers, "strideQ" | "columnX"> & {
  readonly groups: number;
};

/** In the order in which {@link rowGradient} reads them. */
export function rowGradientNumbers(of: RowGradientNumbers): Int32Array {
  return Int32Array.of(
    ...[of.N, of.imagesEach, of.channels, of.filters, of.kH, Math.ceil(of.kW / 4)],
    ...[of.outH, of.outW, of.groups * of.filters * of.channels * of.kH],
    ...[of.imageX, of.channelX, of.strideP, of.rowX, of.imageD],
  );
}

/**
 * Four neighbours in a row of a filter's gradient, summed over a few images. What one of them meets
 * now, its neighbour met a window before, so each window loads one pixel and one gradient for four
 * products. The last of a row may lie beyond it, to be thrown away.
 *
 * @param dOut flat
 * @param x flat, with the frame of zeros that windows touch
 * @param numbers {@link rowGradientNumbers}
 * @returns rows in fours, [parts, K·C/G·kH, 4·⌈kW/4⌉]
 */
export function rowGradient(
  this: IKernelFunctionThis,
  dOut: number[],
  x: number[],
  numbers: number[],
): number[] {
  const kH = numbers[4]!;
  const tiles = numbers[5]!;
  const outH = numbers[6]!;
  const outW = numbers[7]!;
  const rows = numbers[8]!;
  const strideP = numbers[11]!;
  const row = quotient(this.thread.x, tiles);
  const j = 4 * (this.thread.x - row * tiles);
  const part = quotient(row, rows);
  const plane = quotient(row - part * rows, kH);
  const i = row - part * rows - plane * kH;
  const k = quotient(plane, numbers[2]!);
  const c = plane - k * numbers[2]! + quotient(k, numbers[3]!) * numbers[2]!;
  const corner = c * numbers[10]! + i * numbers[12]! + j;
  const first = part * numbers[1]!;
  const images = Math.min(numbers[1]!, numbers[0]! - first);
  let dW0 = 0;
  let dW1 = 0;
  let dW2 = 0;
  let dW3 = 0;
  // (conv2d.7) dWeight = Σₙ dOutₙ · colsₙᵀ
  for (let n = 0; n < images; n++) {
    let atX = (first + n) * numbers[9]! + corner;
    let atD = (first + n) * numbers[13]! + k * outH * outW;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let p = 0; p < outH; p++) {
      let v0 = x[atX]!;
      let v1 = x[atX + 1]!;
      let v2 = x[atX + 2]!;
      for (let q = 0; q < outW; q++) {
        const v3 = x[atX + q + 3]!;
        const d = dOut[atD]!;
        s0 += d * v0;
        s1 += d * v1;
        s2 += d * v2;
        s3 += d * v3;
        v0 = v1;
        v1 = v2;
        v2 = v3;
        atD += 1;
      }
      atX += strideP;
    }
    dW0 += s0;
    dW1 += s1;
    dW2 += s2;
    dW3 += s3;
  }
  return [dW0, dW1, dW2, dW3];
}
