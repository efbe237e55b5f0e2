/** How far from the lowest point noisy descent is, with two constant rates and with a falling one. */
import { Parameter } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { Random } from "leibniz/tensor";
import { buildSchedule, constant, cosine, Sgd } from "leibniz/training";

export const breaks = "descent-uphill";

const [WALKS, STEPS, CURVATURE, NOISE, START] = [2000, 120, 1, 1, 10];

/** The mean square over many walks on a·w²/2, whose gradients have an error of ±NOISE each. */
async function walk(learningRate, description) {
  const schedule = buildSchedule(description);
  const parameter = new Parameter("w", [WALKS], 1, 1, { dtype: "float64" });
  parameter.value.fill(START);
  const sgd = new Sgd([{ name: "w", parameter }], { learningRate });
  const random = new Random("noise");
  const points = [];
  for (let t = 0; t <= STEPS; t++) {
    const { data } = parameter.value;
    points.push([t, data.reduce((sum, w) => sum + w * w, 0) / WALKS]);
    if (t === STEPS) break;
    const coins = random.uniform([WALKS], -1, 1, "float64").data;
    for (let i = 0; i < WALKS; i++)
      parameter.grad.data[i] = CURVATURE * data[i] + (coins[i] < 0 ? -NOISE : NOISE);
    await sgd.step(reference, schedule(t, STEPS) * learningRate);
  }
  return points;
}

export default async function draw() {
  return lineChart({
    title: "Noisy descent with two constant rates and with a falling one",
    description:
      "The mean square distance from the lowest point, on a logarithmic axis. A constant rate of " +
      "0.5 falls fast and stays at a third. One of 0.02 " +
      "is still on its way after 120 steps. A rate that starts at 0.5 and falls along a cosine is " +
      "as fast as the first in the beginning and ends at a fortieth.",
    width: 400,
    height: 240,
    x: { label: "step" },
    y: { label: "mean square distance", scale: "log" },
    series: [
      { name: "η = 0.5", points: await walk(0.5, constant) },
      { name: "η = 0.02", points: await walk(0.02, constant) },
      { name: "η = 0.5, cosine", points: await walk(0.5, cosine()) },
    ],
  });
}
