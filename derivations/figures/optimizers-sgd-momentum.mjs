/** Plain descent and momentum on one long valley: the zigzag, and what is left of it. */
import { Parameter } from "leibniz/backprop";
import { arrow, contours, diagram, label, onSurface } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { Sgd } from "leibniz/training";

export const breaks = "momentum-dampened";

const START = [-7, 2];
const STEPS = 30;
const WIDTH = 400;

/** The valley x²/20 + y², and its gradient. */
const height = (x, y) => x ** 2 / 20 + y ** 2;
const slope = ([x, y]) => [x / 10, 2 * y];

/** All places of a walk from START. */
async function walk(options) {
  const parameter = new Parameter("w", [2], 1, 1, { dtype: "float64" });
  parameter.value.data.set(START);
  const optimizer = new Sgd([{ name: "w", parameter }], options);
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
    ["SGD, η = 0.95", await walk({ learningRate: 0.95 }), 0],
    ["momentum, η = 0.1, μ = 0.9", await walk({ learningRate: 0.1, momentum: 0.9 }), 1],
  ];
  return diagram({
    title: "Plain descent and momentum in a long valley",
    description:
      "Contour lines of x²/20 + y². Plain gradient descent jumps from one side of the valley to " +
      "the other in a narrowing zigzag. With momentum the path swings across in a few wide bends.",
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
