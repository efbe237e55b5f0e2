/** Max pooling of planes [planes, H, W], flat: who wins, what is taken, and where it flows back. */
import type { WindowGeometry } from "../../../im2col/index.js";
import type { IKernelFunctionThis } from "../gpujs.js";
import { quotient } from "./quotient.js";

/** In the order in which the kernels of this file read them. */
export function poolingNumbers(of: WindowGeometry): Int32Array {
  return Int32Array.of(
    ...[of.H, of.W, of.kH, of.kW, of.strideH, of.strideW],
    ...[of.padH, of.padW, of.dilationH, of.dilationW, of.outH, of.outW],
  );
}

/**
 * The position h·W + w of the largest entry of a window, the first of equals. Each window sees a
 * pixel at least.
 */
export function winner(this: IKernelFunctionThis, x: number[], numbers: number[]): number {
  const H = numbers[0]!;
  const W = numbers[1]!;
  const kH = numbers[2]!;
  const kW = numbers[3]!;
  const outArea = numbers[10]! * numbers[11]!;
  const plane = quotient(this.thread.x, outArea);
  const window = this.thread.x - plane * outArea;
  const p = quotient(window, numbers[11]!);
  const top = p * numbers[4]! - numbers[6]!;
  const left = (window - p * numbers[11]!) * numbers[5]! - numbers[7]!;
  let best = 0;
  let position = -1;
  // (pooling.2) argmax[n, c, p, q] = the first (h, w) of the window where
  //   x[n, c, h, w] = out[n, c, p, q]
  for (let i = 0; i < kH; i++) {
    const h = top + i * numbers[8]!;
    for (let j = 0; j < kW; j++) {
      const w = left + j * numbers[9]!;
      if (h >= 0 && h < H && w >= 0 && w < W) {
        const value = x[(plane * H + h) * W + w]!;
        // What is not a number wins, so that it is not lost from sight; on a device it does not
        // differ from itself, but it is not equal or less either.
        if (position < 0 || value > best || !(value <= value)) {
          best = value;
          position = h * W + w;
        }
      }
    }
  }
  return position;
}

/** The entry that won. */
export function taken(
  this: IKernelFunctionThis,
  x: number[],
  winners: number[],
  numbers: number[],
): number {
  const plane = quotient(this.thread.x, numbers[10]! * numbers[11]!);
  return x[plane * numbers[0]! * numbers[1]! + winners[this.thread.x]!]!;
}

/** What flows back to a pixel: the gradients of all windows that it won. */
export function winnings(
  this: IKernelFunctionThis,
  dOut: number[],
  winners: number[],
  numbers: number[],
): number {
  const W = numbers[1]!;
  const outH = numbers[10]!;
  const outW = numbers[11]!;
  const area = numbers[0]! * W;
  const plane = quotient(this.thread.x, area);
  const pixel = this.thread.x - plane * area;
  const h = quotient(pixel, W);
  // the last window that may hold the pixel, and how many before it may
  const lastP = quotient(h + numbers[6]!, numbers[4]!);
  const lastQ = quotient(pixel - h * W + numbers[7]!, numbers[5]!);
  const countP = quotient(numbers[8]! * (numbers[2]! - 1), numbers[4]!) + 1;
  const countQ = quotient(numbers[9]! * (numbers[3]! - 1), numbers[5]!) + 1;
  let total = 0;
  // (pooling.4) dX[n, c, h, w] = Σₚ Σ_q 1[argmax[n, c, p, q] = (h, w)] · dOut[n, c, p, q]
  for (let i = 0; i < countP; i++) {
    const p = lastP - i;
    for (let j = 0; j < countQ; j++) {
      const q = lastQ - j;
      if (p >= 0 && q >= 0 && p < outH && q < outW) {
        const window = (plane * outH + p) * outW + q;
        if (winners[window]! === pixel) {
          total += dOut[window]!;
        }
      }
    }
  }
  return total;
}
