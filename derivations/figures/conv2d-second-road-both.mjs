/** The two roads of the smallest case: windows that scatter, and pixels that gather. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { arrow, cellCentre, cells, diagram, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "overlap-overwritten";

const SIZE = 36;

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const filter = [2, -1];
  const { cache } = await conv2dForward(tensor([[[[3, 1, 4]]]]), tensor([[[filter]]]), null);
  const upstream = [1, 2];
  const scattered = (await conv2dBackward(tensor([[[upstream]]]), cache)).dX;
  const turned = tensor([[[[...filter].reverse()]]]);
  const gathered = (await conv2dForward(tensor([[[upstream]]]), turned, null, { padding: [0, 1] }))
    .out;
  // each number in a square of its own, with room for arrows between them
  const spaced = (top, middles, values, series, frame = []) =>
    values.map((value, v) => ({
      at: [middles[v] - SIZE / 2, top],
      values: [[value]],
      size: SIZE,
      padding: frame.includes(v) ? [1, 1] : [0, 0],
      seriesOf: () => series[v] ?? null,
    }));
  // the weight stands at the left of its arrow
  const arrows = (from, to, pairs) =>
    pairs.map(([a, b, weight, series]) => {
      const [[ax, ay], [bx, by]] = [cellCentre(from[a], 0, 0), cellCentre(to[b], 0, 0)];
      const step = Math.sign(bx - ax);
      const [start, end] = [
        [ax + 8 * step, ay + SIZE / 2 + 3],
        [bx - 8 * step, by - SIZE / 2 - 3],
      ];
      const [x, y] = [0, 1].map((i) => start[i] + 0.5 * (end[i] - start[i]));
      const text = `·${weight < 0 ? `(−${-weight})` : weight}`;
      return arrow(start, end, { series }) + label([x - 7, y + 4], text, { series, anchor: "end" });
    });
  const [dOut, dX] = [
    [140, 240],
    [90, 190, 290],
  ];
  const [top, below] = [
    spaced(44, dOut, upstream, [0, 2]),
    spaced(148, dX, scattered.reshape([3]).toNested(), []),
  ];
  const [framed, result] = [
    spaced(262, [40, 140, 240, 340], [0, ...upstream, 0], [], [0, 3]),
    spaced(366, dX, gathered.reshape([3]).toNested(), [3, 1, 4]),
  ];
  return diagram({
    title: "Two roads to the same gradient",
    description:
      "Above, each of two windows scatters its gradient, times 2 and times −1, over the pixels that " +
      "it saw. Below, each of three pixels gathers from the framed gradients, times −1 and times 2.",
    width: 420,
    height: 420,
    content: [
      label([14, 24], "first road: each window scatters"),
      label([372, 67], "dOut", { soft: true }),
      label([372, 171], "dX", { soft: true }),
      ...arrows(top, below, [
        [0, 0, filter[0], 0],
        [0, 1, filter[1], 0],
        [1, 1, filter[0], 2],
        [1, 2, filter[1], 2],
      ]),
      ...[...top, ...below].map(cells),
      label([14, 240], "second road: each pixel gathers"),
      label([372, 285], "dOut", { soft: true }),
      label([372, 389], "dX", { soft: true }),
      ...arrows(framed, result, [
        [0, 0, filter[1], 3],
        [1, 0, filter[0], 3],
        [1, 1, filter[1], 1],
        [2, 1, filter[0], 1],
        [2, 2, filter[1], 4],
        [3, 2, filter[0], 4],
      ]),
      ...[...framed, ...result].map(cells),
    ],
  });
}
