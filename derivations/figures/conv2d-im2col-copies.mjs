/** One pixel goes to every window that it lies in; how often each pixel is copied. */
import { arrow, cellCentre, cells, diagram, label } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/im2col.ts",
  find: "for (let j = 0; j < kW; j++, row++) {",
  replace: "for (let j = kW - 1; j >= 0; j--, row++) {",
};

const LETTERS = "abcdefghijkl";
const [H, W, TOP, SIZE] = [3, 4, 34, 28];
const PIXEL = LETTERS.indexOf("f");

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const places = Tensor.from(
    Array.from({ length: H * W }, (_, a) => a),
    [1, 1, H, W],
    "float64",
  );
  const geometry = conv2dGeometry("figure", H, W, { kernelSize: [2, 3] });
  const [cols] = im2col(places, geometry).toNested();
  const rowsOf = (values) => Array.from({ length: H }, (_, h) => values.slice(h * W, (h + 1) * W));
  const counts = Array.from(
    { length: H * W },
    (_, a) => cols.flat().filter((place) => place === a).length,
  );
  const isPixel = (place) => place === PIXEL;
  const image = {
    at: [152, TOP],
    values: rowsOf([...LETTERS]),
    size: SIZE,
    title: "image",
    seriesOf: (h, w) => (isPixel(h * W + w) ? 1 : null),
  };
  const columns = cols[0].map((_, s) => ({
    at: [52 + s * 92, TOP + 130],
    values: cols.map((row) => [LETTERS[row[s]]]),
    size: SIZE,
    seriesOf: (r) => (isPixel(cols[r][s]) ? 1 : null),
    isPale: (r) => !isPixel(cols[r][s]),
  }));
  const [x] = cellCentre(image, Math.floor(PIXEL / W), PIXEL % W);
  const copies = cols.flatMap((row, r) =>
    row.flatMap((place, s) => (isPixel(place) ? [[r, s]] : [])),
  );
  const low = TOP + 130 + cols.length * SIZE + 56;
  const side = (s) => (columns[s].at[0] > x ? -1 : 1);
  return diagram({
    title: "im2col copies a pixel into each window that it lies in",
    description:
      `The pixel f lies in ${copies.length} windows and is copied into each of their columns, ` +
      "always to another row. Below, how often each pixel is copied.",
    width: 400,
    height: low + H * SIZE + 16,
    content: [
      cells(image),
      label([268, TOP + 2.5 * SIZE + 5], "arrows: copies of f", { series: 1, size: 12 }),
      ...columns.flatMap((column, s) => [
        cells(column),
        label([column.at[0] + SIZE / 2, column.at[1] + cols.length * SIZE + 18], `s = ${s}`, {
          anchor: "middle",
          soft: true,
        }),
      ]),
      ...copies.map(([r, s]) => {
        const [toX, toY] = cellCentre(columns[s], r, 0);
        return arrow([x + 30 * (s - 1.5), TOP + H * SIZE + 4], [toX + 11 * side(s), toY - 9], {
          series: 1,
        });
      }),
      cells({ at: [52, low], values: rowsOf(counts), size: SIZE, kind: "amount" }),
      label([184, low + 20], "copies of each pixel:"),
      label([184, low + 44], "once in a corner,", { soft: true }),
      label([184, low + 64], "four times in the middle", { soft: true }),
    ],
  });
}
