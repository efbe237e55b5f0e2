/** The rectifier and its slope, and the lines that touch it at the kink from below. */
import { reluBackward, reluForward } from "leibniz/backprop";
import { diagram, label, onPlot, plot } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/kernels/reference/relu.ts",
  find: "target[i] = mask[i]! > 0 ?",
  replace: "target[i] = mask[i]! >= 0 ?",
};

const [LEFT, RIGHT] = [-2, 2];
/** Slopes of lines through the kink. */
const SLOPES = [0.25, 0.5, 0.75];

/** @returns {Promise<string>} */
export default async function draw() {
  const x = [LEFT, -1, -0.001, 0, 0.001, 1, RIGHT];
  const { out, cache } = await reluForward(tensor([x]));
  const ones = x.map(() => 1);
  const { dX } = await reluBackward(tensor([ones]), cache);
  const points = (t, from, to) => x.slice(from, to).map((at, i) => [at, t.get(0, from + i)]);
  const shared = { size: [330, 165], x: [LEFT, RIGHT], xTicks: [-2, -1, 0, 1, 2] };
  const graph = {
    ...shared,
    at: [40, 34],
    y: [-1, 2],
    yTicks: [0, 1, 2],
    title: "out",
    curves: [
      ...SLOPES.map((s) => ({
        points: [
          [LEFT, s * LEFT],
          [RIGHT, s * RIGHT],
        ],
        dashed: true,
      })),
      { points: points(out, 0, x.length), series: 0 },
    ],
    dots: [{ at: [0, out.get(0, 3)], series: 0 }],
  };
  const slope = {
    ...shared,
    at: [40, 262],
    size: [330, 110],
    y: [-0.25, 1.25],
    yTicks: [0, 1],
    title: "slope: what the gradient is multiplied by",
    curves: [
      { points: points(dX, 0, 3), series: 1 },
      { points: points(dX, 4, x.length), series: 1 },
    ],
    dots: [
      { at: [0, dX.get(0, 4)], series: 1, hollow: true },
      { at: [0, dX.get(0, 3)], series: 1 },
    ],
  };
  const [besideKink] = [onPlot(slope, 0, dX.get(0, 3))];
  return diagram({
    title: "The rectifier, its kink and its slope",
    description:
      "The graph is 0 on the left and rises with slope 1 on the right. Dashed lines through the " +
      `kink lie below it. The slope jumps from 0 to 1; at 0 the engine takes ${dX.get(0, 3)}.`,
    width: 390,
    height: 402,
    content: [
      plot(graph),
      label([50, 66], "dashed: lines that touch", { soft: true, size: 12 }),
      label([50, 82], "the kink from below", { soft: true, size: 12 }),
      plot(slope),
      label([besideKink[0] + 10, besideKink[1] - 8], `here: ${dX.get(0, 3)}`, {
        series: 1,
        size: 13,
      }),
    ],
  });
}
