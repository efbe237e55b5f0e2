/** Stride 2: dOut spread out with zeros in between, framed, and the turned filter over it. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { Tensor, tensor } from "leibniz/tensor";

export const breaks = "stride-forgotten-going-back";

const [SIZE, STRIDE] = [30, 2];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const filter = [
    [1, 0, -1],
    [2, 1, 0],
  ];
  const upstream = [
    [1, 2],
    [-1, 3],
  ];
  const x = Tensor.zeros([1, 1, 4, 5], "float64");
  const { cache } = await conv2dForward(x, tensor([[filter]]), null, { stride: STRIDE });
  const { dX } = await conv2dBackward(tensor([[upstream]]), cache);
  const isEntry = (a, b) => a % STRIDE === 0 && b % STRIDE === 0;
  const framed = Array.from({ length: 5 }, (_, h) =>
    Array.from({ length: 7 }, (_, w) => {
      const [a, b] = [h - 1, w - 2];
      return isEntry(a, b) ? (upstream[a / STRIDE]?.[b / STRIDE] ?? 0) : 0;
    }),
  );
  const seriesOf = (h, w) => {
    const [a, b] = [h - 1, w - 2];
    if (a < 0 || a > 2 || b < 0 || b > 2) return null;
    return isEntry(a, b) ? 1 : 4;
  };
  return diagram({
    title: "With a stride of 2, zeros go in between",
    description:
      "The gradient 1 2 over −1 3 is spread out with a row and a column of zeros in between, and " +
      "framed by zeros. The turned filter slides over it one step at a time and gives dX, 4 × 5.",
    width: 400,
    height: 474,
    content: [
      cells({ at: [30, 40], values: upstream, size: SIZE, title: "dOut", seriesOf: () => 1 }),
      cells({
        at: [284, 40],
        values: [...filter].reverse().map((row) => [...row].reverse()),
        size: SIZE,
        title: "flipped",
        seriesOf: () => 0,
      }),
      arrow([60, 108], [60, 128]),
      label([72, 124], "spread out, and framed", { soft: true }),
      cells({
        at: [30, 160],
        values: framed,
        size: SIZE,
        title: "up, and the frame",
        padding: [1, 2],
        seriesOf,
        windows: [{ row: 1, column: 2, size: [2, 3], series: 0 }],
      }),
      label([254, 196], "entries of dOut", { series: 1 }),
      label([254, 216], "zeros of the stride", { series: 4 }),
      label([254, 236], "zeros of the frame", { soft: true }),
      label([254, 256], "the turned filter", { series: 0 }),
      arrow([105, 314], [105, 334]),
      label([117, 330], "one step at a time", { soft: true }),
      cells({
        at: [30, 342],
        values: dX.toNested()[0][0],
        size: SIZE,
        windows: [{ row: 1, column: 2, size: [1, 1], series: 0, filled: true }],
      }),
      label([192, 406], "dX: as large as the image"),
    ],
  });
}
