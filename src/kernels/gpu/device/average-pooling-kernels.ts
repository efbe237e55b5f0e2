/** Average pooling of planes [planes, H, W], flat. */
import type { IKernelFunctionThis } from "../gpujs.js";
import { quotient } from "./quotient.js";

/** The mean of a window; padded zeros are counted. @param numbers as `poolingNumbers` has them */
export function windowMean(this: IKernelFunctionThis, x: number[], numbers: number[]): number {
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
  let total = 0;
  // (pooling.5) out[n, c, p, q] = 1/(kH·kW) · Σᵢⱼ x[n, c, u(p, i), v(q, j)]
  for (let i = 0; i < kH; i++) {
    const h = top + i * numbers[8]!;
    let row = 0;
    for (let j = 0; j < kW; j++) {
      const w = left + j * numbers[9]!;
      if (h >= 0 && h < H && w >= 0 && w < W) {
        row += x[(plane * H + h) * W + w]!;
      }
    }
    total += row;
  }
  return total / (kH * kW);
}

/**
 * What flows back to a pixel: its share of the gradients of all windows that hold it.
 *
 * @param numbers as `poolingNumbers` has them
 */
export function sharesOfWindows(
  this: IKernelFunctionThis,
  dOut: number[],
  numbers: number[],
): number {
  const W = numbers[1]!;
  const kH = numbers[2]!;
  const kW = numbers[3]!;
  const dilationH = numbers[8]!;
  const dilationW = numbers[9]!;
  const outH = numbers[10]!;
  const outW = numbers[11]!;
  const area = numbers[0]! * W;
  const plane = quotient(this.thread.x, area);
  const pixel = this.thread.x - plane * area;
  const h = quotient(pixel, W);
  const fromTop = h + numbers[6]!;
  const fromLeft = pixel - h * W + numbers[7]!;
  // the last window that may hold the pixel, and how many before it may
  const lastP = quotient(fromTop, numbers[4]!);
  const lastQ = quotient(fromLeft, numbers[5]!);
  const countP = quotient(dilationH * (kH - 1), numbers[4]!) + 1;
  const countQ = quotient(dilationW * (kW - 1), numbers[5]!) + 1;
  let total = 0;
  // (pooling.6) dX[n, c, h, w] = 1/(kH·kW) · Σₚ Σ_q 1[window (p, q) holds (h, w)] ·
  //   dOut[n, c, p, q]
  for (let a = 0; a < countP; a++) {
    const p = lastP - a;
    const down = fromTop - p * numbers[4]!;
    const i = quotient(down, dilationH);
    for (let b = 0; b < countQ; b++) {
      const q = lastQ - b;
      const right = fromLeft - q * numbers[5]!;
      const j = quotient(right, dilationW);
      const isWindow = p >= 0 && q >= 0 && p < outH && q < outW;
      if (isWindow && i < kH && j < kW && i * dilationH === down && j * dilationW === right) {
        total += dOut[(plane * outH + p) * outW + q]!;
      }
    }
  }
  return total / (kH * kW);
}
