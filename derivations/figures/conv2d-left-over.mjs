/** A stride that does not come out even leaves a strip that no window sees. */
import { arrow, cells, diagram, label } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/geometry.ts",
  find: "Math.floor((H + 2 * padH - spanH) / strideH) + 1",
  replace: "Math.floor((H + 2 * padH - spanH) / strideH)",
};

const [SIZE, LEFT, TOP] = [26, 12, 34];
const [H, W, kernel, stride] = [6, 8, 3, [2, 3]];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const geometry = conv2dGeometry("figure", H, W, { kernelSize: kernel, stride });
  const { outH, outW, strideH, strideW } = geometry;
  const places = Tensor.from(
    Array.from({ length: H * W }, (_, a) => a),
    [1, 1, H, W],
    "float64",
  );
  const seen = new Set(im2col(places, geometry).data);
  const corners = [...im2col(places, geometry).data.slice(0, outH * outW)];
  const isSeen = (r, c) => seen.has(r * W + c);
  const seenRows = Array.from({ length: H }, (_, r) => isSeen(r, 0)).filter(Boolean).length;
  const seenColumns = Array.from({ length: W }, (_, c) => isSeen(0, c)).filter(Boolean).length;
  const square = (series) => (_, c) => series + c;
  const right = LEFT + W * SIZE;
  const low = TOP + H * SIZE;
  const size = (name, all, step, windows, rest) =>
    `${name} = ⌊(${all} − ${kernel}) / ${step}⌋ + 1 = ${windows}, rest ${rest}`;
  return diagram({
    title: "A stride that does not come out even leaves a strip",
    description:
      "Windows of 3 × 3 on 6 × 8 pixels with strides of 2 and 3: two from top to bottom, two " +
      "from left to right. The last row and the last two columns lie in none of them.",
    width: 400,
    height: low + 72,
    content: [
      cells({
        at: [LEFT, TOP],
        values: Array.from({ length: H }, () => Array.from({ length: W }, () => null)),
        size: SIZE,
        title: `image ${H} × ${W}`,
        seriesOf: (r, c) => (isSeen(r, c) ? null : 5),
        windows: corners.map((corner, s) => ({
          row: Math.floor(corner / W),
          column: corner % W,
          size: [kernel, kernel],
          series: s,
          filled: true,
        })),
      }),
      arrow([right + 10, TOP + 70], [right + 62, TOP + 70]),
      cells({
        at: [right + 80, TOP + 70 - (outH * SIZE) / 2],
        values: Array.from({ length: outH }, () => Array.from({ length: outW }, () => null)),
        size: SIZE,
        title: `out ${outH} × ${outW}`,
        seriesOf: (p, q) => square(0)(p, p * outW + q),
      }),
      label([right + 12, low - 8], "grey: never seen", { soft: true }),
      label([LEFT, low + 30], size("outH", H, strideH, outH, H - seenRows)),
      label([LEFT, low + 54], size("outW", W, strideW, outW, W - seenColumns)),
    ],
  });
}
