/** Four numbers on a line: as they are, standardised, and then stretched and shifted by γ and β. */
import { batchNorm1dForward, moments } from "leibniz/backprop";
import { arrow, diagram, element, formatNumber, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/backprop/batch-norm2d.ts",
  find: "{ scale: weight, shift: bias }",
  replace: "{ scale: weight, shift: weight }",
};

const X = [2, 4, 4, 10];
const [GAMMA, BETA] = [2, -3];
/** The numbers at the ends of each line, and their places in the drawing. */
const [LOW, HIGH, LEFT, RIGHT] = [-6, 11, 14, 386];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const x = tensor(X.map((value) => [value]));
  const start = { mean: tensor([0]), variance: tensor([1]) };
  const options = { mode: "train", epsilon: Number.MIN_VALUE };
  const normalised = async (gamma, beta) =>
    (await batchNorm1dForward(x, tensor([gamma]), tensor([beta]), start, options)).out;
  const lines = [
    ["x, as it arrives", x],
    ["x̂, standardised", await normalised(1, 0)],
    [
      `γ · x̂ + β with γ = ${formatNumber(GAMMA)}, β = ${formatNumber(BETA)}`,
      await normalised(GAMMA, BETA),
    ],
  ];
  const content = [];
  for (const [l, [name, values]] of lines.entries())
    content.push(await line(name, values, 70 + 120 * l));
  content.push(
    label([200, 352], "shaded: the mean ± one standard deviation σ", {
      anchor: "middle",
      soft: true,
      size: 13,
    }),
  );
  return diagram({
    title: "What normalising does to four numbers",
    description:
      "Three number lines. The numbers 2, 4, 4 and 10 are shifted to the mean 0 and squeezed to " +
      "the standard deviation 1; then they are stretched by γ and shifted by β.",
    width: 400,
    height: 362,
    content,
  });
}

function place(value) {
  return LEFT + ((RIGHT - LEFT) * (value - LOW)) / (HIGH - LOW);
}

/** A line with a dot for each number, its mean, and one standard deviation to both sides. */
async function line(name, values, y) {
  const { mean, variance } = await moments(values.reshape([X.length, 1, 1, 1]));
  const [mu, deviation] = [mean.item(), Math.sqrt(variance.item())];
  const [from, middle, to] = [mu - deviation, mu, mu + deviation].map(place);
  const ticks = [-5, 0, 5, 10];
  const heights = new Map();
  const dots = Array.from(values.data, (value) => {
    const at = value.toFixed(6);
    const height = heights.get(at) ?? 0;
    heights.set(at, height + 1);
    return element("circle", { class: "s0 fill", cx: place(value), cy: y - 8 - 13 * height, r: 6 });
  });
  return [
    label([LEFT - 8, y - 44], name),
    label(
      [RIGHT + 8, y - 44],
      `mean ${formatNumber(rounded(mu))}, σ = ${formatNumber(rounded(deviation))}`,
      { anchor: "end", series: 1 },
    ),
    element("rect", { class: "s1 band", x: from, y: y - 32, width: to - from, height: 32 }),
    element("line", { class: "axis", x1: LEFT, x2: RIGHT, y1: y, y2: y }),
    ...ticks.map((tick) =>
      element("line", { class: "axis", x1: place(tick), x2: place(tick), y1: y, y2: y + 4 }),
    ),
    ...ticks.map((tick) =>
      label([place(tick), y + 17], formatNumber(tick), { anchor: "middle", soft: true, size: 13 }),
    ),
    arrow([middle, y - 34], [middle, y], { series: 1, headless: true }),
    ...dots,
  ].join("");
}

/** Without what rounding left of a zero. */
function rounded(value) {
  return Math.round(value * 1e9) / 1e9;
}
