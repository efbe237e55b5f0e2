/** The full convolution: dOut in its frame, the turned filter over it, and one pixel of dX. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "overlap-overwritten";

const [SIZE, ROW, COLUMN] = [32, 1, 1];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const filter = [
    [1, 0, -1],
    [2, 1, 0],
  ];
  const upstream = [
    [1, 2],
    [-1, 3],
  ];
  const x = tensor([
    [
      [
        [1, 2, 0, 3],
        [0, 1, 4, 1],
        [2, 0, 1, 5],
      ],
    ],
  ]);
  const { cache } = await conv2dForward(x, tensor([[filter]]), null);
  const { dX } = await conv2dBackward(tensor([[upstream]]), cache);
  const turned = [...filter].reverse().map((row) => [...row].reverse());
  const framed = Array.from({ length: 4 }, (_, a) =>
    Array.from({ length: 6 }, (_, b) => upstream[a - 1]?.[b - 2] ?? 0),
  );
  const terms = turned.flatMap((row, i) =>
    row.map((weight, j) => {
      const value = framed[ROW + i][COLUMN + j];
      const bracket = (number) => (number < 0 ? `(−${-number})` : `${number}`);
      return `${bracket(weight)}·${bracket(value)}`;
    }),
  );
  const result = dX.toNested()[0][0];
  return diagram({
    title: "The turned filter slides over the framed gradient",
    description:
      "The gradient 1 2 over −1 3 in a frame of zeros, one row above and below, two columns left " +
      "and right. The turned filter lies over six numbers, and the sum of the products is 8, the " +
      "pixel in row 1 and column 1 of dX.",
    width: 400,
    height: 434,
    content: [
      cells({ at: [30, 40], values: filter, size: SIZE, title: "filter" }),
      arrow([140, 72], [232, 72]),
      label([186, 62], "half a turn", { soft: true, anchor: "middle" }),
      cells({ at: [246, 40], values: turned, size: SIZE, title: "flipped", seriesOf: () => 0 }),
      cells({
        at: [30, 150],
        values: framed,
        size: SIZE,
        title: "dOut in its frame of zeros",
        padding: [1, 2],
        seriesOf: (a, b) => (a >= 1 && a < 3 && b >= 2 && b < 4 ? 1 : null),
        windows: [{ row: ROW, column: COLUMN, size: [2, 3], series: 0 }],
      }),
      label([234, 204], "products under", { soft: true }),
      label([234, 222], "the window, added:", { soft: true }),
      label([234, 244], `dX = ${result[ROW][COLUMN]}`, { series: 0 }),
      label([14, 300], `${terms.join(" + ")} = ${result[ROW][COLUMN]}`, { size: 12.5 }),
      arrow([94, 282 + 26], [94, 324]),
      cells({
        at: [30, 328],
        values: result,
        size: SIZE,
        windows: [{ row: ROW, column: COLUMN, size: [1, 1], series: 0, filled: true }],
      }),
      label([172, 372], "dX: such a sum at each"),
      label([172, 390], "place of the window"),
    ],
  });
}
