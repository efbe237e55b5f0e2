/** A convolution, a rectifier and a pooling one after another, and in one pass. */
import { conv2dForward, convPool2dForward, maxPool2dForward, reluForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "filter-rotated-forward";

const IMAGE = [
  [1, 2, 0, 3],
  [0, 1, 4, 1],
  [2, 0, 1, 5],
];
const FILTER = [
  [1, 0, -1],
  [2, 1, 0],
];
const BIAS = -3;
const [SIZE, LEFT] = [28, 14];

/** @returns {Promise<string>} */
export default async function draw() {
  const x = tensor([[IMAGE]]);
  const [weight, bias] = [tensor([[FILTER]]), tensor([BIAS])];
  const pool = { kernelSize: [1, 2] };
  const convolved = await conv2dForward(x, weight, bias);
  const rectified = await reluForward(convolved.out);
  const pooled = await maxPool2dForward(rectified.out, pool);
  const fused = await convPool2dForward(x, weight, bias, { conv: {}, pool, rectify: true });
  const rows = ({ data, shape }) =>
    Array.from({ length: shape[2] }, (_, h) => [...data.slice(h * shape[3], (h + 1) * shape[3])]);
  const sizes = [convolved.out, rectified.out, pooled.out].map(({ size }) => size);
  const window = { row: 0, column: 0, size: [1, 2], series: 1 };
  const [apart, together] = [204, 352];
  const places = [LEFT, LEFT + 116, LEFT + 232];
  const grid = (at, tensor, options = {}) => cells({ at, values: rows(tensor), ...options });
  const soft = { soft: true, size: 12 };
  const sums = rows(convolved.out);
  return diagram({
    title: "Three layers one after another, and one that does their work",
    description:
      "A filter on an image of 3 by 4 makes four sums: −1, 2, −3 and −2. One after another, the " +
      "rectifier makes 0, 2, 0, 0 of them and the pooling keeps 2 and 0. In one pass, the two sums " +
      "of a window are compared with each other and with 0, and only 2 and 0 are written.",
    width: 344,
    height: together + 154,
    content: [
      cells({ at: [LEFT, 30], values: IMAGE, title: "image" }),
      label([LEFT + 4.5 * SIZE, 78], "∗", { size: 18, anchor: "middle" }),
      cells({ at: [LEFT + 5 * SIZE, 30], values: FILTER, kind: "signed", title: "filter" }),
      label([LEFT + 8.3 * SIZE, 64], `− ${-BIAS}`, { size: 15 }),
      label([LEFT, apart - 46], "One after another"),
      grid([places[0], apart], convolved.out, { title: "conv", windows: [window] }),
      arrow([places[0] + 64, apart + SIZE], [places[1] - 8, apart + SIZE]),
      grid([places[1], apart], rectified.out, { title: "relu", windows: [window] }),
      arrow([places[1] + 64, apart + SIZE], [places[2] - 8, apart + SIZE]),
      grid([places[2], apart], pooled.out, {
        title: "pool",
        windows: [{ ...window, size: [1, 1] }],
      }),
      label([LEFT, apart + 76], `${sizes.join(" + ")} numbers are written to memory`, soft),
      label([LEFT, together - 26], "In one pass"),
      ...[0, 1].flatMap((p) => {
        const y = together + p * 58;
        return [
          cells({ at: [LEFT, y], values: [sums[p]], padding: [1, 1] }),
          label([LEFT + 64, y + 19], "and 0", soft),
          arrow([LEFT + 110, y + SIZE / 2], [places[1] + 52, y + SIZE / 2]),
          label([places[1] + 12, y + 6], "largest", { size: 12 }),
          cells({
            at: [places[1] + 62, y],
            values: [[fused.out.get(0, 0, p, 0)]],
            windows: [{ row: 0, column: 0, size: [1, 1], series: 1 }],
          }),
          label(
            [places[1] + 102, y + 19],
            fused.cache.argmax.data[p] < 0
              ? "no winner"
              : `winner: place ${fused.cache.argmax.data[p]}`,
            { size: 12 },
          ),
        ];
      }),
      label([LEFT, together + 112], "dashed: sums in registers, never written", soft),
      label(
        [LEFT, together + 138],
        `${fused.out.size} numbers and ${fused.cache.argmax.data.length} places are written to memory`,
        soft,
      ),
    ],
  });
}
