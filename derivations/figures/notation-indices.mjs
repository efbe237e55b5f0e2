/** Which way the indices of a convolution run: in the image, in the filter and in the output. */
import { conv2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "filter-rotated-forward";

const X = [
  [1, 0, 2, 1, 3],
  [0, 3, 1, 0, 1],
  [2, 1, 0, 4, 0],
  [1, 2, 2, 0, 1],
];
const FILTER = [
  [1, 0, 2],
  [0, 1, 0],
];
/** The window that is shown. */
const [P, Q] = [1, 2];
const SIZE = 28;

/** @returns {Promise<string>} */
export default async function draw() {
  const { out } = await conv2dForward(tensor([[X]]), tensor([[FILTER]]), null);
  const [outH, outW] = out.shape.slice(2);
  const outputs = Array.from({ length: outH }, (_, p) =>
    Array.from({ length: outW }, (_, q) => out.get(0, 0, p, q)),
  );
  const image = { at: [44, 62], values: X };
  const filter = { at: [256, 62], values: FILTER };
  const output = { at: [44, 256], values: outputs };
  /** Arrows along the rows and down the columns, with the names of their indices. */
  const axes = ({ at: [x, y], values }, down, along) => [
    arrow([x - 12, y], [x - 12, y + values.length * SIZE]),
    label([x - 26, y + (values.length * SIZE) / 2 + 4], down, { anchor: "middle", italic: true }),
    arrow([x, y - 10], [x + values[0].length * SIZE, y - 10]),
    label([x + (values[0].length * SIZE) / 2, y - 18], along, { anchor: "middle", italic: true }),
  ];
  const name = ([x, y], text) => label([x, y - 40], text);
  return diagram({
    title: "Which way indices run",
    description:
      "An image with h down and w to the right, a filter with i down and j to the right, and the " +
      "output with p down and q to the right. The window p = 1, q = 2 is marked in the image, and " +
      "so is its entry of the output.",
    width: 372,
    height: 360,
    content: [
      name(image.at, "image x[h, w]"),
      ...axes(image, "h", "w"),
      cells({ ...image, windows: [{ row: P, column: Q, size: [2, 3], series: 1, filled: true }] }),
      name(filter.at, "filter [i, j]"),
      ...axes(filter, "i", "j"),
      cells({ ...filter, seriesOf: () => 1 }),
      name(output.at, "output out[p, q]"),
      ...axes(output, "p", "q"),
      cells({ ...output, windows: [{ row: P, column: Q, size: [1, 1], series: 1, filled: true }] }),
      label([176, 276], `window p = ${P}, q = ${Q}:`, { size: 12 }),
      label([176, 296], "Σ weight[i, j] · x[p + i, q + j]", { size: 12 }),
      label([176, 316], `= ${out.get(0, 0, P, Q)}`, { size: 12 }),
    ],
  });
}
