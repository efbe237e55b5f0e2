/** What the Jacobians of four layers look like: full, a band, a diagonal, one entry in a row. */
import {
  affineBackward,
  affineForward,
  conv2dBackward,
  conv2dForward,
  maxPool2dBackward,
  maxPool2dForward,
  reluBackward,
  reluForward,
} from "leibniz/backprop";
import { cells, diagram, formatNumber, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "relu-lets-all-through";

const X = [2, -1, 1, 3, -2, 1];
const FILTER = [1, -2, 3];
const WEIGHT = [
  [2, -1, 3, 1, -2, 1],
  [-3, 2, 1, -1, 1, 2],
  [1, 1, -2, 3, 2, -1],
  [-1, 3, 2, -2, 1, 3],
];
const SIZE = 26;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const row = tensor([X]);
  const image = tensor([[[X]]]);
  const layers = [
    ["affine: full", await affineForward(row, tensor(WEIGHT), null), affineBackward],
    ["conv: a band", await conv2dForward(image, tensor([[[FILTER]]]), null), conv2dBackward],
    ["relu: a diagonal", await reluForward(row), reluBackward],
    [
      "max pool: one in a row",
      await maxPool2dForward(image, { kernelSize: [1, 2] }),
      maxPool2dBackward,
    ],
  ];
  const content = [];
  const [tops, lefts] = [
    [30, 30, 190, 190],
    [12, 222, 12, 222],
  ];
  for (const [l, [name, { out, cache }, backward]] of layers.entries()) {
    const values = [];
    for (let j = 0; j < out.size; j++) {
      const one = tensor(Array.from({ length: out.size }, (_, k) => (k === j ? 1 : 0)));
      values.push([...(await backward(one.reshape(out.shape), cache)).dX.data]);
    }
    const at = [lefts[l], tops[l]];
    content.push(
      label([at[0], at[1] - 8], name),
      cells({ at, size: SIZE, values, kind: "signed", format }),
    );
  }
  return diagram({
    title: "Jacobians of four layers",
    description:
      "Tables with a row for each output and a column for each of six inputs. The affine layer's " +
      "is full of different numbers, the convolution's repeats its filter along a band, the " +
      "relu's has a 1 on the diagonal where the input is above 0, and max pooling's one 1 a row.",
    width: 390,
    height: 190 + 6 * SIZE + 10,
    content,
  });
}

/** Zeros are left empty. */
const format = (value) => (value === 0 ? "" : formatNumber(value));
