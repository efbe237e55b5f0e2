/** A place between four pixels, and how much each of them counts. */
import { shiftMap, warp } from "leibniz/data";
import { arrow, cells, diagram, element, formatNumber, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/data/augment/sampler.ts",
  find: "data[at + p] = upper + f * (lower - upper)",
  replace: "data[at + p] = lower + f * (upper - lower)",
};

const PIXELS = [
  [10, 2],
  [4, 8],
];
/** How far the place lies behind the row and the column of the first pixel. */
const [F, G] = [0.4, 0.25];
/** Of the square between the middles of the four pixels, and of a pixel as it is drawn. */
const [LEFT, TOP, SIDE, CELL] = [90, 62, 200, 40];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const at = (image, f, g) => warp(tensor([[image]]), shiftMap(-f, -g)).get(0, 0, 0, 0);
  const value = at(PIXELS, F, G);
  const corners = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const only = (row, column) =>
    PIXELS.map((values, r) => values.map((_, c) => (r === row && c === column ? 1 : 0)));
  const weights = corners.map(([row, column]) => at(only(row, column), F, G));
  const [x, y] = [LEFT + G * SIDE, TOP + F * SIDE];
  const number = (amount) => formatNumber(amount);
  const names = ["x[k, l]", "x[k, l + 1]", "x[k + 1, l]", "x[k + 1, l + 1]"];
  /** The part of the square that lies opposite of a pixel. */
  const opposite = ([row, column], i) => {
    const [from, to] = [column === 0 ? x : LEFT, column === 0 ? LEFT + SIDE : x];
    const [upper, lower] = [row === 0 ? y : TOP, row === 0 ? TOP + SIDE : y];
    const box = { x: from, y: upper, width: to - from, height: lower - upper };
    const middle = [(from + to) / 2 + 4, (upper + lower) / 2 + 5];
    return (
      element("rect", { class: `s${i} band`, ...box }) +
      label(middle, number(weights[i]), { anchor: "middle", series: i })
    );
  };
  const bottom = TOP + SIDE + 58;
  return diagram({
    title: "A place between four pixels",
    description:
      `Four pixels at the corners of a square, ${PIXELS.flat().join(", ")}, and a place between ` +
      `them. Each pixel counts as much as the part of the square opposite of it: ` +
      `${weights.map(number).join(", ")}. The sum is ${number(value)}.`,
    width: 380,
    height: bottom + 108,
    content: [
      ...corners.map(opposite),
      arrow([x, TOP], [x, TOP + SIDE], { headless: true, dashed: true }),
      arrow([LEFT, y], [LEFT + SIDE, y], { headless: true, dashed: true }),
      ...corners.map(([row, column], i) => {
        const [left, top] = [LEFT + column * SIDE - CELL / 2, TOP + row * SIDE - CELL / 2];
        return (
          element("rect", { class: "ground", x: left, y: top, width: CELL, height: CELL }) +
          cells({
            at: [left, top],
            size: CELL,
            values: [[PIXELS[row][column]]],
            seriesOf: () => i,
            windows: [{ row: 0, column: 0, size: [1, 1], series: i }],
          }) +
          label([left + CELL / 2, row === 0 ? top - 8 : top + CELL + 17], names[i], {
            anchor: "middle",
            size: 12,
          })
        );
      }),
      element("circle", { class: "s5 fill", cx: x, cy: y, r: 5 }),
      label([x + 10, y - 8], "(h, w)"),
      label([(LEFT + x) / 2, y + 17], "g", { anchor: "middle", italic: true }),
      label([x + 6, TOP + 30], "f", { italic: true }),
      label([128, bottom], `f = ${F}, g = ${G}`, { anchor: "end" }),
      ...corners.map(([row, column], i) =>
        label(
          [150, bottom + 18 * i],
          `${i === 0 ? "" : "+ "}${number(weights[i])} · ${PIXELS[row][column]}`,
          {
            anchor: "start",
            series: i,
          },
        ),
      ),
      label([150, bottom + 78], `= ${number(value)}`),
      label([128, bottom + 78], "x(h, w)", { anchor: "end" }),
    ],
  });
}
