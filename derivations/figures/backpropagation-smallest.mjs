/** Two weights, one after the other: the numbers that go forward, and the gradients that come back. */
import {
  affineBackward,
  affineForward,
  meanSquaredErrorBackward,
  meanSquaredErrorForward,
} from "leibniz/backprop";
import { arrow, BACKWARD, diagram, formatNumber, FORWARD, graph, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/backprop/affine.ts",
  find: "await backend.matmul(dOut, weight);",
  replace: "await backend.matmul(dOut, x);",
};

const [X0, W0, W1, TARGET] = [2, 3, -1, -5];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const first = await affineForward(tensor([[X0]]), tensor([[W0]]), null);
  const second = await affineForward(first.out, tensor([[W1]]), null);
  const { out: loss, cache } = await meanSquaredErrorForward(second.out, tensor([[TARGET]]));
  const { dPrediction } = await meanSquaredErrorBackward(tensor(1), cache);
  const { dX: dX1, dWeight: dW1 } = await affineBackward(dPrediction, second.cache);
  const { dWeight: dW0 } = await affineBackward(dX1, first.cache);
  const said = (name, value) => `${name} = ${formatNumber(value.item())}`;
  const nodes = [
    { id: "x0", at: [24, 110], text: "x₀" },
    { id: "w0", at: [104, 44], text: "w₀" },
    { id: "w1", at: [210, 44], text: "w₁" },
    { id: "first", at: [104, 110], text: "×", kind: "operation" },
    { id: "second", at: [210, 110], text: "×", kind: "operation" },
    { id: "square", at: [330, 110], text: "(x₂ − t)²", kind: "operation" },
    { id: "loss", at: [330, 196], text: "loss" },
  ];
  const edges = [
    { from: "x0", to: "first", forward: formatNumber(X0) },
    { from: "w0", to: "first", forward: formatNumber(W0), backward: said("dW₀", dW0) },
    { from: "w1", to: "second", forward: formatNumber(W1), backward: said("dW₁", dW1) },
    {
      from: "first",
      to: "second",
      forward: said("x₁", first.out),
      backward: said("dX₁", dX1),
    },
    {
      from: "second",
      to: "square",
      forward: said("x₂", second.out),
      backward: said("dX₂", dPrediction),
    },
    { from: "square", to: "loss", forward: formatNumber(loss.item()), backward: "dLoss = 1" },
  ];
  const kept = (x, { cache: { x: input, weight } }, names) => [
    arrow([x, 126], [x, 158], { dashed: true, headless: true }),
    label([x, 173], "keeps", { anchor: "middle", soft: true, size: 13 }),
    label([x, 189], said(names[0], input), { anchor: "middle", size: 13 }),
    label([x, 205], said(names[1], weight), { anchor: "middle", size: 13 }),
  ];
  return diagram({
    title: "Two weights: numbers forward, gradients backward",
    description:
      `x₀ = ${X0} times w₀ = ${W0} is x₁, times w₁ = ${W1} is x₂, and the loss is the square of ` +
      `x₂ − t with t = ${TARGET}. Gradients come back along the same edges.`,
    width: 412,
    height: 250,
    content: [
      graph({ nodes, edges }),
      ...kept(104, first, ["x₀", "w₀"]),
      ...kept(210, second, ["x₁", "w₁"]),
      label([330, 84], said("t", tensor(TARGET)), { anchor: "middle", size: 13 }),
      arrow([24, 236], [64, 236], { series: FORWARD }),
      label([70, 240], "forward: numbers", { series: FORWARD, size: 13 }),
      arrow([254, 236], [214, 236], { series: BACKWARD }),
      label([260, 240], "backward: gradients", { series: BACKWARD, size: 13 }),
    ],
  });
}
