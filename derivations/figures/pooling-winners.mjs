/** Windows that overlap: who won each, and where the gradient goes back to. */
import { maxPool2dBackward, maxPool2dForward } from "leibniz/backprop";
import { arrow, cellCentre, cells, diagram, label, formatNumber } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "shared-winner-overwritten";

const X = [
  [1, 5, 5, 2],
  [0, 4, 3, 5],
  [3, 1, 2, 2],
];
const D_OUT = [
  [6, -12],
  [18, 12],
];
const SIZE = 34;

/** @returns {Promise<string>} */
export default async function draw() {
  const { out, cache } = await maxPool2dForward(tensor([[X]]), { kernelSize: [2, 3], stride: 1 });
  const { dX } = await maxPool2dBackward(tensor([[D_OUT]]), cache);
  const { W } = cache.geometry;
  const rows = (t) =>
    Array.from({ length: t.shape[2] }, (_, h) =>
      Array.from({ length: t.shape[3] }, (_, w) => t.get(0, 0, h, w)),
    );
  const winners = [...cache.argmax.data].map((at) => [Math.floor(at / W), at % W]);
  const seriesOf = (p, q) => 2 * p + q;
  const isWinner = (h, w) => winners.some(([row, column]) => row === h && column === w);
  // one below the other: each window in a copy of x of its own
  const small = 21;
  const views = winners.map(([h, w], window) => {
    const [p, q] = [Math.floor(window / 2), window % 2];
    const view = {
      at: [14 + q * 200, 44 + p * 122],
      size: small,
      values: X,
      title: `window (${p}, ${q})`,
      windows: [
        { row: p, column: q, size: [2, 3], series: window },
        { row: h, column: w, size: [1, 1], series: window, filled: true },
      ],
      isPale: (row, column) => row < p || row > p + 1 || column < q || column > q + 2,
    };
    const edge = view.at[0] + 4 * small;
    return (
      cells(view) +
      arrow([edge + 6, view.at[1] + 31], [edge + 34, view.at[1] + 31], { series: window }) +
      label([edge + 42, view.at[1] + 36], String(out.get(0, 0, p, q)), { series: window })
    );
  });
  const below = { at: [14, 318], size: SIZE, values: D_OUT, seriesOf };
  const back = {
    at: [222, 283],
    size: SIZE,
    // without zeros, which the arrows would go through
    values: rows(dX).map((row, h) => row.map((value, w) => (isWinner(h, w) ? value : null))),
    title: "dX",
    windows: [...new Set(cache.argmax.data)].map((at) => ({
      row: Math.floor(at / W),
      column: at % W,
      size: [1, 1],
      series: [...cache.argmax.data].indexOf(at),
    })),
  };
  const ways = winners.map(([h, w], window) => {
    const from = cellCentre(below, Math.floor(window / 2), window % 2);
    const to = cellCentre(back, h, w);
    const bend = [-34, -10, 26, 44][window];
    return arrow([from[0] + 9, from[1] + (window < 2 ? -9 : 9)], [to[0] - 13, to[1]], {
      series: window,
      bend,
    });
  });
  return diagram({
    title: "The gradient of each window goes to its winner",
    description:
      "Four overlapping windows with their winners, and below the gradient of each, which is " +
      `added to its winner's: the pixel that won twice gets ${formatNumber(dX.get(0, 0, 0, 1))}.`,
    width: 380,
    height: 446,
    content: [
      ...views,
      label([14, 128], "a tie: the first 5 wins", { soft: true, size: 12 }),
      label([214, 128], "a tie: the first 5 wins", { soft: true, size: 12 }),
      label([14, 310], "dOut"),
      label([14, 424], "dX: empty is 0", { soft: true, size: 12 }),
      label(
        [200, 424],
        `won twice: ${D_OUT[0][0]} − ${-D_OUT[0][1]} = ${formatNumber(dX.get(0, 0, 0, 1))}`,
        {
          size: 12,
        },
      ),
      cells(below),
      cells(back),
      ...ways,
    ],
  });
}
