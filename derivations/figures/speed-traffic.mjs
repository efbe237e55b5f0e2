/** Bytes that a batch makes travel: a rectifier and a pool apart, together, and in the convolution. */
import { maxPool2dForward, reluForward } from "leibniz/backprop";
import { barChart } from "leibniz/figures";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/im2col/geometry.ts",
  find: "(H + 2 * padH - spanH) / strideH",
  replace: "(H + 2 * padH - spanH + 2) / strideH",
};

const BATCH = 256;

/** @returns {Promise<string>} */
export default async function draw() {
  // what conv1 of the notes' network returns for one image
  const convolved = Tensor.zeros([1, 16, 26, 26]);
  const { out: rectified } = await reluForward(convolved);
  const { out: pooled, cache } = await maxPool2dForward(rectified, { kernelSize: 2 });
  const megabytes = (...tensors) =>
    (BATCH * tensors.reduce((sum, { data }) => sum + data.byteLength, 0)) / 1e6;
  const winners = [pooled, cache.argmax];
  return barChart({
    title: "Megabytes that are written and read between conv1 and what follows its pool",
    description:
      "With three layers one after another the convolution's output is written once and read " +
      "twice, and the rectified one written. With rectifier and pool in one pass it is written " +
      "and read once. With all three in one, only the winners are written.",
    width: 400,
    x: { label: "MB for a batch of 256 images" },
    parts: ["written and read: whole images", "written: winners and their places"],
    bars: [
      {
        name: "three layers",
        values: [megabytes(convolved, convolved, rectified, rectified), megabytes(...winners)],
      },
      { name: "relu with pool", values: [megabytes(convolved, convolved), megabytes(...winners)] },
      { name: "all in one", values: [0, megabytes(...winners)] },
    ].map((bar) => ({ ...bar, text: (bar.values[0] + bar.values[1]).toFixed(1) })),
  });
}
