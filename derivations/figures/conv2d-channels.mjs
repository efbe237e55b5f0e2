/** A filter with three channels: each lies over its own channel, and the three sums are added. */
import { conv2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "channels-last-in-the-filter";

const [SIZE, TOP, STEP] = [26, 34, 112];
const NAMES = ["red", "green", "blue"];
const SERIES = [1, 2, 0];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const x = tensor([
    [
      [
        [1, 2, 0],
        [0, 1, 3],
        [2, 0, 1],
      ],
      [
        [0, 1, 1],
        [2, 0, 1],
        [1, 1, 0],
      ],
      [
        [3, 0, 2],
        [1, 1, 0],
        [0, 2, 1],
      ],
    ],
  ]);
  const weight = tensor([
    [
      [
        [1, 0],
        [0, -1],
      ],
      [
        [0, 2],
        [1, 0],
      ],
      [
        [-1, 1],
        [0, 1],
      ],
    ],
  ]);
  const { out } = await conv2dForward(x, weight, null);
  const parts = await Promise.all(
    NAMES.map(async (_, c) => {
      const part = [
        [0, 1],
        [c, c + 1],
      ];
      return (await conv2dForward(x.slice(...part), weight.slice(...part), null)).out;
    }),
  );
  const [[images], [filters], [[sum]]] = [x, weight, out].map((one) => one.toNested());
  const [imageAt, filterAt, partAt, sumAt] = [14, 126, 214, 334];
  const middle = (c) => TOP + c * STEP + 1.5 * SIZE;
  const rows = NAMES.map((name, c) => {
    const top = TOP + c * STEP;
    const block = (at, y, values, title) =>
      cells({ at: [at, y], values, size: SIZE, title, seriesOf: () => SERIES[c] });
    const sign = (at, text, size) => label([at, middle(c) + 5], text, { anchor: "middle", size });
    return [
      block(imageAt, top, images[c], `${name}, c = ${c}`),
      sign(109, "⋆", 20),
      block(filterAt, top + SIZE / 2, filters[c]),
      sign(196, "="),
      block(partAt, top + SIZE / 2, parts[c].toNested()[0][0]),
      arrow([partAt + 2 * SIZE + 8, middle(c)], [sumAt - 8, middle(1) + (c - 1) * 12], {
        series: SERIES[c],
      }),
    ].join("");
  });
  return diagram({
    title: "A filter with three channels makes one channel of three",
    description:
      "Each channel of the filter lies over its own channel of the image. The three results are " +
      "added up, number by number, into one.",
    width: 400,
    height: TOP + 3 * STEP - 20,
    content: [
      ...rows,
      cells({
        at: [sumAt, middle(1) - SIZE],
        values: sum,
        size: SIZE,
        title: "out",
      }),
      label([sumAt + SIZE, middle(1) + SIZE + 20], "the sum", { anchor: "middle", soft: true }),
    ],
  });
}
