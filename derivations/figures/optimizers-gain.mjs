/** How fast plain descent and momentum approach the lowest point, for every curvature. */
import { Parameter } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { Sgd } from "leibniz/training";

export const breaks = "momentum-dampened";

const MU = 0.9;
/** η·a, from almost level to too steep. */
const PRODUCTS = Array.from({ length: 89 }, (_, k) => 10 ** (-3 + (k / 88) * 3.6));

/** Four places of a walk on a·w²/2, with η = 1. */
async function walk(a, momentum) {
  const parameter = new Parameter("w", [1], 1, 1, { dtype: "float64" });
  parameter.value.data[0] = 1;
  const sgd = new Sgd([{ name: "w", parameter }], { learningRate: 1, momentum });
  const places = [1];
  for (let t = 0; t < 3; t++) {
    parameter.grad.data[0] = a * parameter.value.item();
    await sgd.step(reference);
    places.push(parameter.value.item());
  }
  return places;
}

/** The larger absolute value of the two roots z for which w[t] may be zᵗ. */
function slowest([w0, w1, w2, w3]) {
  const determinant = w0 * w2 - w1 * w1;
  const [p, q] = [(w0 * w3 - w1 * w2) / determinant, (w1 * w3 - w2 * w2) / determinant];
  const discriminant = p * p - 4 * q;
  return discriminant < 0 ? Math.sqrt(q) : (Math.abs(p) + Math.sqrt(discriminant)) / 2;
}

/** After how many steps half of the distance is left, where it shrinks. */
const halving = (share) => Math.log(1 / 2) / Math.log(share);
const drawn = ([, steps]) => steps >= 0.1 && steps <= 1000;

export default async function draw() {
  const plain = [];
  const rolling = [];
  for (const product of PRODUCTS) {
    const [, w1] = await walk(product, 0);
    plain.push([product, halving(Math.abs(w1))]);
    rolling.push([product, halving(slowest(await walk(product, MU)))]);
  }
  return lineChart({
    title: "Steps until half of the distance is left, for every curvature",
    description:
      "Without momentum flat directions take hundreds of steps, and the number falls as they get " +
      "steeper, until beyond η·a = 2 there is none. With momentum it is 13 for all curvatures " +
      "over three powers of ten.",
    width: 400,
    height: 220,
    x: { label: "η·a", scale: "log" },
    y: { label: "steps to halve the distance", scale: "log", domain: [0.1, 1000] },
    series: [
      { name: "plain descent", points: plain.filter(drawn) },
      { name: "momentum, μ = 0.9", points: rolling.filter(drawn) },
    ],
  });
}
