/** Each window of an image becomes a column of a matrix. */
import { arrow, cells, diagram, label } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/im2col.ts",
  find: "for (let j = 0; j < kW; j++, row++) {",
  replace: "for (let j = kW - 1; j >= 0; j--, row++) {",
};

const [SMALL, SIZE, TOP, LOW] = [20, 30, 52, 178];
const [LEFT, GAP] = [68, 62];

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
  const geometry = conv2dGeometry("figure", 3, 4, { kernelSize: [2, 3] });
  const { outH, outW, kH, kW } = geometry;
  const [cols] = im2col(x, geometry).toNested();
  const image = x.toNested()[0][0];
  const P = outH * outW;
  const columnAt = (s) => LEFT + s * (SIZE + GAP);
  const windows = Array.from({ length: P }, (_, s) => {
    const [p, q] = [Math.floor(s / outW), s % outW];
    const middle = columnAt(s) + SIZE / 2;
    return [
      cells({
        at: [middle - 2 * SMALL, TOP],
        values: image,
        size: SMALL,
        title: `(${p}, ${q})`,
        windows: [{ row: p, column: q, size: [kH, kW], series: s, filled: true }],
      }),
      arrow([middle, TOP + 3 * SMALL + 6], [middle, LOW - 26], { series: s }),
      cells({
        at: [columnAt(s), LOW],
        values: cols.map((row) => [row[s]]),
        size: SIZE,
        title: `s = ${s}`,
        seriesOf: () => s,
      }),
    ].join("");
  });
  return diagram({
    title: "Each window becomes a column",
    description:
      "The four windows of a small image, each written from top to bottom, row after row, as one " +
      "column of six numbers.",
    width: 410,
    height: LOW + cols.length * SIZE + 40,
    content: [
      label([2, TOP - 24], "window", { soft: true }),
      label([2, LOW - 24], "column", { soft: true }),
      ...cols.map((_, r) =>
        label([LEFT - 14, LOW + (r + 0.5) * SIZE + 5], `r = ${r}`, { anchor: "end", soft: true }),
      ),
      ...windows,
      label([216, LOW + cols.length * SIZE + 26], "side by side they are the matrix cols", {
        anchor: "middle",
        soft: true,
      }),
    ],
  });
}
