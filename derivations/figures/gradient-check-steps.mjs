/** The error of three difference quotients of x³ against their step: each is a V. */
import { lineChart } from "leibniz/figures";
import { abs, divide, multiply, subtract, Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/tensor/elementwise.ts",
  find: "into[i] = f(from[i]!, other[i]!);",
  replace: "into[i] = 1.001 * f(from[i]!, other[i]!);",
};

const POINTS = Array.from({ length: 101 }, (_, i) => 0.5 + i / 100);
const STEPS = Array.from({ length: 37 }, (_, i) => 10 ** (-1 - i / 4));

const cube = (x) => multiply(multiply(x, x), x);
const largest = (x) => x.data.reduce((most, value) => Math.max(most, value), 0);

/** The largest error of the quotient from x − `below` to x + `above`. */
function errorOf(dtype, below, above) {
  const tensor = (move) =>
    Tensor.from(
      POINTS.map((x) => x + move),
      [POINTS.length],
      dtype,
    );
  const [from, to] = [tensor(-below), tensor(above)];
  const apart = subtract(to, from);
  if (apart.data.some((distance) => distance === 0)) return NaN;
  const quotient = divide(subtract(cube(to), cube(from)), apart).astype("float64");
  const exact = POINTS.map((x) => Math.fround(x)).map((x, i) =>
    dtype === "float32" ? x : POINTS[i],
  );
  const slopes = Tensor.from(
    exact.map((x) => 3 * x * x),
    [POINTS.length],
    "float64",
  );
  return largest(abs(subtract(quotient, slopes)));
}

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const points = (dtype, isCentral) =>
    STEPS.map((h) => [h, errorOf(dtype, isCentral ? h : 0, h)]).filter(([, y]) => y === y);
  return lineChart({
    title: "The error of a difference quotient against its step",
    description:
      "From right to left the errors fall with the step, the central ones twice as steeply, until " +
      "they meet the rounding errors, and rise again.",
    width: 400,
    height: 280,
    x: { label: "step h", scale: "log" },
    y: { label: "largest error of the derivative of x³", scale: "log" },
    series: [
      { name: "one-sided, float64", points: points("float64", false) },
      { name: "central, float64", points: points("float64", true) },
      { name: "central, float32", points: points("float32", true) },
    ],
  });
}
