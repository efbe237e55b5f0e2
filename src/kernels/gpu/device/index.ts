/**
 * A step that stays on the device. While a step runs, convolutions, products, activations, pooling,
 * normalisation by channels, sums and updates leave their results where the kernels are, and find
 * their operands there; what the device has no kernel for brings its operands to the processor
 * first. Outside a step, everything is as it is on the backend below.
 */
import { sizeOf, Tensor } from "../../../tensor/index.js";
import type { Backend } from "../../backend.js";
import type { KernelCache } from "../kernel-cache.js";
import type { CallLimits } from "../product-calls.js";
import { DeviceActivations } from "./activations/index.js";
import { bringing } from "./bringing.js";
import { DeviceChannels } from "./channels.js";
import { DeviceEntrywise } from "./entrywise.js";
import { DeviceMemories } from "./memory.js";
import { DeviceOperands } from "./operands.js";
import { DevicePooling } from "./pooling.js";
import { DeviceProducts } from "./products.js";
import { randomMask } from "./random-mask.js";
import { columnSum, rowSum } from "./sum-kernels.js";
import { DeviceUpdates } from "./updates.js";

/**
 * @param smallest how many multiplications bring operands to the device that are not there
 * @param count is told each operation that brought operands from the device, to run without it
 */
export function deviceBackend(
  below: Backend,
  kernels: KernelCache,
  { smallest, limits, count }: DeviceOptions,
): Backend {
  const memories = new DeviceMemories(kernels);
  const base = bringing(below, memories, count);
  const operands = new DeviceOperands(kernels, memories, { smallest, limits });
  const products = new DeviceProducts(operands);
  const updates = new DeviceUpdates(operands);
  return {
    ...base,
    persistent: memories.persistent,
    matmul: async (a, b, options = {}) =>
      products.matmul(a, b, options) ?? base.matmul(a, b, options),
    matmulSum: async (a, b, options = {}) =>
      products.matmulSum(a, b, options) ?? base.matmulSum(a, b, options),
    productOntoImages: async (a, b, channels, geometry) =>
      products.ontoImages(a, b, channels, geometry) ??
      base.productOntoImages(a, b, channels, geometry),
    sumPerChannel: async (x) =>
      (x instanceof Tensor ? sumPerChannel(operands, x) : null) ?? base.sumPerChannel(x),
    ...ofEntries(base, operands),
    ...ofWindows(base, operands),
    ...ofChannels(base, operands),
    randomMask: async (shape, dtype, mask) =>
      (dtype === "float32" ? randomMask(operands, shape, mask) : null) ??
      base.randomMask(shape, dtype, mask),
    update: async (kind, tensors, numbers) =>
      updates.covers(kind, tensors)
        ? updates.update(kind, tensors, numbers)
        : base.update(kind, tensors, numbers),
    read: async (numbers) => {
      await memories.read(numbers instanceof Tensor ? numbers.storage : numbers);
      return numbers;
    },
    step: async (run) => {
      kernels.checkInUse();
      return memories.step(run);
    },
    dispose: async () => {
      memories.dispose();
      await below.dispose();
    },
  };
}

/** What is computed of each entry alone. */
function ofEntries(base: Backend, operands: DeviceOperands): Partial<Backend> {
  const entrywise = new DeviceEntrywise(operands);
  const activations = new DeviceActivations(operands);
  return {
    relu: async (x) => entrywise.relu(x) ?? base.relu(x),
    reluBackward: async (dOut, x) => entrywise.reluBackward(dOut, x) ?? base.reluBackward(dOut, x),
    activation: async (x, f, known) =>
      activations.activation(x, known) ?? base.activation(x, f, known),
    activationBackward: async (dOut, at, slope, known) =>
      activations.backward(dOut, at, known) ?? base.activationBackward(dOut, at, slope, known),
    activationWithSlope: async (x, pair, wantsSlope, known) =>
      activations.withSlope(x, wantsSlope, known) ??
      base.activationWithSlope(x, pair, wantsSlope, known),
    add: async (a, b) => entrywise.add(a, b) ?? base.add(a, b),
    multiply: async (a, b) => entrywise.multiply(a, b) ?? base.multiply(a, b),
    accumulate: async (target, source) =>
      entrywise.accumulate(target, source) ?? base.accumulate(target, source),
  };
}

function ofWindows(base: Backend, operands: DeviceOperands): Partial<Backend> {
  const pooling = new DevicePooling(operands);
  return {
    maxPool2d: async (x, geometry, options = {}) =>
      pooling.maxPool2d(x, geometry, options) ?? base.maxPool2d(x, geometry, options),
    maxPool2dBackward: async (dOut, argmax, geometry) =>
      pooling.maxPool2dBackward(dOut, argmax, geometry) ??
      base.maxPool2dBackward(dOut, argmax, geometry),
    averagePool2d: async (x, geometry) =>
      pooling.averagePool2d(x, geometry) ?? base.averagePool2d(x, geometry),
    averagePool2dBackward: async (dOut, geometry) =>
      pooling.averagePool2dBackward(dOut, geometry) ?? base.averagePool2dBackward(dOut, geometry),
  };
}

function ofChannels(base: Backend, operands: DeviceOperands): Partial<Backend> {
  const channels = new DeviceChannels(operands, base.allocator);
  return {
    channelMoments: async (x) => channels.moments(x) ?? base.channelMoments(x),
    channelSums: async (x, y) => channels.sums(x, y) ?? base.channelSums(x, y),
    channelAffine: async (x, numbers) =>
      channels.affine(x, numbers) ?? base.channelAffine(x, numbers),
    channelResidual: async (y, x, line) =>
      channels.residual(y, x, line) ?? base.channelResidual(y, x, line),
  };
}

export interface DeviceOptions {
  readonly smallest: number;
  readonly limits: CallLimits;
  readonly count: (operation: string) => void;
}

/** See {@link Backend.sumPerChannel}; null where it is not for the device. */
function sumPerChannel(operands: DeviceOperands, x: Tensor): Promise<Tensor> | null {
  if (x.rank < 2 || !operands.hasRoomFor(x.size) || !operands.takes(0, x)) return null;
  const [N, K] = x.shape as [number, number];
  const P = sizeOf(x.shape.slice(2));
  return P === 1
    ? operands.tensor([K], columnSum, [x], Int32Array.of(K, N))
    : sumOfRows(operands, x, [N, K, P]);
}

async function sumOfRows(
  operands: DeviceOperands,
  x: Tensor,
  [N, K, P]: readonly [number, number, number],
): Promise<Tensor> {
  const sums = await operands.entries(rowSum, N * K, [x], Int32Array.of(P));
  try {
    return await operands.tensor([K], columnSum, [sums], Int32Array.of(K, N));
  } finally {
    operands.release(sums);
  }
}
