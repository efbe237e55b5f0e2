/** One number, the bias, is added to every entry of the output. */
import { conv2dForward } from "leibniz/backprop";
import { cells, diagram, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/backprop/conv2d.ts",
  find: "bias?.reshape([G, K / G]) ?? null",
  replace: "null",
};

const [SIZE, TOP] = [26, 34];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const x = tensor([
    [
      [
        [1, 2, 0, 3],
        [0, 1, 4, 1],
        [2, 0, 1, 5],
      ],
    ],
  ]);
  const weight = tensor([
    [
      [
        [1, 0, -1],
        [2, 1, 0],
      ],
    ],
  ]);
  const bias = tensor([10]);
  const plain = await conv2dForward(x, weight, null);
  const { out } = await conv2dForward(x, weight, bias);
  const [low, middle] = [TOP + SIZE / 2, TOP + 1.5 * SIZE + 5];
  const sign = (at, text) => label([at, middle], text, { anchor: "middle" });
  const block = (at, top, values, title, series) =>
    cells({ at: [at, top], values, size: SIZE, title, seriesOf: () => series ?? null });
  return diagram({
    title: "The bias is added to every entry",
    description: "Image and filter give four sums. One bias, 10, is added to each of them.",
    width: 410,
    height: TOP + 3 * SIZE + 12,
    content: [
      block(6, TOP, x.toNested()[0][0], "image"),
      label([122, middle + 1], "⋆", { anchor: "middle", size: 20 }),
      block(134, low, weight.toNested()[0][0], "filter"),
      sign(224, "="),
      block(236, low, plain.out.toNested()[0][0]),
      sign(300, "+"),
      block(312, TOP + SIZE, [bias.toNested()], "bias", 1),
      sign(346, "="),
      block(356, low, out.toNested()[0][0], "out", 1),
    ],
  });
}
