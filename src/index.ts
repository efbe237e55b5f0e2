/** leibniz: a convolutional neural network engine from scratch. The folders, in reading order. */
export * from "./tensor/index.js";
export * from "./im2col/index.js";
export * from "./kernels/index.js";
export * from "./backprop/index.js";
export * from "./network/index.js";
export * from "./data/index.js";
export * from "./gradcheck/index.js";
export * from "./training/index.js";
export {
  barChart,
  histogram,
  intervalChart,
  lineChart,
  matrixChart,
  pictures,
} from "./figures/index.js";
// where a layer's description and a function of numbers have one name, it is the description here
export { tanh } from "./network/index.js";
