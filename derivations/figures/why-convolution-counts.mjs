/** What is learned: by an affine layer, by windows with weights of their own, by one filter. */
import { Affine, Conv2d, conv2dForward } from "leibniz/backprop";
import { barChart } from "leibniz/figures";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/kernels/reference/gemm-loops.ts",
  find: "total +=",
  replace: "total -=",
};

const [SIDE, K] = [6, 3];

/** @returns {Promise<string>} */
export default async function draw() {
  const conv = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: K });
  const [, , outH, outW] = conv.outputShape([1, 1, SIDE, SIDE]);
  const affine = new Affine({ inFeatures: SIDE * SIDE, outFeatures: outH * outW });
  const learned = ({ parameters }) => parameters.reduce((sum, { value }) => sum + value.size, 0);
  // each output of a convolution with ones counts the pixels in its window
  const ones = (shape) => Tensor.full(shape, 1);
  const { out } = await conv2dForward(ones([1, 1, SIDE, SIDE]), ones([1, 1, K, K]), ones([1]));
  const local = out.data.reduce((sum, value) => sum + value, 0);
  return barChart({
    title: "How many numbers are learned for 6 × 6 pixels and 4 × 4 outputs",
    description:
      `An affine layer learns ${learned(affine)} numbers. With a window of 3 by 3 pixels for ` +
      `each output it is ${local}. With the same weights in all windows it is ${learned(conv)}.`,
    width: 400,
    x: { label: "numbers that are learned, biases included" },
    parts: [""],
    bars: [
      { name: "all pixels", values: [learned(affine)] },
      { name: "windows only", values: [local] },
      { name: "one filter for all", values: [learned(conv)] },
    ],
  });
}
