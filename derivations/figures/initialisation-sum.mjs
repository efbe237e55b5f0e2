/** The mean square on its way through one layer: product, sum, rectifier. */
import { Affine, Relu } from "leibniz/backprop";
import { BACKWARD, diagram, FORWARD, formatNumber, graph, label } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { he, initialise, Sequential } from "leibniz/network";
import { mean, multiply, Random, tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/network/initialisers.ts",
  find: "Math.sqrt(2 / parameter.fanIn)",
  replace: "Math.sqrt(1 / parameter.fanIn)",
};

const [FAN_IN, OUTPUTS, IMAGES] = [8, 400, 2000];

export default async function draw() {
  const affine = new Affine({ inFeatures: FAN_IN, outFeatures: OUTPUTS, bias: false });
  const network = new Sequential({ affine, relu: new Relu() });
  initialise(network, new Random(1), he);
  const x = new Random("x").normal([IMAGES, FAN_IN]);
  const seen = {};
  const observe = (name, out) => {
    seen[name] = square(out);
  };
  await network.forward(x, { backend: reference, mode: "evaluate", observe });
  const [size, weight] = [square(x), square(affine.weight.value)];
  // one product of each sum
  const w0 = affine.weight.value;
  const products = [];
  for (let o = 0; o < OUTPUTS; o++)
    for (let n = 0; n < IMAGES; n++) products.push(w0.get(o, 0) * x.get(n, 0));
  const product = square(tensor(products));
  const number = (value) => formatNumber(value, 2);
  const line = (y, letters, text, series) =>
    label(
      [10, y],
      `${letters}  ${text}`,
      series === undefined ? { size: 13 } : { size: 13, series },
    );
  return diagram({
    title: "The mean square on its way through one layer",
    description:
      "A graph: inputs and weights are multiplied, eight products are added up, and a rectifier " +
      "follows. Above the edges are measured mean squares: the products are a quarter of the " +
      "inputs, their sum is twice the inputs, and after the rectifier the size is back.",
    width: 400,
    height: 256,
    content: [
      graph({
        nodes: [
          { id: "x1", at: [24, 60], text: "x₁" },
          { id: "x2", at: [24, 120], text: "⋮" },
          { id: "x8", at: [24, 180], text: "x₈" },
          { id: "p1", at: [124, 60], text: "· w₁", kind: "operation" },
          { id: "p2", at: [124, 120], text: "⋮" },
          { id: "p8", at: [124, 180], text: "· w₈", kind: "operation" },
          { id: "sum", at: [228, 120], text: "+", kind: "operation" },
          { id: "relu", at: [312, 120], text: "max(·, 0)", kind: "operation" },
          { id: "out", at: [388, 120], text: "" },
        ],
        edges: [
          { from: "x1", to: "p1", forward: number(size) },
          { from: "x8", to: "p8", forward: number(size) },
          { from: "p1", to: "sum" },
          { from: "p8", to: "sum" },
          { from: "sum", to: "relu", forward: number(seen.affine) },
          { from: "relu", to: "out", forward: number(seen.relu) },
        ],
      }),
      label([186, 78], number(product), { series: FORWARD, size: 13 }),
      label([10, 22], "mean squares, measured", { size: 13, series: FORWARD }),
      line(222, "weights:", `Var(w) = 2/fanIn = 2/${FAN_IN}; measured ${number(weight)}`, BACKWARD),
      line(242, "sum:", `${FAN_IN} times as much; the rectifier halves it`),
    ],
  });
}

const square = (values) => mean(multiply(values, values)).item();
