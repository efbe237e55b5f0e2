/** One place under the glass: an output with its patch, or a pixel with the outputs it reaches. */
import {
  channelSums,
  type PatchProduct,
  patchOf,
  patchProducts,
  type WindowOver,
  windowsOver,
} from "leibniz/tracing";
import type { Forward } from "./compute.js";
import type { Mode } from "./state.js";

export interface Place {
  readonly side: "out" | "picture";
  readonly at: readonly [row: number, column: number];
}

/** An output: the window under it. */
export interface OutFocus {
  readonly side: "out";
  readonly at: readonly [p: number, q: number];
  /** [C, kH, kW] */
  readonly patch: readonly PatchProduct[];
  /** Of a convolution: the sum of each channel's products. */
  readonly sums: readonly number[];
  /** The output: one number, or that of each channel. */
  readonly out: readonly number[];
  /** Of max pooling, for each channel: which entry of the patch won. */
  readonly winners: readonly number[];
}

/** A window over the pixel. */
export interface Use extends WindowOver {
  /** The weight that lies on the pixel, in each channel. */
  readonly weights: readonly number[];
  /** What the pixel adds to the output, in each channel. */
  readonly products: readonly number[];
  /** Of max pooling, in each channel: whether the pixel won the window. */
  readonly wins: readonly boolean[];
  readonly out: readonly number[];
}

/** A pixel: the outputs that it reaches. */
export interface PictureFocus {
  readonly side: "picture";
  readonly at: readonly [h: number, w: number];
  readonly values: readonly number[];
  readonly uses: readonly Use[];
}

export type Focus = OutFocus | PictureFocus;

const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** @returns null for a place that is not there, as after the picture has become smaller */
export function focusOn({ side, at }: Place, forward: Forward, mode: Mode): Focus | null {
  const { x, out } = forward;
  const [H, W] = (side === "out" ? out : x).shape.slice(2) as [number, number];
  if (at[0] >= H || at[1] >= W) return null;
  return side === "out" ? outFocus(at, forward, mode) : pictureFocus(at, forward, mode);
}

const outAt = ({ out }: Forward, p: number, q: number): number[] =>
  indices(out.shape[1]!).map((k) => out.get(0, k, p, q));

function outFocus(at: OutFocus["at"], forward: Forward, mode: Mode): OutFocus {
  const { x, weight, geometry, winners } = forward;
  const patch = patchProducts(patchOf(x, geometry, [0, ...at]), weight, 0);
  const won = (c: number): number => {
    const place = winners![(c * geometry.outH + at[0]) * geometry.outW + at[1]]!;
    return patch.findIndex(
      (entry) => entry.c === c && !entry.isPadding && entry.h * geometry.W + entry.w === place,
    );
  };
  return {
    side: "out",
    at,
    patch,
    sums: mode === "conv" ? channelSums(patch) : [],
    out: outAt(forward, ...at),
    winners: winners === null ? [] : indices(x.shape[1]!).map(won),
  };
}

function pictureFocus(at: PictureFocus["at"], forward: Forward, mode: Mode): PictureFocus {
  const { x, geometry, winners } = forward;
  const channels = indices(x.shape[1]!);
  const uses = windowsOver(geometry, ...at).map((window): Use => {
    const { p, q, i, j } = window;
    const under = outFocus([p, q], forward, mode).patch.filter(
      (entry) => entry.i === i && entry.j === j,
    );
    const wins = (c: number): boolean =>
      winners![(c * geometry.outH + p) * geometry.outW + q] === at[0] * geometry.W + at[1];
    return {
      ...window,
      weights: under.map(({ weight }) => weight),
      products: under.map(({ product }) => product),
      wins: winners === null ? [] : channels.map(wins),
      out: outAt(forward, p, q),
    };
  });
  return { side: "picture", at, values: channels.map((c) => x.get(0, c, ...at)), uses };
}
