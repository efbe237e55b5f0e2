/** A rectifier nearer to its corner than one step: three secants with three slopes. */
import { reluForward } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { catalog, gradientCheck } from "leibniz/gradcheck";
import { Random, Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/gradcheck/differences.ts",
  find: "return total / (to.x - from.x);",
  replace: "return total / to.x;",
};

const [STEP, AT] = [1, 0.3];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const relu = async (x) => (await reluForward(Tensor.from([x], [1], "float64"))).out.item();
  const layer = catalog.find(({ layer }) => layer === "relu").differentiable({});
  const inputs = { x: Tensor.from([AT], [1], "float64") };
  const options = { random: new Random("kink"), step: STEP };
  const [{ checks }] = await gradientCheck(layer, inputs, options);
  const across = checks[0].coarse / checks[0].analytic;
  const [below, here, above] = [await relu(AT - STEP), await relu(AT), await relu(AT + STEP)];
  const [left, right] = [(here - below) / STEP, (above - here) / STEP];
  const slope = (value) => `slope ${value.toFixed(2)}`;
  const secant = (name, from, to) => ({ name, points: [from, to], dots: [from, to] });
  return lineChart({
    title: "A corner between x − h and x + h",
    description:
      `A rectifier at x = ${AT} h: the secant to the left has the ${slope(left)}, the one to the ` +
      `right ${slope(right)}, the one across ${slope(across)}, and the derivative is 1.`,
    width: 400,
    height: 240,
    x: { label: "distance from the corner, in steps h", domain: [-1.2, 1.5] },
    y: { label: "relu, in steps h", domain: [-0.2, 1.6] },
    series: [
      {
        name: "relu",
        points: [
          [-1.2, await relu(-1.2)],
          [0, await relu(0)],
          [1.5, await relu(1.5)],
        ],
        isGuide: true,
      },
      secant(`to the left, ${slope(left)}`, [AT - STEP, below], [AT, here]),
      secant(`to the right, ${slope(right)}`, [AT, here], [AT + STEP, above]),
      secant(`across, ${slope(across)}`, [AT - STEP, below], [AT + STEP, above]),
    ],
    rules: [{ axis: "x", at: AT, name: `x = ${AT} h` }],
  });
}
