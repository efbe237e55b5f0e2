import type { IKernelFunctionThis } from "./gpujs.js";

/** The whole numbers that a filter's gradient is told; distances are in elements of flat memory. */
export interface FilterGradientNumbers {
  readonly N: number;
  /** Images whose gradients one thread adds up. */
  readonly imagesEach: number;
  /** Channels, and filters, of one group. */
  readonly channels: number;
  readonly filters: number;
  readonly kH: number;
  readonly kW: number;
  readonly outH: number;
  readonly outW: number;
  /** In `x`, from one image and channel to the next. */
  readonly imageX: number;
  readonly channelX: number;
  /** In `x`, from one row of windows and one window to the next. */
  readonly strideP: number;
  readonly strideQ: number;
  /** In `x`, from one row and column of a window to the next. */
  readonly rowX: number;
  readonly columnX: number;
  /** In `dOut`, from one image to the next. */
  readonly imageD: number;
}

/** In the order in which {@link filterGradientQuad} reads them. */
export function filterGradientNumbers(of: FilterGradientNumbers): Int32Array {
  return Int32Array.of(
    ...[of.N, of.imagesEach, of.channels, of.filters, Math.ceil(of.filters / 4)],
    ...[of.kH, of.kW, of.outH, of.outW],
    // the way to the next row of windows starts behind the last one of this row
    ...[of.imageX, of.channelX, of.strideP - of.outW * of.strideQ, of.strideQ],
    ...[of.rowX, of.columnX, of.imageD],
  );
}

/**
 * One entry of four filters' gradients, summed over a few images that are not laid out as columns:
 * thread.x is the entry r = (c·kH + i)·kW + j, thread.y the four filters, thread.z the images. Each
 * pixel is loaded once for the four. Each image has a sum of its own, which keeps the rounding
 * errors of many down. Filters past the last of their group repeat it, to be thrown away. gpu.js
 * writes this function anew for the device, like `productQuad` and `correlationQuad`.
 *
 * @param dOut flat
 * @param x flat, with the frame of zeros that windows touch
 * @param numbers {@link filterGradientNumbers}
 */
export function filterGradientQuad(
  this: IKernelFunctionThis,
  dOut: number[],
  x: number[],
  numbers: number[],
): number[] {
  const filters = numbers[3]!;
  const kW = numbers[6]!;
  const outH = numbers[7]!;
  const outW = numbers[8]!;
  const nextRow = numbers[11]!;
  const strideQ = numbers[12]!;
  const area = numbers[5]! * kW;
  const P = outH * outW;
  const r = Math.min(this.thread.x, numbers[2]! * area - 1);
  const c = Math.floor((r + 0.5) / area);
  const i = Math.floor((r - c * area + 0.5) / kW);
  const j = r - c * area - i * kW;
  const g = Math.floor((this.thread.y + 0.5) / numbers[4]!);
  const k = 4 * (this.thread.y - g * numbers[4]!);
  const d1 = (Math.min(k + 1, filters - 1) - k) * P;
  const d2 = (Math.min(k + 2, filters - 1) - k) * P;
  const d3 = (Math.min(k + 3, filters - 1) - k) * P;
  const corner = (g * numbers[2]! + c) * numbers[10]! + i * numbers[13]! + j * numbers[14]!;
  const first = this.thread.z * numbers[1]!;
  const images = Math.min(numbers[1]!, numbers[0]! - first);
  let dW0 = 0;
  let dW1 = 0;
  let dW2 = 0;
  let dW3 = 0;
  // (conv2d.7) dWeight = Σₙ dOutₙ · colsₙᵀ
  for (let n = 0; n < images; n++) {
    let atX = (first + n) * numbers[9]! + corner;
    let atD = (first + n) * numbers[15]! + (g * filters + k) * P;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let p = 0; p < outH; p++) {
      for (let q = 0; q < outW; q++) {
        const pixel = x[atX]!;
        s0 += dOut[atD]! * pixel;
        s1 += dOut[atD + d1]! * pixel;
        s2 += dOut[atD + d2]! * pixel;
        s3 += dOut[atD + d3]! * pixel;
        atX += strideQ;
        atD += 1;
      }
      atX += nextRow;
    }
    dW0 += s0;
    dW1 += s1;
    dW2 += s2;
    dW3 += s3;
  }
  return [dW0, dW1, dW2, dW3];
}
