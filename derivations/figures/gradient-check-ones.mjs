/** A forgotten transposition under a random upstream gradient, and under one of ones. */
import { affineBackward, affineForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { matmul, tensor } from "leibniz/tensor";

export const breaks = "reshaped-instead-of-transposed";

const SIZE = 34;
const X = [
  [1, 2],
  [3, 4],
];
const DRAWN = [
  [1, 2],
  [-1, 3],
];
const ONES = [
  [1, 1],
  [1, 1],
];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const x = tensor(X);
  const { cache } = await affineForward(
    x,
    tensor([
      [5, 6],
      [7, 8],
    ]),
    null,
  );
  const panels = [];
  for (const [title, values, top] of [
    ["dOut drawn at random", DRAWN, 96],
    ["dOut all ones", ONES, 246],
  ]) {
    const dOut = tensor(values);
    const right = (await affineBackward(dOut, cache)).dWeight.toNested();
    const wrong = matmul(dOut, x).toNested();
    const differs = (row, column) => right[row][column] !== wrong[row][column];
    const all = right.flat();
    const alike = all.filter((_, i) => !differs(i >> 1, i & 1)).length;
    const isSame = alike === all.length;
    panels.push(
      label([12, top - 32], title, { soft: true }),
      cells({ at: [12, top], values, size: SIZE, title: "dOut" }),
      arrow([92, top + SIZE], [124, top + SIZE]),
      cells({ at: [136, top], values: right, size: SIZE, title: "dOutᵀ · x" }),
      label([228, top + SIZE + 5], isSame ? "=" : "≠", { anchor: "middle", size: 20 }),
      cells({
        at: [252, top],
        values: wrong,
        size: SIZE,
        title: "dOut · x",
        seriesOf: (row, column) => (differs(row, column) ? 1 : null),
      }),
      label([326, top + SIZE - 2], isSame ? "passes:" : "caught:", {
        series: isSame ? undefined : 1,
      }),
      label(
        [326, top + SIZE + 15],
        isSame ? `${alike} of ${all.length} alike` : `${all.length - alike} differ`,
        { size: 13 },
      ),
    );
  }
  return diagram({
    title: "A forgotten transposition, under two upstream gradients",
    description:
      "With random numbers in dOut the right and the wrong product differ in all entries; with " +
      "ones both have the rows 4 and 6, so the mistake passes.",
    width: 410,
    height: 330,
    content: [
      label([170, 26], "right", { anchor: "middle" }),
      label([286, 26], "transpose forgotten", { anchor: "middle" }),
      ...panels,
    ],
  });
}
