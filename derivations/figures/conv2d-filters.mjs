/** K filters over one image make K channels, and each has a bias. */
import { conv2dForward } from "leibniz/backprop";
import { arrow, diagram, label, slab } from "leibniz/figures";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/geometry.ts",
  find: "const spanH = dilationH * (kH - 1) + 1;",
  replace: "const spanH = kH + 1;",
};

const FILTERS = 16;
/** Of the filters that are drawn, and of the sheets that they make. */
const SERIES = [1, 2, 3];

/** Where an arrow meets each of the sheets. */
const MAPS = [
  [263, 160],
  [281, 96],
  [307, 74],
];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const x = Tensor.zeros([1, 3, 256, 256], "float32");
  const weight = Tensor.zeros([FILTERS, 3, 3, 3], "float32");
  const bias = Tensor.zeros([FILTERS], "float32");
  const { out } = await conv2dForward(x, weight, bias);
  const shape = ({ shape: extents }, from) => `(${extents.slice(from).join(", ")})`;
  const middle = (at, y, text, soft) => label([at, y], text, { anchor: "middle", soft });
  const image = { at: [10, 104], front: [84, 84], depth: 30, series: 0, sheets: 3 };
  const filters = SERIES.map((series, k) => ({
    at: [166, 166 - k * 52 - (k === 2 ? 18 : 0)],
    front: [26, 26],
    depth: 26,
    series,
    sheets: 3,
  }));
  // the sheets lie behind each other, the first one in front
  const stack = (left, top, side, depth) =>
    [...SERIES.keys()].reverse().map((k) =>
      slab({
        at: [left + k * 17 + (k === 2 ? 10 : 0), top - k * 17 - (k === 2 ? 10 : 0)],
        front: [side, side],
        depth,
        series: SERIES[k],
      }),
    );
  const low = 280;
  return diagram({
    title: "A bank of filters makes one channel each",
    description:
      `${FILTERS} filters run over the same picture. Each makes one sheet of the output, and to ` +
      "each sheet one bias is added.",
    width: 410,
    height: 446,
    content: [
      slab(image),
      middle(60, 230, "picture"),
      middle(60, 249, shape(x, 1)),
      ...filters.map((filter) => slab(filter)),
      label([128, 150], "⋆", { anchor: "middle", size: 22 }),
      middle(180, 92, "⋮"),
      middle(186, 230, `${FILTERS} filters`),
      middle(186, 249, shape(weight, 0)),
      ...filters.map(({ at: [left, top] }, k) =>
        arrow([left + 48, top + 6], MAPS[k], { series: SERIES[k] }),
      ),
      ...stack(266, 108, 84, 8),
      middle(322, 230, `${FILTERS} maps`),
      middle(322, 249, shape(out, 1)),
      ...stack(20, low + 50, 70, 8),
      middle(70, 416, "maps"),
      middle(70, 435, shape(out, 1)),
      middle(146, 368, "+"),
      ...stack(180, low + 80, 14, 8),
      middle(206, 416, "bias"),
      middle(206, 435, shape(bias, 0)),
      middle(262, 368, "="),
      ...stack(282, low + 50, 70, 8),
      middle(334, 416, "out"),
      middle(334, 435, shape(out, 1)),
    ],
  });
}
