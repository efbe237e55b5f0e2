/** A weight that is tossed about by noisy gradients, and its running average. */
import { Parameter } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { Random } from "leibniz/tensor";
import { Sgd, WeightAverage } from "leibniz/training";

export const breaks = "descent-uphill";

const [STEPS, DECAY, START] = [200, 0.95, 3];

export default async function draw() {
  const parameter = new Parameter("w", [1], 1, 1, { dtype: "float64" });
  parameter.value.fill(START);
  const named = [{ name: "w", parameter }];
  const sgd = new Sgd(named, { learningRate: 0.2 });
  const average = new WeightAverage(named, DECAY);
  const noise = new Random("average").normal([STEPS], 0, 1.2, "float64").data;
  const [weights, averages] = [[[0, START]], []];
  for (let t = 1; t <= STEPS; t++) {
    parameter.grad.data[0] = parameter.value.item() + noise[t - 1];
    await sgd.step(reference);
    average.update();
    weights.push([t, parameter.value.item()]);
    const putBack = average.show();
    averages.push([t, parameter.value.item()]);
    putBack();
  }
  return lineChart({
    title: "A weight in noisy descent, and its running average",
    description:
      "The weight comes from 3 down to the lowest point at 0 and then jumps " +
      "about it by up to 1. Its average arrives later and stays closer.",
    width: 400,
    height: 220,
    x: { label: "step" },
    y: { label: "the weight; the lowest point is 0" },
    series: [
      { name: "w", points: weights },
      { name: "average, d = 0.95", points: averages },
    ],
    rules: [{ axis: "y", at: 0, name: "lowest point" }],
  });
}
