/** im2col as a product: a matrix of zeros and ones times the pixels. */
import { cells, diagram, formatNumber, label } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { Tensor, tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/im2col.ts",
  find: "const left = j * dilationW - padW;",
  replace: "const left = j - padW;",
};

const [W, SIZE, LEFT, TOP] = [6, 28, 74, 66];
const options = { stride: [1, 3], padding: [0, 1], dilation: [1, 2] };

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const x = tensor([[[[1, 4, 2, 0, 3, 7]]]]);
  const geometry = conv2dGeometry("figure", 1, W, { kernelSize: [1, 2], ...options });
  const { outW } = geometry;
  const cols = [...im2col(x, geometry).data];
  // image number w has its single 1 at pixel w, and brings out column w of the matrix
  const ones = Array.from({ length: W * W }, (_, a) => (a % (W + 1) === 0 ? 1 : 0));
  const spikes = im2col(Tensor.from(ones, [W, 1, 1, W], "float64"), geometry);
  const select = cols.map((_, row) =>
    Array.from({ length: W }, (_x, w) => spikes.data[w * cols.length + row]),
  );
  const series = (row) => row % outW;
  const [pixelsAt, colsAt] = [278, 350];
  const middle = TOP + 2 * SIZE + 5;
  return diagram({
    title: "im2col is a matrix of zeros and ones",
    description:
      "Four rows, one for each entry of each window, and six columns, one for each pixel. A row " +
      "has its 1 at the pixel that it copies, and none if that is padding.",
    width: 400,
    height: TOP + 5 * SIZE + 42,
    content: [
      label([LEFT - 42, TOP - 10], "r", { anchor: "middle", italic: true }),
      label([LEFT - 16, TOP - 10], "s", { anchor: "middle", italic: true }),
      label([LEFT + 3 * SIZE, TOP - 36], "select", { anchor: "middle" }),
      ...select[0].map((_, w) =>
        label([LEFT + (w + 0.5) * SIZE, TOP - 10], `x${"₀₁₂₃₄₅"[w]}`, {
          anchor: "middle",
          soft: true,
        }),
      ),
      ...cols.flatMap((_, row) => [
        label([LEFT - 42, TOP + (row + 0.5) * SIZE + 5], formatNumber(Math.floor(row / outW)), {
          anchor: "middle",
        }),
        label([LEFT - 16, TOP + (row + 0.5) * SIZE + 5], formatNumber(row % outW), {
          anchor: "middle",
        }),
      ]),
      cells({
        at: [LEFT, TOP],
        values: select,
        size: SIZE,
        isPale: (row, w) => select[row][w] === 0,
        seriesOf: (row, w) => (select[row][w] === 1 ? series(row) : null),
      }),
      label([LEFT + W * SIZE + 18, middle], "·", { anchor: "middle", size: 20 }),
      cells({
        at: [pixelsAt, TOP - SIZE],
        values: [...x.data].map((pixel) => [pixel]),
        size: SIZE,
        title: "x",
      }),
      label([(pixelsAt + colsAt + SIZE) / 2, middle], "=", { anchor: "middle" }),
      cells({
        at: [colsAt, TOP],
        values: cols.map((entry) => [entry]),
        size: SIZE,
        title: "cols",
        seriesOf: series,
      }),
      label([LEFT - 48, TOP + 5 * SIZE + 26], "The first row has no 1: it lies on the padding.", {
        soft: true,
      }),
    ],
  });
}
