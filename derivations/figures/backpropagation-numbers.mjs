/** The tiny network of the chapter: every number forward and every gradient backward. */
import {
  Affine,
  Conv2d,
  Flatten,
  MaxPool2d,
  Relu,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
} from "leibniz/backprop";
import {
  arrow,
  BACKWARD,
  cells,
  diagram,
  element,
  formatNumber,
  FORWARD,
  label,
} from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { tensor } from "leibniz/tensor";

export const breaks = "relu-lets-all-through";

const IMAGE = [
  [1, 0, 2, 3],
  [0, 3, 1, 1],
  [2, 1, 0, 0],
];
const CLASS = 1;
/** Of a square. */
const SIZE = 31;
/** Where the numbers go down, where the layers are, and where the gradients come up. */
const [DOWN, MIDDLE, UP, WIDTH] = [64, 210, 354, 416];
/** Room for each layer between what it is given and what it returns. */
const ROOM = { conv: 172, relu: 60, pool: 60, flatten: 60, affine: 172, loss: 78 };

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const dtype = "float64";
  const conv = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 2 }, { dtype });
  const affine = new Affine({ inFeatures: 3, outFeatures: 2 }, { dtype });
  conv.weight.value.data.set([1, -1, 0, 1]);
  conv.bias.value.data.set([-1]);
  affine.weight.value.data.set([1, 0, -1, 0, 2, 1]);
  affine.bias.value.data.set([0, 1]);
  const pool = new MaxPool2d({ kernelSize: [2, 1] });
  const layers = { conv, relu: new Relu(), pool, flatten: new Flatten(), affine };

  const x = [tensor([[IMAGE]])];
  const passes = [];
  for (const layer of Object.values(layers)) {
    const pass = await layer.forward(x.at(-1), { backend: reference, mode: "train" });
    passes.push(pass);
    x.push(pass.out);
  }
  const { out: loss, cache } = await softmaxCrossEntropyForward(x.at(-1), [CLASS]);
  const dX = [(await softmaxCrossEntropyBackward(tensor(1), cache)).dLogits];
  for (const { backward } of [...passes].reverse())
    dX.unshift(await backward(dX[0], passes[0].backward !== backward));

  const isWinner = (r, c) => c < 3 && dX[2].get(0, 0, r, c) !== 0;
  const winners = [0, 1].flatMap((row) =>
    [0, 1, 2].flatMap((column) =>
      isWinner(row, column) ? [{ row, column, size: [1, 1], series: 2 }] : [],
    ),
  );
  const isShut = (r, c) => x[1].get(0, 0, r, c) <= 0;
  const content = [
    label([DOWN, 16], "forward: x", { anchor: "middle", series: FORWARD }),
    label([UP, 16], "backward: dX", { anchor: "middle", series: BACKWARD }),
  ];
  let top = 30;
  const bottoms = [];
  const tops = [];
  for (const [l, out] of x.entries()) {
    const values = rowsOf(out);
    const look = (l === 2 && { windows: winners }) || (l === 1 && { isPale: isShut }) || {};
    const place = (middle) => [middle - (values[0].length * SIZE) / 2, top];
    const half = (values[0].length * SIZE) / 2;
    const middle = top + (values.length * SIZE) / 2 + 4;
    content.push(
      cells({ at: place(DOWN), size: SIZE, values, ...look }),
      label([DOWN + half + 7, middle], `x${digit(l)}`, { series: FORWARD, size: 13 }),
    );
    if (dX[l] !== null)
      content.push(
        cells({ at: place(UP), size: SIZE, values: rowsOf(dX[l]), ...look }),
        label([UP - half - 7, middle], `dX${digit(l)}`, {
          anchor: "end",
          series: BACKWARD,
          size: 13,
        }),
      );
    tops.push(top);
    bottoms.push(top + values.length * SIZE);
    top = bottoms[l] + Object.values(ROOM)[l];
  }
  const said = ["conv", "relu", "max pool", "flatten", "affine"];
  const kept = [
    "keeps x₀ and its weight",
    "keeps x₁: open above 0",
    "keeps the winners",
    "keeps the shape",
    "keeps x₄ and its weight",
  ];
  for (const [l, name] of said.entries()) {
    const [from, to] = [bottoms[l], tops[l + 1]];
    content.push(
      arrow([DOWN, from + 5], [DOWN, to - 5], { series: FORWARD }),
      box(from + 9, to - 9),
      label([MIDDLE, from + 25], name, { anchor: "middle" }),
      label([MIDDLE, from + 41], kept[l], { anchor: "middle", soft: true, size: 12 }),
    );
    if (l > 0) content.push(arrow([UP, to - 5], [UP, from + 5], { series: BACKWARD }));
  }
  content.push(...parameters(conv, bottoms[0] + 56), ...parameters(affine, bottoms[4] + 56));
  content.push(
    label([UP + 8, bottoms[0] + 80], "no dX₀ is", { anchor: "middle", soft: true, size: 12 }),
    label([UP + 8, bottoms[0] + 94], "asked for", { anchor: "middle", soft: true, size: 12 }),
  );
  const end = bottoms[5] + 52;
  content.push(
    arrow([DOWN, bottoms[5] + 5], [DOWN, end], { series: FORWARD }),
    label([DOWN, end + 17], `loss ${formatNumber(loss.item())}`, {
      anchor: "middle",
      series: FORWARD,
    }),
    box(bottoms[5] + 9, end + 5),
    label([MIDDLE, bottoms[5] + 26], "softmax, cross-entropy", { anchor: "middle", size: 13 }),
    label([MIDDLE, bottoms[5] + 43], `keeps p = (${rowsOf(cache.probabilities)[0].join(", ")})`, {
      anchor: "middle",
      soft: true,
      size: 12,
    }),
    arrow([UP, end], [UP, bottoms[5] + 5], { series: BACKWARD }),
    label([UP, end + 17], "dLoss 1", { anchor: "middle", series: BACKWARD }),
  );
  return diagram({
    title: "A tiny network: all numbers forward, all gradients backward",
    description:
      "From top to bottom an image of 3 rows and 4 columns, convolution, relu, max pooling, " +
      "flatten and an affine layer, down to the loss. Beside each tensor its gradient, from " +
      "bottom to top, and in each layer the weights with their gradients.",
    width: WIDTH,
    height: end + 28,
    content,
  });
}

/** A layer's box between two heights. */
function box(from, to) {
  return element("rect", {
    class: "guide line",
    ...{ x: MIDDLE - 99, y: from, width: 198, height: to - from, rx: 8 },
  });
}

/** Weight and bias of a layer, and their gradients. */
function parameters({ weight, bias }, top) {
  const [values, grads] = [rowsOf(weight.value), rowsOf(weight.grad)];
  const wide = values[0].length * SIZE;
  const below = top + 12 + values.length * SIZE;
  const list = (tensor) => [...tensor.data].map((value) => formatNumber(value)).join(", ");
  const column = (middle, name, squares, text, series) => [
    cells({ at: [middle - wide / 2, top + 12], size: SIZE, values: squares }),
    label([middle, top + 6], name, { anchor: "middle", series, size: 12 }),
    label([middle, below + 15], text, { anchor: "middle", series, size: 12 }),
  ];
  return [
    ...column(MIDDLE - 49, "weight", values, `bias ${list(bias.value)}`, FORWARD),
    ...column(MIDDLE + 49, "dWeight", grads, `dBias ${list(bias.grad)}`, BACKWARD),
  ];
}

/** The last two axes, as rows of numbers. */
function rowsOf(tensor) {
  const columns = tensor.shape.at(-1);
  const flat = [...tensor.contiguous().data];
  return Array.from({ length: flat.length / columns }, (_, r) =>
    flat.slice(r * columns, (r + 1) * columns),
  );
}

const digit = (l) => "₀₁₂₃₄₅"[l];
