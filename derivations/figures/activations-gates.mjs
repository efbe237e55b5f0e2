/** Three gates that x opens itself, and what x times its gate looks like. */
import { geluForward, reluForward, siluForward } from "leibniz/backprop";
import { arrow, diagram, label, plot } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/backprop/gelu.ts",
  find: "erfc(-x",
  replace: "0.9 * erfc(-x",
};

const LAYERS = [
  ["rectifier", reluForward],
  ["SiLU", siluForward],
  ["GELU", geluForward],
];
const FAR = 4;
/** Of x; the quotient of output and x has no value at 0. */
const X = Array.from({ length: 64 }, (_, i) => ((i + 0.5) / 32 - 1) * FAR);

/** @returns {Promise<string>} */
export default async function draw() {
  const [outs, gates] = [[], []];
  for (const [series, [, forward]] of LAYERS.entries()) {
    const { out } = await forward(tensor(X));
    outs.push({ series, points: X.map((x, i) => [x, out.get(i)]) });
    const gate = X.map((x, i) => [x, out.get(i) / x]);
    if (series > 0) gates.push({ series, points: gate });
    else gates.push(...[gate.slice(0, 32), gate.slice(32)].map((points) => ({ series, points })));
  }
  const shared = { x: [-FAR, FAR], xTicks: [-4, -2, 0, 2, 4] };
  return diagram({
    title: "Three gates, and x times its gate",
    description:
      "Above, how far the gate is open: a step for the rectifier, smooth curves from 0 to 1 for " +
      "SiLU and GELU. Below, x times the gate, with a dip left of 0 for the smooth ones.",
    width: 390,
    height: 482,
    content: [
      ...LAYERS.flatMap(([name], series) => [
        arrow([40 + series * 116, 18], [62 + series * 116, 18], { series, headless: true }),
        label([68 + series * 116, 22], name, { series }),
      ]),
      plot({
        ...shared,
        at: [40, 58],
        size: [330, 140],
        y: [-0.1, 1.1],
        yTicks: [0, 0.5, 1],
        title: "gate: how much of x is let through",
        curves: gates,
      }),
      plot({
        ...shared,
        at: [40, 250],
        size: [330, 200],
        y: [-0.5, 2],
        yTicks: [0, 1, 2],
        title: "out = x · gate",
        curves: outs,
      }),
    ],
  });
}
