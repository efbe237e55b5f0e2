/** How large the numbers in a deep network are, layer by layer, for four sizes of weights. */
import { Affine, Relu } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { he, initialise, pytorchDefault, Sequential, xavier } from "leibniz/network";
import { mean, multiply, Random } from "leibniz/tensor";

export const breaks = {
  file: "src/network/initialisers.ts",
  find: "Math.sqrt(2 / parameter.fanIn)",
  replace: "Math.sqrt(1 / parameter.fanIn)",
};

const [LAYERS, WIDTH, IMAGES] = [12, 128, 32];

/** Normal weights with twice He's variance. */
function twice(parameter, random) {
  he(parameter, random);
  const { data } = parameter.value;
  for (let i = 0; i < data.length; i++) data[i] *= Math.SQRT2;
}

/** The root of the mean square that comes out of every layer. */
async function sizes(initialiser) {
  const layers = {};
  for (let l = 1; l <= LAYERS; l++) {
    layers[`affine${l}`] = new Affine({ inFeatures: WIDTH, outFeatures: WIDTH, bias: false });
    layers[`relu${l}`] = new Relu();
  }
  const network = new Sequential(layers);
  initialise(network, new Random(5), initialiser);
  const points = [[0, 1]];
  const observe = (name, out) => {
    if (!name.startsWith("relu")) return;
    points.push([points.length, Math.sqrt(mean(multiply(out, out)).item())]);
  };
  const x = new Random("x").normal([IMAGES, WIDTH]);
  await network.forward(x, { backend: reference, mode: "evaluate", observe });
  return points;
}

export default async function draw() {
  return lineChart({
    title: "How large numbers are after each layer, for four sizes of initial weights",
    description:
      "The numbers that go into a network of twelve layers have the size 1. With He's variance " +
      "they keep it. With twice the variance they are about sixty times as large at the end, " +
      "with Xavier's a fiftieth, with PyTorch's default less than a ten thousandth.",
    width: 400,
    height: 240,
    x: { label: "layers passed", isWhole: true },
    y: { label: "root mean square", scale: "log" },
    series: [
      { name: "twice He's variance", points: await sizes(twice) },
      { name: "He", points: await sizes(he) },
      { name: "Xavier", points: await sizes(xavier) },
      { name: "PyTorch's default", points: await sizes(pytorchDefault) },
    ],
  });
}
