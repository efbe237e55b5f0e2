/** One gradient, sent back through a max pool and through an average pool. */
import {
  averagePool2dBackward,
  averagePool2dForward,
  maxPool2dBackward,
  maxPool2dForward,
} from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { sum, tensor } from "leibniz/tensor";

export const breaks = "average-not-divided";

const X = [
  [2, 5, 1, 0],
  [3, 4, 6, 2],
  [7, 0, 3, 3],
  [1, 2, 8, 4],
];
const D_OUT = [
  [8, -4],
  [12, 2],
];

/** @returns {Promise<string>} */
export default async function draw() {
  const [x, dOut, options] = [tensor([[X]]), tensor([[D_OUT]]), { kernelSize: 2 }];
  const max = await maxPool2dForward(x, options);
  const mean = await averagePool2dForward(x, options);
  const back = [
    ["max pooling: all of it to the winner", (await maxPool2dBackward(dOut, max.cache)).dX],
    ["average pooling: a quarter to each", (await averagePool2dBackward(dOut, mean.cache)).dX],
  ];
  const seriesOf = (p, q) => 2 * p + q;
  const ground = (h, w) => seriesOf(Math.floor(h / 2), Math.floor(w / 2));
  const windows = [0, 2].flatMap((row) =>
    [0, 2].map((column) => ({ row, column, size: [2, 2], series: ground(row, column) })),
  );
  const content = back.flatMap(([caption, dX], n) => {
    const [top, size] = [62 + n * 254, 38];
    const values = X.map((row, h) => row.map((_, w) => dX.get(0, 0, h, w)));
    return [
      label([16, top - 38], caption),
      cells({ at: [16, top + 38], size, values: D_OUT, title: "dOut", seriesOf }),
      arrow([108, top + 76], [190, top + 76]),
      cells({
        at: [206, top],
        size,
        values,
        title: "dX",
        windows,
        seriesOf: (h, w) => (values[h][w] === 0 ? null : ground(h, w)),
        isPale: (h, w) => values[h][w] === 0,
      }),
      label([206, top + 172], `adds up to ${sum(dX).item()}`, { soft: true }),
      label([16, top + 138], `adds up to ${sum(dOut).item()}`, { soft: true }),
    ];
  });
  return diagram({
    title: "The gradient of max pooling and of average pooling",
    description:
      "A max pool gives each gradient to one pixel, an average pool a quarter of it to each of " +
      "four. Both add up to the same.",
    width: 380,
    height: 502,
    content,
  });
}
