/** A Jacobian as a grid: its rows make changes of the output, its columns make the gradient. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { BACKWARD, cellCentre, cells, diagram, FORWARD, arrow, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "filter-rotated-twice";

const FILTER = [1, -2, 3];
const CHANGE = [1, 0, 2, -1, 1];
const UPSTREAM = [2, 1, -1];
/** The row and the column that are followed. */
const [ROW, COLUMN] = [1, 2];
const SIZE = 32;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const weight = tensor([[[FILTER]]]);
  const line = (values) => tensor([[[values]]]);
  const { out, cache } = await conv2dForward(line(CHANGE), weight, null);
  const back = async (dOut) => [...(await conv2dBackward(line(dOut), cache)).dX.data];
  const jacobian = await Promise.all(
    UPSTREAM.map((_, j) => back(UPSTREAM.map((_one, k) => (k === j ? 1 : 0)))),
  );
  const dX = await back(UPSTREAM);
  const [J, I] = [UPSTREAM.length, CHANGE.length];
  const grid = { at: [70, 96], size: SIZE, values: jacobian };
  const right = 70 + I * SIZE;
  const bottom = 96 + J * SIZE;
  const change = { at: [70, 34], size: SIZE, values: [CHANGE] };
  const moved = {
    at: [right + 34, 96],
    size: SIZE,
    values: [...out.data].map((value) => [value]),
  };
  const upstream = { at: [right + 108, 96], size: SIZE, values: UPSTREAM.map((value) => [value]) };
  const gradient = { at: [70, bottom + 34], size: SIZE, values: [dX] };
  const one = (row, column, series) => ({ row, column, size: [1, 1], series });
  return diagram({
    title: "A Jacobian: rows forward, columns backward",
    description:
      `The Jacobian of a convolution of ${I} numbers with a filter of ${FILTER.length}: ${J} rows, ` +
      `${I} columns. Row ${ROW} times the changes gives entry ${ROW} of the output's change; ` +
      `column ${COLUMN} times dOut gives entry ${COLUMN} of dX.`,
    width: 420,
    height: bottom + 34 + SIZE + 22,
    content: [
      label([62, 34 + SIZE / 2 + 5], "Δx", { anchor: "end", series: FORWARD }),
      cells({ ...change, windows: [{ row: 0, column: 0, size: [1, I], series: FORWARD }] }),
      label([62, 96 + (J * SIZE) / 2 + 5], "J", { anchor: "end" }),
      cells({
        ...grid,
        isPale: (r, c) => jacobian[r][c] === 0,
        windows: [
          { row: ROW, column: 0, size: [1, I], series: FORWARD },
          { row: 0, column: COLUMN, size: [J, 1], series: BACKWARD },
        ],
      }),
      cells({ ...moved, windows: [one(ROW, 0, FORWARD)] }),
      label([right + 34 + SIZE / 2, 86], "J · Δx", { anchor: "middle", series: FORWARD }),
      arrow([right + 5, cellCentre(grid, ROW, 0)[1]], [right + 30, cellCentre(grid, ROW, 0)[1]], {
        series: FORWARD,
      }),
      cells({ ...upstream, windows: [{ row: 0, column: 0, size: [J, 1], series: BACKWARD }] }),
      label([right + 108 + SIZE / 2, 86], "dOut", { anchor: "middle", series: BACKWARD }),
      cells({ ...gradient, windows: [one(0, COLUMN, BACKWARD)] }),
      label([62, bottom + 34 + SIZE / 2 + 5], "dX", { anchor: "end", series: BACKWARD }),
      arrow(
        [cellCentre(grid, 0, COLUMN)[0], bottom + 5],
        [cellCentre(grid, 0, COLUMN)[0], bottom + 30],
        { series: BACKWARD },
      ),
      label([right + 14, 34 + SIZE / 2 + 5], "forward: a row times Δx", {
        series: FORWARD,
        size: 13,
      }),
      label([right + 14, bottom + 34 + SIZE / 2 + 5], "backward: a column", {
        series: BACKWARD,
        size: 13,
      }),
      label([right + 14, bottom + 34 + SIZE / 2 + 21], "times dOut", {
        series: BACKWARD,
        size: 13,
      }),
    ],
  });
}
