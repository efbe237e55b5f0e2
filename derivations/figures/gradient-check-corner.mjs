/** How a corner shows in the quotients, by its distance: one of the two signs is always there. */
import { reluForward } from "leibniz/backprop";
import { lineChart } from "leibniz/figures";
import { catalog, gradientCheck } from "leibniz/gradcheck";
import { Random, Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/gradcheck/differences.ts",
  find: "return total / (to.x - from.x);",
  replace: "return total / to.x;",
};

const SHARES = Array.from({ length: 85 }, (_, i) => i / 84);

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const layer = catalog.find(({ layer }) => layer === "relu").differentiable({});
  const relu = async (x) => (await reluForward(Tensor.from([x], [1], "float64"))).out.item();
  const jump = async (x, h) =>
    ((await relu(x + h)) - 2 * (await relu(x)) + (await relu(x - h))) / h;
  const [jumps, quotients] = [[], []];
  for (const t of SHARES) {
    const inputs = { x: Tensor.from([t], [1], "float64") };
    const options = { random: new Random("corner"), step: 1 };
    const [{ checks }] = await gradientCheck(layer, inputs, options);
    const { coarse, fine } = checks[0];
    const upstream = new Random("corner").uniform([1], -1, 1, "float64").item();
    jumps.push([t, Math.abs((await jump(t, 1)) - 2 * (await jump(t, 0.5)))]);
    quotients.push([t, Math.abs((coarse - fine) / upstream)]);
  }
  const larger = jumps.map(([t, value], i) => [t, Math.max(value, quotients[i][1])]);
  const least = Math.min(...larger.slice(0, 43).map(([, value]) => value));
  return lineChart({
    title: "One of two signs shows a corner",
    description:
      "Two curves by the corner's distance in steps: each is 0 somewhere, but not at the same " +
      "distance; up to half a step the larger one is never below a seventh.",
    width: 400,
    height: 220,
    x: { label: "t, the corner's distance in steps" },
    y: { label: "how far from 0, where it is 0 if smooth", domain: [0, 1] },
    series: [
      { name: "|jump(h) − 2 jump(h/2)|", points: jumps },
      { name: "|D(h) − D(h/2)|", points: quotients },
    ],
    rules: [
      { axis: "y", at: least, name: `the larger one's least up to t = ½: ${least.toFixed(3)}` },
    ],
  });
}
