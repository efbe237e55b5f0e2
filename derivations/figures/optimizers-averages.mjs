/** Adam's first average over noisy gradients, with the correction for its start at 0 and without. */
import { Parameter } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { Random } from "leibniz/tensor";
import { Adam } from "leibniz/training";

export const breaks = {
  file: "src/kernels/reference/optimizer-updates.ts",
  find: "beta1 * m[i]! + (1 - beta1) * d",
  replace: "beta1 * m[i]! + d",
};

const [STEPS, BETA1] = [40, 0.9];

export default async function draw() {
  const gradients = new Random("averages").normal([STEPS], 1, 0.5, "float64").data;
  const parameter = new Parameter("w", [1], 1, 1, { dtype: "float64" });
  const adam = new Adam([{ name: "w", parameter }], { beta1: BETA1 });
  const [plain, corrected] = [[[0, 0]], []];
  for (let t = 1; t <= STEPS; t++) {
    parameter.grad.data[0] = gradients[t - 1];
    await adam.step(reference);
    const m = adam.state().get("firstMoment.w").item();
    plain.push([t, m]);
    corrected.push([t, m / (1 - BETA1 ** t)]);
  }
  return lineChart({
    title: "Adam's average of the gradients, corrected and as it is",
    description:
      "Gradients scatter around 1. The average as it is starts at 0 and takes thirty steps to " +
      "reach them. Divided by 1 − β₁ᵗ it lies among them from the first step.",
    width: 400,
    height: 200,
    x: { label: "step t" },
    y: { label: "gradients and their average" },
    series: [
      { name: "m", points: plain },
      { name: "m̂, corrected", points: corrected },
      { name: "gradients", dots: [...gradients].map((g, t) => [t + 1, g]) },
    ],
  });
}
