/** The shapes when a filter runs over a picture in colour. */
import { conv2dForward } from "leibniz/backprop";
import { arrow, diagram, label, onSlab, slab } from "leibniz/figures";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/geometry.ts",
  find: "const spanH = dilationH * (kH - 1) + 1;",
  replace: "const spanH = kH + 1;",
};

const SERIES = [1, 2, 0];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const x = Tensor.zeros([1, 3, 256, 256], "float32");
  const weight = Tensor.zeros([1, 3, 3, 3], "float32");
  const { out } = await conv2dForward(x, weight, null);
  const shape = (tensor) => `(${tensor.shape.slice(1).join(", ")})`;
  // three sheets, the last one drawn first
  const sheets = (at, front, gap, depth) =>
    [...SERIES.keys()].reverse().map((c) => ({
      at: [at[0] + c * gap, at[1] - c * gap],
      front,
      depth,
      series: SERIES[c],
    }));
  const image = sheets([16, 78], [120, 120], 13, 10);
  const small = sheets([216, 132], [30, 30], 13, 10);
  const output = { at: [294, 66], front: [100, 100], depth: 10, series: 5 };
  // the window on the first sheet, and the pixel that becomes of it
  const [left, top, side] = [52, 104, 24];
  const window = { at: [left, top], front: [side, side], depth: 44, series: 3 };
  const pixel = onSlab(output, 0.36, 0.26);
  const texts = (at, name, shapeOf, said) => [
    label([at, 228], name, { anchor: "middle" }),
    label([at, 247], shapeOf, { anchor: "middle" }),
    label([at, 266], said, { anchor: "middle", soft: true, size: 13 }),
  ];
  return diagram({
    title: "A picture in colour, a filter and the map that it makes",
    description:
      "Three sheets of 256 × 256 pixels, red, green and blue; a filter of three sheets of 3 × 3; " +
      `and one sheet of ${out.shape.slice(2).join(" × ")}.`,
    width: 410,
    height: 280,
    content: [
      ...image.map((sheet) => slab(sheet)),
      slab(window),
      ...small.map((sheet) => slab(sheet)),
      slab(output),
      arrow(onSlab(window, 1, 0.5, 0.3), pixel, { series: 3, bend: -62 }),
      label([pixel[0], pixel[1] + 12], "■", { anchor: "middle", series: 3, size: 12 }),
      label([190, 155], "⋆", { anchor: "middle", size: 22 }),
      label([281, 155], "=", { anchor: "middle" }),
      ...texts(84, "picture", shape(x), "(C, H, W)"),
      ...texts(226, "one filter", shape(weight), "(C, kH, kW)"),
      ...texts(348, "one map", shape(out), "(1, outH, outW)"),
    ],
  });
}
