/** The gradient of one weight: the pixels that it lay on, times the upstream gradients. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { cells, diagram, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

/** Windows that are counted down the columns. */
export const breaks = {
  file: "src/backprop/conv2d.ts",
  find: "dOut.reshape([N, G,",
  replace: "dOut.transpose([0, 1, 3, 2]).reshape([N, G,",
};

const NAMES = ["A", "B", "C", "D", "E", "F"];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const image = [
    [1, 2, 0, 3],
    [0, 1, 4, 1],
    [2, 0, 1, 5],
  ];
  const weight = tensor([
    [
      [
        [1, 0, -1],
        [2, 1, 0],
      ],
    ],
  ]);
  const { cache } = await conv2dForward(tensor([[image]]), weight, null);
  const upstream = [
    [1, 2],
    [-1, 3],
  ];
  const { dWeight } = await conv2dBackward(tensor([[upstream]]), cache);
  const gradients = dWeight.reshape([6]).toNested();
  const region = (r) => ({ row: Math.floor(r / 3), column: r % 3, size: [2, 2], series: 0 });
  const laidOn = (r) => {
    const { row, column } = region(r);
    return (h, w) => (row <= h && h < row + 2 && column <= w && w < column + 2 ? 0 : null);
  };
  // what the columns hold in the weight's row are the pixels that it lay on
  const pixels = cache.cols.layOut().reshape([6, 4]).toNested()[0];
  const minus = (text) => text.replaceAll("-", "−");
  const terms = pixels.map((pixel, s) => {
    const d = upstream.flat()[s];
    return `${s === 0 ? "" : " + "}${d < 0 ? `(${d})` : d} · ${pixel}`;
  });
  const small = NAMES.map((name, r) => {
    const at = [28 + 128 * (r % 3), 246 + 112 * Math.floor(r / 3)];
    return (
      cells({
        at,
        values: image,
        size: 22,
        seriesOf: laidOn(r),
        windows: [region(r)],
        isPale: (h, w) => laidOn(r)(h, w) === null,
      }) + label([at[0] + 44, at[1] + 84], `d${name} = ${gradients[r]}`, { anchor: "middle" })
    );
  });
  return diagram({
    title: "The gradient of one weight",
    description:
      "The weight A lay on four pixels, 1 2 0 1, one in each window. Times the upstream gradients " +
      "1 2 −1 3 and added up, that is " +
      `${gradients[0]}. Each of the other weights lay on its own four pixels.`,
    width: 410,
    height: 456,
    content: [
      cells({
        at: [24, 48],
        values: image,
        size: 34,
        title: "pixels under A",
        seriesOf: laidOn(0),
        windows: [region(0)],
        isPale: (h, w) => laidOn(0)(h, w) === null,
      }),
      label([191, 92], "times", { soft: true, anchor: "middle" }),
      cells({ at: [222, 48], values: upstream, size: 34, title: "dOut", seriesOf: () => 1 }),
      label([310, 88], `= dA = ${gradients[0]}`, { size: 15 }),
      label([24, 178], minus(`${terms.join("")} = ${gradients[0]}`)),
      label([24, 220], "all six weights, each with its own four pixels:", { soft: true }),
      ...small,
    ],
  });
}
