/** What is left of a gradient on its way back through layers of one activation in a row. */
import {
  reluBackward,
  reluForward,
  sigmoidBackward,
  sigmoidForward,
  tanhBackward,
  tanhForward,
} from "leibniz/backprop";
import { formatNumber, lineChart, powerOfTen } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "slope-at-the-output";

const LAYERS = 10;
const START = 1.5;

/** The product of the slopes of the first layers, by how many they are. */
async function left(forward, backward) {
  let [x, product] = [START, 1];
  const points = [[0, product]];
  for (let l = 1; l <= LAYERS; l++) {
    const { out, cache } = await forward(tensor([x]));
    product *= (await backward(tensor([1]), cache)).dX.get(0);
    x = out.get(0);
    points.push([l, product]);
  }
  return points;
}

/** @returns {Promise<string>} */
export default async function draw() {
  const series = [
    { name: "rectifier", points: await left(reluForward, reluBackward) },
    { name: "tanh", points: await left(tanhForward, tanhBackward) },
    { name: "sigmoid", points: await left(sigmoidForward, sigmoidBackward) },
  ];
  // the slope of the sigmoid where it is steepest
  const { cache } = await sigmoidForward(tensor([0]));
  const steepest = (await sigmoidBackward(tensor([1]), cache)).dX.get(0);
  const bound = Array.from({ length: LAYERS + 1 }, (_, l) => [l, steepest ** l]);
  const last = series.map(({ points }) => formatNumber(points.at(-1)[1], 2));
  return lineChart({
    title: "What is left of the gradient",
    description:
      `After ${LAYERS} layers, ${last[0]} of it with rectifiers, ${last[1]} with tanh, ` +
      `${last[2]} with sigmoids.`,
    width: 400,
    height: 240,
    x: { label: "layers that it went back through", isWhole: true },
    y: {
      label: "share of the gradient that is left",
      scale: "log",
      format: (value) => (value === 1 ? "1" : powerOfTen(value)),
    },
    series: [
      ...series.map((one) => ({ ...one, dots: one.points })),
      { name: "a quarter per layer", points: bound, isGuide: true },
    ],
  });
}
