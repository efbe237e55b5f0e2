/** A mask on six numbers, and the same mask on the gradient. */
import { dropoutBackward, dropoutForward } from "leibniz/backprop";
import { arrow, cells, diagram, label, formatNumber } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "dropout-mask-forgotten";

const X = [
  [3, -1, 2],
  [0.5, 4, -6],
];
const UPSTREAM = [
  [7, 5, -2],
  [-3, 1, 6],
];
const OPTIONS = { probability: 0.5, seed: 8 };
/** Of a square's side; the left edges of the three blocks; the tops of the two rows. */
const [SIZE, LEFT, TOP] = [34, [8, 139, 270], [54, 214]];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const { out, cache } = await dropoutForward(tensor(X), OPTIONS);
  const { mask } = cache;
  const { dX } = await dropoutBackward(tensor(UPSTREAM), cache);
  // what stays is multiplied by 1/(1 − p)
  const factor = Math.max(...mask.data);
  const isOut = (r, c) => mask.get(r, c) === 0;
  const row = (top, names, blocks) =>
    blocks.flatMap((values, b) => [
      cells({
        at: [LEFT[b], top],
        size: SIZE,
        values,
        title: names[b],
        isPale: isOut,
        seriesOf: (r, c) => (isOut(r, c) ? null : 2),
      }),
      ...(b === 0
        ? []
        : [label([LEFT[b] - 14, top + SIZE + 5], b === 1 ? "⊙" : "=", { anchor: "middle" })]),
    ]);
  const list = (values) => X.map((_, r) => X[0].map((__, c) => values.get(r, c)));
  const middle = LEFT[1] + 1.5 * SIZE;
  return diagram({
    title: "A mask, forward and backward",
    description:
      "Six numbers are multiplied by a mask of zeros and twos, which leaves two of them out and " +
      "doubles the others. Below, the gradient is multiplied by the same mask.",
    width: 380,
    height: 324,
    content: [
      label([8, 18], "forward", { series: 0, size: 12 }),
      label([8, 176], "backward", { series: 1, size: 12 }),
      ...row(TOP[0], ["x", "mask", "out"], [X, list(mask), list(out)]),
      ...row(TOP[1], ["dOut", "mask", "dX"], [UPSTREAM, list(mask), list(dX)]),
      arrow([middle, TOP[0] + 2 * SIZE + 6], [middle, TOP[1] - 24]),
      label([middle + 10, 155], "the same mask, kept", { soft: true, size: 12 }),
      label([8, 308], `shaded: what stays, times 1/(1 − p) = ${formatNumber(factor)}`, {
        soft: true,
        size: 12,
      }),
    ],
  });
}
