/** A max pooling's windows by loops: who won, and who receives what, (fused.10). */
import { conv2dGeometry, type WindowGeometry, type WindowOptions } from "../../im2col/index.js";

/** A window, by places h·W + w in its plane. */
export interface Window {
  /** The first of the largest entries, or −1 if the rectifier's 0 is larger. */
  readonly winner: number;
  /** The same without a rectifier. */
  readonly largest: number;
  /** All pixels in it. */
  readonly places: readonly number[];
}

/** What was pooled, and how. */
export interface Pooled {
  /** [N, C, H, W], before the rectifier and the pooling. */
  readonly values: (e: number) => number;
  readonly shape: readonly number[];
  readonly pool: WindowOptions;
  readonly rectify: boolean;
  /** [N, C, outH, outW], in row-major order. */
  readonly dOut: ArrayLike<number>;
}

/** Hands d on to pixels of a plane. */
export type Hand = (plane: Float64Array, window: Window, d: number, sizes: WindowGeometry) => void;

/** (fused.10): the winner of each window receives its gradient. */
export const toWinner: Hand = (plane, { winner }, d) => {
  if (winner >= 0) plane[winner]! += d;
};

export function geometryOf({ shape, pool }: Pooled): WindowGeometry {
  const options = { stride: pool.kernelSize, ...pool };
  return conv2dGeometry("maxPool2d", shape[2]!, shape[3]!, options);
}

/** dNorm, [N, C, H, W]; the windows may lie in other places than they do. */
export function handedOn(
  pooled: Pooled,
  hand: Hand = toWinner,
  lie: (sizes: WindowGeometry) => WindowGeometry = (sizes) => sizes,
): Float64Array {
  const sizes = geometryOf(pooled);
  const { H, W, outH, outW } = sizes;
  const dNorm = new Float64Array(pooled.shape.reduce((size, extent) => size * extent, 1));
  for (let start = 0, at = 0; start < dNorm.length; start += H * W) {
    const plane = dNorm.subarray(start, start + H * W);
    for (let p = 0; p < outH; p++)
      for (let q = 0; q < outW; q++) {
        const window = windowAt(p, q, lie(sizes), (place) => pooled.values(start + place));
        hand(
          plane,
          pooled.rectify ? window : { ...window, winner: window.largest },
          pooled.dOut[at++]!,
          sizes,
        );
      }
  }
  return dNorm;
}

function windowAt(
  p: number,
  q: number,
  { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW }: WindowGeometry,
  valueAt: (place: number) => number,
): Window {
  const places: number[] = [];
  let largest = -1;
  for (let i = 0; i < kH; i++)
    for (let j = 0; j < kW; j++) {
      const h = p * strideH + i * dilationH - padH; // u(p, i), (conv2d.1d)
      const w = q * strideW + j * dilationW - padW; // v(q, j), (conv2d.1e)
      if (h < 0 || h >= H || w < 0 || w >= W) continue;
      const place = h * W + w;
      places.push(place);
      if (largest < 0 || valueAt(place) > valueAt(largest)) largest = place;
    }
  const winner = largest >= 0 && valueAt(largest) > 0 ? largest : -1;
  return { winner, largest, places };
}
