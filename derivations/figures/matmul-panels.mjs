/** A wide matrix as it is in memory, and copied into panels of eight columns. */
import { arrow, cells, diagram, label } from "leibniz/figures";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/tensor/shape.ts",
  find: "stride[axis] = step;",
  replace: "stride[axis] = 2 * step;",
};

const [ROWS, COLUMNS, PANEL] = [4, 16, 8];
const [SIZE, LEFT] = [22, 14];

/** @returns {Promise<string>} */
export default async function draw() {
  const positions = Array.from({ length: ROWS * COLUMNS }, (_, at) => at);
  const B = Tensor.from(positions, [ROWS, COLUMNS], "float64");
  const inRows = ({ data, shape: [rows, columns] }) =>
    Array.from({ length: rows }, (_, r) => [...data.slice(r * columns, (r + 1) * columns)]);
  const panels = [0, 1].map((t) => B.slice(null, [t * PANEL, (t + 1) * PANEL]).contiguous());
  const middle = LEFT + PANEL * SIZE;
  const below = 50 + ROWS * SIZE + 64;
  return diagram({
    title: "Panels of eight columns",
    description:
      "A matrix of 4 by 16 numbers, with their positions in memory: a tile that walks down eight " +
      "columns jumps by 16 from row to row. Copied into two panels, each panel's rows follow each " +
      "other in memory.",
    width: 2 * LEFT + COLUMNS * SIZE,
    height: below + ROWS * SIZE + 48,
    content: [
      label([LEFT, 18], "B, each number with its position in memory"),
      label([middle, 40], "a tile: steps of 16", { soft: true, size: 12 }),
      cells({
        at: [LEFT, 50],
        size: SIZE,
        values: inRows(B),
        seriesOf: (_, c) => (c < PANEL ? 0 : 1),
        windows: Array.from({ length: ROWS }, (_, row) => ({
          row,
          column: PANEL,
          size: [1, PANEL],
          series: 1,
        })),
      }),
      arrow([LEFT + 4 * SIZE, 56 + ROWS * SIZE], [LEFT + 4 * SIZE, below - 24]),
      arrow([middle + 4 * SIZE, 56 + ROWS * SIZE], [middle + 4 * SIZE, below - 24]),
      label([middle - 8, below - 32], "copied", { anchor: "middle", soft: true, size: 12 }),
      label([LEFT, below - 8], "panel 0", { size: 12 }),
      label([middle + 10, below - 8], "panel 1", { size: 12 }),
      cells({ at: [LEFT, below], size: SIZE - 1, values: inRows(panels[0]), seriesOf: () => 0 }),
      cells({
        at: [middle + 10, below],
        size: SIZE - 1,
        values: inRows(panels[1]),
        seriesOf: () => 1,
        windows: [{ row: 0, column: 0, size: [ROWS, PANEL], series: 1 }],
      }),
      label([LEFT, below + ROWS * SIZE + 16], "The numbers keep their old positions. The rows", {
        soft: true,
        size: 12,
      }),
      label([LEFT, below + ROWS * SIZE + 33], "of a panel follow each other: no steps of 16.", {
        soft: true,
        size: 12,
      }),
    ],
  });
}
