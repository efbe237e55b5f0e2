/** Where descent comes to rest with more and more weight decay. */
import { Parameter } from "leibniz/backprop";
import { arrow, contours, diagram, element, label, onSurface } from "leibniz/figures";
import { reference } from "leibniz/kernels";
import { Sgd } from "leibniz/training";

export const breaks = {
  file: "src/kernels/reference/optimizer-updates.ts",
  find: "let d = g[i]! + weightDecay * w[i]!;",
  replace: "let d = g[i]! + 2 * weightDecay * w[i]!;",
};

/** Curvatures a, and the lowest point b of the loss. */
const [A, B] = [
  [0.2, 2],
  [3, 1.6],
];
const height = (x, y) => (A[0] / 2) * (x - B[0]) ** 2 + (A[1] / 2) * (y - B[1]) ** 2;
/** Those that have a label, and those between. */
const LABELLED = [0, 0.1, 0.5, 2, 10];
const DECAYS = [0.03, 0.06, 0.2, 0.3, 0.8, 1.2, 3, 5, 20, 60, ...LABELLED].sort((a, b) => a - b);

/** The end of a long walk. */
async function rest(weightDecay) {
  const parameter = new Parameter("w", [2], 1, 1, { dtype: "float64" });
  const sgd = new Sgd([{ name: "w", parameter }], {
    learningRate: 1 / (2 + weightDecay),
    weightDecay,
  });
  for (let t = 0; t < 400; t++) {
    parameter.grad.data.set([...parameter.value.data].map((w, i) => A[i] * (w - B[i])));
    await sgd.step(reference);
  }
  return [...parameter.value.data];
}

export default async function draw() {
  const places = await Promise.all(DECAYS.map(rest));
  const surface = {
    at: [10, 10],
    size: [380, 260],
    surface: height,
    x: [-0.6, 3.8],
    y: [-0.5, 2.51],
    levels: [0.1, 0.5, 1.2, 2.2],
  };
  const at = ([x, y]) => onSurface(surface, x, y);
  const line = places.map((place) =>
    at(place)
      .map((one) => Number(one.toFixed(1)))
      .join(" "),
  );
  const origin = at([0, 0]);
  return diagram({
    title: "Where descent comes to rest with more and more weight decay",
    description:
      "Contour lines of a loss whose lowest point is not at 0. As λ grows the resting place " +
      "leaves it along a curve: first in the direction in which the loss is flat, and only for " +
      "a large λ in the steep one. In the end it comes near 0.",
    width: 400,
    height: 280,
    content: [
      contours(surface),
      arrow([origin[0] - 6, origin[1]], [origin[0] + 6, origin[1]], { headless: true }),
      arrow([origin[0], origin[1] - 6], [origin[0], origin[1] + 6], { headless: true }),
      label([origin[0] - 8, origin[1] + 16], "0", { anchor: "end" }),
      element("path", { class: "s1 line thin", d: `M${line.join("L")}` }),
      label([390, 262], "dots: where descent rests", { anchor: "end", halo: true, soft: true }),
      ...LABELLED.flatMap((decay) => {
        const [cx, cy] = at(places[DECAYS.indexOf(decay)]);
        return [
          element("circle", { class: "s1 fill", cx, cy, r: 3.5 }),
          label([cx + 8, cy + 16], decay === 0 ? "λ = 0" : `${decay}`, {
            halo: true,
            series: 1,
            size: 13,
          }),
        ];
      }),
    ],
  });
}
