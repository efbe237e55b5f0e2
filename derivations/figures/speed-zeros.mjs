/** What comes back to a convolution through a max pooling and a rectifier: mostly zeros. */
import { maxPool2dBackward, maxPool2dForward, reluBackward, reluForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { Random, Tensor } from "leibniz/tensor";

export const breaks = "relu-lets-all-through";

const SIDE = 8;
const [SIZE, LEFT] = [22, 14];

/** @returns {Promise<string>} */
export default async function draw() {
  const random = new Random("zeros");
  const x = random.normal([1, 1, SIDE, SIDE], -0.4, 1, "float64");
  const pool = { kernelSize: 2 };
  const rectified = await reluForward(x);
  const pooled = await maxPool2dForward(rectified.out, pool);
  const chosen = Array.from({ length: pooled.out.size }, () => random.integer(9) + 1);
  const dOut = Tensor.from(chosen, pooled.out.shape, "float64");
  const { dX: dRelu } = await maxPool2dBackward(dOut, pooled.cache);
  const { dX: dConv } = await reluBackward(dRelu, rectified.cache);
  const rows = ({ data, shape }) =>
    Array.from({ length: shape[2] }, (_, h) =>
      [...data.slice(h * shape[3], (h + 1) * shape[3])].map((value) =>
        value === 0 ? null : value,
      ),
    );
  const left = (tensor) => tensor.data.filter((value) => value !== 0).length;
  const grid = (at, tensor) =>
    cells({
      at,
      size: SIZE,
      values: rows(tensor),
      kind: "signed",
    });
  const right = LEFT + SIDE * SIZE + 20;
  const [top, second, third] = [44, 44 + 4 * SIZE + 64, 44 + 12 * SIZE + 128];
  const says = (y, ...lines) =>
    lines.map((line, l) => label([right, y + 18 * l], line, { soft: l > 0, size: 12 }));
  const down = (y) => arrow([LEFT + 44, y], [LEFT + 44, y + 24]);
  return diagram({
    title: "Zeros on the way back",
    description:
      "Sixteen gradients come to a pooling of 2 by 2. It hands each to the winner of its window, so " +
      "16 of 64 entries are not zero. The rectifier stops those whose winner was not positive, and " +
      `${left(dConv)} are left for the convolution.`,
    width: 376,
    height: third + SIDE * SIZE + 14,
    content: [
      label([LEFT, 20], "dOut of the max pooling"),
      grid([LEFT, top], dOut),
      ...says(top + 40, `${dOut.size} gradients`),
      down(top + 4 * SIZE + 8),
      label([LEFT + 60, second - 12], "pooling: each to its winner"),
      grid([LEFT, second], dRelu),
      ...says(second + 60, `${left(dRelu)} of ${dRelu.size} are left:`, "one in each window"),
      down(second + SIDE * SIZE + 8),
      label([LEFT + 60, third - 12], "rectifier: winners that are positive"),
      grid([LEFT, third], dConv),
      ...says(
        third + 60,
        `${left(dConv)} of ${dConv.size} are left,`,
        `${((100 * left(dConv)) / dConv.size).toFixed(0)} %: the rest of`,
        "the products are",
        "products with 0",
      ),
    ],
  });
}
