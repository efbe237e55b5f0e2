/** Flatten: two channels become one row, and the gradient goes back to the same places. */
import { flattenBackward, flattenForward } from "leibniz/backprop";
import { arrow, BACKWARD, cellCentre, cells, diagram, FORWARD, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "flatten-in-another-order";

const IMAGE = [
  [
    [10, 11, 12],
    [13, 14, 15],
  ],
  [
    [16, 17, 18],
    [19, 20, 21],
  ],
];
const UPSTREAM = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];
/** The entry that is followed: channel, row, column. */
const FOLLOWED = [1, 1, 1];
const SIZE = 31;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const { out, cache } = await flattenForward(tensor([IMAGE]));
  const { dX } = await flattenBackward(tensor([UPSTREAM]), cache);
  const [c, h, w] = FOLLOWED;
  const place = [...out.data].indexOf(IMAGE[c][h][w]);
  const [height, width] = [IMAGE[0].length, IMAGE[0][0].length];
  const lefts = [84, 84 + width * SIZE + 58];
  const left = 24;
  const series = [0, 1];
  const tops = [44, 44 + height * SIZE + 62, 0, 0];
  tops[2] = tops[1] + SIZE + 84;
  tops[3] = tops[2] + height * SIZE + 62;
  const channels = (top, values, name) =>
    values.flatMap((channel, k) => [
      cells({
        at: [lefts[k], top],
        size: SIZE,
        values: channel,
        title: `${name}, channel ${k}`,
        seriesOf: () => series[k],
        windows: k === c ? [{ row: h, column: w, size: [1, 1], series: 2 }] : [],
      }),
    ]);
  const row = (top, values, title) => ({ at: [left, top], size: SIZE, values: [values], title });
  const rowCells = (options) =>
    cells({
      ...options,
      seriesOf: (_, k) => series[Math.floor(k / (height * width))],
      windows: [{ row: 0, column: place, size: [1, 1], series: 2 }],
    });
  const backed = IMAGE.map((channel, k) =>
    channel.map((line, r) => line.map((_, q) => dX.get(0, k, r, q))),
  );
  const [x, y] = cellCentre({ at: [lefts[c], tops[0]], size: SIZE }, h, w);
  const [end] = cellCentre(row(tops[1], []), 0, place);
  const [to, bottom] = cellCentre({ at: [lefts[c], tops[2]], size: SIZE }, h, w);
  const [channel, line, column] = [`${c} · ${height}`, h, w];
  return diagram({
    title: "Flatten changes the shape and no number",
    description:
      `An image of two channels of ${height} rows and ${width} columns becomes a row of ` +
      `${UPSTREAM.length}: channel 0 row by row, then channel 1. Channel ${c}, row ${h}, column ` +
      `${w} goes to place ${place}, and its gradient comes back from there.`,
    width: 420,
    height: tops[3] + SIZE + 14,
    content: [
      ...channels(tops[0], IMAGE, "x"),
      rowCells(row(tops[1], [...out.data])),
      arrow([x, y + SIZE / 2 + 3], [end, tops[1] - 4], { series: FORWARD }),
      label([left, tops[1] - 10], "out: the same numbers in a row", { size: 13 }),
      label(
        [left, tops[1] + SIZE + 20],
        `the place of ${IMAGE[c][h][w]}: (${channel} + ${line}) · ${width} + ${column} = ${place}`,
        { size: 13, soft: true },
      ),
      ...channels(tops[2], backed, "dX"),
      rowCells(row(tops[3], UPSTREAM)),
      arrow([end, tops[3] - 4], [to, bottom + SIZE / 2 + 3], { series: BACKWARD }),
      label([left, tops[3] - 10], "dOut: some gradient, a row", { size: 13 }),
    ],
  });
}
