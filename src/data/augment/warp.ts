/** Images that are moved: each pixel of the result has its content from some place. */
import { type Allocator, formatShape, heapAllocator, reject, Tensor } from "../../tensor/index.js";
import type { AffineMap } from "./affine-map.js";
import { mapDisplaced, mapPlaces, placesFor } from "./places.js";
import { Sampler } from "./sampler.js";

/** The extents of images [N, C, H, W]. */
export type ImagesShape = readonly [N: number, C: number, H: number, W: number];

/** @throws InputError unless they are images */
export function imagesShape(where: string, x: Tensor): ImagesShape {
  if (x.rank !== 4) reject(where, "images, x of shape [N, C, H, W]", formatShape(x.shape));
  return x.shape as unknown as ImagesShape;
}

/**
 * All images of a batch, moved by the same map. What comes in from outside is 0. See
 * `derivations/augmentation.md`.
 *
 * @param x [N, C, H, W]
 * @param displacements [2, H, W]: how far each pixel is displaced besides, along the rows and along
 *   the columns, in pixels; not at all if left out
 * @param allocator where the result lives; JavaScript's heap if left out
 * @returns [N, C, H, W], of the same element type
 * @throws InputError when a shape is another
 */
export function warp(
  x: Tensor,
  map: AffineMap,
  displacements: Tensor | null = null,
  allocator: Allocator = heapAllocator,
): Tensor {
  const [N, C, H, W] = imagesShape("warp", x);
  const places = placesFor(H, W);
  if (displacements === null) mapPlaces(map, places);
  else {
    const expected = formatShape([2, H, W]);
    const { shape } = displacements;
    if (formatShape(shape) !== expected)
      reject("warp", `displacements of shape ${expected}`, formatShape(shape));
    const both = displacements.contiguous().data;
    places.rows.set(both.subarray(0, H * W));
    places.columns.set(both.subarray(H * W));
    mapDisplaced(map, places);
  }
  const out = Tensor.over(allocator.allocate(x.dtype, x.size, "written over"), x.shape);
  const sampler = new Sampler(H, W);
  const [from, to] = [x.contiguous().data, out.data];
  for (let plane = 0; plane < N * C; plane++) {
    const at = plane * H * W;
    sampler.sample({ data: from, at }, places, { data: to, at });
  }
  return out;
}
