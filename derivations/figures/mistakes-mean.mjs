/** One wrong entry of nine, by a mean of differences and by its relative error. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { multiply, tensor } from "leibniz/tensor";

export const breaks = "filter-rotated-twice";

/** The chapter's image, filter and upstream gradient. */
const X = [
  [
    [
      [1, 2, 0],
      [0, 1, 4],
      [2, 0, 1],
    ],
  ],
];
const WEIGHT = [
  [
    [
      [0.1, -0.2],
      [0.3, 0.4],
    ],
  ],
];
const D_OUT = [
  [
    [
      [1, -2],
      [3, 5],
    ],
  ],
];
const BOUND = 1e-4;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const weight = tensor(WEIGHT);
  const { cache } = await conv2dForward(tensor(X), weight, null);
  const [means, relatives] = [[], []];
  for (let i = 0; i <= 24; i++) {
    const share = 10 ** (-i / 4);
    const dOut = multiply(tensor(D_OUT), share);
    const { dX } = await conv2dBackward(dOut, cache);
    const right = dX.get(0, 0, 1, 1);
    // the first window overwrites what the other three have added to the pixel in the middle
    const overwritten = weight.get(0, 0, 1, 1) * dOut.get(0, 0, 0, 0);
    const difference = Math.abs(overwritten - right);
    means.push([share, difference / dX.size]);
    relatives.push([share, difference / Math.max(Math.abs(right), Math.abs(overwritten))]);
  }
  return lineChart({
    title: "One wrong entry, by two measures",
    description:
      "As the upstream gradient gets smaller, the mean of differences falls with it and below any " +
      "bound, while the relative error of the wrong entry stays 1.75.",
    width: 400,
    height: 230,
    x: { label: "size of dOut, from far back in a network to its end", scale: "log" },
    y: { label: "what the check compares with its bound", scale: "log" },
    series: [
      { name: "mean of |differences|", points: means },
      { name: "largest relative error", points: relatives },
    ],
    rules: [{ axis: "y", at: BOUND, name: "bound: 1e-4" }],
  });
}
