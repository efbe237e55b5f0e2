/** Plain descent on a parabola: a small rate, one near the limit, and one beyond it. */
import { Parameter } from "leibniz/backprop";
import { diagram, element, formatNumber, label } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { Sgd } from "leibniz/training";

export const breaks = "descent-uphill";

/** η·a, and the series of its colour. The curvature a is 1. */
const RATES = [
  [0.3, 2],
  [1.8, 0],
  [2.1, 1],
];
const STEPS = 6;
const [START, WIDEST] = [1, 1.9];
const [SIDE, GAP, TOP, HEIGHT] = [124, 14, 44, 170];

/** The places of a walk on w²/2. */
async function walk(learningRate) {
  const parameter = new Parameter("w", [1], 1, 1, { dtype: "float64" });
  parameter.value.data[0] = START;
  const sgd = new Sgd([{ name: "w", parameter }], { learningRate });
  const places = [START];
  for (let t = 0; t < STEPS; t++) {
    parameter.grad.data[0] = parameter.value.item();
    await sgd.step(reference);
    places.push(parameter.value.item());
  }
  return places;
}

export default async function draw() {
  const panels = await Promise.all(
    RATES.map(async ([rate, series], i) => {
      const places = await walk(rate);
      const left = 10 + i * (SIDE + GAP);
      const at = (w) => [
        left + (SIDE * (w + WIDEST)) / (2 * WIDEST),
        TOP + HEIGHT * (1 - w ** 2 / WIDEST ** 2),
      ];
      const line = (points) =>
        `M${points.map((point) => point.map((one) => Number(one.toFixed(1))).join(" ")).join("L")}`;
      const curve = Array.from({ length: 41 }, (_, k) => at(WIDEST * (k / 20 - 1)));
      const middle = { anchor: "middle", size: 13 };
      return [
        label([left + SIDE / 2, 16], `η·a = ${rate}`, { anchor: "middle", series }),
        label([left + SIDE / 2, 33], `factor ${formatNumber(places[1] / START)}`, middle),
        element("path", { class: "guide line", d: line(curve) }),
        element("path", { class: `s${series} line thin`, d: line(places.map(at)) }),
        ...places.map((w) => {
          const [cx, cy] = at(w);
          return element("circle", { class: `s${series} fill`, cx, cy, r: 2.4 });
        }),
        ...places
          .slice(0, 1)
          .map(at)
          .map(([cx, cy]) =>
            element("circle", { class: `s${series} hollow ground`, cx, cy, r: 4.5 }),
          ),
        label(
          [left + SIDE / 2, TOP + HEIGHT + 18],
          `w: ${places.slice(0, 3).map(short).join(", ")}, …`,
          {
            ...middle,
            soft: true,
            size: 12,
          },
        ),
      ].join("");
    }),
  );
  return diagram({
    title: "Three learning rates on one parabola",
    description:
      "With a small rate the walk slides down one side. With a rate near the limit it jumps from " +
      "side to side and comes closer. Beyond the limit each jump is longer than the last.",
    width: 420,
    height: 240,
    content: panels,
  });
}

const short = (w) => formatNumber(w, 2);
