/** Two sums of three products, by six products and by four. */
import { conv2dForward } from "leibniz/backprop";
import { arrow, cellCentre, cells, diagram, label } from "leibniz/figures";
import { matmul, multiply, tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/tensor/elementwise.ts",
  find: "(a, b) => a * b",
  replace: "(a, b) => a + b",
};

const [D, G_OF] = [
  [3, 1, 2, 0],
  [4, 2, -2],
];
const G = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];
const BT = [
  [1, 0, -1, 0],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, 0, -1],
];
const AT = [
  [1, 1, 1, 0],
  [0, 1, -1, -1],
];
const [SIZE, LEFT] = [28, 14];

/** @returns {Promise<string>} */
export default async function draw() {
  const column = (numbers) => tensor(numbers.map((number) => [number]));
  const { out } = await conv2dForward(tensor([[[D]]]), tensor([[[G_OF]]]), null);
  const pixels = matmul(tensor(BT), column(D));
  const weights = matmul(tensor(G), column(G_OF));
  const products = multiply(pixels, weights);
  const sums = matmul(tensor(AT), products);
  const rows = (result) => [...result.data].map((value) => [value]);
  const top = 40;
  const below = top + 2 * SIZE + 92;
  const at = [LEFT, LEFT + 74, LEFT + 148, LEFT + 270];
  const middle = below + 2 * SIZE + 5;
  const m = { at: [at[2], below], values: rows(products) };
  const results = { at: [at[3], below + SIZE], values: rows(sums) };
  const soft = { soft: true, size: 12 };
  const ways = AT.flatMap((row, r) =>
    row.flatMap((sign, i) => {
      if (sign === 0) return [];
      const [from, to] = [cellCentre(m, i, 0), cellCentre(results, r, 0)];
      return [
        arrow([from[0] + SIZE / 2 + 3, from[1]], [to[0] - SIZE / 2 - 4, to[1]], {
          series: sign > 0 ? 0 : 1,
          dashed: sign < 0,
        }),
      ];
    }),
  );
  const count = out.size * G_OF.length;
  return diagram({
    title: "Four multiplications in place of six",
    description:
      "A filter of three weights on four pixels gives two sums of three products each. Below, four " +
      "sums of pixels are multiplied by four sums of weights, and the two outputs are sums and " +
      "differences of the four products.",
    width: 344,
    height: below + 4 * SIZE + 46,
    content: [
      cells({ at: [LEFT, top], values: [D], title: "d" }),
      label([LEFT + 4.5 * SIZE, top + 19], "∗", { size: 18, anchor: "middle" }),
      cells({ at: [LEFT + 5 * SIZE, top], values: [G_OF], title: "g" }),
      label([LEFT + 8.5 * SIZE, top + 19], "=", { size: 18, anchor: "middle" }),
      cells({
        at: [LEFT + 9 * SIZE, top],
        values: [[...out.data]],
        title: "out",
        seriesOf: () => 2,
      }),
      label([LEFT, top + SIZE + 20], `2 windows, 3 products each: ${count}`, soft),
      label([LEFT, below - 44], "the same with four products"),
      cells({ at: [at[0], below], values: rows(pixels), title: "from d" }),
      label([(at[0] + SIZE + at[1]) / 2, middle], "⊙", { size: 18, anchor: "middle" }),
      cells({ at: [at[1], below], values: rows(weights), title: "from g" }),
      label([(at[1] + SIZE + at[2]) / 2, middle], "=", { size: 18, anchor: "middle" }),
      cells({ ...m, title: "m", seriesOf: () => 4 }),
      ...ways,
      cells({ ...results, title: "out", seriesOf: () => 2 }),
      label(
        [LEFT, below + 4 * SIZE + 20],
        `${products.size} products; solid: added, dashed: subtracted`,
        soft,
      ),
    ],
  });
}
