/** One step of momentum and one of Nesterov's, from the same place with the same velocity. */
import { Parameter } from "leibniz/backprop";
import { arrow, contours, diagram, element, label, onSurface } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { Sgd } from "leibniz/training";

export const breaks = {
  file: "src/kernels/reference/optimizer-updates.ts",
  find: "nesterov ? d + momentum * v[i]!",
  replace: "nesterov ? d + 0.3 * momentum * v[i]!",
};

const [ETA, MU] = [0.36, 0.9];
/** The ball's place and velocity: it rolls down into the valley. */
const [PLACE, VELOCITY] = [
  [-3.2, 0.8],
  [-2.6, 4.6],
];
/** The valley x²/20 + y²/2, and its gradient. */
const height = (x, y) => x ** 2 / 20 + y ** 2 / 2;
const slope = ([x, y]) => [x / 10, y];

/** Where one step of an optimizer with this velocity ends. */
async function step(from, gradient, nesterov) {
  const parameter = new Parameter("w", [2], 1, 1, { dtype: "float64" });
  const sgd = new Sgd([{ name: "w", parameter }], { learningRate: ETA, momentum: MU, nesterov });
  // the first step's velocity is its gradient
  parameter.grad.data.set(VELOCITY);
  await sgd.step(reference);
  parameter.value.data.set(from);
  parameter.grad.data.set(gradient);
  await sgd.step(reference);
  return [...parameter.value.data];
}

export default async function draw() {
  // (optimizers.20): where the ball is about to roll
  const ahead = PLACE.map((at, i) => at - ETA * MU * VELOCITY[i]);
  const momentum = await step(PLACE, slope(PLACE), false);
  // Nesterov's parameters are the point ahead; the ball is ημu behind the next one
  const next = await step(ahead, slope(ahead), true);
  const velocity = slope(ahead).map((g, i) => MU * VELOCITY[i] + g);
  const nesterov = next.map((at, i) => at + ETA * MU * velocity[i]);
  const surface = {
    at: [10, 10],
    size: [380, 277],
    surface: height,
    x: [-3.9, -1.1],
    y: [-1.1, 0.94],
    levels: [0.15, 0.3, 0.5, 0.75],
  };
  const at = ([x, y]) => onSurface(surface, x, y);
  const dot = ([cx, cy], series) => element("circle", { class: `s${series} fill`, cx, cy, r: 4 });
  const [start, look, end, better] = [PLACE, ahead, momentum, nesterov].map(at);
  return diagram({
    title: "One step of momentum and one of Nesterov's",
    description:
      "From one place both roll across the floor of a valley. Momentum adds the gradient of where " +
      "it came from, which points on down, and goes further up the other side. Nesterov's method " +
      "adds the gradient at the place where it has rolled to, which points back.",
    width: 400,
    height: 297,
    content: [
      contours(surface),
      arrow(at([-3.9, 0]), at([-1.1, 0]), { headless: true, dashed: true }),
      arrow(start, look, {}),
      arrow(look, end, { series: 0 }),
      arrow(look, better, { series: 1 }),
      dot(end, 0),
      dot(better, 1),
      element("circle", { class: "guide hollow ground", cx: start[0], cy: start[1], r: 4 }),
      label([start[0] - 10, start[1] + 4], "θ", { anchor: "end", italic: true }),
      label([start[0] + 74, start[1] + 60], "rolls on: −η·μ·u", { halo: true, size: 13 }),
      label([end[0] - 16, end[1] + 4], "momentum: −η·g at θ", {
        anchor: "end",
        series: 0,
        halo: true,
        size: 13,
      }),
      label([better[0] + 10, better[1] + 4], "Nesterov: −η·g ahead", {
        series: 1,
        halo: true,
        size: 13,
      }),
      label([16, at([0, 0])[1] - 6], "valley floor", { halo: true, soft: true, size: 13 }),
    ],
  });
}
