/** What layers keep of an image that moves: in its place, and moved along. */
import type { Tensor } from "../tensor/index.js";
import { moved } from "./moved.js";

/** A layer that is watched. */
export interface WatchedLayer {
  /** For people: `convolution`. */
  readonly name: string;
  /** Pixels of its input for each of its output, along both axes; 1 for a layer per pixel. */
  readonly stride: number;
  /** From images to images, [N, C, H, W]. */
  readonly run: (x: Tensor) => Promise<Tensor>;
}

/** What becomes of one layer's output f(x) when x moves. */
export interface LayerUnderShift {
  /** The layer's; `x` for the image itself. */
  readonly name: string;
  /** f(x) */
  readonly before: Tensor;
  /** f(x moved) */
  readonly after: Tensor;
  /** ‖f(x moved) − f(x)‖ / ‖f(x)‖; null where f(x) is 0 all over. */
  readonly change: number | null;
  /** The cosine of the two, from −1 to 1; null where one of them is 0 all over. */
  readonly kept: number | null;
  /**
   * The cosine of f(x moved) and of f(x), moved along by as many pixels of its own; null where that
   * is no whole number of them.
   */
  readonly followed: number | null;
  /** How the picture has moved: down and right, in its pixels. */
  readonly shift: readonly [dH: number, dW: number];
  /** Pixels of the picture for each of this layer's, along both axes. */
  readonly stride: number;
}

/**
 * An image, and the same one moved, as what the first layer sees.
 *
 * @param x [N, C, H, W]
 * @param shift down and right, in pixels of x
 */
export function shiftedImage(x: Tensor, shift: LayerUnderShift["shift"]): LayerUnderShift {
  return compared({ name: "x", before: x, after: moved(x, ...shift), shift, stride: 1 });
}

/** Sends both on through another layer, and compares what comes out of it. */
export async function throughLayer(
  { before, after, shift, stride }: LayerUnderShift,
  layer: WatchedLayer,
): Promise<LayerUnderShift> {
  return compared({
    name: layer.name,
    before: await layer.run(before),
    after: await layer.run(after),
    shift,
    stride: stride * layer.stride,
  });
}

function compared(pair: Omit<LayerUnderShift, "change" | "kept" | "followed">): LayerUnderShift {
  const { before, after, stride } = pair;
  const [dH, dW] = pair.shift;
  const isWhole = dH % stride === 0 && dW % stride === 0;
  const along = isWhole ? moved(before, dH / stride, dW / stride) : null;
  return {
    ...pair,
    change: relativeDistance(after, before),
    kept: cosine(after, before),
    followed: along === null ? null : cosine(after, along),
  };
}

/** ‖a − b‖ / ‖b‖; null where b is 0. */
function relativeDistance(a: Tensor, b: Tensor): number | null {
  const [of, from] = [a.contiguous().data, b.contiguous().data];
  let [distance, squares] = [0, 0];
  for (let at = 0; at < from.length; at++) {
    const apart = of[at]! - from[at]!;
    distance += apart * apart;
    squares += from[at]! * from[at]!;
  }
  return squares === 0 ? null : Math.sqrt(distance / squares);
}

/** ⟨a, b⟩ / (‖a‖·‖b‖); null where one of them is 0. */
function cosine(a: Tensor, b: Tensor): number | null {
  const [of, from] = [a.contiguous().data, b.contiguous().data];
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let at = 0; at < from.length; at++) {
    product += of[at]! * from[at]!;
    squaresA += of[at]! * of[at]!;
    squaresB += from[at]! * from[at]!;
  }
  if (squaresA === 0 || squaresB === 0) return null;
  return Math.min(1, Math.max(-1, product / Math.sqrt(squaresA * squaresB)));
}
