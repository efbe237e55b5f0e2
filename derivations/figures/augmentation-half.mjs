/** Three pixels, moved by half a pixel, twice; and by a whole one at once. */
import { inTurn, shiftMap, warp } from "leibniz/data";
import { arrow, cellCentre, cells, diagram, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/data/augment/sampler.ts",
  find: "const upper = a + g * (framed[corner + 1]! - a)",
  replace: "const upper = a + (1 - g) * (framed[corner + 1]! - a)",
};

const X = [0, 4, 2];
const SIZE = 40;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const x = tensor([[[X]]]);
  const half = shiftMap(0, 0.5);
  const first = warp(x, half);
  const second = warp(first, half);
  const once = warp(x, inTurn(half, half));
  /** With the black in front of the image. */
  const row = (values, top) => ({
    at: [150, top],
    size: SIZE,
    values: [[0, ...values.data]],
    isPale: (_, column) => column === 0,
  });
  const rows = [row(x, 26), row(first, 116), row(second, 206), row(once, 296)];
  const name = (text, top) => label([136, top + 25], text, { anchor: "end" });
  const halves = (from, to) =>
    X.flatMap((_, column) =>
      [column, column + 1].map((source) => {
        const [a, b] = [cellCentre(from, 0, source), cellCentre(to, 0, column + 1)];
        const aside = source === column ? -6 : 6;
        return arrow([a[0] - aside, a[1] + SIZE / 2 + 2], [b[0] + aside, b[1] - SIZE / 2 - 2], {
          series: source === column ? 0 : 1,
        });
      }),
    );
  return diagram({
    title: "Half a pixel twice, and a whole pixel at once",
    description:
      "Three pixels 0, 4 and 2. Moved by half a pixel, each is the mean of two neighbours; moved " +
      "again, they are blurred further. Moved by a whole pixel at once, they stay sharp.",
    width: 380,
    height: 348,
    content: [
      ...rows.map((each) => cells(each)),
      ...halves(rows[0], rows[1]),
      ...halves(rows[1], rows[2]),
      name("x", 26),
      name("by ½", 116),
      name("by ½ again", 206),
      name("by 1 at once", 296),
      label([170, 18], "outside", { anchor: "middle", size: 12, soft: true }),
      label([324, 89], "½ + ½", { size: 12, soft: true }),
      label([324, 179], "½ + ½", { size: 12, soft: true }),
    ],
  });
}
