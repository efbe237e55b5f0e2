/** The tangent of x³ at 1, and the two secants by which its slope can be measured. */
import { lineChart } from "leibniz/figures";
import { gradientCheck } from "leibniz/gradcheck";
import { multiply, Random, Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/gradcheck/differences.ts",
  find: "return total / (to.x - from.x);",
  replace: "return total / to.x;",
};

const [AT, STEP] = [1, 0.5];
const [FROM, TO, POINTS] = [0.3, 1.7, 29];

const cubeOf = (x) => multiply(multiply(x, x), x);
const cube = (x) => cubeOf(Tensor.full([], x, "float64")).item();

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const f = async ({ x }) => ({
    out: cubeOf(x),
    backward: async (dOut) => ({ x: multiply(dOut, multiply(multiply(x, x), 3)) }),
  });
  const inputs = { x: Tensor.full([], AT, "float64") };
  const options = { random: new Random("secant"), step: STEP, tolerance: 1 };
  const [{ checks, analytic }] = await gradientCheck(f, inputs, options);
  const slopeAt = await (await f(inputs)).backward(Tensor.full([], 1, "float64"));
  const upstream = analytic / slopeAt.x.item();
  const [tangent, central] = [checks[0].numeric / upstream, checks[0].coarse / upstream];
  const oneSided = (cube(AT + STEP) - cube(AT)) / STEP;
  const xs = Array.from({ length: POINTS }, (_, i) => FROM + ((TO - FROM) * i) / (POINTS - 1));
  const through = (x, slope, from, to) => [from, to].map((at) => [at, cube(x) + slope * (at - x)]);
  const slope = (value) => `slope ${Number(value.toFixed(4))}`;
  return lineChart({
    title: "A tangent and two secants",
    description:
      "The secant from x − h to x + h is nearly parallel to the tangent at x; the one from x to " +
      "x + h is far steeper.",
    width: 400,
    height: 250,
    x: { label: "x, with a step h of 0.5 to both sides of 1" },
    y: { label: "f(x)", domain: [-1, 5] },
    series: [
      { name: "f(x) = x³", points: xs.map((x) => [x, cube(x)]), isGuide: true },
      { name: `tangent at 1, ${slope(tangent)}`, points: through(AT, tangent, 0.45, 1.55) },
      {
        name: `secant on one side, ${slope(oneSided)}`,
        points: through(AT, oneSided, 0.85, 1.6),
        dots: [AT, AT + STEP].map((x) => [x, cube(x)]),
      },
      {
        name: `secant across, ${slope(central)}`,
        points: through(AT - STEP, central, 0.35, 1.65),
        dots: [AT - STEP, AT + STEP].map((x) => [x, cube(x)]),
      },
    ],
  });
}
