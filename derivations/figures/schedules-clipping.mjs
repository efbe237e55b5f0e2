/** Gradients that are clipped to a circle: the long ones are cut, the short one is not. */
import { Parameter } from "leibniz/backprop";
import { arrow, diagram, element, formatNumber, label } from "leibniz/figures";
import { clipGradients } from "leibniz/training";

export const breaks = {
  file: "src/training/clip.ts",
  find: "data[i]! *= factor;",
  replace: "data[i]! *= factor * factor;",
};

const BOUND = 2;
const GRADIENTS = [
  [3, 4],
  [-2.9, 1],
  [0.9, -1.2],
];
const [CENTRE, SCALE] = [[158, 236], 48];

/** The gradient after clipping, and its length before. */
function clip(gradient) {
  const parameter = new Parameter("w", [2], 1, 1, { dtype: "float64" });
  parameter.grad.data.set(gradient);
  const norm = clipGradients([{ name: "w", parameter }], BOUND);
  return { norm, after: [...parameter.grad.data] };
}

export default async function draw() {
  const at = ([x, y]) => [CENTRE[0] + SCALE * x, CENTRE[1] - SCALE * y];
  const number = (value) => formatNumber(value, 2);
  const pair = ([x, y]) => `(${number(x)}, ${number(y)})`;
  const corner = at([-BOUND, BOUND]);
  const square = {
    x: corner[0],
    y: corner[1],
    width: 2 * BOUND * SCALE,
    height: 2 * BOUND * SCALE,
  };
  const entries = GRADIENTS[0].map((one) => Math.sign(one) * Math.min(Math.abs(one), BOUND));
  const [cut, turned] = [clip(GRADIENTS[0]).after, entries].map(at);
  return diagram({
    title: "Gradients cut to a circle",
    description:
      "Three gradients from the middle of a circle of radius 2. The two that leave it are cut " +
      "where they cross it, and keep their direction; the short one stays as it is. Cutting each " +
      "entry at 2 instead would lead to the corner of a square, in another direction.",
    width: 400,
    height: 350,
    content: [
      element("rect", { class: "guide line thin faint", "stroke-dasharray": "4 3", ...square }),
      element("circle", {
        class: "guide line",
        cx: CENTRE[0],
        cy: CENTRE[1],
        r: BOUND * SCALE,
      }),
      arrow(CENTRE, turned, { series: 1, dashed: true }),
      ...GRADIENTS.flatMap((gradient) => {
        const { norm, after } = clip(gradient);
        const isCut = norm > BOUND;
        return [
          ...(isCut ? [arrow(CENTRE, at(gradient), { dashed: true })] : []),
          arrow(CENTRE, at(after), { series: 0 }),
        ];
      }),
      label([at(GRADIENTS[0])[0] + 8, at(GRADIENTS[0])[1] + 10], `g = ${pair(GRADIENTS[0])}`, {
        size: 13,
      }),
      label(
        [at(GRADIENTS[0])[0] + 8, at(GRADIENTS[0])[1] + 26],
        `‖g‖ = ${number(clip(GRADIENTS[0]).norm)}`,
        {
          size: 13,
        },
      ),
      label([cut[0] - 14, cut[1] + 16], pair(clip(GRADIENTS[0]).after), {
        anchor: "end",
        halo: true,
        series: 0,
        size: 13,
      }),
      label([turned[0] + 8, turned[1] + 4], `entries cut: ${pair(entries)}`, {
        series: 1,
        size: 13,
      }),
      arrow(CENTRE, at([-Math.SQRT2, -Math.SQRT2]), { headless: true, dashed: true }),
      label([at([-1, 0])[0] + 12, at([0, -1])[1] + 4], `c = ${BOUND}`, { size: 13 }),
      label([at(GRADIENTS[2])[0] + 8, at(GRADIENTS[2])[1] + 4], "short: unchanged", {
        series: 0,
        size: 13,
        halo: true,
      }),
    ],
  });
}
