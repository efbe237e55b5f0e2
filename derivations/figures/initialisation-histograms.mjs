/** What comes out of five layers with tanh: a histogram for each, for three sizes of weights. */
import { Affine, Tanh } from "leibniz/backprop";
import { diagram, element, formatNumber, label } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { initialise, Sequential, xavier } from "leibniz/network";
import { mean, multiply, Random } from "leibniz/tensor";

export const breaks = {
  file: "src/network/initialisers.ts",
  find: "Math.sqrt(6 / (parameter.fanIn + parameter.fanOut))",
  replace: "Math.sqrt(3 / (parameter.fanIn + parameter.fanOut))",
};

const [LAYERS, WIDTH, IMAGES, BINS] = [5, 100, 40, 17];
const [SIDE, HEIGHT, GAP, ROW] = [66, 62, 15, 122];

/** Normal weights with one standard deviation, whatever the layer. */
const deviation = (size) => (parameter, random) =>
  parameter.value.copyFrom(random.normal(parameter.value.shape, 0, size, parameter.value.dtype));

/** What every layer gives. */
async function outputs(initialiser) {
  const layers = {};
  for (let l = 1; l <= LAYERS; l++) {
    layers[`affine${l}`] = new Affine({ inFeatures: WIDTH, outFeatures: WIDTH, bias: false });
    layers[`tanh${l}`] = new Tanh();
  }
  const network = new Sequential(layers);
  initialise(network, new Random(2), initialiser);
  const seen = [];
  const observe = (name, out) => {
    if (name.startsWith("tanh")) seen.push(out.clone());
  };
  const x = new Random("x").normal([IMAGES, WIDTH]);
  await network.forward(x, { backend: reference, mode: "evaluate", observe });
  return seen;
}

/** Bars over [-1, 1]; the highest of them fills the height. */
function bars(tensor, [left, top], series) {
  const counts = new Array(BINS).fill(0);
  for (const value of tensor.data)
    counts[Math.min(BINS - 1, Math.floor(((value + 1) / 2) * BINS))]++;
  const most = Math.max(...counts);
  const width = SIDE / BINS;
  return counts
    .map((count, b) => {
      const height = (HEIGHT * count) / most;
      const [x, y] = [left + b * width, top + HEIGHT - height];
      return element("rect", { class: `s${series} fill`, x, y, width: width - 0.6, height });
    })
    .join("");
}

export default async function draw() {
  const rows = [
    ["deviation 1: stuck at ±1", await outputs(deviation(1)), 1],
    ["deviation 0.01: shrinks to 0", await outputs(deviation(0.01)), 0],
    ["Xavier: stays spread out", await outputs(xavier), 2],
  ];
  const content = rows.flatMap(([name, seen, series], r) => {
    const top = 26 + r * ROW;
    return [
      label([10, top - 9], name, { series }),
      ...seen.flatMap((out, l) => {
        const left = 10 + l * (SIDE + GAP);
        const bottom = top + HEIGHT;
        const size = Math.sqrt(mean(multiply(out, out)).item());
        return [
          bars(out, [left, top], series),
          element("line", { class: "axis", x1: left, x2: left + SIDE, y1: bottom, y2: bottom }),
          label([left, bottom + 14], "−1", { size: 12, soft: true }),
          label([left + SIDE, bottom + 14], "1", { anchor: "end", size: 12, soft: true }),
          label([left + SIDE / 2, bottom + 29], formatNumber(size, 2), {
            anchor: "middle",
            size: 13,
          }),
        ];
      }),
    ];
  });
  return diagram({
    title: "What comes out of five layers with tanh, for three sizes of weights",
    description:
      "Fifteen histograms over the numbers from −1 to 1, with the root mean square below each. " +
      "Large weights push all numbers to the two ends. Small weights pull all to 0. With " +
      "Xavier's they stay spread out in all five layers.",
    width: 410,
    height: 26 + 3 * ROW + 20,
    content: [
      ...content,
      label([10, 26 + 3 * ROW - 8], "left to right: the outputs of layers 1 to 5, from −1 to 1", {
        soft: true,
      }),
      label([10, 26 + 3 * ROW + 11], "below each: its root mean square", { soft: true }),
    ],
  });
}
