/** What layers keep of an image that moves: in its place, and moved along. */
import type { Tensor } from "../tensor/index.js";
import { moved } from "./moved.js";

/** A layer that is watched. */
export interface WatchedLayer {
  readonly name: string;
  /** Pixels of its input for each of its output, along both axes; 1 for a layer per pixel. */
  readonly stride: number;
  /** From images to images, [N, C, H, W]. */
  readonly run: (x: Tensor) => Promise<Tensor>;
}

/** What becomes of one layer's output f(x) when x moves. */
export interface LayerUnderShift {
  readonly name: string;
  /** f(x) */
  readonly before: Tensor;
  /** f(x moved) */
  readonly after: Tensor;
  /** ‖f(x moved) − f(x)‖ / ‖f(x)‖; null where f(x) is 0 all over. */
  readonly change: number | null;
  /** 1 less the change, at least 0. */
  readonly kept: number | null;
  /**
   * The same, compared with f(x) moved along by as many of its own pixels; null where that is no
   * whole number of them, or f(x) moved along is 0 all over.
   */
  readonly followed: number | null;
}

/**
 * Sends an image and the same one moved through layers, one after the other, and compares what
 * comes out of each. The first entry is the image itself.
 *
 * @param x [N, C, H, W]
 * @param shift down and right, in pixels of x
 */
export async function underShift(
  x: Tensor,
  [dH, dW]: readonly [dH: number, dW: number],
  layers: readonly WatchedLayer[],
): Promise<LayerUnderShift[]> {
  const found: LayerUnderShift[] = [];
  let [before, after, stride] = [x, moved(x, dH, dW), 1];
  const compare = (name: string): void => {
    const change = relativeDistance(after, before);
    const isWhole = dH % stride === 0 && dW % stride === 0;
    const along = isWhole ? moved(before, dH / stride, dW / stride) : null;
    const apart = along === null ? null : relativeDistance(after, along);
    const kept = keptOf(change);
    found.push({ name, before, after, change, kept, followed: keptOf(apart) });
  };
  compare("x");
  for (const layer of layers) {
    [before, after] = [await layer.run(before), await layer.run(after)];
    stride *= layer.stride;
    compare(layer.name);
  }
  return found;
}

const keptOf = (change: number | null): number | null =>
  change === null ? null : Math.max(0, 1 - change);

/** ‖a − b‖ / ‖b‖; null where b is 0. */
function relativeDistance(a: Tensor, b: Tensor): number | null {
  const [of, from] = [a.contiguous().data, b.contiguous().data];
  let [distance, squares] = [0, 0];
  for (let at = 0; at < from.length; at++) {
    distance += (of[at]! - from[at]!) ** 2;
    squares += from[at]! ** 2;
  }
  return squares === 0 ? null : Math.sqrt(distance / squares);
}
