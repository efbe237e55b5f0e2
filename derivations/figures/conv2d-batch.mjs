/** Every image of a batch goes under the same filters. */
import { conv2dForward } from "leibniz/backprop";
import { arrow, diagram, label, slab } from "leibniz/figures";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/geometry.ts",
  find: "const spanH = dilationH * (kH - 1) + 1;",
  replace: "const spanH = kH + 1;",
};

const [N, TOP, STEP, SIDE] = [3, 40, 96, 54];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const x = Tensor.zeros([N, 3, 64, 64], "float32");
  const weight = Tensor.zeros([16, 3, 3, 3], "float32");
  const { out } = await conv2dForward(x, weight, Tensor.zeros([16], "float32"));
  const shape = (tensor) => `(${tensor.shape.join(", ")})`;
  const middle = (at, y, text, soft) => label([at, y], text, { anchor: "middle", soft });
  const centre = TOP + STEP + SIDE / 2;
  const bank = { at: [166, centre - 26], front: [44, 52], depth: 44, series: 1, sheets: 4 };
  const low = TOP + N * STEP + 4;
  const rows = Array.from({ length: N }, (_, n) => {
    const top = TOP + n * STEP;
    const y = top + SIDE / 2;
    const [start, end] = [
      [132, y - 6],
      [158, centre + (n - 1) * 14],
    ];
    const [from, to] = [
      [242, centre + (n - 1) * 14 - 6],
      [282, y - 4],
    ];
    return [
      label([6, y + 5], `n = ${n}`, { soft: true }),
      slab({ at: [50, top], front: [SIDE, SIDE], depth: 30, series: 0, sheets: 3 }),
      arrow(start, end),
      arrow(from, to),
      slab({ at: [292, top], front: [SIDE - 4, SIDE - 4], depth: 62, series: 2, sheets: 8 }),
    ].join("");
  });
  return diagram({
    title: "All images of a batch go under the same filters",
    description: `${N} images go through the same bank of filters, each by itself, and become ${N} outputs.`,
    width: 410,
    height: low + 48,
    content: [
      ...rows,
      slab(bank),
      middle(78, low + 16, "x"),
      middle(78, low + 36, shape(x)),
      middle(200, low + 16, "weight"),
      middle(200, low + 36, shape(weight)),
      middle(330, low + 16, "out"),
      middle(330, low + 36, shape(out)),
    ],
  });
}
