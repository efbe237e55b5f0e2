/** How far a number sees that three layers of filters have come to. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { arrow, cellCentre, cells, diagram, label } from "leibniz/figures";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/im2col.ts",
  find: "target[w]! += source[colStart + q]!",
  replace: "target[w]! += 2 * source[colStart + q]!",
};

const [PIXELS, LAYERS] = [9, 3];
const [SIZE, LEFT, TOP, STEP] = [28, 16, 34, 76];

/** @returns {Promise<string>} */
export default async function draw() {
  const ones = Tensor.full([1, 1, 1, 3], 1);
  const same = { padding: [0, 1] };
  const passes = [];
  let x = Tensor.zeros([1, 1, 1, PIXELS]);
  for (let layer = 0; layer < LAYERS; layer++) {
    const { out, cache } = await conv2dForward(x, ones, null, same);
    passes.push(cache);
    x = out;
  }
  // one number at the top, and the ways by which it reaches the numbers below
  let ways = Tensor.zeros([1, 1, 1, PIXELS]);
  ways.set([0, 0, 0, (PIXELS - 1) / 2], 1);
  const rows = [[...ways.data]];
  for (const cache of passes.reverse()) {
    ways = (await conv2dBackward(ways, cache)).dX;
    rows.push([...ways.data]);
  }
  const strip = (row) => ({
    at: [LEFT, TOP + row * STEP],
    size: SIZE,
    values: [rows[row].map((value) => (value === 0 ? null : value))],
    seriesOf: (_, c) => (rows[row][c] === 0 ? null : 0),
  });
  const place = (row, c, side) => {
    const [x, y] = cellCentre(strip(row), 0, c);
    return [x, y + side * (SIZE / 2)];
  };
  const lines = rows
    .slice(0, -1)
    .flatMap((row, r) =>
      row.flatMap((value, c) =>
        value === 0
          ? []
          : [-1, 0, 1].map((step) =>
              arrow(place(r + 1, c + step, -1), place(r, c, 1), { headless: true }),
            ),
      ),
    );
  const seen = (row) => rows[row].filter((value) => value !== 0).length;
  const names = ["third layer", "second layer", "first layer", "image"];
  return diagram({
    title: "How far one number sees through three layers of filters",
    description:
      "One number of the third layer sees three of the second, five of the first and seven pixels " +
      "of the image. In each square the number of ways that lead from it to the top: 1, 3, 6, 7, " +
      "6, 3, 1 for the pixels.",
    width: LEFT + PIXELS * SIZE + 104,
    height: TOP + LAYERS * STEP + SIZE + 30,
    content: [
      ...lines,
      ...rows.map((_, r) => cells(strip(r))),
      ...rows.flatMap((_, r) => [
        label([LEFT + PIXELS * SIZE + 10, TOP + r * STEP + 13], names[r], { size: 12 }),
        label([LEFT + PIXELS * SIZE + 10, TOP + r * STEP + 28], `sees ${seen(r)}`, {
          soft: true,
          size: 12,
        }),
      ]),
      label([LEFT, 18], "filters of three weights, stride 1"),
      label(
        [LEFT, TOP + LAYERS * STEP + SIZE + 20],
        "In each square: the ways from it to the top.",
        {
          soft: true,
          size: 12,
        },
      ),
    ],
  });
}
