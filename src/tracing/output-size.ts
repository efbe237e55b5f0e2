/** How many windows fit along an axis, with every number on the way: (conv2d.2). */
import type { WindowGeometry } from "../im2col/index.js";

/** One axis of (conv2d.2). */
export interface OutputSize {
  /** Pixels of the image. */
  readonly size: number;
  /** Entries of the window. */
  readonly kernel: number;
  /** Pixels from one window to the next. */
  readonly stride: number;
  /** Pixels of padding on each side. */
  readonly padding: number;
  /** Pixels from one entry to the next. */
  readonly dilation: number;
  /** The numerator: how far the first window can be moved. */
  readonly room: number;
  /** The quotient, rounded down: how many steps that is. */
  readonly steps: number;
  /** Windows: one more than steps. */
  readonly out: number;
  /** What the division leaves over, (conv2d.2a): pixels at the end that no window holds. */
  readonly rest: number;
}

/** Both axes, the vertical one first. */
export function outputSizes(geometry: WindowGeometry): readonly [OutputSize, OutputSize] {
  const { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW } = geometry;
  const { outH, outW } = geometry;
  return [
    sized({ size: H, kernel: kH, stride: strideH, padding: padH, dilation: dilationH }, outH),
    sized({ size: W, kernel: kW, stride: strideW, padding: padW, dilation: dilationW }, outW),
  ];
}

type Axis = Pick<OutputSize, "size" | "kernel" | "stride" | "padding" | "dilation">;

function sized(axis: Axis, out: number): OutputSize {
  const { size, kernel, stride, padding, dilation } = axis;
  const room = size + 2 * padding - dilation * (kernel - 1) - 1;
  return { ...axis, room, steps: out - 1, out, rest: room % stride };
}
