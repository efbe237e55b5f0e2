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
import { Random } from "leibniz/tensor";

export const breaks = {
  file: "src/data/augment/affine-map.ts",
  find: "hw: 0, wh: 0",
  replace: "hw: 0.1, wh: 0",
};

/** A training image: an 8, whose two loops show what happens to them. */
const DIGIT = 17;
const SIDE = 28;
/** How large a picture is drawn, and how far they are apart, in units of the drawing. */
const [SIZE, GAP, CAPTION] = [140, 20, 24];
const COLUMNS = 4;
/** How many shades are drawn, black included. */
const SHADES = 16;

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
  const pictures = [
    ["as it is", x],
    ["shift", warp(x, shiftMap(3, 4))],
    ["rotation", warp(x, rotationMap(20 / 180))],
    ["scale", warp(x, scaleMap(0.7))],
    ["shear", warp(x, shearMap(20 / 180))],
    ["elastic", drawn(3, rubber)],
    ["all of these", drawn(1, ...maps, rubber)],
    ["erasing", drawn(6, erasing({ probability: 1, area: [0.1, 0.1] }))],
  ];
  const rows = Math.ceil(pictures.length / COLUMNS);
  const [width, height] = [COLUMNS * (SIZE + GAP) - GAP, rows * (SIZE + CAPTION + GAP) - GAP];
  const panels = pictures.map(([name, image], i) => {
    const [left, top] = [
      (i % COLUMNS) * (SIZE + GAP),
      Math.floor(i / COLUMNS) * (SIZE + CAPTION + GAP),
    ];
    return (
      `<g transform="translate(${left} ${top})">` +
      `<g transform="scale(${SIZE / SIDE})" shape-rendering="crispEdges">` +
      `<path d="M0 0h${SIDE}v${SIDE}h-${SIDE}z"/>${shades(image)}</g>` +
      `<text x="${SIZE / 2}" y="${SIZE + 17}">${name}</text></g>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    "<title>One digit, and what each augmentation makes of it</title>",
    "<style>text{font:14px system-ui,sans-serif;text-anchor:middle;fill:#333}" +
      "@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>",
    ...panels,
    "</svg>",
    "",
  ].join("\n");
}

/** One path for each shade but black: runs of pixels along the rows. */
function shades(image) {
  const shade = (h, w) => Math.round(image.get(0, 0, h, w) * (SHADES - 1));
  return Array.from({ length: SHADES - 1 }, (_, i) => {
    const level = i + 1;
    let path = "";
    for (let h = 0; h < SIDE; h++)
      for (let w = 0; w < SIDE; w++) {
        const start = w;
        while (w < SIDE && shade(h, w) === level) w++;
        if (w > start) path += `M${start} ${h}h${w - start}v1h${start - w}z`;
      }
    const grey = Math.round((255 * level) / (SHADES - 1));
    return path === "" ? "" : `<path fill="rgb(${grey},${grey},${grey})" d="${path}"/>`;
  }).join("");
}
