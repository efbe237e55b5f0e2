/** One small filter, and the matrix that does the same. */
import { conv2dForward } from "leibniz/backprop";
import { cells, diagram, label } from "leibniz/figures";
import { Tensor, tensor } from "leibniz/tensor";

export const breaks = "filter-rotated-forward";

const [H, W] = [3, 4];
const FILTER = [
  [1, 2, 0],
  [-1, 0, 3],
];
const IMAGE = [
  [1, 0, 2, 1],
  [3, 1, 0, 2],
  [0, 4, 1, -1],
];
const BIAS = 10;
const SIZE = 28;
const [LEFT, TOP, BELOW] = [12, 34, 176];

/** @returns {Promise<string>} */
export default async function draw() {
  const weight = tensor(FILTER).reshape([1, 1, 2, 3]);
  const x = tensor(IMAGE).reshape([1, 1, H, W]);
  const { out } = await conv2dForward(x, weight, tensor([BIAS]));
  const spikes = Tensor.zeros([H * W, 1, H, W], "float64");
  for (let a = 0; a < H * W; a++) spikes.set([a, 0, Math.floor(a / W), a % W], 1);
  const ofPixels = (await conv2dForward(spikes, weight, null)).out.reshape([H * W, 4]);
  const places = (await conv2dForward(spikes, Tensor.full([1, 1, 2, 3], 1, "float64"), null)).out;
  const isUnder = (o, a) => places.reshape([H * W, 4]).get(a, o) !== 0;
  const matrix = [0, 1, 2, 3].map((o) =>
    Array.from({ length: H * W }, (_, a) => (isUnder(o, a) ? ofPixels.get(a, o) : null)),
  );
  const window = { row: 0, column: 1, size: [2, 3], series: 1 };
  return diagram({
    title: "A filter of six weights written as a matrix",
    description:
      "An image of 3 by 4 pixels, a filter of 2 by 3 and the four outputs; below, a matrix of 4 by " +
      "12 with the filter's weights in every row. The second window is marked in the image, its " +
      "row in the matrix, and its output.",
    width: 2 * LEFT + 12 * SIZE + 8,
    height: BELOW + 4 * SIZE + 50,
    content: [
      cells({ at: [LEFT, TOP], values: IMAGE, title: "image", windows: [window] }),
      label([LEFT + 4.5 * SIZE + 2, TOP + 1.6 * SIZE], "∗", { size: 18, anchor: "middle" }),
      cells({ at: [LEFT + 5 * SIZE, TOP], values: FILTER, kind: "signed", title: "filter" }),
      label([LEFT + 9.1 * SIZE, TOP + 1.6 * SIZE], `+ ${BIAS} =`, { size: 15, anchor: "middle" }),
      cells({
        at: [LEFT + 10.2 * SIZE, TOP],
        values: [0, 1].map((p) => [0, 1].map((q) => out.get(0, 0, p, q))),
        title: "output",
        windows: [{ row: 0, column: 1, size: [1, 1], series: 1 }],
      }),
      label([LEFT, BELOW - 26], "the same as a matrix, a column for each pixel"),
      ...Array.from({ length: H * W }, (_, a) =>
        label([LEFT + (a + 0.5) * SIZE, BELOW - 7], `${Math.floor(a / W)} ${a % W}`, {
          anchor: "middle",
          soft: true,
          size: 11,
        }),
      ),
      cells({
        at: [LEFT, BELOW],
        values: matrix,
        kind: "signed",
        windows: [{ row: 1, column: 0, size: [1, H * W], series: 1 }],
      }),
      label([LEFT, BELOW + 4 * SIZE + 18], "times the image as a column of 12 pixels, plus 10:", {
        soft: true,
        size: 12,
      }),
      label([LEFT, BELOW + 4 * SIZE + 34], "the four outputs again. Empty squares are 0.", {
        soft: true,
        size: 12,
      }),
    ],
  });
}
