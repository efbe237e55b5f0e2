/** The rectifier and seven other functions, each with its slope. */
import {
  eluBackward,
  eluForward,
  geluBackward,
  geluForward,
  leakyReluBackward,
  leakyReluForward,
  reluBackward,
  reluForward,
  sigmoidBackward,
  sigmoidForward,
  siluBackward,
  siluForward,
  softplusBackward,
  softplusForward,
  tanhBackward,
  tanhForward,
} from "leibniz/backprop";
import { arrow, diagram, label, plot } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "slope-at-the-output";

const LAYERS = [
  ["rectifier", reluForward, reluBackward, true],
  ["leaky, a = 0.1", (x) => leakyReluForward(x, { negativeSlope: 0.1 }), leakyReluBackward, true],
  ["sigmoid", sigmoidForward, sigmoidBackward],
  ["tanh", tanhForward, tanhBackward],
  ["softplus", softplusForward, softplusBackward],
  ["SiLU", siluForward, siluBackward],
  ["GELU", geluForward, geluBackward],
  ["ELU", eluForward, eluBackward],
];
const FAR = 4;
/** Of x, from the left to the right edge, with a step of the slope in the middle. */
const X = [
  ...Array.from({ length: 21 }, (_, i) => (i / 20 - 1) * FAR),
  ...Array.from({ length: 20 }, (_, i) => ((i + 1) / 20) * FAR),
];
const MIDDLE = 20;

/** @returns {Promise<string>} */
export default async function draw() {
  const panels = [];
  for (const [l, [title, forward, backward, jumps = false]] of LAYERS.entries()) {
    const { out, cache } = await forward(tensor(X));
    const { dX } = await backward(tensor(X.map(() => 1)), cache);
    const of = (t) => X.map((x, i) => [x, t.get(i)]);
    const slope = of(dX);
    // the slope of a kink has no values between the two sides
    const slopes = jumps
      ? [slope.slice(0, MIDDLE + 1), [[0, slope[MIDDLE + 1][1]], ...slope.slice(MIDDLE + 1)]]
      : [slope];
    panels.push(
      plot({
        at: [34 + (l % 2) * 190, 62 + Math.floor(l / 2) * 148],
        size: [156, 98],
        x: [-FAR, FAR],
        y: [-1.25, 2.5],
        xTicks: [-4, -2, 0, 2, 4],
        yTicks: [-1, 0, 1, 2],
        title,
        curves: [
          { points: of(out), series: 0 },
          ...slopes.map((points) => ({ points, series: 1 })),
        ],
      }),
    );
  }
  return diagram({
    title: "Eight functions and their slopes",
    description:
      "The rectifier, the leaky rectifier, sigmoid, tanh, softplus, SiLU, GELU and ELU between " +
      "−4 and 4, each with the curve of its slope.",
    width: 400,
    height: 632,
    content: [
      arrow([34, 20], [58, 20], { series: 0, headless: true }),
      label([66, 24], "out = f(x)", { series: 0 }),
      arrow([174, 20], [198, 20], { series: 1, headless: true }),
      label([206, 24], "slope f′(x)", { series: 1 }),
      ...panels,
    ],
  });
}
