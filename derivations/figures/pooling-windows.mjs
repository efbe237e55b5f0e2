/** Max pooling 2 × 2 with stride 2: four windows side by side, and the largest number of each. */
import { maxPool2dForward } from "leibniz/backprop";
import { arrow, cellCentre, cells, diagram, label } from "leibniz/figures";
import { tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/kernels/reference/pooling.ts",
  find: "if (value > best",
  replace: "if (value < best",
};

const X = [
  [2, 5, 1, 0],
  [3, 4, 6, 2],
  [7, 0, 3, 3],
  [1, 2, 8, 4],
];

/** @returns {Promise<string>} */
export default async function draw() {
  const { out, cache } = await maxPool2dForward(tensor([[X]]), { kernelSize: 2 });
  const { strideH, strideW, kH, kW, outH, outW, W } = cache.geometry;
  const pooled = Array.from({ length: outH }, (_, p) =>
    Array.from({ length: outW }, (_, q) => out.get(0, 0, p, q)),
  );
  const won = new Set(cache.argmax.data);
  const seriesOf = (p, q) => p * outW + q;
  const image = {
    at: [16, 44],
    size: 42,
    values: X,
    title: "x",
    isPale: (h, w) => !won.has(h * W + w),
    seriesOf: (h, w) => seriesOf(Math.floor(h / strideH), Math.floor(w / strideW)),
    windows: pooled.flatMap((row, p) =>
      row.map((_, q) => ({
        row: p * strideH,
        column: q * strideW,
        size: [kH, kW],
        series: seriesOf(p, q),
      })),
    ),
  };
  const result = { at: [288, 86], size: 42, values: pooled, title: "out", seriesOf };
  const [first, last] = [cellCentre(image, 0, 3), cellCentre(result, 0, 0)];
  return diagram({
    title: "Max pooling of 4 × 4 pixels with windows of 2 × 2",
    description: `Of each window of four pixels the largest is kept: ${pooled.flat().join(", ")}.`,
    width: 400,
    height: 250,
    content: [
      cells(image),
      cells(result),
      arrow([first[0] + 30, last[1] + 21], [last[0] - 32, last[1] + 21]),
      label([(first[0] + last[0]) / 2 - 1, last[1] + 11], "max", { anchor: "middle", soft: true }),
      label([16, 236], "each window keeps its largest number", { soft: true }),
    ],
  });
}
