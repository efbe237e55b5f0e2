/** The gradients of a hidden layer whose units start at zero, alike, and at random. */
import { Affine, Relu } from "leibniz/backprop";
import { cells, diagram, formatNumber, label } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { he, initialise, Sequential } from "leibniz/network";
import { Random, tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/network/initialisers.ts",
  find: "Math.sqrt(2 / parameter.fanIn)",
  replace: "Math.sqrt(1 / parameter.fanIn)",
};

const [INPUTS, HIDDEN, OUTPUTS] = [4, 3, 2];
const [SIZE, TOP, ROW] = [38, 44, 152];

const constant = (value) => (parameter) => parameter.value.fill(value);

/** The hidden layer's weights, and their gradient. */
async function pass(initialiser) {
  const hidden = new Affine({ inFeatures: INPUTS, outFeatures: HIDDEN }, { dtype: "float64" });
  const output = new Affine({ inFeatures: HIDDEN, outFeatures: OUTPUTS }, { dtype: "float64" });
  const network = new Sequential({ hidden, relu: new Relu(), output });
  initialise(network, new Random(21), initialiser);
  network.zeroGrad();
  const x = tensor([[1, 2, 0.5, 1.5]]);
  const forward = await network.forward(x, { backend: reference, mode: "train" });
  await forward.backward(tensor([[1, -0.5]]));
  return [hidden.weight.value, hidden.weight.grad].map((all) => {
    return Array.from({ length: HIDDEN }, (_, k) =>
      Array.from({ length: INPUTS }, (__, i) => all.get(k, i)),
    );
  });
}

export default async function draw() {
  const rows = [
    ["all 0: no gradient", await pass(constant(0))],
    ["all 0.5: three times the same row", await pass(constant(0.5))],
    ["He, at random: rows that differ", await pass(he)],
  ];
  return diagram({
    title: "The gradients of three hidden units that start at zero, alike, and at random",
    description:
      "Three pairs of matrices, weights at the left and gradients at the right, a row for each " +
      "hidden unit. Weights of 0 have gradients of 0. Weights that are all 0.5 have three equal " +
      "rows of gradients. Random weights have rows that differ.",
    width: 400,
    height: 3 * ROW + 22,
    content: [
      label([20 + 2 * SIZE, 14], "W₁", { anchor: "middle", italic: true }),
      label([380 - 2 * SIZE, 14], "dW₁", { anchor: "middle", italic: true }),
      ...rows.flatMap(([name, [weights, gradients]], r) => {
        const top = TOP + r * ROW;
        const square = { size: SIZE, kind: "signed", format: (value) => formatNumber(value, 2) };
        return [
          label([200, top - 8], name, { anchor: "middle", size: 13, soft: true }),
          cells({ ...square, at: [20, top], values: weights }),
          cells({ ...square, at: [380 - INPUTS * SIZE, top], values: gradients }),
        ];
      }),
    ],
  });
}
