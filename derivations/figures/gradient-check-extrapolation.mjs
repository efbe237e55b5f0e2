/** Two central quotients of a sigmoid, and where the line through them meets the step 0. */
import { sigmoidForward, sigmoidBackward } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { catalog, gradientCheck } from "leibniz/gradcheck";
import { Random, Tensor, tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/gradcheck/differences.ts",
  find: "numeric: (4 * fine - coarse) / 3,",
  replace: "numeric: 2 * fine - coarse,",
};

const STEP = 2;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const sigmoid = catalog.find(({ layer }) => layer === "sigmoid").differentiable({});
  const measure = async (step) => {
    const inputs = { x: Tensor.zeros([1], "float64") };
    const options = { random: new Random("extrapolation"), step, tolerance: 1 };
    const [{ checks }] = await gradientCheck(sigmoid, inputs, options);
    return checks[0];
  };
  const { coarse, fine, numeric, analytic } = await measure(STEP);
  const { cache } = await sigmoidForward(tensor([0]));
  const { dX } = await sigmoidBackward(tensor([1]), cache);
  // the upstream gradient is a number that is drawn: it scales all of them alike
  const slope = (value) => (value / analytic) * dX.item();
  const curve = [];
  for (let i = 1; i <= 24; i++) {
    const squared = (1.15 * STEP * STEP * i) / 24;
    curve.push([squared, slope((await measure(Math.sqrt(squared))).coarse)]);
  }
  const digits = (value) => slope(value).toFixed(4);
  return lineChart({
    title: "Two quotients are extrapolated to the step 0",
    description:
      "Against the square of the step, the central quotient lies nearly on a straight line. The " +
      "line through two of them meets the axis close to the true slope.",
    width: 400,
    height: 240,
    x: { label: "h², the square of the step" },
    y: { label: "slope of the sigmoid at 0", domain: [0.18, 0.26] },
    series: [
      { name: "D(h) at every step h", points: curve, isGuide: true },
      {
        name: `D(${STEP}) = ${digits(coarse)} and D(${STEP / 2}) = ${digits(fine)}`,
        points: [
          [0, slope(numeric)],
          [STEP * STEP, slope(coarse)],
        ],
        dots: [
          [STEP * STEP, slope(coarse)],
          [(STEP * STEP) / 4, slope(fine)],
        ],
      },
      { name: `their line at h = 0: ${digits(numeric)}`, dots: [[0, slope(numeric)]] },
    ],
    rules: [{ axis: "y", at: slope(analytic), name: `true slope: ${digits(analytic)}` }],
  });
}
