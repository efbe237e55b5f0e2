/** Augmentations applied to batches of images, each image by draws of its own. */
import { type Allocator, heapAllocator, type Random, Tensor } from "../../tensor/index.js";
import { identityMap, inTurn } from "./affine-map.js";
import type { DrawField, DrawMap, DrawPixels, Image } from "./augmentation.js";
import { mapDisplaced, mapPlaces, type Places, placesFor } from "./places.js";
import { type Plane, Sampler } from "./sampler.js";
import { imagesShape } from "./warp.js";

/**
 * Augments the images of a batch. What an image becomes depends on what it is and on what its
 * source gives, and on no other image.
 *
 * @param x [N, C, H, W], which is left as it is
 * @param randomOf the source that image n draws from
 * @param allocator where the result lives
 * @returns [N, C, H, W], of the same element type
 * @throws InputError when x has another number of axes
 */
export type Augment = (x: Tensor, randomOf: (n: number) => Random, allocator?: Allocator) => Tensor;

/** What happens to an image, in order. */
export interface Draws {
  readonly maps: readonly DrawMap[];
  readonly field: DrawField | null;
  readonly pixels: readonly DrawPixels[];
}

/** What images of one size need, one after the other. */
interface Work {
  readonly places: Places;
  readonly sampler: Sampler;
}

/** Maps and displacements become one, so that an image is sampled once, or never. */
export function augmentWith(draws: Draws): Augment {
  let work: Work | null = null;
  return (x, randomOf, allocator = heapAllocator) => {
    const [N, C, H, W] = imagesShape("augment", x);
    if (work === null || work.places.height !== H || work.places.width !== W)
      work = { places: placesFor(H, W), sampler: new Sampler(H, W) };
    const out = Tensor.over(allocator.allocate(x.dtype, x.size, "written over"), x.shape);
    const [from, to] = [x.contiguous().data, out.data];
    const image = (data: Plane["data"], n: number): Image => ({
      height: H,
      width: W,
      planes: Array.from({ length: C }, (_, c) => ({ data, at: (n * C + c) * H * W })),
    });
    for (let n = 0; n < N; n++)
      augmentImage(draws, randomOf(n), image(from, n), image(to, n), work);
    return out;
  };
}

function augmentImage(
  { maps, field, pixels }: Draws,
  random: Random,
  from: Image,
  to: Image,
  { places, sampler }: Work,
): void {
  const map = maps.reduce((done, draw) => inTurn(done, draw(random)), identityMap);
  if (field !== null) {
    field(random, places);
    mapDisplaced(map, places);
  } else if (maps.length > 0) mapPlaces(map, places);
  const isMoved = field !== null || maps.length > 0;
  for (const [c, plane] of from.planes.entries())
    if (isMoved) sampler.sample(plane, places, to.planes[c]!);
    else copy(plane, to.planes[c]!, places.rows.length);
  for (const draw of pixels) draw(random, to);
}

function copy(from: Plane, to: Plane, size: number): void {
  to.data.set(from.data.subarray(from.at, from.at + size), to.at);
}
