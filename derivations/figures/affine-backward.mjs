/** The three gradients of an affine layer, each as products of what is kept and what arrives. */
import { affineBackward, affineForward } from "leibniz/backprop";
import { BACKWARD, cells, diagram, formatNumber, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "affine-bias-of-one-image";

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
const UPSTREAM = [
  [1, -1, 2],
  [0, 3, -2],
];
const [SIZE, LEFT, RIGHT] = [28, 16, 138];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const { cache } = await affineForward(tensor(X), tensor(WEIGHT), tensor(BIAS));
  const { dX, dWeight, dBias } = await affineBackward(tensor(UPSTREAM), cache);
  const transposed = UPSTREAM[0].map((_, o) => UPSTREAM.map((row) => row[o]));
  const wide = RIGHT + X[0].length * SIZE + 14;
  /** A product: the left factor, the upper one, and where row and column meet. */
  const product = (top, [left, upper, out], [a, b, c], [row, column], lines) => {
    const below = top + b.length * SIZE + 34;
    const followed = (r, k, size, series) => ({ row: r, column: k, size, series });
    return [
      cells({
        at: [RIGHT, top],
        size: SIZE,
        values: b,
        title: upper,
        windows: [followed(0, column, [b.length, 1], 0)],
      }),
      cells({
        at: [LEFT, below],
        size: SIZE,
        values: a,
        title: left,
        windows: [followed(row, 0, [1, a[0].length], BACKWARD)],
      }),
      cells({
        at: [RIGHT, below],
        size: SIZE,
        values: c,
        title: out,
        windows: [followed(row, column, [1, 1], BACKWARD)],
      }),
      label(
        [LEFT, below + c.length * SIZE + 20],
        sumOf(
          a[row],
          b.map((one) => one[column]),
          c[row][column],
        ),
        {
          size: 13,
        },
      ),
      ...lines.map((line, l) =>
        label([wide, below + 14 + l * 17], line, { soft: l > 0, size: 13 }),
      ),
    ];
  };
  const second = 34 + (3 + 2) * SIZE + 34 + 84;
  const third = second + (2 + 3) * SIZE + 34 + 84;
  return diagram({
    title: "Backward through an affine layer: dX, dWeight and dBias",
    description:
      "Three panels in cells. dX is dOut times weight: for each input, over all outputs. dWeight " +
      "is dOut transposed times x: for each weight, over all rows. dBias is the sums of dOut's " +
      "columns.",
    width: 420,
    height: third + 3 * SIZE + 24,
    content: [
      ...product(
        34,
        ["dOut", "weight", "dX"],
        [UPSTREAM, WEIGHT, rowsOf(dX)],
        [0, 1],
        ["dX = dOut · weight", "a sum over outputs"],
      ),
      ...product(
        second,
        ["dOutᵀ", "x", "dWeight"],
        [transposed, X, rowsOf(dWeight)],
        [1, 0],
        ["dWeight = dOutᵀ · x", "a sum over rows"],
      ),
      cells({
        at: [LEFT, third],
        size: SIZE,
        values: UPSTREAM,
        title: "dOut",
        windows: [{ row: 0, column: 1, size: [2, 1], series: BACKWARD }],
      }),
      cells({
        at: [LEFT, third + 2 * SIZE + 12],
        size: SIZE,
        values: [[...dBias.data]],
        windows: [{ row: 0, column: 1, size: [1, 1], series: BACKWARD }],
      }),
      label([RIGHT, third + 14], "dBias: the sum of each", { size: 13 }),
      label([RIGHT, third + 30], "column, over all rows", { size: 13 }),
      label(
        [RIGHT, third + 2 * SIZE + 30],
        `${UPSTREAM.map((row) => bracket(row[1])).join(" + ")} = ${formatNumber(dBias.get(1))}`,
        { size: 13 },
      ),
    ],
  });
}

/** Rows of a matrix. */
function rowsOf({ data, shape: [rows, columns] }) {
  return Array.from({ length: rows }, (_, r) => [...data.slice(r * columns, (r + 1) * columns)]);
}

/** The sum of products that makes an entry, written out. */
function sumOf(row, column, result) {
  const terms = row.map((value, k) => `${bracket(value)} · ${bracket(column[k])}`);
  return `${terms.join(" + ")} = ${formatNumber(result)}`;
}

/** A number as a factor. */
const bracket = (value) => (value < 0 ? `(${formatNumber(value)})` : formatNumber(value));
