/** Three pixels and two windows: what each window sends back, and the sum. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { cells, diagram, label, formatNumber } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "overlap-overwritten";

const [SIZE, LEFT] = [44, 170];
const FILTER = [2, -1];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const x = tensor([[[[3, 1, 4]]]]);
  const { out, cache } = await conv2dForward(x, tensor([[[FILTER]]]), tensor([10]));
  const dOut = [1, 2];
  const back = async (...upstream) =>
    (await conv2dBackward(tensor([[[upstream]]]), cache)).dX.reshape([3]).toNested();
  const written = `(${FILTER.map((one) => formatNumber(one)).join(", ")})`;
  const shares = [await back(dOut[0], 0), await back(0, dOut[1])];
  const sum = await back(...dOut);
  const row = (top, values, more = {}) => ({
    at: [LEFT, top],
    values: [values],
    size: SIZE,
    ...more,
  });
  const image = row(20, x.reshape([3]).toNested(), {
    windows: [
      { row: 0, column: 0, size: [1, 2], series: 0, filled: true },
      { row: 0, column: 1, size: [1, 2], series: 2, filled: true },
    ],
  });
  const first = row(122, [...shares[0].slice(0, 2), null], {
    seriesOf: (_, c) => (c < 2 ? 0 : null),
  });
  const second = row(204, [null, ...shares[1].slice(1)], {
    seriesOf: (_, c) => (c > 0 ? 2 : null),
  });
  const result = row(284, sum, {
    windows: [{ row: 0, column: 1, size: [1, 1], series: 1 }],
  });
  const outs = out.reshape([2]).toNested();
  return diagram({
    title: "What each window sends back, and the sum",
    description:
      "Window 0 sends 1 times the filter 2 −1 to the first two of three pixels, window 1 sends 2 " +
      "times the filter to the last two. The pixel in the middle gets " +
      `${formatNumber(shares[0][1])} and ${formatNumber(shares[1][1])}, which makes ${formatNumber(sum[1])}.`,
    width: 400,
    height: 342,
    content: [
      cells(image),
      label([14, 38], "window 0", { series: 0 }),
      label([14, 56], "window 1", { series: 2 }),
      label([LEFT - 8, 46], "x", { anchor: "end", italic: true }),
      label([LEFT + 3 * SIZE + 10, 38], `out ${outs[0]}`, { series: 0 }),
      label([LEFT + 3 * SIZE + 10, 56], `out ${outs[1]}`, { series: 2 }),
      label([14, 104], "going back: dOut times the filter", { soft: true }),
      label([14, 149], `${dOut[0]} · ${written}`, { series: 0 }),
      cells(first),
      label([14, 231], `${dOut[1]} · ${written}`, { series: 2 }),
      cells(second),
      label([LEFT + 1.5 * SIZE, 191], "+", { anchor: "middle", size: 16 }),
      label([LEFT + 1.5 * SIZE, 270], "=", { anchor: "middle", size: 16 }),
      label([14, 311], "sum: dX"),
      cells(result),
      label(
        [LEFT + 3 * SIZE + 10, 311],
        `${shares[0][1]} + ${shares[1][1]} = ${sum[1]}`.replace("-", "−"),
        {
          series: 1,
        },
      ),
    ],
  });
}
