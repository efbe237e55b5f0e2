/** AdaGrad and Adam in the same long valley: steps measured for each direction by itself. */
import { Parameter } from "leibniz/backprop";
import { arrow, contours, diagram, label, onSurface } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { Adagrad, Adam } from "leibniz/training";

export const breaks = "adam-without-bias-correction";

const START = [-7, 2];
const STEPS = 30;
const WIDTH = 400;

/** The valley x²/20 + y², and its gradient. */
const height = (x, y) => x ** 2 / 20 + y ** 2;
const slope = ([x, y]) => [x / 10, 2 * y];

/** All places of a walk from START. */
async function walk(build) {
  const parameter = new Parameter("w", [2], 1, 1, { dtype: "float64" });
  parameter.value.data.set(START);
  const optimizer = build([{ name: "w", parameter }]);
  const points = [[...parameter.value.data]];
  for (let t = 0; t < STEPS; t++) {
    parameter.grad.data.set(slope(parameter.value.data));
    await optimizer.step(reference);
    points.push([...parameter.value.data]);
  }
  return points;
}

export default async function draw() {
  const panels = [
    ["AdaGrad, η = 1.5", await walk((all) => new Adagrad(all, { learningRate: 1.5 })), 2],
    ["Adam, η = 0.3", await walk((all) => new Adam(all, { learningRate: 0.3 })), 3],
  ];
  return diagram({
    title: "AdaGrad and Adam in a long valley",
    description:
      "Contour lines of x²/20 + y². AdaGrad goes straight towards the lowest point, with steps " +
      "that become shorter. Adam's first steps are as long along the valley as across it; it " +
      "overshoots the middle line once and turns back.",
    width: WIDTH,
    height: 396,
    content: [
      label([10, 388], "circle: the start, cross: the lowest point", { soft: true }),
      ...panels.flatMap(([name, points, series], i) => {
        const surface = {
          at: [10, 26 + 188 * i],
          size: [WIDTH - 20, 152],
          surface: height,
          x: [-8, 4.5],
          y: [-2.5, 2.5],
          levels: [0.3, 1, 2.2, 4],
          paths: [{ name: "", points, series }],
        };
        const [x, y] = onSurface(surface, 0, 0);
        return [
          label([10, 17 + 188 * i], name, { series }),
          contours(surface),
          arrow([x - 5, y], [x + 5, y], { headless: true }),
          arrow([x, y - 5], [x, y + 5], { headless: true }),
        ];
      }),
    ],
  });
}
