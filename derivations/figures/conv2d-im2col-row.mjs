/** A row of the matrix is a piece of the image, cut out where one weight has been. */
import { arrow, cells, diagram } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { Tensor, tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/im2col.ts",
  find: "for (let j = 0; j < kW; j++, row++) {",
  replace: "for (let j = kW - 1; j >= 0; j--, row++) {",
};

const [H, W, SIZE, TOP, STEP] = [3, 4, 26, 42, 118];
const WEIGHTS = "ABCDEF";
/** The rows that are drawn. */
const ROWS = [0, 2, 4];

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
  const places = Tensor.from(
    Array.from({ length: H * W }, (_, a) => a),
    [1, 1, H, W],
    "float64",
  );
  const geometry = conv2dGeometry("figure", H, W, { kernelSize: [2, 3] });
  const { kW, outH, outW } = geometry;
  const [cols] = im2col(x, geometry).toNested();
  const [from] = im2col(places, geometry).toNested();
  const [filterAt, imageAt, rowAt] = [14, 134, 280];
  const panels = ROWS.map((r, n) => {
    const top = TOP + n * STEP;
    const middle = top + 1.5 * SIZE;
    const [i, j] = [Math.floor(r / kW), r % kW];
    return [
      cells({
        at: [filterAt, top + SIZE / 2],
        values: [[...WEIGHTS.slice(0, kW)], [...WEIGHTS.slice(kW)]],
        size: SIZE,
        title: n === 0 ? "filter" : undefined,
        windows: [{ row: i, column: j, size: [1, 1], series: n, filled: true }],
      }),
      cells({
        at: [imageAt, top],
        values: x.toNested()[0][0],
        size: SIZE,
        title: n === 0 ? "image" : undefined,
        windows: [
          {
            row: Math.floor(from[r][0] / W),
            column: from[r][0] % W,
            size: [outH, outW],
            series: n,
            filled: true,
          },
        ],
      }),
      arrow([filterAt + kW * SIZE + 6, middle], [imageAt - 6, middle], { series: n }),
      arrow([imageAt + W * SIZE + 6, middle], [rowAt - 6, middle], { series: n }),
      cells({
        at: [rowAt, middle - SIZE / 2],
        values: [cols[r]],
        size: SIZE,
        title: `row ${r} of cols`,
        seriesOf: () => n,
      }),
    ].join("");
  });
  return diagram({
    title: "A row of the matrix is a piece of the image",
    description:
      "Under weight A the filter's four places show the upper left part of the image, under C " +
      "the upper right one, under E the lower middle. Each part is one row of the matrix.",
    width: 400,
    height: TOP + ROWS.length * STEP - 16,
    content: [...panels],
  });
}
