/** Gradients of a convolution in which a sum, a factor or the columns themselves are wrong. */
import {
  type Convolution,
  dWeightOf,
  dXOf,
  type Places,
  rightPlaces,
} from "./convolution-loops.js";
import { columnOf, rowOf } from "./mistaken-windows.js";

/** Every entry of every window that lies on a pixel: where a loop in this order comes past it. */
function eachEntry(
  convolution: Convolution,
  { pixel }: Places,
  order: "window by window" | "entry by entry",
  visit: (p: number, q: number, i: number, j: number, at: number) => void,
): void {
  const { kH, kW, outH, outW } = convolution;
  const isByWindow = order === "window by window";
  const [outer, inner] = isByWindow ? [outH * outW, kH * kW] : [kH * kW, outH * outW];
  for (let a = 0; a < outer; a++)
    for (let b = 0; b < inner; b++) {
      const [s, r] = isByWindow ? [a, b] : [b, a];
      const [p, q, i, j] = [Math.floor(s / outW), s % outW, Math.floor(r / kW), r % kW];
      const at = pixel(rowOf(convolution, p, i), columnOf(convolution, q, j));
      if (at >= 0) visit(p, q, i, j, at);
    }
}

/** dX where `=` stands for `+=`, so that of several windows on a pixel the last one is left. */
export function overwrittenOverlaps(
  order: "window by window" | "entry by entry",
  filters: "all filters" | "last filter",
): (convolution: Convolution) => Float64Array {
  return (convolution) => {
    const { N, C, K, G, x, weight, dOut } = convolution;
    const places = rightPlaces(convolution);
    const { xAt, weightAt, dOutAt } = places;
    const dX = new Float64Array(x.length);
    for (let n = 0; n < N; n++)
      for (let c = 0; c < C; c++) {
        const group = Math.floor(c / (C / G));
        const end = (group + 1) * (K / G);
        const begin = filters === "last filter" ? end - 1 : group * (K / G);
        eachEntry(convolution, places, order, (p, q, i, j, at) => {
          let sum = 0;
          for (let k = begin; k < end; k++)
            sum += weight[weightAt(k, c % (C / G), i, j)]! * dOut[dOutAt(n, k, p, q)]!;
          dX[xAt(n, c, at)] = sum;
        });
      }
    return dX;
  };
}

/** dX, each pixel divided by the number of windows that saw it. */
export function averagedOverlaps(convolution: Convolution): Float64Array {
  const { H, W } = convolution;
  const places = rightPlaces(convolution);
  const windows = new Float64Array(H * W);
  eachEntry(convolution, places, "window by window", (_p, _q, _i, _j, at) => {
    windows[at]! += 1;
  });
  return dXOf(convolution, places).map((d, at) => d / Math.max(1, windows[at % (H * W)]!));
}

/** Without x, dWeight is a sum of dOut; without weight, dX is. */
export function withoutFactor(
  factor: "x" | "weight",
  where: "padding too" | "pixels only",
): (convolution: Convolution) => Float64Array {
  return (convolution) => {
    const ones = { ...convolution, [factor]: Array.from(convolution[factor], () => 1) };
    const places = rightPlaces(ones);
    const everywhere = where === "padding too" ? { ...places, pixel: () => 0 } : places;
    return (factor === "x" ? dWeightOf : dXOf)(ones, everywhere);
  };
}

/** The numbers of cols, [N, C·kH·kW, P], moved by one in (conv2d.7). */
export function withShiftedColumns(convolution: Convolution): Float64Array {
  const { N, C, K, G, kH, kW, outH, outW, x, weight, dOut } = convolution;
  const places = rightPlaces(convolution);
  const [area, P] = [kH * kW, outH * outW];
  const cols = new Float64Array(N * C * area * P);
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      eachEntry(convolution, places, "entry by entry", (p, q, i, j, at) => {
        const row = (n * C + c) * area + i * kW + j;
        cols[row * P + p * outW + q] = x[places.xAt(n, c, at)]!;
      });
  const dWeight = new Float64Array(weight.length);
  for (let k = 0; k < K; k++)
    for (let c = 0; c < C / G; c++)
      for (let r = 0; r < area; r++)
        for (let n = 0; n < N; n++)
          for (let s = 0; s < P; s++) {
            const at = ((n * C + places.channel(k, c)) * area + r) * P + s - 1;
            dWeight[(k * (C / G) + c) * area + r]! += dOut[(n * K + k) * P + s]! * cols.at(at)!;
          }
  return dWeight;
}

/** A gradient of the filters, each of its numbers read from where `places` has the weight. */
export function filtersReadBack(
  convolution: Convolution,
  gradient: ArrayLike<number>,
  places: Places,
): Float64Array {
  const { C, K, G, kH, kW } = convolution;
  const { weightAt } = rightPlaces(convolution);
  const back = new Float64Array(gradient.length);
  for (let k = 0; k < K; k++)
    for (let c = 0; c < C / G; c++)
      for (let i = 0; i < kH; i++)
        for (let j = 0; j < kW; j++)
          back[weightAt(k, c, i, j)] = gradient[places.weightAt(k, c, i, j)]!;
  return back;
}

/** The same for a gradient of the images. */
export function imagesReadBack(
  convolution: Convolution,
  gradient: ArrayLike<number>,
  places: Places,
): Float64Array {
  const { N, C, H, W } = convolution;
  const { xAt, pixel } = rightPlaces(convolution);
  const back = new Float64Array(gradient.length);
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let h = 0; h < H; h++)
        for (let w = 0; w < W; w++)
          back[xAt(n, c, pixel(h, w))] = gradient[places.xAt(n, c, places.pixel(h, w))]!;
  return back;
}
