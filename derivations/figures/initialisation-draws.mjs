/** The three distributions, as drawn for one layer of the notes' network. */
import { Affine } from "leibniz/backprop";
import { diagram, element, formatNumber, label } from "leibniz/figures";
import { he, pytorchDefault, xavier } from "leibniz/network";
import { mean, multiply, Random } from "leibniz/tensor";

export const breaks = {
  file: "src/network/initialisers.ts",
  find: "const limit = 1 / Math.sqrt(parameter.fanIn);",
  replace: "const limit = 2 / Math.sqrt(parameter.fanIn);",
};

const [RANGE, BINS] = [0.16, 64];
const [LEFT, WIDTH, HEIGHT, ROW] = [14, 372, 70, 104];

export default async function draw() {
  const { weight } = new Affine({ inFeatures: 800, outFeatures: 120 }, { dtype: "float64" });
  const rows = [
    ["PyTorch's default", pytorchDefault, 0],
    ["Xavier", xavier, 2],
    ["He", he, 1],
  ];
  // one scale for all: the same number of draws is the same area
  const most = weight.value.size / BINS / 0.2;
  const content = rows.flatMap(([name, initialiser, series], r) => {
    initialiser(weight, new Random("initialisation"));
    const counts = new Array(BINS).fill(0);
    for (const value of weight.value.data) {
      const bin = Math.floor(((value + RANGE) / (2 * RANGE)) * BINS);
      if (bin >= 0 && bin < BINS) counts[bin]++;
    }
    const deviation = Math.sqrt(mean(multiply(weight.value, weight.value)).item());
    const [bottom, bin] = [20 + HEIGHT + r * ROW, WIDTH / BINS];
    const place = (w) => LEFT + (WIDTH * (w + RANGE)) / (2 * RANGE);
    return [
      label([LEFT, bottom - HEIGHT + 4], name, { series }),
      label([LEFT + WIDTH, bottom - HEIGHT + 4], `deviation ${formatNumber(deviation, 3)}`, {
        anchor: "end",
        size: 13,
      }),
      ...counts.map((count, b) => {
        const height = (HEIGHT * count) / most;
        const [x, y] = [LEFT + b * bin, bottom - height];
        if (count === 0) return "";
        return element("rect", { class: `s${series} fill`, x, y, width: bin - 0.7, height });
      }),
      element("line", { class: "axis", x1: LEFT, x2: LEFT + WIDTH, y1: bottom, y2: bottom }),
      ...[-0.1, 0, 0.1].map((at) =>
        label([place(at), bottom + 15], formatNumber(at), {
          anchor: "middle",
          size: 12,
          soft: true,
        }),
      ),
    ];
  });
  return diagram({
    title: "Three rules, as drawn for a layer with 800 inputs and 120 outputs",
    description:
      "Three histograms of 96,000 weights. PyTorch's default is a narrow block between −0.035 " +
      "and 0.035, Xavier's a block more than twice as wide, and He's a bell that is a bit wider.",
    width: 400,
    height: 3 * ROW + 10,
    content,
  });
}
