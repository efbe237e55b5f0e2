/** How long Adam's steps are while the gradient stays the same, corrected and not. */
import { Parameter } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { Adam } from "leibniz/training";

export const breaks = "adam-without-bias-correction";

const STEPS = 3000;

export default async function draw() {
  const parameter = new Parameter("w", [1], 1, 1, { dtype: "float64" });
  parameter.grad.data[0] = 3;
  const adam = new Adam([{ name: "w", parameter }], { learningRate: 1 });
  const [taken, uncorrected] = [[], []];
  for (let t = 1; t <= STEPS; t++) {
    const before = parameter.value.item();
    await adam.step(reference);
    if (t > 20 && t % Math.ceil(t / 20) !== 0) continue;
    const [m, v] = ["firstMoment.w", "secondMoment.w"].map((name) => adam.state().get(name).item());
    taken.push([t, Math.abs(parameter.value.item() - before)]);
    uncorrected.push([t, Math.abs(m) / Math.sqrt(v)]);
  }
  return lineChart({
    title: "The length of Adam's steps while the gradient stays the same",
    description:
      "With the correction every step has the length η. Without it the first is 3.2 times as " +
      "long, the twelfth 6.6 times, and the thousandth still 1.3 times.",
    width: 400,
    height: 200,
    x: { label: "step t", scale: "log" },
    y: { label: "length of the step, in units of η", domain: [0, 7] },
    series: [
      { name: "m̂ / √v̂", points: taken },
      { name: "m / √v, not corrected", points: uncorrected },
    ],
  });
}
