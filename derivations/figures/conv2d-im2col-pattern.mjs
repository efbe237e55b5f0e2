/** The whole selection matrix of the case with twelve pixels: where its ones are. */
import { cells, diagram, label } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/im2col.ts",
  find: "for (let j = 0; j < kW; j++, row++) {",
  replace: "for (let j = kW - 1; j >= 0; j--, row++) {",
};

const LETTERS = "abcdefghijkl";
const [H, W, SIZE, LEFT, TOP] = [3, 4, 17, 96, 58];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const pixels = H * W;
  const ones = Array.from({ length: pixels * pixels }, (_, a) => (a % (pixels + 1) === 0 ? 1 : 0));
  const spikes = Tensor.from(ones, [pixels, 1, H, W], "float64");
  const geometry = conv2dGeometry("figure", H, W, { kernelSize: [2, 3] });
  const { outH, outW } = geometry;
  const P = outH * outW;
  const cols = im2col(spikes, geometry);
  const R = cols.shape[1];
  const isOne = (row, pixel) => cols.get(pixel, Math.floor(row / P), row % P) === 1;
  const rows = Array.from({ length: R * P }, (_, row) => row);
  const counts = Array.from({ length: pixels }, (_, a) => rows.filter((row) => isOne(row, a)));
  const low = TOP + R * P * SIZE;
  return diagram({
    title: "Where the ones of im2col are",
    description:
      `A matrix of ${R * P} rows and ${pixels} columns. ` +
      "Each row has a single coloured square; the columns of " +
      "the middle pixels f and g have four, those of the corners one.",
    width: 400,
    height: low + 46,
    content: [
      label([LEFT + (pixels * SIZE) / 2, TOP - 34], "pixel", { anchor: "middle", soft: true }),
      ...[...LETTERS].map((letter, a) =>
        label([LEFT + (a + 0.5) * SIZE, TOP - 10], letter, { anchor: "middle" }),
      ),
      ...Array.from({ length: R }, (_, r) => [
        label([LEFT - 12, TOP + (r + 0.5) * P * SIZE + 5], `r = ${r}`, { anchor: "end" }),
        cells({
          at: [LEFT, TOP + r * P * SIZE],
          values: Array.from({ length: P }, () => Array.from({ length: pixels }, () => null)),
          size: SIZE,
          seriesOf: (s, a) => (isOne(r * P + s, a) ? s : null),
          windows: [{ row: 0, column: 0, size: [P, pixels], series: 5 }],
        }),
      ]).flat(),
      ...Array.from({ length: P }, (_, s) => {
        const [x, y] = [LEFT + pixels * SIZE + 16, TOP + 12 + s * 26];
        return [
          cells({ at: [x, y], values: [[null]], size: SIZE, seriesOf: () => s }),
          label([x + SIZE + 8, y + 13], `s = ${s}`),
        ].join("");
      }),
      ...counts.map((own, a) =>
        label([LEFT + (a + 0.5) * SIZE, low + 18], String(own.length), { anchor: "middle" }),
      ),
      label([LEFT - 12, low + 18], "ones", { anchor: "end", soft: true }),
    ],
  });
}
