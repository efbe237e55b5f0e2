/** The velocity under gradients that stay the same, and under gradients that change their sign. */
import { Parameter } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { Sgd } from "leibniz/training";

export const breaks = "momentum-dampened";

const [STEPS, MU] = [40, 0.9];

/** The velocity after each step. */
async function velocities(gradient) {
  const parameter = new Parameter("w", [1], 1, 1, { dtype: "float64" });
  const sgd = new Sgd([{ name: "w", parameter }], { learningRate: 0.1, momentum: MU });
  const points = [[0, 0]];
  for (let t = 1; t <= STEPS; t++) {
    parameter.grad.data[0] = gradient(t);
    await sgd.step(reference);
    points.push([t, sgd.state().get("velocity.w").item()]);
  }
  return points;
}

export default async function draw() {
  return lineChart({
    title: "The velocity under steady and under alternating gradients",
    description:
      "Gradients that are all 1 add up to a velocity that comes near 10 within forty steps. " +
      "Gradients that alternate between 1 and −1 cancel, and the velocity stays within ±1.",
    width: 400,
    height: 190,
    x: { label: "step t" },
    y: { label: "velocity v, for μ = 0.9" },
    series: [
      { name: "g = 1, 1, 1, …", points: await velocities(() => 1) },
      { name: "g = 1, −1, 1, …", points: await velocities((t) => (-1) ** (t - 1)) },
    ],
    rules: [{ axis: "y", at: 1 / (1 - MU), name: "1/(1 − μ)" }],
  });
}
