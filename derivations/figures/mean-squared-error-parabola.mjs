/** The squared error of one number, and its slope at three places. */
import { meanSquaredErrorBackward, meanSquaredErrorForward } from "leibniz/backprop";
import { diagram, formatNumber, label, onPlot, plot } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "half-of-the-square-forgotten";

const TARGET = 2;
/** Predictions, and where the slope is written beside the dot. */
const MARKS = [
  [0.25, [12, 2], "start"],
  [TARGET, [0, -12], "middle"],
  [3.25, [12, 8], "start"],
];
/** Half the length of a tangent, in units of the prediction. */
const HALF = 0.55;

/** @returns {Promise<string>} */
export default async function draw() {
  const at = async (prediction) => {
    const { out, cache } = await meanSquaredErrorForward(tensor([prediction]), tensor([TARGET]));
    const { dPrediction } = await meanSquaredErrorBackward(tensor(1), cache);
    return { loss: out.item(), slope: dPrediction.item() };
  };
  const points = [];
  for (let i = 0; i <= 60; i++) points.push([-0.5 + i / 12, (await at(-0.5 + i / 12)).loss]);
  const marks = [];
  for (const [prediction, beside, anchor] of MARKS)
    marks.push({ prediction, beside, anchor, ...(await at(prediction)) });
  const options = {
    at: [40, 40],
    size: [330, 230],
    x: [-0.5, 4.5],
    y: [-0.75, 5],
    xTicks: [0, 1, 2, 3, 4],
    yTicks: [0, 1, 2, 3, 4, 5],
    title: "loss = (prediction − target)²",
    curves: [
      { points, series: 0 },
      ...marks.map(({ prediction, loss, slope }) => ({
        points: [-HALF, HALF].map((step) => [prediction + step, loss + slope * step]),
        series: 1,
      })),
    ],
    dots: marks.map(({ prediction, loss }) => ({ at: [prediction, loss], series: 1 })),
  };
  const slopes = marks.map(({ slope }) => formatNumber(slope));
  return diagram({
    title: "The squared error of one number",
    description:
      `A parabola with its lowest point at the target, ${TARGET}. Its slope is ` +
      `${slopes.join(", ")} at three predictions, twice their distance from the target.`,
    width: 390,
    height: 312,
    content: [
      plot(options),
      ...marks.map(({ prediction, loss, beside, anchor }, m) => {
        const [x, y] = onPlot(options, prediction, loss);
        const place = [x + beside[0], y + beside[1]];
        return label(place, `slope ${slopes[m]}`, { anchor, series: 1 });
      }),
      label([205, 304], `prediction; the target is ${TARGET}`, { anchor: "middle" }),
    ],
  });
}
