/** The whole forward pass as one product of two matrices. */
import { conv2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { tensor } from "leibniz/tensor";

export const breaks = "filter-rotated-forward";

const [SIZE, LEFT, TOP] = [28, 34, 62];
const SERIES = [0, 1, 2, 3];

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
  const weight = tensor([
    [
      [
        [1, 0, -1],
        [2, 1, 0],
      ],
    ],
    [
      [
        [0, 1, 0],
        [1, -1, 2],
      ],
    ],
  ]);
  const geometry = conv2dGeometry("figure", 3, 4, { kernelSize: [2, 3] });
  const { out } = await conv2dForward(x, weight, null);
  const [cols] = im2col(x, geometry).toNested();
  const [K, R, P] = [weight.shape[0], cols.length, cols[0].length];
  const filters = weight.reshape([K, R]).toNested();
  const rows = out.reshape([K, P]).toNested();
  const colsAt = LEFT + R * SIZE + 20;
  const low = TOP + R * SIZE + 18;
  const mapAt = (k) => colsAt - 24 + k * 104;
  const chosen = 1;
  return diagram({
    title: "A convolution as one product of two matrices",
    description:
      "Two filters, one in each row, times the four windows, one in each column, give two rows of " +
      "four numbers. Row by row they are the two output channels.",
    width: 400,
    height: low + 2 * SIZE + 130,
    content: [
      // the shape of school: the second factor above the result, the first one beside it
      label([colsAt + 2 * SIZE, TOP - 30], "cols", { anchor: "middle" }),
      ...cols[0].map((_, s) =>
        label([colsAt + (s + 0.5) * SIZE, TOP - 8], `s=${s}`, {
          anchor: "middle",
          size: 12,
          series: SERIES[s],
        }),
      ),
      cells({
        at: [colsAt, TOP],
        values: cols,
        size: SIZE,
        seriesOf: (_, s) => SERIES[s],
        windows: [{ row: 0, column: chosen, size: [R, 1], series: chosen }],
      }),
      label([LEFT + 3 * SIZE, low - 10], "filters", { anchor: "middle" }),
      ...filters.map((_, k) =>
        label([LEFT - 4, low + (k + 0.5) * SIZE + 4], `k=${k}`, { anchor: "end", size: 12 }),
      ),
      cells({
        at: [LEFT, low],
        values: filters,
        size: SIZE,
        windows: [{ row: 0, column: 0, size: [1, R], series: 5, filled: true }],
      }),
      cells({
        at: [colsAt, low],
        values: rows,
        size: SIZE,
        seriesOf: (_, s) => SERIES[s],
        windows: [{ row: 0, column: chosen, size: [1, 1], series: chosen }],
      }),
      label([colsAt + P * SIZE + 10, low + SIZE + 5], "out"),
      label([LEFT - 28, TOP + 8], "k counts filters", { soft: true }),
      label([LEFT - 28, TOP + 28], "s counts windows", { soft: true }),
      label([LEFT - 28, TOP + 62], `${line(filters[0], cols, chosen, 0)}`),
      label([LEFT - 28, TOP + 84], `${line(filters[0], cols, chosen, 3)} = ${rows[0][chosen]}`),
      ...rows.flatMap((row, k) => [
        arrow([colsAt + 2 * SIZE, low + 2 * SIZE + 6], [mapAt(k) + SIZE, low + 2 * SIZE + 44]),
        cells({
          at: [mapAt(k), low + 2 * SIZE + 48],
          values: [row.slice(0, 2), row.slice(2)],
          size: SIZE,
          seriesOf: (p, q) => SERIES[p * 2 + q],
        }),
        label([mapAt(k) + SIZE, low + 4 * SIZE + 64], `map ${k}`, { anchor: "middle", soft: true }),
      ]),
    ],
  });
}

/** Three products of a row and a column. */
function line(weights, cols, s, from) {
  return weights
    .slice(from, from + 3)
    .map((weight, i) => {
      const sign = weight < 0 ? "− " : from + i === 0 ? "" : "+ ";
      return `${sign}${Math.abs(weight)}·${cols[from + i][s]}`;
    })
    .join(" ");
}
