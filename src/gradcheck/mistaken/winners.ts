/**
 * The way back through a max pooling, with or without a rectifier in it, in loops: each part can be
 * written wrongly.
 *
 *   p, q  a window   h·W + w  a pixel of a plane   N·C planes, one after the other
 */
import type { WindowGeometry } from "../../im2col/index.js";
import { columnOf, rowOf } from "./mistaken-windows.js";

/** A pooling with its numbers, in row-major order. */
export interface Pooling extends WindowGeometry {
  readonly N: number;
  readonly C: number;
  /** Whether the 0 of a rectifier takes part. */
  readonly rectify: boolean;
  /** What is pooled, [N, C, H, W]. */
  readonly x: ArrayLike<number>;
  /** [N, C, outH, outW] */
  readonly dOut: ArrayLike<number>;
}

/** A window as it is gone back through. */
export interface Window {
  /** Among all windows of the batch. */
  readonly index: number;
  readonly p: number;
  readonly q: number;
  /** Of its plane's first pixel among the numbers of x. */
  readonly plane: number;
  /** Its pixels h·W + w, in the order in which they are read; none of the padding. */
  readonly pixels: readonly number[];
  /** x of a pixel. */
  readonly value: (pixel: number) => number;
}

export function windowsOf(pooling: Pooling): readonly Window[] {
  const { N, C, H, W, outH, outW, x } = pooling;
  const windows: Window[] = [];
  for (let plane = 0; plane < N * C * H * W; plane += H * W)
    for (let p = 0; p < outH; p++)
      for (let q = 0; q < outW; q++)
        windows.push({
          index: windows.length,
          ...{ p, q, plane },
          pixels: pixelsOf(pooling, p, q),
          value: (pixel) => x[plane + pixel]!,
        });
  return windows;
}

function pixelsOf(pooling: Pooling, p: number, q: number): readonly number[] {
  const { H, W, kH, kW } = pooling;
  const pixels: number[] = [];
  for (let i = 0; i < kH; i++)
    for (let j = 0; j < kW; j++) {
      const [h, w] = [rowOf(pooling, p, i), columnOf(pooling, q, j)];
      if (h >= 0 && h < H && w >= 0 && w < W) pixels.push(h * W + w);
    }
  return pixels;
}

/** The first of the largest; −1 for a window without a pixel, (pooling.2). */
export function firstLargest({ pixels, value }: Window): number {
  return pixels.reduce((best, at) => (best < 0 || value(at) > value(best) ? at : best), -1);
}

/** The first of the largest where that is positive, else −1: then the 0 wins, (fused.1a). */
export function winnerOf(window: Window, { rectify }: Pooling): number {
  const winner = firstLargest(window);
  return rectify && winner >= 0 && !(window.value(winner) > 0) ? -1 : winner;
}

/** What of a window's gradient goes to which pixels, as `give(pixel, gradient)`. */
export type Deal = (
  window: Window,
  gradient: number,
  give: (pixel: number, gradient: number) => void,
  pooling: Pooling,
) => void;

/** (pooling.4), (fused.3): the whole gradient goes to the winner, if a pixel has won. */
export const toWinner: Deal = (window, gradient, give, pooling) => {
  const winner = winnerOf(window, pooling);
  if (winner >= 0) give(winner, gradient);
};

/** Deals every window's gradient out to the pixels; what is given to one adds up. */
export function dealtOut(pooling: Pooling, deal: Deal): Float64Array {
  const { x, dOut } = pooling;
  const dX = new Float64Array(x.length);
  for (const window of windowsOf(pooling)) {
    const give = (pixel: number, gradient: number): void => {
      dX[window.plane + pixel]! += gradient;
    };
    deal(window, dOut[window.index]!, give, pooling);
  }
  return dX;
}

/** The winners of all windows, and their gradients put where `put` says. */
export function fromWinners(
  pooling: Pooling,
  put: (dX: Float64Array, winners: readonly number[], window: Window, gradient: number) => void,
): Float64Array {
  const dX = new Float64Array(pooling.x.length);
  const windows = windowsOf(pooling);
  const winners = windows.map((window) => winnerOf(window, pooling));
  for (const window of windows) put(dX, winners, window, pooling.dOut[window.index]!);
  return dX;
}
