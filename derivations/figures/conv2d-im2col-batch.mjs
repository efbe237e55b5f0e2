/** A batch: one matrix of columns for each image, the same filters for all. */
import { conv2dForward } from "leibniz/backprop";
import { diagram, label, slab } from "leibniz/figures";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/geometry.ts",
  find: "const spanH = dilationH * (kH - 1) + 1;",
  replace: "const spanH = kH + 1;",
};

const N = 3;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const x = Tensor.zeros([N, 1, 28, 28], "float32");
  const weight = Tensor.zeros([16, 1, 3, 3], "float32");
  const { out, cache } = await conv2dForward(x, weight, null);
  const [, , R, P] = cache.cols.shape;
  const K = out.shape[1];
  const middle = (at, y, text, soft) => label([at, y], text, { anchor: "middle", soft });
  const [left, right] = [124, 278];
  const sheets = (at, front, series) =>
    [...Array(N).keys()].reverse().flatMap((n) => {
      const sheet = { at: [at + n * 13, 74 - n * 13], front, depth: 8, series };
      return [slab(sheet)];
    });
  return diagram({
    title: "For a batch, one product for each image",
    description:
      "One matrix of filters times three matrices of columns, one for each image, gives three " +
      "matrices of output.",
    width: 410,
    height: 210,
    content: [
      slab({ at: [14, 86], front: [64, 48], depth: 8, series: 1 }),
      middle(46, 168, "filters"),
      middle(46, 187, `[${K}, ${R}]`),
      middle(102, 114, "·"),
      ...sheets(left, [90, 64], 0),
      middle(left + 52, 168, "cols"),
      middle(left + 52, 187, `[${N}, ${R}, ${P}]`),
      middle(264, 114, "="),
      ...sheets(right, [90, 48], 2),
      middle(right + 52, 168, "out"),
      middle(right + 52, 187, `[${N}, ${K}, ${P}]`),
    ],
  });
}
