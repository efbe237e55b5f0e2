/** The identity that says what an adjoint is, in numbers. */
import { diagram, cells, label } from "leibniz/figures";
import { col2im, conv2dGeometry, im2col } from "leibniz/im2col";
import { multiply, sum, tensor } from "leibniz/tensor";

export const breaks = "overlap-overwritten";

const SIZE = 26;

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
  const y = tensor([
    [
      [1, 0, 2, -1],
      [0, 1, 0, 1],
      [2, -1, 0, 0],
      [0, 3, 1, 0],
      [1, 0, -2, 1],
      [0, 1, 0, 2],
    ],
  ]);
  const geometry = conv2dGeometry("figure", 3, 4, { kernelSize: [2, 3] });
  const [cols, back] = [im2col(x, geometry), col2im(y, 1, geometry)];
  const [above, below] = [sum(multiply(cols, y)).item(), sum(multiply(x, back)).item()];
  const [left, right] = [30, 180];
  const table = (at, values, title, series) =>
    cells({ at, values, size: SIZE, title, seriesOf: () => series });
  return diagram({
    title: "Two inner products that agree",
    description:
      "Above, the columns of an image times other columns y, entry by entry and added up. Below, " +
      "the image times col2im of y. Both sums are the same number.",
    width: 400,
    height: 396,
    content: [
      table([left, 44], cols.toNested()[0], "im2col(x)", 0),
      label([158, 126], "⊙", { anchor: "middle", size: 17 }),
      table([right, 44], y.toNested()[0], "y", 1),
      label([302, 128], `Σ = ${above}`, { size: 17 }),
      label([330, 222], "=", { anchor: "middle", size: 17 }),
      table([left, 264], x.toNested()[0][0], "x", 0),
      label([158, 308], "⊙", { anchor: "middle", size: 17 }),
      table([right, 264], back.toNested()[0][0], "col2im(y)", 1),
      label([302, 308], `Σ = ${below}`, { size: 17 }),
      label([14, 376], "multiplied entry by entry, and added up", { soft: true }),
    ],
  });
}
