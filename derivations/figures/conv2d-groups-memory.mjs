/** How many numbers the image of a layer holds, and its columns. */
import { barChart } from "leibniz/figures";
import { conv2dGeometry, im2col } from "leibniz/im2col";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/im2col.ts",
  find: "[N, C * kH * kW, outH * outW], x.dtype",
  replace: "[N, C * kH * kW, outH * outW + 1], x.dtype",
};

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const bars = [
    ["conv1, 1 channel of 28 × 28", 1, 28],
    ["conv2, 16 channels of 13 × 13", 16, 13],
  ].flatMap(([name, C, side]) => {
    const x = Tensor.zeros([1, C, side, side]);
    const cols = im2col(x, conv2dGeometry("figure", side, side, { kernelSize: 3 }));
    const factor = (cols.size / x.size).toFixed(1);
    const text = (number) => number.toLocaleString("en-US");
    const [layer] = name.split(",");
    return [
      { name: `${layer}: image`, values: [x.size], text: text(x.size) },
      {
        name: `${layer}: columns`,
        values: [cols.size],
        text: `${text(cols.size)}, ${factor} times`,
      },
    ];
  });
  return barChart({
    title: "What im2col costs in memory",
    description: "Numbers in the image of each layer of the notes' network, and in its columns.",
    width: 400,
    x: { label: "numbers, for one image of the batch", isWhole: true },
    parts: [""],
    bars,
  });
}
