/** Max pooling goes through the channels one by one: as many come out as went in. */
import { maxPool2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label, slab } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/kernels/reference/pooling.ts",
  find: "visit(window++, plane * H * W, inside)",
  replace: "visit(window++, 0, inside)",
};

const CHANNELS = [
  [
    [1, 4, 0, 2],
    [3, 2, 5, 1],
    [0, 1, 2, 2],
    [6, 0, 1, 3],
  ],
  [
    [7, 0, 1, 1],
    [2, 2, 0, 8],
    [1, 5, 9, 0],
    [0, 3, 2, 4],
  ],
  [
    [0, 0, 3, 6],
    [0, 2, 4, 1],
    [4, 1, 0, 0],
    [2, 3, 0, 7],
  ],
];

/** @returns {Promise<string>} */
export default async function draw() {
  const x = tensor([CHANNELS]);
  const { out } = await maxPool2dForward(x, { kernelSize: 2 });
  const [, C, outH, outW] = out.shape;
  const rows = CHANNELS.flatMap((values, c) => {
    const pooled = Array.from({ length: outH }, (_, p) =>
      Array.from({ length: outW }, (_, q) => out.get(0, c, p, q)),
    );
    const [top, size] = [210 + c * 132, 28];
    const windows = [0, 2].flatMap((row) =>
      [0, 2].map((column) => ({ row, column, size: [2, 2], series: c })),
    );
    return [
      label([12, top + 60], `c = ${c}`, { series: c }),
      cells({ at: [62, top], size, values, windows }),
      arrow([190, top + 56], [256, top + 56], { series: c }),
      cells({ at: [276, top + 28], size, values: pooled, seriesOf: () => c }),
    ];
  });
  const shape = (sizes) => `[${sizes.join(", ")}]`;
  return diagram({
    title: "Each channel is pooled on its own",
    description:
      `An image of ${C} channels becomes a smaller one of ${C} channels; below, the numbers of ` +
      "each channel before and after.",
    width: 380,
    height: 606,
    content: [
      slab({
        at: [62, 52],
        front: [100, 100],
        depth: 50,
        sheets: C,
        series: 5,
        caption: `x ${shape(x.shape.slice(1))}`,
      }),
      arrow([206, 102], [256, 102]),
      slab({
        at: [276, 86],
        front: [50, 50],
        depth: 50,
        sheets: C,
        series: 5,
        caption: `out ${shape(out.shape.slice(1))}`,
      }),
      ...rows,
    ],
  });
}
