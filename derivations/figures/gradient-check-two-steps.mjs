/** The error of one central quotient and of the extrapolated value, against the step. */
import { lineChart } from "leibniz/figures";
import { catalog, gradientCheck } from "leibniz/gradcheck";
import { Random, Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/gradcheck/differences.ts",
  find: "numeric: (4 * fine - coarse) / 3,",
  replace: "numeric: 2 * fine - coarse,",
};

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const softplus = catalog.find(({ layer }) => layer === "softplus").differentiable({});
  const inputs = { x: Tensor.from([0.7], [1], "float64") };
  const options = { random: new Random("two steps"), tolerance: 1, curves: true };
  const [{ curve }] = await gradientCheck(softplus, inputs, options);
  const points = (key) => curve.points.map((at) => [at.step, at[key]]).filter(([, y]) => y > 0);
  return lineChart({
    title: "One quotient, and two extrapolated",
    description:
      "Against the step, the error of the central quotient falls with slope 2 and that of the " +
      "extrapolated value with slope 4; at the left both follow the bound of rounding, up again.",
    width: 400,
    height: 280,
    x: { label: "step h", scale: "log" },
    y: { label: "error of the derivative of a softplus", scale: "log" },
    series: [
      { name: "ε|f|/h, what rounding may do", points: points("rounding"), isGuide: true },
      { name: "D(h), one central quotient", points: points("central") },
      { name: "(4·D(h/2) − D(h))/3, extrapolated", points: points("extrapolated") },
    ],
    rules: [{ axis: "x", at: 1e-3, name: "the step of gradientCheck" }],
  });
}
