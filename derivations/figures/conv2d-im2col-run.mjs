/** For one weight, the windows whose pixel is in the image are a single run. */
import { cells, diagram, label } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/im2col.ts",
  find: "Math.floor((W - 1 - left) / strideW)",
  replace: "Math.floor((W - 2 - left) / strideW)",
};

const [SIZE, LEFT, TOP, STEP] = [30, 106, 44, 58];
const [W, kW] = [6, 4];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const row = conv2dGeometry("figure", 1, W, {
    kernelSize: [1, kW],
    padding: [0, 2],
    stride: 1,
  });
  const { outW, padW } = row;
  const isOnPixel = im2col(Tensor.full([1, 1, 1, W], 1, "float64"), row).toNested()[0];
  const columns = Tensor.from(
    Array.from({ length: W }, (_, w) => w),
    [1, 1, 1, W],
    "float64",
  );
  const under = im2col(columns, row).toNested()[0];
  const rows = under.map((entries, j) => {
    const top = TOP + j * STEP;
    const run = entries.flatMap((_, q) => (isOnPixel[j][q] === 1 ? [q] : []));
    const [first, last] = [run[0], run.at(-1)];
    return [
      label([LEFT - 10, top + 12], `weight j = ${j}`, { anchor: "end" }),
      label([LEFT - 10, top + 29], `left = ${j - padW}`.replace("-", "−"), {
        anchor: "end",
        soft: true,
        size: 13,
      }),
      cells({
        at: [LEFT, top],
        values: [entries.map((w, q) => (isOnPixel[j][q] === 1 ? `x${"₀₁₂₃₄₅"[w]}` : 0))],
        size: SIZE,
        isPale: (_, q) => isOnPixel[j][q] === 0,
        windows: [{ row: 0, column: first, size: [1, run.length], series: j, filled: true }],
      }),
      label([LEFT + outW * SIZE + 10, top + 20], `${first} ≤ q ≤ ${last}`, { series: j }),
    ].join("");
  });
  return diagram({
    title: "Where a weight meets pixels, and where the frame",
    description:
      "Four rows of cols, one for each weight, over six pixels with a frame of two zeros. In each " +
      "row the pixels are one unbroken run, which moves left from row to row.",
    width: 410,
    height: TOP + kW * STEP + 8,
    content: [
      label([LEFT - 10, TOP - 8], "window q", { anchor: "end", soft: true }),
      ...Array.from({ length: outW }, (_, q) =>
        label([LEFT + (q + 0.5) * SIZE, TOP - 8], String(q), { anchor: "middle", soft: true }),
      ),
      ...rows,
      label([LEFT, TOP + kW * STEP - 4], "pale: on the frame, where cols has a 0", { soft: true }),
    ],
  });
}
