/** What an affine layer makes of a digit, of the same digit scrambled, and of the digit moved. */
import { affineForward, averagePool2dForward } from "leibniz/backprop";
import { ImageDataset, loadMnist } from "leibniz/data";
import { arrow, diagram, formatNumber, label, pixels } from "leibniz/figures";
import { Random, tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/kernels/reference/gemm-sparse.ts",
  find: "total += values[k]",
  replace: "total -= values[k]",
};

const SIDE = 14;
const [SIZE, LEFT, MIDDLE, RIGHT] = [6, 22, 140, 250];
const [FIRST, STEP] = [40, 136];

/** The images of some digits as rows of 14 · 14 pixels. */
async function digits(train, digit, count) {
  const chosen = [...train.labels].flatMap((label, i) => (label === digit ? [i] : []));
  const { x } = new ImageDataset(train).batch(chosen.slice(0, count));
  const { out } = await averagePool2dForward(x, { kernelSize: 2 });
  const { data } = out.contiguous();
  const area = SIDE * SIDE;
  return Array.from({ length: count }, (_, n) => [...data.slice(n * area, (n + 1) * area)]);
}

/** @returns {Promise<string>} */
export default async function draw() {
  const { train } = await loadMnist();
  const [threes, fives] = [await digits(train, 3, 60), await digits(train, 5, 60)];
  const mean = (rows, a) => rows.reduce((sum, row) => sum + row[a], 0) / rows.length;
  const digit = threes[2];
  const weight = digit.map((_, a) => mean(threes, a) - mean(fives, a));
  const places = new Random("places").permutation(digit.length);
  const scrambled = (row) => [...places].map((a) => row[a]);
  const moved = digit.map((_, a) => (a % SIDE < 3 ? 0 : digit[a - 3]));
  const rows = [
    ["a 3", digit, "weights", weight],
    ["scrambled", scrambled(digit), "in the same way", scrambled(weight)],
    ["moved to the right", moved, "as at the top", weight],
  ];
  const content = [];
  for (const [r, [what, image, which, weights]] of rows.entries()) {
    const y = FIRST + r * STEP;
    const { out } = await affineForward(tensor([image]), tensor([weights]), null);
    const middle = y + (SIZE * SIDE) / 2;
    content.push(
      pixels({ at: [LEFT, y], values: inRows(image), size: SIZE, caption: what }),
      label([(LEFT + SIZE * SIDE + MIDDLE) / 2, middle + 5], "⊙", { anchor: "middle", size: 18 }),
      pixels({
        at: [MIDDLE, y],
        values: inRows(weights),
        size: SIZE,
        kind: "signed",
        caption: which,
      }),
      arrow([MIDDLE + SIZE * SIDE + 8, middle], [RIGHT + 38, middle]),
      label([RIGHT, middle - 9], "Σ", { size: 15 }),
      label([RIGHT + 48, middle + 6], formatNumber(out.item(), 5), { size: 17 }),
    );
  }
  content.push(
    label([LEFT, 20], "image"),
    label([MIDDLE, 20], "one output's weights"),
    label([RIGHT + 48, 20], "output"),
    label([RIGHT + 48, FIRST + STEP + 72], "the same", { series: 2, size: 12 }),
    label([RIGHT + 48, FIRST + 2 * STEP + 72], "another", { series: 1, size: 12 }),
  );
  return diagram({
    title: "An affine layer does not know which pixels are neighbours",
    description:
      "A digit times weights that look for a 3 gives a number. With its pixels scrambled, and the " +
      "weights scrambled in the same way, the number is the same. With the digit moved by three " +
      "pixels, the same weights give another number.",
    width: 380,
    height: FIRST + 3 * STEP - 24,
    content,
  });
}

function inRows(values) {
  return Array.from({ length: SIDE }, (_, r) => values.slice(r * SIDE, (r + 1) * SIDE));
}
