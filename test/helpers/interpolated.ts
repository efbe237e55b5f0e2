/** Bilinear interpolation as a sum over all pixels, equation by equation. */
import { Tensor } from "leibniz/tensor";
import type { AffineMap } from "leibniz/data";

/** How much a pixel counts at a place this far from it, along one axis. */
const hat = (distance: number): number => Math.max(0, 1 - Math.abs(distance));

/** What channel c of image n is at a place, 0 outside. */
export function at(x: Tensor, n: number, c: number, [h, w]: readonly [number, number]): number {
  const [, , H, W] = x.shape as [number, number, number, number];
  let sum = 0;
  for (let i = 0; i < H; i++)
    for (let j = 0; j < W; j++) sum += hat(h - i) * hat(w - j) * x.get(n, c, i, j);
  return sum;
}

/** Where a pixel's content was, by the map's definition. */
export function sourceOf(
  { hh, hw, wh, ww, h: tH, w: tW }: AffineMap,
  [H, W]: readonly [number, number],
  [h, w]: readonly [number, number],
): [number, number] {
  const [cH, cW] = [(H - 1) / 2, (W - 1) / 2];
  return [
    cH + hh * (h - cH) + hw * (w - cW) + tH, //
    cW + wh * (h - cH) + ww * (w - cW) + tW,
  ];
}

/** All of a batch, moved by a map and by displacements [2, H, W]. */
export function interpolated(x: Tensor, map: AffineMap, displacements?: Tensor): Tensor {
  const [N, C, H, W] = x.shape as [number, number, number, number];
  const out = Tensor.zeros(x.shape, "float64");
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let h = 0; h < H; h++)
        for (let w = 0; w < W; w++) {
          const [dH, dW] = [0, 1].map((axis) => displacements?.get(axis, h, w) ?? 0);
          const source = sourceOf(map, [H, W], [h + dH!, w + dW!]);
          out.set([n, c, h, w], at(x, n, c, source));
        }
  return out;
}
