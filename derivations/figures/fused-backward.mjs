/** What goes back through a fused layer: only what winners receive. */
import { convPool2dBackward, convPool2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/kernels/reference/convolve-pool.ts",
  find: "{ rowBias }",
  replace: "{}",
};

const X = [
  [
    [
      [1, 2, 0, 3],
      [0, 1, 4, 1],
      [2, 0, 1, 5],
    ],
  ],
];
const WEIGHT = [
  [
    [
      [1, 0, -1],
      [2, 1, 0],
    ],
  ],
];
const [SIZE, LEFT] = [28, 14];

/** @returns {Promise<string>} */
export default async function draw() {
  const x = tensor(X);
  const options = { conv: {}, pool: { kernelSize: [1, 2] }, rectify: true };
  const { cache } = await convPool2dForward(x, tensor(WEIGHT), tensor([-3]), options);
  const dOut = tensor([[[[4], [7]]]]);
  const winners = await reference.winnersGradient(dOut, cache.argmax, cache.pool);
  const dConv = winners.layOut();
  const { dX, dWeight } = await convPool2dBackward(dOut, cache);
  const rows = ({ data }, columns) =>
    Array.from({ length: data.length / columns }, (_, h) =>
      [...data.slice(h * columns, (h + 1) * columns)].map((value) => (value === 0 ? null : value)),
    );
  const window = { row: 0, column: 1, size: [2, 3], series: 1 };
  const one = { row: 0, column: 1, size: [1, 1], series: 1 };
  const [second, third] = [160, 300];
  const soft = { soft: true, size: 12 };
  return diagram({
    title: "The way back through a fused layer",
    description:
      "Of the gradients 4 and 7 only the 4 has a winner, so the convolution receives a single 4. " +
      "The gradient of the filter is 4 times the winner's window of the image, and the gradient of " +
      "the image is 4 times the filter, laid on that window.",
    width: 344,
    height: third + 3 * SIZE + 14,
    content: [
      cells({ at: [LEFT, 36], values: rows(dOut, 1), title: "dOut" }),
      arrow([LEFT + 40, 36 + SIZE], [LEFT + 100, 36 + SIZE]),
      cells({ at: [LEFT + 112, 36], values: rows(dConv, 2), title: "dConv", windows: [one] }),
      label([LEFT + 182, 56], "4 to the winner;", soft),
      label([LEFT + 182, 73], "7 has no winner", soft),
      label([LEFT, second - 24], "dWeight = 4 · the winner's window"),
      cells({ at: [LEFT, second], values: X[0][0], windows: [window], title: "image" }),
      arrow([LEFT + 120, second + SIZE], [LEFT + 180, second + SIZE]),
      label([LEFT + 150, second + SIZE - 8], "· 4", { anchor: "middle" }),
      cells({
        at: [LEFT + 192, second],
        values: rows(dWeight, 3),
        kind: "signed",
        title: "dWeight",
      }),
      label([LEFT, third - 24], "dX = 4 · the filter, on that window"),
      cells({ at: [LEFT, third], values: WEIGHT[0][0], title: "filter" }),
      arrow([LEFT + 120, third + SIZE], [LEFT + 180, third + SIZE]),
      label([LEFT + 150, third + SIZE - 8], "· 4", { anchor: "middle" }),
      cells({
        at: [LEFT + 192, third],
        values: rows(dX, 4),
        kind: "signed",
        windows: [window],
        title: "dX",
      }),
    ],
  });
}
