/** What weight decay does to a weight that the loss does not need: coupled and decoupled. */
import { Parameter } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { Adam, AdamW } from "leibniz/training";

export const breaks = "decay-that-grows";

const [START, STEPS] = [0.03, 60];

/** The weight at every step. */
async function walk(build) {
  const parameter = new Parameter("w", [1], 1, 1, { dtype: "float64" });
  parameter.value.data[0] = START;
  const optimizer = build([{ name: "w", parameter }]);
  const points = [[0, START]];
  for (let t = 1; t <= STEPS; t++) {
    await optimizer.step(reference);
    points.push([t, parameter.value.item()]);
  }
  return points;
}

export default async function draw() {
  const options = (weightDecay) => ({ learningRate: 0.001, weightDecay });
  const adam = (decay) => walk((all) => new Adam(all, options(decay)));
  const adamW = (decay) => walk((all) => new AdamW(all, options(decay)));
  return lineChart({
    title: "A weight that the loss does not need, under two kinds of weight decay",
    description:
      "The weight starts at 0.03 and has no gradient from the loss. With Adam's coupled decay it " +
      "falls to 0 within forty steps, along the same line for λ = 0.1 and for λ = 0.001. With " +
      "AdamW's decoupled decay it hardly moves for λ = 0.1, and fades slowly for λ = 10.",
    width: 400,
    height: 220,
    x: { label: "step" },
    y: { label: "the weight" },
    series: [
      { name: "Adam, λ = 0.1", points: await adam(0.1) },
      { name: "Adam, λ = 0.001: the same line", points: await adam(0.001) },
      { name: "AdamW, λ = 0.1", points: await adamW(0.1) },
      { name: "AdamW, λ = 10", points: await adamW(10) },
    ],
  });
}
