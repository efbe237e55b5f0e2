/** Which filter sees which channel: one group, two groups, and one group for each channel. */
import { conv2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { Tensor } from "leibniz/tensor";

/** Channels that are taken for their neighbours. */
export const breaks = {
  file: "src/im2col/im2col.ts",
  find: "(plane * H + h) * W",
  replace: "((plane ^ 1) * H + h) * W",
};

const [C, SIZE, STEP, LEFT] = [4, 22, 130, 30];
const NAMES = ["G = 1", "G = 2", "G = 4, depthwise"];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const panels = await Promise.all([1, 2, 4].map(panel));
  return diagram({
    title: "Which filters see which channels",
    description:
      "Four channels and four filters, joined by a line where the filter sees the channel: all of " +
      "them, those of the same half, or one each. Below, the same as a matrix of weights.",
    width: 410,
    height: 372,
    content: [
      label([4, 62], "c", { italic: true }),
      label([4, 162], "k", { italic: true }),
      ...panels,
      label([LEFT, 344], "row k (filter), column c (channel):", { soft: true }),
      label([LEFT, 362], "each w is kH × kW weights", { soft: true }),
    ],
  });
}

async function panel(G, p) {
  const weight = Tensor.full([C, C / G, 1, 1], 1, "float64");
  // an image for each channel, in which this channel alone is not 0: who notices?
  const spikes = Tensor.from(
    Array.from({ length: C * C }, (_, at) => (Math.floor(at / C) === at % C ? 1 : 0)),
    [C, C, 1, 1],
    "float64",
  );
  const { out } = await conv2dForward(spikes, weight, null, { groups: G });
  const sees = out.reshape([C, C]).transpose().toNested(); // [k][c]
  const left = LEFT + STEP * p;
  const place = (i, row) => [left + (i + 0.5) * SIZE, row === 0 ? 68 : 146];
  const lines = sees.flatMap((row, k) =>
    row.flatMap((seen, c) =>
      seen === 0
        ? []
        : [
            arrow(place(c, 0), place(k, 1), {
              series: Math.floor(c / (C / G)) % 4,
              headless: true,
            }),
          ],
    ),
  );
  const numbers = Array.from({ length: C }, (_, i) => i);
  const seriesOf = (_, i) => Math.floor(i / (C / G)) % 4;
  return [
    label([left + 2 * SIZE, 24], NAMES[p], { anchor: "middle" }),
    ...lines,
    cells({ at: [left, 46], values: [numbers], size: SIZE, seriesOf }),
    cells({ at: [left, 146], values: [numbers], size: SIZE, seriesOf }),
    cells({
      at: [left, 204],
      values: sees.map((row) => row.map((seen) => (seen === 0 ? 0 : "w"))),
      size: SIZE,
      seriesOf: (k, c) => (sees[k][c] === 0 ? null : seriesOf(0, c)),
      isPale: (k, c) => sees[k][c] === 0,
    }),
    label([left + 2 * SIZE, 318], `${weight.size} · kH · kW`, { anchor: "middle" }),
  ].join("");
}
