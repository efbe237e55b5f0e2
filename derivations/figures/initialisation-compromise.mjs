/** What three variances do to the mean square of one layer, forward and backward. */
import { Affine, affineBackward, affineForward } from "leibniz/backprop";
import { arrow, diagram, element, formatNumber, label } from "leibniz/figures";
import { xavier } from "leibniz/network";
import { mean, multiply, Random } from "leibniz/tensor";

export const breaks = {
  file: "src/network/initialisers.ts",
  find: "Math.sqrt(6 / (parameter.fanIn + parameter.fanOut))",
  replace: "Math.sqrt(6 / parameter.fanIn)",
};

const [IN, OUT, ROWS] = [300, 100, 64];
const [LEFT, UNIT, BAR, ROW, TOP] = [96, 90, 20, 84, 52];

const normal = (variance) => (parameter, random) => {
  const { shape, dtype } = parameter.value;
  parameter.value.copyFrom(random.normal(shape, 0, Math.sqrt(variance(parameter)), dtype));
};
const square = (values) => mean(multiply(values, values)).item();

/** By what the mean square is multiplied: [forward, backward]. */
async function growth(initialiser) {
  const { weight } = new Affine({ inFeatures: IN, outFeatures: OUT }, { dtype: "float64" });
  initialiser(weight, new Random("weights"));
  const x = new Random("x").normal([ROWS, IN], 0, 1, "float64");
  const dOut = new Random("dOut").normal([ROWS, OUT], 0, 1, "float64");
  const { out, cache } = await affineForward(x, weight.value, null);
  const { dX } = await affineBackward(dOut, cache);
  return [square(out) / square(x), square(dX) / square(dOut)];
}

export default async function draw() {
  const rules = [
    ["1/fanIn", "keeps the numbers", normal(({ fanIn }) => 1 / fanIn)],
    ["1/fanOut", "keeps the gradients", normal(({ fanOut }) => 1 / fanOut)],
    ["2/(fanIn + fanOut)", "Xavier: between the two", xavier],
  ];
  const rows = await Promise.all(
    rules.map(async ([name, comment, initialiser], r) => {
      const top = TOP + r * ROW;
      const bars = (await growth(initialiser)).flatMap((value, b) => {
        const y = top + b * (BAR + 4);
        return [
          label([LEFT - 8, y + 15], b === 0 ? "forward" : "backward", { anchor: "end", size: 13 }),
          element("rect", { class: `s${b} fill`, x: LEFT, y, width: UNIT * value, height: BAR }),
          label([LEFT + UNIT * value + 6, y + 15], `× ${formatNumber(value, 2)}`, {
            series: b,
            size: 13,
            halo: true,
          }),
        ];
      });
      return [
        label([10, top - 8], `Var(w) = ${name}`, { halo: true }),
        label([390, top - 8], comment, { anchor: "end", size: 13, soft: true }),
        ...bars,
      ].join("");
    }),
  );
  const bottom = TOP + 3 * ROW - 30;
  return diagram({
    title: "What three variances do to the mean square of one layer",
    description:
      "Bars for a layer with 300 inputs and 100 outputs. With the variance 1/fanIn the numbers " +
      "keep their mean square and the gradients are left with a third. With 1/fanOut the gradients keep " +
      "theirs and the numbers' triples. With Xavier's it is one and a half, and a half.",
    width: 400,
    height: bottom + 10,
    content: [
      arrow([LEFT + UNIT, 24], [LEFT + UNIT, bottom], { headless: true, dashed: true }),
      label([LEFT + UNIT, 18], "as large as before", { anchor: "middle", size: 13 }),
      ...rows,
    ],
  });
}
