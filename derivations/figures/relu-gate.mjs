/** The rectifier as a row of gates: what goes forward through them, and what comes back. */
import { reluBackward, reluForward } from "leibniz/backprop";
import { arrow, BACKWARD, cellCentre, cells, diagram, FORWARD, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "relu-masks-by-gradient";

const X = [-2, 0, 3, 0.5, -0.1, 4];
const D_OUT = [7, -5, 2, -3, 1, 6];
const SIZE = 48;

/** @returns {Promise<string>} */
export default async function draw() {
  const { out, cache } = await reluForward(tensor([X]));
  const { dX } = await reluBackward(tensor([D_OUT]), cache);
  const row = (t) => X.map((_, i) => t.get(0, i));
  const isOpen = X.map((value) => value > 0);
  const part = (top, [above, upper], [below, lower], series, isBack) => {
    const result = isBack ? upper : lower;
    const strip = (values, y, name) => ({
      name,
      at: [66, y],
      size: SIZE,
      values: [values],
      isPale: (_, i) => values === result && !isOpen[i],
      seriesOf: (_, i) => (isOpen[i] ? series : null),
    });
    const [first, second] = [strip(upper, top, above), strip(lower, top + 104, below)];
    return [
      ...[first, second].flatMap((one) => [
        cells(one),
        label([54, one.at[1] + 29], one.name, { anchor: "end" }),
      ]),
      ...X.flatMap((_, i) => {
        const [x, y] = [cellCentre(first, 0, i)[0], top + SIZE];
        const [from, to] = isBack
          ? [
              [x, y + 52],
              [x, y + 4],
            ]
          : [
              [x, y + 4],
              [x, y + 52],
            ];
        if (isOpen[i]) return [arrow(from, to, { series })];
        const stop = isBack ? y + 32 : y + 24;
        return [
          arrow(from, [x, stop], { series, headless: true, dashed: true }),
          arrow([x - 13, stop], [x + 13, stop], { headless: true }),
        ];
      }),
    ];
  };
  const shut = X.length - isOpen.filter(Boolean).length;
  return diagram({
    title: "The gates of the rectifier",
    description:
      `Six numbers meet six gates. The ${shut} that are not above 0 are stopped on the way ` +
      "forward, and so are their gradients on the way back.",
    width: 370,
    height: 432,
    content: [
      label([14, 22], "forward: a number above 0 passes", { series: FORWARD }),
      ...part(36, ["x", X], ["out", row(out)], FORWARD, false),
      label([14, 242], "backward: the same gates, the same ones shut", { series: BACKWARD }),
      ...part(256, ["dX", row(dX)], ["dOut", D_OUT], BACKWARD, true),
    ],
  });
}
