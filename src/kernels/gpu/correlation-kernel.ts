import type { IKernelFunctionThis } from "./gpujs.js";

/**
 * The whole numbers that a correlation is told. Distances are in elements of flat memory; those in
 * the filters may be negative, which turns them around.
 */
export interface CorrelationNumbers {
  /** Channels that are summed, and filters, of one group. */
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
  readonly kH: number;
  readonly kW: number;
  /** How many windows there are in a row of them. */
  readonly outW: number;
  /** The windows that are computed: from this one on ... */
  readonly firstWindow: number;
  /** ... up to this one. */
  readonly lastWindow: number;
  /** In `x`, from one image and channel to the next. */
  readonly imageX: number;
  readonly channelX: number;
  /** In `x`, from one row of windows and one window to the next. */
  readonly strideP: number;
  readonly strideQ: number;
  /** In `x`, from one row and column of a window to the next. */
  readonly rowX: number;
  readonly columnX: number;
  /** In `weight`, where the first filter begins, and from one group and filter to the next. */
  readonly startW: number;
  readonly groupW: number;
  readonly filterW: number;
  /** In `weight`, from one channel, row and column of a filter to the next. */
  readonly channelW: number;
  readonly rowW: number;
  readonly columnW: number;
}

/** In the order in which {@link correlationQuad} reads them. */
export function correlationNumbers(of: CorrelationNumbers): Int32Array {
  const blocks = Math.ceil(of.filters / 4);
  return Int32Array.of(
    ...[of.channels, of.filters, blocks, of.groups * blocks, of.kH, of.kW],
    ...[of.outW, of.firstWindow, of.lastWindow],
    ...[of.imageX, of.channels * of.channelX, of.strideP, of.strideQ],
    // the way to the next row starts behind the last column, that to the next channel behind the
    // last row
    ...[of.columnX, of.rowX - of.kW * of.columnX, of.channelX - of.kH * of.rowX],
    ...[of.startW, of.groupW, of.filterW],
    ...[of.columnW, of.rowW - of.kW * of.columnW, of.channelW - of.kH * of.rowW],
  );
}

/**
 * What four filters see in one window, over images that are not laid out as columns: thread.x is
 * the window, counted from `firstWindow`, thread.y the image and the four filters. Each pixel is
 * loaded once for the four. Filters past the last of their group repeat it, to be thrown away.
 *
 * gpu.js writes this function anew for the device, like `productQuad`. A device may divide a little
 * inexactly: half a step away from the next whole number, that does no harm.
 *
 * @param weight flat
 * @param x flat, with the frame of zeros that windows touch, so that the loops ask for no edges
 * @param bias one number for each filter of each group
 * @param numbers {@link correlationNumbers}
 */
export function correlationQuad(
  this: IKernelFunctionThis,
  weight: number[],
  x: number[],
  bias: number[],
  numbers: number[],
): number[] {
  const C = numbers[0]!;
  const filters = numbers[1]!;
  const kH = numbers[4]!;
  const kW = numbers[5]!;
  const columnX = numbers[13]!;
  const nextRowX = numbers[14]!;
  const nextChannelX = numbers[15]!;
  const columnW = numbers[19]!;
  const nextRowW = numbers[20]!;
  const nextChannelW = numbers[21]!;
  const n = Math.floor((this.thread.y + 0.5) / numbers[3]!);
  const block = this.thread.y - n * numbers[3]!;
  const g = Math.floor((block + 0.5) / numbers[2]!);
  const k = 4 * (block - g * numbers[2]!);
  const next1 = Math.min(k + 1, filters - 1) - k;
  const next2 = Math.min(k + 2, filters - 1) - k;
  const next3 = Math.min(k + 3, filters - 1) - k;
  const w1 = next1 * numbers[18]!;
  const w2 = next2 * numbers[18]!;
  const w3 = next3 * numbers[18]!;
  const s = Math.min(numbers[7]! + this.thread.x, numbers[8]!);
  const p = Math.floor((s + 0.5) / numbers[6]!);
  const q = s - p * numbers[6]!;
  let atX = n * numbers[9]! + g * numbers[10]! + p * numbers[11]! + q * numbers[12]!;
  let atW = numbers[16]! + g * numbers[17]! + k * numbers[18]!;
  let s0 = bias[g * filters + k]!;
  let s1 = bias[g * filters + k + next1]!;
  let s2 = bias[g * filters + k + next2]!;
  let s3 = bias[g * filters + k + next3]!;
  // (conv2d.16) out[n, k, p, q] = bias[k] +
  //   Σ_c Σᵢ Σⱼ weight[k, c, i, j] · x̄[n, g·C/G + c, u(p, i), v(q, j)]
  for (let c = 0; c < C; c++) {
    for (let i = 0; i < kH; i++) {
      for (let j = 0; j < kW; j++) {
        const pixel = x[atX]!;
        s0 += weight[atW]! * pixel;
        s1 += weight[atW + w1]! * pixel;
        s2 += weight[atW + w2]! * pixel;
        s3 += weight[atW + w3]! * pixel;
        atX += columnX;
        atW += columnW;
      }
      atX += nextRowX;
      atW += nextRowW;
    }
    atX += nextChannelX;
    atW += nextChannelW;
  }
  return [s0, s1, s2, s3];
}
