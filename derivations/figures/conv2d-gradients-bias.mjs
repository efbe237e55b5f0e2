/** The gradient of a bias: the sum over all windows of all images. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label, formatNumber } from "leibniz/figures";
import { tensor, Tensor } from "leibniz/tensor";

export const breaks = "conv-bias-averaged";

const SIZE = 36;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const dOut = tensor([
    [
      [
        [1, 2],
        [-1, 3],
      ],
    ],
    [
      [
        [0, -2],
        [4, 1],
      ],
    ],
  ]);
  const { cache } = await conv2dForward(
    Tensor.full([2, 1, 3, 4], 1, "float64"),
    Tensor.full([1, 1, 2, 3], 1, "float64"),
    tensor([0]),
  );
  const { dBias } = await conv2dBackward(dOut, cache);
  const images = [0, 1].map((n) => ({
    at: [56 + 200 * n, 48],
    values: dOut.toNested()[n][0],
    size: SIZE,
    seriesOf: () => 1,
    title: `dOut, image ${n}`,
  }));
  const sum = {
    at: [182, 180],
    values: dBias.reshape([1, 1]).toNested(),
    size: SIZE,
    seriesOf: () => 1,
  };
  const arrows = images.flatMap(({ at }, n) =>
    [0, 1].map((c) =>
      arrow(
        [at[0] + (c + 0.5) * SIZE, at[1] + 2 * SIZE + 3],
        [sum.at[0] + (n === 0 ? 0.15 + 0.2 * c : 0.65 + 0.2 * c) * SIZE, sum.at[1] - 3],
        { series: 1 },
      ),
    ),
  );
  const all = dOut.reshape([8]).toNested();
  const terms = all.map((d, i) => (i === 0 ? `${d}` : d < 0 ? ` − ${-d}` : ` + ${d}`)).join("");
  return diagram({
    title: "The gradient of a bias is a sum",
    description:
      "The upstream gradients of one filter, four windows in each of two images, are all added to " +
      "one number, the gradient of the bias.",
    width: 400,
    height: 254,
    content: [
      ...images.map(cells),
      ...arrows,
      cells(sum),
      label([172, 203], "dBias", { anchor: "end" }),
      label([200, 240], `${terms} = ${formatNumber(dBias.item())}`, { anchor: "middle" }),
    ],
  });
}
