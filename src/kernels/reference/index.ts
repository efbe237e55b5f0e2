/**
 * The reference backend: plain TypeScript loops in both element types, written to be read. The
 * truth that every other backend is tested against.
 */
import { col2im, im2col } from "../../im2col/index.js";
import { accumulate, type Allocator, heapAllocator } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { matmul, matmulSum } from "./matmul.js";
import { adagradUpdate, adamUpdate, rmspropUpdate, sgdUpdate } from "./optimizer-updates.js";
import { averagePool2d, averagePool2dBackward, maxPool2d, maxPool2dBackward } from "./pooling.js";
import { relu, reluBackward } from "./relu.js";
import { sumPerChannel } from "./sum-per-channel.js";

/** Builds a reference backend whose results live where `allocator` says. */
export function referenceBackend(allocator: Allocator = heapAllocator): Backend {
  return {
    name: "reference",
    mode: null,
    threads: 1,
    note: null,
    allocator,
    matmul: async (a, b, options = {}) => matmul(a, b, options, allocator),
    matmulSum: async (a, b, options = {}) => matmulSum(a, b, options, allocator),
    im2col: async (x, geometry) => im2col(x, geometry, allocator),
    col2im: async (cols, channels, geometry) => col2im(cols, channels, geometry, allocator),
    sumPerChannel: async (x) => sumPerChannel(x, allocator),
    relu: async (x) => relu(x, allocator),
    reluBackward: async (dOut, x) => reluBackward(dOut, x, allocator),
    maxPool2d: async (x, geometry) => maxPool2d(x, geometry, allocator),
    maxPool2dBackward: async (dOut, argmax, geometry) =>
      maxPool2dBackward(dOut, argmax, geometry, allocator),
    averagePool2d: async (x, geometry) => averagePool2d(x, geometry, allocator),
    averagePool2dBackward: async (dOut, geometry) =>
      averagePool2dBackward(dOut, geometry, allocator),
    accumulate: async (target, source) => accumulate(target, source),
    sgdUpdate: async (state, hyperparameters) => sgdUpdate(state, hyperparameters),
    adagradUpdate: async (state, hyperparameters) => adagradUpdate(state, hyperparameters),
    rmspropUpdate: async (state, hyperparameters) => rmspropUpdate(state, hyperparameters),
    adamUpdate: async (state, hyperparameters) => adamUpdate(state, hyperparameters),
    scope: (run) => run(),
    dispose: async () => {},
  };
}

/** The reference backend on JavaScript's heap: what layers use unless told otherwise. */
export const reference: Backend = referenceBackend();
