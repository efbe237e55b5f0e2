/**
 * The backward pass of a convolution in one loop over its products, each part of which can be
 * written wrongly.
 *
 *   N images   C channels   H, W image   K filters   kH, kW filter   G groups
 *   n, c, h, w   a pixel     k, c, i, j   a weight, its channel counted in its group
 *   k, p, q      a window's output
 */
import type { WindowGeometry } from "../../im2col/index.js";
import { columnOf, rowOf } from "./mistaken-windows.js";

/** A convolution with its numbers, in row-major order. */
export interface Convolution extends WindowGeometry {
  readonly N: number;
  readonly C: number;
  readonly K: number;
  readonly G: number;
  /** [N, C, H, W] */
  readonly x: ArrayLike<number>;
  /** [K, C/G, kH, kW] */
  readonly weight: ArrayLike<number>;
  /** [K]; null where there is none. */
  readonly bias: ArrayLike<number> | null;
  /** [N, K, outH, outW] */
  readonly dOut: ArrayLike<number>;
}

/** Where the numbers of a product lie, and which products there are. */
export interface Places {
  /** In which channel of x filter k finds its channel c. */
  readonly channel: (k: number, c: number) => number;
  /** Where in its plane a pixel is; −1 for the padding. */
  readonly pixel: (h: number, w: number) => number;
  /** Of a pixel of channel c, among the numbers of x and dX. */
  readonly xAt: (n: number, c: number, pixel: number) => number;
  /** Among the numbers of weight and dWeight. */
  readonly weightAt: (k: number, c: number, i: number, j: number) => number;
  /** Among the numbers of dOut. */
  readonly dOutAt: (n: number, k: number, p: number, q: number) => number;
  /** Whether the window is looked at. */
  readonly counts: (n: number, k: number, p: number, q: number) => boolean;
}

/** The places as the chapter has them, (conv2d.7a), (conv2d.9). */
export function rightPlaces({ C, H, W, K, G, kH, kW, outH, outW }: Convolution): Places {
  const [channels, filters] = [C / G, K / G];
  return {
    channel: (k, c) => Math.floor(k / filters) * channels + c,
    pixel: (h, w) => (h >= 0 && h < H && w >= 0 && w < W ? h * W + w : -1),
    xAt: (n, c, pixel) => (n * C + c) * H * W + pixel,
    weightAt: (k, c, i, j) => ((k * channels + c) * kH + i) * kW + j,
    dOutAt: (n, k, p, q) => ((n * K + k) * outH + p) * outW + q,
    counts: () => true,
  };
}

/** One product of the sum in (conv2d.3): of which numbers. */
type Visit = (weightAt: number, dOutAt: number, xAt: number) => void;

function eachProduct(convolution: Convolution, places: Places, visit: Visit): void {
  const { N, C, K, G, kW, outH, outW } = convolution;
  const { channel, xAt, weightAt, dOutAt, counts } = places;
  const entries = entriesOf(convolution, places);
  const windows = new Int32Array(outH * outW);
  for (let n = 0; n < N; n++)
    for (let k = 0; k < K; k++) {
      for (let p = 0; p < outH; p++)
        for (let q = 0; q < outW; q++)
          windows[p * outW + q] = counts(n, k, p, q) ? dOutAt(n, k, p, q) : -1;
      for (let c = 0; c < C / G; c++)
        entries.forEach((seen, r) => {
          const weight = weightAt(k, c, Math.floor(r / kW), r % kW);
          for (const [s, pixel] of seen)
            if (windows[s]! >= 0) visit(weight, windows[s]!, xAt(n, channel(k, c), pixel));
        });
    }
}

/** For each entry (i, j) of a window: the windows in which it lies on a pixel, and on which. */
function entriesOf(
  convolution: Convolution,
  { pixel }: Places,
): readonly (readonly (readonly [s: number, pixel: number])[])[] {
  const { kH, kW, outH, outW } = convolution;
  return Array.from({ length: kH * kW }, (_, r) => {
    const seen: [number, number][] = [];
    for (let s = 0; s < outH * outW; s++) {
      const h = rowOf(convolution, Math.floor(s / outW), Math.floor(r / kW));
      const at = pixel(h, columnOf(convolution, s % outW, r % kW));
      if (at >= 0) seen.push([s, at]);
    }
    return seen;
  });
}

/** dWeight[k, c, i, j] = Σₙ Σₚ Σ_q dOut[n, k, p, q] · x̄[n, c, u(p, i), v(q, j)], (conv2d.7a). */
export function dWeightOf(convolution: Convolution, places: Places): Float64Array {
  const { x, weight, dOut } = convolution;
  const dWeight = new Float64Array(weight.length);
  eachProduct(convolution, places, (weightAt, dOutAt, xAt) => {
    dWeight[weightAt]! += dOut[dOutAt]! * x[xAt]!;
  });
  return dWeight;
}

/** dX[n, c, u(p, i), v(q, j)] += weight[k, c, i, j] · dOut[n, k, p, q], (conv2d.9). */
export function dXOf(convolution: Convolution, places: Places): Float64Array {
  const { x, weight, dOut } = convolution;
  const dX = new Float64Array(x.length);
  eachProduct(convolution, places, (weightAt, dOutAt, xAt) => {
    dX[xAt]! += weight[weightAt]! * dOut[dOutAt]!;
  });
  return dX;
}

/** dBias[k] = Σₙ Σₚ Σ_q dOut[n, k, p, q], (conv2d.6). */
export function dBiasOf(convolution: Convolution, places: Places): Float64Array | null {
  const { N, K, outH, outW, bias, dOut } = convolution;
  if (bias === null) return null;
  const dBias = new Float64Array(K);
  for (let n = 0; n < N; n++)
    for (let k = 0; k < K; k++)
      for (let p = 0; p < outH; p++)
        for (let q = 0; q < outW; q++)
          if (places.counts(n, k, p, q)) dBias[k]! += dOut[places.dOutAt(n, k, p, q)]!;
  return dBias;
}

/** out[n, k, p, q] = bias[k] + Σ weight[k, c, i, j] · x̄[n, c, u(p, i), v(q, j)], (conv2d.3). */
export function outOf(convolution: Convolution, places: Places): Float64Array {
  const { N, K, outH, outW, x, weight, bias } = convolution;
  const P = outH * outW;
  const out = Float64Array.from({ length: N * K * P }, (_, at) =>
    bias === null ? 0 : bias[Math.floor(at / P) % K]!,
  );
  eachProduct(convolution, places, (weightAt, outAt, xAt) => {
    out[outAt]! += weight[weightAt]! * x[xAt]!;
  });
  return out;
}
