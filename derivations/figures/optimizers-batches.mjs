/** Gradients of single examples, of batches, and of all examples together. */
import {
  affineBackward,
  affineForward,
  meanSquaredErrorBackward,
  meanSquaredErrorForward,
} from "leibniz/backprop";
import { diagram, element, label } from "leibniz/figures";
import { Random, tensor, Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/backprop/mean-squared-error.ts",
  find: "(dOut.item() * 2) / difference.size",
  replace: "(dOut.item() * 3) / difference.size",
};

const [EXAMPLES, BATCH] = [192, 16];
const [SIDE, TOP] = [184, 30];
/** Of both axes. */
const [LOW, HIGH] = [-8, 4];

/** The gradient of the mean squared error of y = w₁·x₁ + w₂·x₂ over some examples. */
async function gradient({ x, wanted }, rows) {
  const pick = (all, columns) =>
    tensor(rows.map((n) => Array.from({ length: columns }, (_, i) => all.get(n, i))));
  const { out, cache } = await affineForward(pick(x, 2), tensor([[0.2, -0.4]]), null);
  const loss = await meanSquaredErrorForward(out, pick(wanted, 1));
  const one = Tensor.full([], 1, "float64");
  const { dPrediction } = await meanSquaredErrorBackward(one, loss.cache);
  return [...(await affineBackward(dPrediction, cache)).dWeight.data];
}

export default async function draw() {
  const random = new Random("batches");
  const x = random.uniform([EXAMPLES, 2], -1.5, 1.5, "float64");
  const noise = random.normal([EXAMPLES], 0, 0.5, "float64").data;
  const wanted = tensor([...noise].map((one, n) => [x.get(n, 0) + 0.5 * x.get(n, 1) + one]));
  const all = Array.from({ length: EXAMPLES }, (_, n) => n);
  const whole = await gradient({ x, wanted }, all);
  const singles = await Promise.all(all.map((n) => gradient({ x, wanted }, [n])));
  const batches = await Promise.all(
    Array.from({ length: EXAMPLES / BATCH }, (_, b) =>
      gradient({ x, wanted }, all.slice(b * BATCH, (b + 1) * BATCH)),
    ),
  );
  const panels = [
    ["single examples", singles, 0],
    [`batches of ${BATCH}`, batches, 2],
  ].flatMap(([name, gradients, series], p) => {
    const left = 10 + p * (SIDE + 12);
    const at = ([g1, g2]) => [
      left + (SIDE * (g1 - LOW)) / (HIGH - LOW),
      TOP + (SIDE * (HIGH - g2)) / (HIGH - LOW),
    ];
    const [zero, mean] = [at([0, 0]), at(whole)];
    return [
      label([left + SIDE / 2, 18], name, { anchor: "middle", series }),
      element("rect", {
        class: "grid",
        fill: "none",
        x: left,
        y: TOP,
        width: SIDE,
        height: SIDE,
      }),
      element("path", {
        class: "guide line thin faint",
        d: `M${left} ${zero[1]}h${SIDE}M${zero[0]} ${TOP}v${SIDE}`,
      }),
      ...gradients.map((g) => {
        const [cx, cy] = at(g);
        return element("circle", { class: `s${series} fill`, cx, cy, r: 2, opacity: 0.7 });
      }),
      element("path", {
        class: "s1 line",
        d: `M${mean[0] - 6} ${mean[1]}h12M${mean[0]} ${mean[1] - 6}v12`,
      }),
    ];
  });
  return diagram({
    title: "Gradients of single examples, of batches, and of all examples",
    description:
      "Two clouds of points, each a gradient of two weights, with a cross at the gradient of all " +
      "192 examples. Single examples scatter widely; the means of sixteen lie close to the cross.",
    width: 400,
    height: TOP + SIDE + 50,
    content: [
      ...panels,
      label([200, TOP + SIDE + 38], "across: dw₁, up: dw₂; the grey lines are at 0", {
        anchor: "middle",
        soft: true,
      }),
      label([200, TOP + SIDE + 20], "cross: the gradient of all examples", {
        anchor: "middle",
        series: 1,
        size: 13,
      }),
    ],
  });
}
