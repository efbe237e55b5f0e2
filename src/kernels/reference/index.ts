/**
 * The reference backend: plain TypeScript loops in both element types, written to be read. The
 * truth that every other backend is tested against.
 */
import { Columns, im2col } from "../../im2col/index.js";
import { accumulate, type Allocator, heapAllocator } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { inMemory } from "../in-memory.js";
import { WinnersGradient } from "../winners-gradient.js";
import { activation, activationBackward, activationWithSlope } from "./activations.js";
import { channelAffine, channelMoments, channelResidual, channelSums } from "./channels.js";
import { convolvePool } from "./convolve-pool.js";
import { add, multiply } from "./entrywise.js";
import { matmul, matmulSum } from "./matmul.js";
import { update } from "./optimizer-updates.js";
import { averagePool2d, averagePool2dBackward, maxPool2d, maxPool2dBackward } from "./pooling.js";
import { productOntoImages } from "./product-onto-images.js";
import { randomMask } from "./random-mask.js";
import { relu, reluBackward } from "./relu.js";
import { rowAffine, rowMoments, rowResidual, rowSums } from "./rows.js";
import { sumPerChannel } from "./sum-per-channel.js";

/**
 * Builds a reference backend whose results live where `allocator` says. It has no memory of its own
 * to give back, so all that a step makes outlives it.
 *
 * @param allocator JavaScript's heap if left out
 * @param options `check` as {@link Backend.check}, false if left out
 */
export function referenceBackend(
  allocator: Allocator = heapAllocator,
  { check = false }: { readonly check?: boolean } = {},
): Backend {
  return {
    name: "reference",
    mode: null,
    threads: 1,
    note: null,
    fuses: false,
    check,
    allocator,
    persistent: heapAllocator,
    matmul: async (a, b, options = {}) => matmul(a, inMemory(b), options, allocator),
    matmulSum: async (a, b, options = {}) =>
      matmulSum(inMemory(a), inMemory(b), options, allocator),
    im2col: async (x, geometry, groups = 1) => {
      const cols = im2col(x, geometry, allocator);
      return new Columns(x, geometry, groups, () => cols);
    },
    productOntoImages: async (a, b, channels, geometry) =>
      productOntoImages(a, inMemory(b), channels, geometry, allocator),
    sumPerChannel: async (x) => sumPerChannel(x, allocator),
    channelMoments: async (x) => channelMoments(x, allocator),
    channelAffine: async (x, numbers) => channelAffine(x, numbers, allocator),
    channelSums: async (x, y) => channelSums(x, y, allocator),
    channelResidual: async (y, x, line) => channelResidual(y, x, line, allocator),
    rowMoments: async (x) => rowMoments(x, allocator),
    rowAffine: async (x, numbers) => rowAffine(x, numbers, allocator),
    rowSums: async (y, x, numbers) => rowSums(y, x, numbers, allocator),
    rowResidual: async (y, x, line) => rowResidual(y, x, line, allocator),
    add: async (a, b) => add(a, b, allocator),
    multiply: async (a, b) => multiply(a, b, allocator),
    randomMask: async (shape, dtype, mask) => randomMask(shape, dtype, mask, allocator),
    relu: async (x) => relu(x, allocator),
    reluBackward: async (dOut, x) => reluBackward(dOut, x, allocator),
    activation: async (x, f) => activation(x, f, allocator),
    activationWithSlope: async (x, pair, wantsSlope) =>
      activationWithSlope(x, pair, wantsSlope, allocator),
    activationBackward: async (dOut, at, slope) => activationBackward(dOut, at, slope, allocator),
    maxPool2d: async (x, geometry, options = {}) => maxPool2d(x, geometry, options, allocator),
    maxPool2dBackward: async (dOut, argmax, geometry) =>
      maxPool2dBackward(dOut, argmax, geometry, allocator),
    winnersGradient: async (dOut, argmax, geometry) => {
      const gradient = maxPool2dBackward(dOut, argmax, geometry, allocator);
      return new WinnersGradient(dOut, argmax, geometry, () => gradient);
    },
    convolvePool: async (filters, cols, bias, pool, options = {}) =>
      convolvePool(filters, cols, bias, { ...options, pool }, allocator),
    averagePool2d: async (x, geometry) => averagePool2d(x, geometry, allocator),
    averagePool2dBackward: async (dOut, geometry) =>
      averagePool2dBackward(dOut, geometry, allocator),
    accumulate: async (target, source) => accumulate(target, source),
    update: async (kind, tensors, numbers) => update(kind, tensors, numbers),
    read: async (tensor) => tensor,
    step: async (run) => run(),
    dispose: async () => {},
  };
}

/** The reference backend on JavaScript's heap: what layers use unless told otherwise. */
export const reference: Backend = referenceBackend();
