/** How long the steps of AdaGrad and RMSProp are, if the gradient stays the same. */
import { Parameter } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { Adagrad, RmsProp } from "leibniz/training";

export const breaks = {
  file: "src/kernels/reference/optimizer-updates.ts",
  find: "s[i]! += d * d;",
  replace: "s[i]! += Math.abs(d);",
};

const STEPS = 1000;

/** The length of every step, in units of η, with a gradient of 3. */
async function lengths(build) {
  const parameter = new Parameter("w", [1], 1, 1, { dtype: "float64" });
  parameter.grad.data[0] = 3;
  const optimizer = build([{ name: "w", parameter }], { learningRate: 1 });
  const points = [];
  for (let t = 1; t <= STEPS; t++) {
    const before = parameter.value.item();
    await optimizer.step(reference);
    if (t <= 20 || t % Math.ceil(t / 20) === 0)
      points.push([t, Math.abs(parameter.value.item() - before)]);
  }
  return points;
}

export default async function draw() {
  return lineChart({
    title: "The length of each step while the gradient stays the same",
    description:
      "Both axes are logarithmic. AdaGrad's steps begin at η and shrink along a straight line, " +
      "like one over the root of t. RMSProp's begin at ten times η and come down to η.",
    width: 400,
    height: 200,
    x: { label: "step t", scale: "log" },
    y: { label: "length of the step, in units of η", scale: "log" },
    series: [
      { name: "AdaGrad", points: await lengths((all, options) => new Adagrad(all, options)) },
      {
        name: "RMSProp, α = 0.99",
        points: await lengths((all, options) => new RmsProp(all, options)),
      },
    ],
  });
}
