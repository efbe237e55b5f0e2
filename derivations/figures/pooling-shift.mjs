/** An image, the same moved by one pixel and by two, and what max pooling makes of each. */
import { maxPool2dForward } from "leibniz/backprop";
import { arrow, cells, diagram, label } from "leibniz/figures";
import { tensor, abs, subtract, sum } from "leibniz/tensor";

export const breaks = {
  file: "src/kernels/reference/pooling.ts",
  find: "if (value > best",
  replace: "if (value < best",
};

/** A stroke that leans, bright with a softer edge on its right. */
const STROKE = [
  [0, 0, 0, 0, 8, 3, 0, 0],
  [0, 0, 0, 0, 9, 3, 0, 0],
  [0, 0, 9, 3, 0, 0, 0, 0],
  [0, 0, 7, 2, 0, 0, 0, 0],
];

const moved = (pixels) =>
  STROKE.map((row) => row.map((_, w) => (w < pixels ? 0 : row[w - pixels])));
const changeOf = (a, b) => sum(abs(subtract(tensor(a), tensor(b)))).item();

/** @returns {Promise<string>} */
export default async function draw() {
  const images = [0, 1, 2].map(moved);
  const { out } = await maxPool2dForward(tensor(images.map((image) => [image])), { kernelSize: 2 });
  const [, , outH, outW] = out.shape;
  const pooled = images.map((_, n) =>
    Array.from({ length: outH }, (_, p) =>
      Array.from({ length: outW }, (_, q) => out.get(n, 0, p, q)),
    ),
  );
  const captions = ["as it is", "one pixel to the right", "two pixels to the right"];
  const content = images.flatMap((image, n) => {
    const [top, size] = [[34, 178, 342][n], 25];
    const windows = [0, 2].flatMap((row) =>
      [0, 2, 4, 6].map((column) => ({ row, column, size: [2, 2], series: 5 })),
    );
    return [
      cells({ at: [12, top], size, values: image, kind: "amount", windows, title: captions[n] }),
      arrow([220, top + 50], [252, top + 50]),
      cells({ at: [262, top + 25], size, values: pooled[n], kind: "amount", title: "max pooled" }),
      ...(n === 0
        ? []
        : [
            label([112, top + 120], `changed by ${changeOf(image, images[0])}`, {
              anchor: "middle",
              soft: true,
            }),
            label([312, top + 120], `changed by ${changeOf(pooled[n], pooled[0])}`, {
              anchor: "middle",
              series: 1,
            }),
          ]),
    ];
  });
  return diagram({
    title: "What a max pool makes of a shift",
    description:
      "A stroke is moved to the right by one pixel and by two. The pooled image changes " +
      `by ${changeOf(pooled[1], pooled[0])} and by ${changeOf(pooled[2], pooled[0])}.`,
    width: 380,
    height: 476,
    content,
  });
}
