/** What an answer costs, by the probability that it gave to the right class. */
import { softmaxCrossEntropyForward } from "leibniz/backprop";
import { diagram, formatNumber, label, onPlot, plot } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/backprop/softmax-cross-entropy.ts",
  find: "round(t[i]! * logOfP)",
  replace: "round(t[i]! * 2 * logOfP)",
};

/** Two classes whose logits give the right one this probability. */
const lossAt = async (p) => {
  const { out } = await softmaxCrossEntropyForward(tensor([[Math.log(p), Math.log(1 - p)]]), [0]);
  return out.item();
};
/** Probabilities that are marked, and where their words are beside the dot. */
const MARKS = [
  [0.1, "one chance in ten", [12, 4], "start"],
  [0.5, "a coin toss", [10, -4], "start"],
  [0.9, "sure", [30, -12], "end"],
];

/** @returns {Promise<string>} */
export default async function draw() {
  const points = [];
  for (let at = 1; at <= 66; at++) {
    const p = 0.999 * (at / 66) ** 2 + 0.0005;
    points.push([p, await lossAt(p)]);
  }
  const dots = [];
  for (const [p] of MARKS) dots.push({ at: [p, await lossAt(p)], series: 1 });
  const options = {
    at: [44, 40],
    size: [318, 220],
    x: [0, 1],
    y: [0, 5],
    xTicks: [0, 0.25, 0.5, 0.75, 1],
    yTicks: [0, 1, 2, 3, 4, 5],
    title: "loss in nats",
    curves: [{ points, series: 0 }],
    dots,
  };
  return diagram({
    title: "The loss by the probability of the right class",
    description:
      "The loss falls from beyond all bounds at probability 0 to 0 at probability 1. Marked: " +
      dots.map(({ at: [p, loss] }) => `${formatNumber(loss, 3)} at ${p}`).join(", "),
    width: 380,
    height: 304,
    content: [
      plot(options),
      ...MARKS.map(([p, words, beside, anchor], m) => {
        const [x, y] = onPlot(options, p, dots[m].at[1]);
        return label(
          [x + beside[0], y + beside[1]],
          `${words}: ${formatNumber(dots[m].at[1], 3)}`,
          { anchor, size: 13 },
        );
      }),
      label([203, 294], "probability of the right class", { anchor: "middle" }),
    ],
  });
}
