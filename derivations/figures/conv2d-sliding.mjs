/** A filter of two rows slides over an image of three: four windows with their arithmetic. */
import { conv2dForward } from "leibniz/backprop";
import { cells, diagram, formatNumber, label } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { tensor } from "leibniz/tensor";

export const breaks = "filter-rotated-forward";

const [WIDTH, BIG, SMALL] = [360, 26, 24];
const [TOP, FIRST, STEP] = [34, 142, 98];
const [TEXT, RESULT] = [112, 306];

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
  ]);
  const { out } = await conv2dForward(x, weight, null);
  const { outH, outW, kH, kW } = conv2dGeometry("figure", 3, 4, { kernelSize: [2, 3] });
  const geometry = conv2dGeometry("figure", 3, 4, { kernelSize: [2, 3] });
  const [cols] = im2col(x, geometry).toNested();
  const [[image]] = x.toNested();
  const [[filter]] = weight.toNested();
  const [[sums]] = out.toNested();
  const middle = TOP + 1.5 * BIG + 5;
  const steps = Array.from({ length: outH * outW }, (_, s) => {
    const [p, q] = [Math.floor(s / outW), s % outW];
    const top = FIRST + s * STEP;
    const window = { row: p, column: q, size: [kH, kW], series: s, filled: true };
    const lines = filter.map((weights, i) =>
      weights.map((w, j) => product(w, cols[i * kW + j][s], i === 0 && j === 0)).join(" "),
    );
    const known = sums.map((row, a) => row.map((sum, b) => (a * outW + b <= s ? sum : null)));
    return [
      cells({ at: [2, top], values: image, size: SMALL, windows: [window] }),
      label([TEXT, top + 13], `window (${p}, ${q})`, { series: s }),
      ...lines.map((line, i) => label([TEXT, top + 36 + 21 * i], line)),
      label([RESULT - 10, top + 57], `= ${formatNumber(sums[p][q])}`, { anchor: "end" }),
      cells({
        at: [RESULT, top + 24],
        values: known,
        size: SMALL,
        seriesOf: (a, b) => (a * outW + b === s ? s : null),
      }),
    ].join("");
  });
  const [filterAt, outAt] = [158, 276];
  return diagram({
    title: "A filter slides over an image",
    description:
      "Four windows of two rows and three columns; for each, the weights times the pixels under " +
      "them are added up and written into the output.",
    width: WIDTH,
    height: FIRST + outH * outW * STEP - 14,
    content: [
      cells({ at: [16, TOP], values: image, size: BIG, title: "image" }),
      label([139, middle], "⋆", { size: 20, anchor: "middle" }),
      cells({ at: [filterAt, TOP + BIG / 2], values: filter, size: BIG, title: "filter" }),
      label([256, middle], "=", { anchor: "middle" }),
      cells({ at: [outAt, TOP + BIG / 2], values: sums, size: BIG, title: "out" }),
      ...steps,
    ],
  });
}

/** `1·4` first, then `+ 1·4` or `− 1·4`. */
function product(weight, pixel, isFirst) {
  const sign = weight < 0 ? "− " : isFirst ? "" : "+ ";
  return `${sign}${formatNumber(Math.abs(weight))}·${formatNumber(pixel)}`;
}
