/** The case backward: each window's share of dX on its own place, and the sum of all. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "overlap-overwritten";

const [SIZE, SERIES] = [30, [0, 2, 3, 4]];

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
  const filter = [
    [1, 0, -1],
    [2, 1, 0],
  ];
  const { cache } = await conv2dForward(x, tensor([[filter]]), null);
  const upstream = [1, 2, -1, 3];
  const back = async (values) =>
    (
      await conv2dBackward(tensor([[[values.slice(0, 2), values.slice(2)]]]), cache)
    ).dX.toNested()[0][0];
  const dX = await back(upstream);
  const minus = (number) => String(number).replaceAll("-", "−");
  const windows = await Promise.all(
    upstream.map(async (d, s) => {
      const [p, q] = [Math.floor(s / 2), s % 2];
      const share = await back(upstream.map((other, t) => (t === s ? other : 0)));
      const isIn = (h, w) => p <= h && h < p + 2 && q <= w && w < q + 3;
      const at = [42 + 192 * q, 178 + 140 * p];
      return cells({
        at,
        values: share.map((row, h) => row.map((value, w) => (isIn(h, w) ? value : null))),
        size: SIZE,
        title: `window (${p}, ${q}): ${minus(d)} · filter`,
        seriesOf: (h, w) => (isIn(h, w) ? SERIES[s] : null),
        windows: [{ row: p, column: q, size: [2, 3], series: SERIES[s] }],
      });
    }),
  );
  return diagram({
    title: "col2im lays each window's share back and adds up",
    description:
      "The filter times 1, 2, −1 and 3, each laid onto its window in an image of 3 × 4 pixels. " +
      `Below, the sum: ${minus(dX.map((row) => row.join(" ")).join(", "))}.`,
    width: 400,
    height: 594,
    content: [
      cells({ at: [57, 48], values: filter, size: SIZE, title: "filter" }),
      cells({
        at: [264, 48],
        values: [upstream.slice(0, 2), upstream.slice(2)],
        size: SIZE,
        title: "dOut",
        seriesOf: (p, q) => SERIES[2 * p + q],
      }),
      ...windows,
      arrow([198, 414], [198, 452]),
      label([208, 438], "add up", { soft: true }),
      cells({ at: [126, 472], values: dX, size: 36, title: "" }),
      label([116, 530], "dX", { anchor: "end" }),
    ],
  });
}
