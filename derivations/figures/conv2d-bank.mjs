/** Two filters over one image: one finds vertical edges, the other horizontal ones. */
import { conv2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "filter-rotated-forward";

const [SIZE, TOP, STEP] = [22, 60, 168];
const NAMES = ["k = 0: vertical edges", "k = 1: horizontal edges"];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const image = [
    [0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0],
    [0, 0, 1, 1, 1, 0],
    [0, 0, 1, 1, 1, 0],
    [0, 0, 1, 1, 1, 0],
    [0, 0, 0, 0, 0, 0],
  ];
  const weight = tensor([
    [
      [
        [-1, 0, 1],
        [-1, 0, 1],
        [-1, 0, 1],
      ],
    ],
    [
      [
        [-1, -1, -1],
        [0, 0, 0],
        [1, 1, 1],
      ],
    ],
  ]);
  const { out } = await conv2dForward(tensor([[image]]), weight, null);
  const [maps] = out.toNested();
  const filters = weight.toNested();
  const centre = TOP + STEP / 2 + 14;
  const rows = NAMES.map((name, k) => {
    const top = TOP + k * STEP;
    return [
      label([172, top - 26], name),
      cells({ at: [172, top + 12], values: filters[k][0], size: SIZE, kind: "signed" }),
      arrow([160 - 12, centre + (k === 0 ? -16 : 16)], [166, top + 45]),
      arrow([244, top + 45], [276, top + 45]),
      cells({ at: [284, top], values: maps[k], size: 26, kind: "signed" }),
    ].join("");
  });
  return diagram({
    title: "Two filters see two different things in one image",
    description:
      "An image of a bright square. One filter responds at its left and right edges, the other at " +
      "its upper and lower edge.",
    width: 400,
    height: TOP + STEP + 4 * 26 + 16,
    content: [
      cells({
        at: [10, centre - 66],
        values: image,
        size: SIZE,
        title: "one image",
        seriesOf: (h, w) => (image[h][w] > 0 ? 4 : null),
      }),
      label([76, centre + 88], "a bright square", { anchor: "middle", soft: true }),
      ...rows,
    ],
  });
}
