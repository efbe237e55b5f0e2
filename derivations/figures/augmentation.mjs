/** One digit, and what each augmentation makes of it. */
import {
  buildAugmentations,
  elastic,
  erasing,
  ImageDataset,
  loadMnist,
  rotation,
  rotationMap,
  scale,
  scaleMap,
  shear,
  shearMap,
  shift,
  shiftMap,
  warp,
} from "leibniz/data";
import { pictures } from "leibniz/figures";
import { Random } from "leibniz/tensor";

export const breaks = {
  file: "src/data/augment/affine-map.ts",
  find: "hw: 0, wh: 0",
  replace: "hw: 0.1, wh: 0",
};

/** A training image: an 8, whose two loops show what happens to them. */
const DIGIT = 17;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const { train } = await loadMnist();
  const { x } = new ImageDataset(train).batch([DIGIT]);
  const drawn = (seed, ...list) => buildAugmentations(list)(x, () => new Random(seed));
  const maps = [
    shift({ pixels: 2 }),
    rotation({ degrees: 20 }),
    scale({ factor: 0.2 }),
    shear({ degrees: 15 }),
  ];
  const rubber = elastic({ strength: 34, smoothness: 4 });
  const all = [
    ["as it is", x],
    ["shift", warp(x, shiftMap(3, 4))],
    ["rotation", warp(x, rotationMap(20 / 180))],
    ["scale", warp(x, scaleMap(0.7))],
    ["shear", warp(x, shearMap(20 / 180))],
    ["erasing", drawn(6, erasing({ probability: 1, area: [0.1, 0.1] }))],
    ["elastic", drawn(3, rubber)],
    ["elastic, 3 times as strong", drawn(3, elastic({ strength: 3 * 34, smoothness: 4 }))],
    ["all but erasing", drawn(1, ...maps, rubber)],
  ];
  return pictures({
    title: "One digit, and what each augmentation makes of it",
    description:
      "An 8 nine times: as it is, shifted, turned, made smaller, slanted, with a part of it " +
      "erased, distorted as on rubber, distorted far too much, and changed in several ways.",
    width: 380,
    size: 112,
    kind: "light",
    pictures: all.map(([caption, { shape, data }]) => ({
      caption,
      shape: shape.slice(-2),
      values: data,
    })),
  });
}
