/** leibniz: a convolutional neural network engine from scratch. The folders, in reading order. */
export * from "./tensor/index.js";
export * from "./im2col/index.js";
export * from "./kernels/index.js";
export * from "./backprop/index.js";
export * from "./network/index.js";
export * from "./data/index.js";
export * from "./gradcheck/index.js";
export * from "./training/index.js";
