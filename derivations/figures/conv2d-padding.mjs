/** Without a frame an image shrinks, with one it keeps its size. */
import { conv2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { conv2dGeometry } from "leibniz/im2col";
import { tensor } from "leibniz/tensor";

export const breaks = "padding-counted-once";

const SIZE = 30;

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
        [0, 1, 0],
        [1, -3, 1],
        [0, 1, 0],
      ],
    ],
  ]);
  const [[image]] = x.toNested();
  const rows = [0, 1].map((padding) => ({ padding, top: padding === 0 ? 40 : 190 }));
  const panels = await Promise.all(
    rows.map(async ({ padding, top }) => {
      const { out } = await conv2dForward(x, weight, null, { padding });
      const { outH, outW } = conv2dGeometry("figure", 3, 4, { kernelSize: 3, padding });
      const framed = Array.from({ length: 3 + 2 * padding }, (_, r) =>
        Array.from({ length: 4 + 2 * padding }, (_, c) => image[r - padding]?.[c - padding] ?? 0),
      );
      const [left, right] = [30 + (1 - padding) * SIZE, 262];
      const high = (framed.length * SIZE) / 2;
      const outTop = top + high - (outH * SIZE) / 2;
      const first = { row: 0, column: 0, series: 0, filled: true };
      const last = { row: outH - 1, column: outW - 1, series: 1, filled: true };
      const [end] = [left + framed[0].length * SIZE];
      return [
        cells({
          at: [left, top],
          values: framed,
          size: SIZE,
          padding: [padding, padding],
          title: padding === 0 ? "no padding: 3 × 4" : "padding 1: a frame of zeros",
          windows: [
            { ...first, size: [3, 3] },
            { ...last, size: [3, 3] },
          ],
        }),
        arrow([end + 14, top + high], [right - 14, top + high]),
        cells({
          at: [right, outTop],
          values: out.toNested()[0][0],
          size: SIZE,
          title: `${outH} × ${outW}`,
          windows: [
            { ...first, size: [1, 1] },
            { ...last, size: [1, 1] },
          ],
        }),
      ].join("");
    }),
  );
  return diagram({
    title: "Without a frame an image shrinks, with one it keeps its size",
    description:
      "A filter of 3 × 3 makes 1 × 2 numbers of 3 × 4 pixels. With a frame of zeros around " +
      "them, it makes 3 × 4.",
    width: 400,
    height: 190 + 5 * SIZE + 40 + 3 * SIZE + 8,
    content: [
      ...panels,
      cells({
        at: [30 + SIZE, 190 + 5 * SIZE + 40],
        values: weight.toNested()[0][0],
        size: SIZE,
        title: "filter",
      }),
      label([180, 190 + 5 * SIZE + 74], "The first and the last window", { soft: true }),
      label([180, 190 + 5 * SIZE + 94], "are marked.", { soft: true }),
    ],
  });
}
