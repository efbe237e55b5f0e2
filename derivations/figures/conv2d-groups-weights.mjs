/** How many weights a full convolution has, and a depthwise one with a mix of 1 × 1. */
import { Conv2d } from "leibniz/backprop";
import { barChart } from "leibniz/figures";

export const breaks = {
  file: "src/backprop/conv2d.ts",
  find: "super([K, C / groups, ",
  replace: "super([K, C, ",
};

const [C, K] = [64, 128];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const weights = (inChannels, outChannels, kernelSize, groups) =>
    new Conv2d({ inChannels, outChannels, kernelSize, groups, bias: false }).weight.value.size;
  const full = weights(C, K, 3, 1);
  const [depthwise, mix] = [weights(C, C, 3, C), weights(C, K, 1, 1)];
  const written = (number) => number.toLocaleString("en-US");
  return barChart({
    title: "Weights of a full convolution and of the pair",
    description:
      `From ${C} to ${K} channels with filters of 3 × 3, a full convolution has ${written(full)} ` +
      `weights. A depthwise one has ${written(depthwise)}, and the mix after it ${written(mix)}.`,
    width: 400,
    x: { label: `weights from ${C} to ${K} channels, 3 × 3`, isWhole: true },
    parts: ["full", "depthwise", "mix, 1 × 1"],
    bars: [
      { name: "full", values: [full, 0, 0], text: written(full) },
      { name: "the pair", values: [0, depthwise, mix], text: written(depthwise + mix) },
    ],
  });
}
