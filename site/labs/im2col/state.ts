/** What a link to the microscope carries. */
import { conv2dGeometry, type WindowGeometry } from "leibniz/im2col";
import { type Fields, numbers, oneOf, type Plain, whole, wholes } from "../frame/fields.js";

export const VIEWS = ["columns", "receipt", "drip", "roads", "overlap"] as const;
export const RECEIPTS = ["dX", "dWeight", "out"] as const;

/** `step` and `travelled` up to the end, however long that is. */
export const END = 999;

export interface Im2colState extends Readonly<Record<string, Plain>> {
  readonly view: (typeof VIEWS)[number];
  /** [H, W] */
  readonly size: readonly number[];
  /** [kH, kW] */
  readonly kernel: readonly number[];
  /** C */
  readonly channels: number;
  /** K */
  readonly filters: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  /** Of every number that is not given below. */
  readonly seed: number;
  /** [C, H, W]; none of them: drawn by the seed. */
  readonly x: readonly number[];
  /** [K, C, kH, kW], likewise. */
  readonly weight: readonly number[];
  /** [K, outH, outW], likewise. */
  readonly dOut: readonly number[];
  /** What a press on a cell does: choose it, or paint `brush`. */
  readonly tool: "choose" | "paint";
  readonly brush: number;
  /** Which of the next two is followed through the columns. */
  readonly follow: "pixel" | "window";
  /** [c, h, w], also on the padding. */
  readonly pixel: readonly number[];
  /** [k, p, q] */
  readonly output: readonly number[];
  /** [k, c, i, j] */
  readonly entry: readonly number[];
  /** What the receipt is of. */
  readonly receipt: (typeof RECEIPTS)[number];
  /** How many windows have been copied, and then multiplied. */
  readonly step: number;
  /** How far along both roads. */
  readonly travelled: number;
}

export const version = 1;

export const MOST = { size: 8, kernel: 4, stride: 4, padding: 2, dilation: 3 } as const;

/** Windows along an axis, at most: a kernel of 1 on the largest image with its frame. */
const WINDOWS = MOST.size + 2 * MOST.padding;

export const fields: Fields<Im2colState> = {
  view: oneOf("columns", VIEWS),
  size: wholes([4, 5], 1, MOST.size),
  kernel: wholes([2, 3], 1, MOST.kernel),
  channels: whole(1, 1, 2),
  filters: whole(1, 1, 2),
  stride: whole(1, 1, MOST.stride),
  padding: whole(0, 0, MOST.padding),
  dilation: whole(1, 1, MOST.dilation),
  seed: whole(7, 0, 9999),
  x: numbers([], -99, 99, [0, 2 * MOST.size ** 2]),
  weight: numbers([], -99, 99, [0, 4 * MOST.kernel ** 2]),
  dOut: numbers([], -99, 99, [0, 2 * WINDOWS ** 2]),
  tool: oneOf("choose", ["choose", "paint"]),
  brush: whole(9, -9, 9),
  follow: oneOf("pixel", ["pixel", "window"]),
  pixel: wholes([0, 2, 3], -MOST.padding, MOST.size + MOST.padding),
  output: wholes([0, 1, 1], 0, WINDOWS),
  entry: wholes([0, 0, 1, 2], 0, MOST.kernel),
  receipt: oneOf("dX", RECEIPTS),
  step: whole(END, 0, END),
  travelled: whole(END, 0, END),
};

/** Fields that change only what is seen, and nothing that is computed. */
export const viewFields = ["tool", "brush", "follow", "receipt", "step"] as const;

/** @throws Error when the kernel does not fit into its image */
export function geometryOf(state: Im2colState): WindowGeometry {
  const { size, kernel, stride, padding, dilation } = state;
  const options = { kernelSize: kernel as [number, number], stride, padding, dilation };
  return conv2dGeometry("The microscope", size[0]!, size[1]!, options);
}

/** The shapes of what can be edited. */
export function shapesOf(state: Im2colState): Record<"x" | "weight" | "dOut", readonly number[]> {
  const { channels: C, filters: K } = state;
  const { H, W, kH, kW, outH, outW } = geometryOf(state);
  return { x: [C, H, W], weight: [K, C, kH, kW], dOut: [K, outH, outW] };
}
