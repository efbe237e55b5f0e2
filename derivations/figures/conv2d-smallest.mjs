/** Two weights over three pixels: two windows, two sums. */
import { conv2dForward } from "leibniz/backprop";
import { cellCentre, cells, diagram, formatNumber, label } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { tensor } from "leibniz/tensor";

export const breaks = "filter-rotated-forward";

const [SIZE, LEFT, TOP] = [36, 80, 40];
/** From one window's row to the next, and where its sum begins. */
const [STEP, SUM] = [52, 216];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const [x, weight] = [tensor([[[[3, 1, 4]]]]), tensor([[[[2, -1]]]])];
  const { out } = await conv2dForward(x, weight, null);
  const geometry = conv2dGeometry("figure", 1, 3, { kernelSize: [1, 2] });
  const [cols] = im2col(x, geometry).toNested();
  const [pixels, weights, sums] = [x, weight, out].map(({ data }) => [...data]);
  const windows = sums.map((_, q) => ({
    row: 0,
    column: q,
    size: [1, weights.length],
    series: q,
    filled: true,
  }));
  const image = { at: [LEFT, TOP], values: [pixels], size: SIZE };
  const filters = sums.map((sum, q) => {
    const filter = {
      at: [LEFT + q * SIZE, TOP + (q + 1) * STEP],
      values: [weights],
      size: SIZE,
      windows: [{ row: 0, column: 0, size: [1, weights.length], series: q }],
    };
    const [a, b] = weights.map((w, j) => product(w, cols[j][q], j === 0));
    const y = cellCentre(filter, 0, 0)[1] + 5;
    return [
      cells(filter),
      label([LEFT - 10, y], `window ${q}`, { anchor: "end", series: q }),
      label([SUM, y], `${a} ${b} = ${formatNumber(sum)}`),
    ].join("");
  });
  const outRow = TOP + 3 * STEP;
  const output = {
    at: [LEFT, outRow],
    values: [sums],
    size: SIZE,
    seriesOf: (_, q) => q,
  };
  return diagram({
    title: "Two weights slide over three pixels",
    description:
      "Window 0 lies over the first two pixels, window 1 over the last two. Each gives one sum.",
    width: 380,
    height: outRow + SIZE + 14,
    content: [
      label([LEFT - 10, TOP + 23], "x", { anchor: "end", italic: true }),
      label([SUM, TOP + 23], "the pixels", { soft: true }),
      cells({ ...image, windows }),
      ...filters,
      label([LEFT - 10, outRow + 23], "out", { anchor: "end" }),
      label([SUM, outRow + 23], "the sums", { soft: true }),
      cells(output),
    ],
  });
}

/** `2·4` first, then `+ 2·4` or `− 1·3`. */
function product(weight, pixel, isFirst) {
  const sign = weight < 0 ? "− " : isFirst ? "" : "+ ";
  return `${sign}${formatNumber(Math.abs(weight))}·${formatNumber(pixel)}`;
}
