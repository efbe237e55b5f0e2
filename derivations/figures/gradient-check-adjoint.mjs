/** Forward and backward of a linear layer, and the number that both must agree on. */
import { affineBackward, affineForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { subtract, sum, multiply, tensor, add } from "leibniz/tensor";

export const breaks = {
  file: "src/backprop/affine.ts",
  find: "await backend.matmul(dOut, weight);",
  replace: "await backend.matmul(dOut, weight, { transposeB: true });",
};

const WEIGHT = [
  [3, 1],
  [0, 2],
];
const [X, V, U] = [[[1, 2]], [[1, 2]], [[1, -2]]];
const SIZE = 36;

/** `1·3 + 2·(−3) = −3` */
function written(a, b, total) {
  const signed = (value) => (value < 0 ? `(−${-value})` : `${value}`);
  const products = a.map((value, i) => `${value < 0 ? `−${-value}` : value}·${signed(b[i])}`);
  return `${products.join(" + ")} = ${String(total).replace("-", "−")}`;
}

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const weight = tensor(WEIGHT);
  const [x, v, u] = [tensor(X), tensor(V), tensor(U)];
  const { out, cache } = await affineForward(x, weight, null);
  const moved = await affineForward(add(x, v), weight, null);
  const difference = subtract(moved.out, out);
  const { dX } = await affineBackward(u, cache);
  const total = (a, b) => sum(multiply(a, b)).item();
  const [left, right] = [total(v, dX), total(difference, u)];
  const column = (values) => values.toNested()[0].map((value) => [value]);
  const at = (side, row) => [side === 0 ? 62 : 262, row === 0 ? 44 : 172];
  const box = (side, row, title, values) =>
    cells({ at: at(side, row), values: column(values), size: SIZE, title });
  const middle = (side) => at(side, 0)[0] + SIZE / 2;
  return diagram({
    title: "Forward and backward are adjoint",
    description:
      "At the top v goes forward and becomes a difference of outputs, at the bottom u comes back " +
      "and becomes dX. The products of each column add up to the same number.",
    width: 360,
    height: 312,
    content: [
      box(0, 0, "v", v),
      box(1, 0, "out(x + v) − out(x)", difference),
      box(0, 1, "dX", dX),
      box(1, 1, "u", u),
      arrow([112, 80], [248, 80], { series: 0 }),
      label([180, 72], "forward", { anchor: "middle", series: 0 }),
      arrow([248, 208], [112, 208], { series: 1 }),
      label([180, 200], "backward", { anchor: "middle", series: 1 }),
      label([middle(0), 140], "times", { anchor: "middle", soft: true, size: 12 }),
      label([middle(1), 140], "times", { anchor: "middle", soft: true, size: 12 }),
      label([middle(0), 272], written(column(v).flat(), column(dX).flat(), left), {
        anchor: "middle",
      }),
      label([middle(1), 272], written(column(difference).flat(), column(u).flat(), right), {
        anchor: "middle",
      }),
      label([180, 300], left === right ? "the same number" : "not the same number", {
        anchor: "middle",
        soft: true,
      }),
    ],
  });
}
