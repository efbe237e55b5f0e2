/** One axis with stride 3 and dilation 2: where the turned filter lies for each pixel. */
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { cells, diagram, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = "stride-forgotten-going-back";

const [SIZE, LEFT, TOP] = [32, 64, 40];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const [filter, upstream] = [
    [3, 5],
    [2, -1],
  ];
  const options = { stride: [1, 3], padding: [0, 1], dilation: [1, 2] };
  const x = tensor([[[[1, 4, 2, 0, 3, 7]]]]);
  const { cache } = await conv2dForward(x, tensor([[[filter]]]), null, options);
  const dX = (await conv2dBackward(tensor([[[upstream]]]), cache)).dX.reshape([6]).toNested();
  const up = [upstream[0], 0, 0, upstream[1], 0, 0];
  const framed = [0, ...up, 0];
  const signed = (number) => (number < 0 ? `(−${-number})` : `${number}`);
  const lines = dX.map((gradient, w) => {
    const values = framed.map((_, a) => (a === w ? filter[1] : a === w + 2 ? filter[0] : null));
    const top = TOP + 62 + w * 40;
    const sum = `${filter[1]}·${signed(framed[w])} + ${filter[0]}·${signed(framed[w + 2])}`;
    return [
      label([LEFT - 10, top + 21], `w = ${w}`, { anchor: "end" }),
      cells({
        at: [LEFT, top],
        values: [values],
        size: SIZE,
        seriesOf: (_, a) => (values[a] === null ? null : 0),
      }),
      label([LEFT + 8 * SIZE + 8, top + 12], sum, { soft: true, size: 13 }),
      label([LEFT + 8 * SIZE + 8, top + 29], `= ${gradient}`.replace("-", "−")),
    ].join("");
  });
  return diagram({
    title: "Stride 3 and dilation 2 along one axis",
    description:
      "The gradients 2 and −1 with two zeros in between, two more at the end and a frame of one. " +
      "For each of six pixels the turned filter 5, 3 lies one place further on, with a gap.",
    width: 420,
    height: TOP + 62 + 6 * 40 + 8,
    content: [
      label([LEFT - 10, TOP + 21], "up", { anchor: "end" }),
      cells({
        at: [LEFT, TOP],
        values: [framed],
        size: SIZE,
        padding: [0, 1],
        seriesOf: (_, a) => (a === 1 || a === 4 ? 1 : a > 0 && a < 7 ? 4 : null),
      }),
      label([LEFT, TOP - 14], "dOut", { series: 1 }),
      label([LEFT + 44, TOP - 14], "zeros in between and left over", { series: 4 }),
      label([LEFT + 8 * SIZE + 8, TOP + 21], "dX"),
      ...lines,
    ],
  });
}
