/** All ways through three blocks: at each one through the body, or past it. */
import { affineBackward, affineForward, residualBackward, residualForward } from "leibniz/backprop";
import { arrow, cells, diagram, formatNumber, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "shortcut-forgotten-going-back";

/** Of the bodies. */
const SLOPES = [0.5, 0.2, -0.1];
const CELL = 33;
const L = SLOPES.length;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const one = tensor([[1]]);
  const body = (slope) => async (x) => {
    const { out, cache } = await affineForward(x, tensor([[slope]]), null);
    return { out, backward: async (dOut) => (await affineBackward(dOut, cache)).dX };
  };
  /** What comes back of 1, through everything that the blocks are made of. */
  const gradient = async (forwards) => {
    const passes = [];
    let x = one;
    for (const forward of forwards) {
      passes.push(await forward(x));
      x = passes.at(-1).out;
    }
    let dX = one;
    for (const { backward } of passes.reverse()) dX = await backward(dX);
    return dX.item();
  };
  const block = (slope) => async (x) => {
    const { out, cache } = await residualForward(x, body(slope), null);
    return { out, backward: async (dOut) => (await residualBackward(dOut, cache)).dX };
  };
  const whole = await gradient(SLOPES.map(block));
  const ways = [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]];
  const products = [];
  for (const way of ways) products.push(await gradient(way.map((l) => body(SLOPES[l]))));
  const table = {
    at: [86, 144],
    size: CELL,
    values: ways.map((way) => SLOPES.map((slope, l) => (way.includes(l) ? slope : 1))),
    seriesOf: (w, l) => (ways[w].includes(l) ? 0 : null),
  };
  const end = table.at[1] + ways.length * CELL;
  const places = Array.from({ length: L + 1 }, (_, l) => [50 + l * 94, 84]);
  return diagram({
    title: "Eight ways through three blocks",
    description:
      `Three blocks in a row, whose bodies have the slopes ${SLOPES.join(", ")}. A table lists the ` +
      "eight ways through them with the product of the slopes on each; the products add up to " +
      `${formatNumber(whole)}.`,
    width: 380,
    height: end + 46,
    content: [
      ...SLOPES.flatMap((slope, l) => {
        const [from, to] = [places[l], places[l + 1]];
        const middle = (from[0] + to[0]) / 2;
        return [
          arrow([from[0] + 13, 84], [to[0] - 13, 84]),
          arrow([from[0] + 8, 74], [to[0] - 8, 74], { bend: -34, series: 0 }),
          label([middle, 34], formatNumber(slope), { anchor: "middle", series: 0 }),
          label([middle, 103], "1", { anchor: "middle" }),
        ];
      }),
      ...places.map((place, l) =>
        label([place[0], 89], `x${"₀₁₂₃"[l]}`, { anchor: "middle", italic: true }),
      ),
      label([190, 16], "through the body", { anchor: "middle", series: 0, size: 12 }),
      label([190, 121], "past it", { anchor: "middle", size: 12 }),
      cells(table),
      ...products.map((product, w) =>
        label([200, table.at[1] + CELL * w + 21], `=  ${formatNumber(product)}`),
      ),
      arrow([196, end + 8], [270, end + 8], { headless: true }),
      label([200, end + 28], `=  ${formatNumber(whole)}, the gradient`),
      label([190, end + 28], "sum", { anchor: "end" }),
    ],
  });
}
