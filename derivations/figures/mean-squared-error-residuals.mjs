/** Six predictions and their targets, and how far the gradient would move each. */
import { meanSquaredErrorBackward, meanSquaredErrorForward } from "leibniz/backprop";
import { arrow, diagram, element, formatNumber, label, onPlot, plot } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "half-of-the-square-forgotten";

const PREDICTION = [2, 0, 5, 4, -1, 3];
const TARGET = [1, 2, 5, 1, -1, 1];

/** @returns {Promise<string>} */
export default async function draw() {
  const { out, cache } = await meanSquaredErrorForward(tensor(PREDICTION), tensor(TARGET));
  const { dPrediction } = await meanSquaredErrorBackward(tensor(1), cache);
  const gradient = PREDICTION.map((_, i) => dPrediction.get(i));
  const options = {
    at: [40, 68],
    size: [330, 260],
    x: [0.5, 6.5],
    y: [-1.75, 5.75],
    yTicks: [-1, 0, 1, 2, 3, 4, 5],
    curves: PREDICTION.map((value, i) => ({
      points: [
        [i + 1, value],
        [i + 1, TARGET[i]],
      ],
      dashed: true,
    })),
  };
  const beside = (i, value) => {
    const [x, y] = onPlot(options, i + 1, value);
    return [x + 10, y];
  };
  return diagram({
    title: "Six predictions, their targets and the gradient",
    description:
      `The loss is ${formatNumber(out.item())}. Minus the gradient is an arrow from each ` +
      "prediction towards its target, a third of the way long.",
    width: 390,
    height: 374,
    content: [
      element("circle", { class: "s0 fill", cx: 46, cy: 18, r: 4 }),
      label([56, 22], "prediction", { size: 13 }),
      element("circle", { class: "s2 hollow ground", cx: 152, cy: 18, r: 6 }),
      label([162, 22], "target", { size: 13 }),
      arrow([236, 18], [262, 18], { series: 1 }),
      label([268, 22], "minus gradient", { size: 13 }),
      label([40, 48], `loss ${formatNumber(out.item())}, the mean of the squared distances`),
      plot(options),
      ...TARGET.map((value, i) => {
        const [cx, cy] = onPlot(options, i + 1, value);
        return element("circle", { class: "s2 hollow ground", cx, cy, r: 6 });
      }),
      ...PREDICTION.flatMap((value, i) => {
        const [cx, cy] = onPlot(options, i + 1, value);
        const to = onPlot(options, i + 1, value - gradient[i]);
        return [
          element("circle", { class: "s0 fill", cx, cy, r: 4 }),
          ...(Math.abs(gradient[i]) < 1e-9
            ? []
            : [arrow(beside(i, value), [to[0] + 10, to[1]], { series: 1 })]),
          label([cx, 346], formatNumber(gradient[i], 2), { anchor: "middle", size: 13, series: 1 }),
        ];
      }),
      label([40, 366], "the gradient of each prediction", { size: 13, soft: true }),
    ],
  });
}
