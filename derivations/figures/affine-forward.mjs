/** out = x · weightᵀ + bias, with one entry of the output followed. */
import { affineForward } from "leibniz/backprop";
import { cells, diagram, formatNumber, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/backprop/affine.ts",
  find: "{ transposeB: true, columnBias: bias }",
  replace: "{ transposeB: true, columnBias: null }",
};

const X = [
  [1, 0, 2, -1],
  [3, 1, 0, 2],
];
const WEIGHT = [
  [1, 2, 0, 1],
  [0, -1, 1, 0],
  [2, 0, -1, 3],
];
const BIAS = [1, -2, 4];
/** The entry of the output that is followed: row n, output o. */
const [ROW, OUTPUT] = [0, 1];
const [SIZE, GAP] = [30, 34];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const weight = tensor(WEIGHT);
  const { out } = await affineForward(tensor(X), weight, tensor(BIAS));
  const [N, I, O] = [X.length, X[0].length, BIAS.length];
  const left = 24 + I * SIZE + 40;
  const tops = [40, 40 + I * SIZE + GAP, 40 + (I + 1) * SIZE + 2 * GAP];
  const transposed = Array.from({ length: I }, (_, i) =>
    weight.data.filter((_w, k) => k % I === i),
  );
  const rows = Array.from({ length: N }, (_, n) => [...out.data.slice(n * O, (n + 1) * O)]);
  const terms = X[ROW].map((x, i) => `${bracket(x)} · ${bracket(WEIGHT[OUTPUT][i])}`);
  const [told, side] = [tops[2] + N * SIZE + 30, left + O * SIZE + 12];
  const box = (row, column, size, series) => ({ row, column, size, series });
  return diagram({
    title: "An affine layer: a row of x times a column of weightᵀ, plus a bias",
    description:
      `x has ${N} rows of ${I} inputs, weightᵀ a column of ${I} weights for each of ${O} outputs. ` +
      "Each entry of the output stands where a row of x and a column of weightᵀ meet: their " +
      "products, added up, and the output's bias.",
    width: 420,
    height: told + 56,
    content: [
      cells({
        at: [left, tops[0]],
        size: SIZE,
        values: transposed.map((row) => [...row]),
        title: "weightᵀ",
        windows: [box(0, OUTPUT, [I, 1], 0)],
      }),
      label([side, tops[0] + 2 * SIZE - 4], `[I, O] = [${I}, ${O}]: a`, { soft: true, size: 13 }),
      label([side, tops[0] + 2 * SIZE + 12], "column for each", { soft: true, size: 13 }),
      label([side, tops[0] + 2 * SIZE + 28], "output", { soft: true, size: 13 }),
      cells({
        at: [left, tops[1]],
        size: SIZE,
        values: [BIAS],
        title: "bias",
        windows: [box(0, OUTPUT, [1, 1], 2)],
      }),
      label([side, tops[1] + 13], `[O] = [${O}]: added`, { soft: true, size: 13 }),
      label([side, tops[1] + 29], "to every row", { soft: true, size: 13 }),
      cells({
        at: [24, tops[2]],
        size: SIZE,
        values: X,
        title: "x",
        windows: [box(ROW, 0, [1, I], 0)],
      }),
      cells({
        at: [left, tops[2]],
        size: SIZE,
        values: rows,
        title: "out",
        windows: [box(ROW, OUTPUT, [1, 1], 1)],
      }),
      label([side, tops[2] + SIZE - 11], `[N, O] = [${N}, ${O}]: a`, { soft: true, size: 13 }),
      label([side, tops[2] + SIZE + 5], "row for each row", { soft: true, size: 13 }),
      label([side, tops[2] + SIZE + 21], "of x", { soft: true, size: 13 }),
      label(
        [24, told],
        `out[${ROW}, ${OUTPUT}] = row ${ROW} of x times column ${OUTPUT}, plus bias`,
      ),
      label(
        [24, told + 22],
        `= ${terms.join(" + ")} + ${bracket(BIAS[OUTPUT])} = ${formatNumber(rows[ROW][OUTPUT])}`,
      ),
    ],
  });
}

/** A number as a factor. */
const bracket = (value) => (value < 0 ? `(${formatNumber(value)})` : formatNumber(value));
