/** The functions that the table of kernels names. */
export * from "./activations";
export * from "./channels";
export * from "./convolution";
export * from "./convolve-pool";
export * from "./entrywise";
export * from "./gemm";
export * from "./passes";
export * from "./pooling";
export * from "./products";
export * from "./random-mask";
export * from "./rows";
export * from "./tiles";
export * from "./transpose";
export * from "./windows";
