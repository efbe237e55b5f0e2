/** How large the gradient is at the start of a chain and of a stack of blocks, by their depth. */
import { Affine, Relu, Residual } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { he, initialise, Sequential } from "leibniz/network";
import { multiply, Random, sqrt, sum } from "leibniz/tensor";

export const breaks = "shortcut-forgotten-going-back";

const DEPTHS = [1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24];
const UNITS = 16;
/** Of the slopes' squares, with weights half as large as He's. */
const V = 1 / 4;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const chain = (l) => ({ [`relu${l}`]: new Relu(), [`affine${l}`]: affine() });
  const block = (l) => ({
    [`block${l}`]: new Residual({ body: { relu: new Relu(), affine: affine() } }),
  });
  const [chains, blocks] = [[], []];
  for (const depth of DEPTHS) {
    chains.push([depth, await gradientAtStart(times(depth, chain))]);
    blocks.push([depth, await gradientAtStart(times(depth, block))]);
  }
  const line = (rate) => DEPTHS.map((depth) => [depth, rate ** (depth / 2)]);
  // two lines, with a gap between them
  const expected = [...line(1 + V), [DEPTHS.at(-1), Number.NaN], ...line(V)];
  return lineChart({
    title: "The gradient at the start, with and without shortcuts",
    description:
      "On a logarithmic axis, the gradient at the start of a chain falls along a straight line to " +
      "a ten-millionth after 24 layers. That of residual blocks grows slowly, to about twenty.",
    width: 400,
    x: { label: "layers or blocks" },
    y: { label: "gradient at the start, in units of that at the end", scale: "log" },
    height: 240,
    series: [
      { name: "blocks with a shortcut", points: blocks, dots: blocks },
      { name: "the same bodies as a chain", points: chains, dots: chains },
      { name: "as (residual.12) says", points: expected, isGuide: true },
    ],
  });
}

const affine = () => new Affine({ inFeatures: UNITS, outFeatures: UNITS }, { dtype: "float64" });

function times(depth, layers) {
  return Object.assign({}, ...Array.from({ length: depth }, (_, l) => layers(l)));
}

async function gradientAtStart(layers) {
  const network = new Sequential(layers);
  initialise(network, new Random("depth"), he);
  for (const { parameter } of network.parameters) {
    const { data } = parameter.value;
    for (let i = 0; i < data.length; i++) data[i] /= 2;
  }
  const random = new Random("images");
  const draw = () => random.normal([64, UNITS], 0, 1, "float64");
  const { backward } = await network.forward(draw(), { backend: reference, mode: "train" });
  const dOut = draw();
  return size(await backward(dOut, true)) / size(dOut);
}

function size(tensor) {
  return sqrt(sum(multiply(tensor, tensor))).item();
}
