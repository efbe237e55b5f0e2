/** What one bright pixel becomes: the filter after half a turn. */
import { conv2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { Tensor, tensor } from "leibniz/tensor";

export const breaks = "filter-rotated-forward";

const SIZE = 26;
const [kH, kW] = [2, 3];
const [H, W] = [2 * kH - 1, 2 * kW - 1];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const weight = tensor([
    [
      [
        [1, 0, -1],
        [2, 1, 0],
      ],
    ],
  ]);
  const spike = Tensor.zeros([1, 1, H, W], "float64");
  spike.set([0, 0, kH - 1, kW - 1], 1);
  const { out } = await conv2dForward(spike, weight, null);
  const [filter, flipped] = [weight, out].map((one) => one.toNested()[0][0]);
  const [TOP, LOW] = [34, 178];
  const middle = TOP + 1.5 * SIZE + 5;
  const series = (row, column) => (row * kW + column) % 6;
  const turned = (row, column) => kH * kW - 1 - series(row, column);
  const lane = (top, numbers, colour, name) => [
    label([108, top + 18], name, { anchor: "end" }),
    cells({ at: [122, top], values: [numbers], size: 28, seriesOf: (_, r) => colour(0, r) }),
  ];
  const place = (r) => 122 + (r + 0.5) * 28;
  return diagram({
    title: "A bright pixel becomes the filter, turned by half a turn",
    description:
      "An image with a single 1 in its middle gives the filter's numbers read from the other end.",
    width: 400,
    height: LOW + 130,
    content: [
      cells({
        at: [8, TOP],
        values: spike.toNested()[0][0],
        size: SIZE,
        title: "a single bright pixel",
        isPale: (h, w) => spike.get(0, 0, h, w) === 0,
        seriesOf: (h, w) => (spike.get(0, 0, h, w) === 1 ? 5 : null),
      }),
      label([154, middle + 1], "⋆", { size: 20, anchor: "middle" }),
      cells({
        at: [172, TOP + SIZE / 2],
        values: filter,
        size: SIZE,
        title: "weight",
        seriesOf: series,
      }),
      label([272, middle], "=", { anchor: "middle" }),
      cells({
        at: [292, TOP + SIZE / 2],
        values: flipped,
        size: SIZE,
        title: "flipped",
        seriesOf: turned,
      }),
      label([8, LOW - 18], "In memory: the same, read from the other end.", { soft: true }),
      ...lane(LOW, filter.flat(), series, "weight"),
      ...lane(LOW + 84, flipped.flat(), turned, "flipped"),
      ...filter
        .flat()
        .map((_, r) =>
          arrow([place(r), LOW + 30], [place(kH * kW - 1 - r), LOW + 82], { series: r }),
        ),
    ],
  });
}
