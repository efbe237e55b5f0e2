/** All probabilities of three classes are a triangle; minus the gradient points to a corner. */
import { reference } from "leibniz/kernels";
import { Sgd } from "leibniz/training";
import {
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  softmaxForward,
  Parameter,
} from "leibniz/backprop";
import { arrow, diagram, element, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "loss-uphill";

const CORNERS = [
  [200, 60],
  [40, 337],
  [360, 337],
];
const LABEL = 0;
/** Logits, and where the numbers of their point are written beside it. */
const POINTS = [
  { logits: [0, 0, 0], beside: [8, 20], anchor: "middle" },
  { logits: [0, 1.8, -0.4], beside: [-16, 22], anchor: "start" },
  { logits: [0.4, 0, 1.4], beside: [30, 22], anchor: "end" },
];
const [RATE, STEPS] = [0.4, 40];

/** Where probabilities are in the triangle. */
const placeOf = (p) =>
  [0, 1].map((axis) => p.reduce((sum, share, c) => sum + share * CORNERS[c][axis], 0));
const probabilities = async (logits) => {
  const { out } = await softmaxForward(tensor([logits]));
  return logits.map((_, c) => out.get(0, c));
};
const gradient = async (logits) => {
  const { cache } = await softmaxCrossEntropyForward(tensor([logits]), [LABEL]);
  const { dLogits } = await softmaxCrossEntropyBackward(tensor(1), cache);
  return logits.map((_, c) => dLogits.get(0, c));
};

/** @returns {Promise<string>} */
export default async function draw() {
  const points = [];
  for (const { logits, beside, anchor } of POINTS) {
    const [p, g] = [await probabilities(logits), await gradient(logits)];
    const [from, to] = [placeOf(p), placeOf(p.map((share, c) => share - g[c]))];
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const length = Math.hypot(dx, dy);
    const text = `(${p.map((share) => share.toFixed(2)).join(", ")})`;
    points.push(
      arrow(from, [to[0] - (7 * dx) / length, to[1] - (7 * dy) / length], { series: 1 }),
      element("circle", { class: "s0 fill", cx: from[0], cy: from[1], r: 4.5 }),
      label([from[0] + beside[0], from[1] + beside[1]], text, { size: 13, anchor }),
    );
  }
  let logits = POINTS[1].logits;
  const parameter = new Parameter("logits", [3], 1, 1, { dtype: "float64" });
  parameter.value.data.set(logits);
  const sgd = new Sgd([{ name: "logits", parameter }], { learningRate: RATE });
  const walk = [];
  for (let step = 0; step < STEPS; step++) {
    const g = await gradient(logits);
    parameter.grad.data.set(g);
    await sgd.step(reference);
    logits = [...parameter.value.data];
    const [cx, cy] = placeOf(await probabilities(logits));
    walk.push(element("circle", { class: "s2 fill", cx, cy, r: 1.7 }));
  }
  const side = CORNERS.map((corner) => corner.join(" ")).join("L");
  return diagram({
    title: "Probabilities of three classes, and the way to the right one",
    description:
      "A triangle whose corners are the certain answers. From each of three points an arrow, " +
      "minus the gradient by the logits, ends in the corner of the right class.",
    width: 400,
    height: 424,
    content: [
      element("path", { class: "guide line", d: `M${side}z` }),
      ...walk,
      ...points,
      element("circle", { class: "s2 hollow ground", cx: CORNERS[0][0], cy: CORNERS[0][1], r: 6 }),
      label([200, 24], "the right class", { anchor: "middle", series: 2 }),
      label([200, 42], "(1, 0, 0)", { anchor: "middle", series: 2 }),
      label([14, 360], "(0, 1, 0)"),
      label([386, 360], "(0, 0, 1)", { anchor: "end" }),
      arrow([14, 384], [40, 384], { series: 1 }),
      label([48, 388], "t − p, minus the gradient: it ends in the corner", { size: 13 }),
      ...[18, 26, 34].map((cx) => element("circle", { class: "s2 fill", cx, cy: 406, r: 1.7 })),
      label([48, 410], "the way that p takes when the logits descend", { size: 13 }),
    ],
  });
}
