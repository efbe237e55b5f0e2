/**
 * The gpu backend: the reference backend with its products handed to gpu.js, which runs them on whatever the mode
 * names. Everything else stays on the reference: those passes touch each number once or twice, and to copy them to a
 * device and back would take longer than the work.
 */
import { type Allocator, broadcastShape, type Data, heapAllocator, reject, sameShape, sizeOf, Tensor, tensor } from "../../tensor/index.js";
import type { Backend, MatmulOptions } from "../backend.js";
import { referenceBackend } from "../reference/index.js";
import { planProduct, type Product, startFromBias } from "../reference/matmul.js";
import { KernelCache } from "./kernel-cache.js";
import { findModes, type GpuMode, gpuModes, isGpuMode } from "./modes.js";
import { MOST_ENTRIES } from "./product-kernel.js";

export type { GpuMode } from "./modes.js";

export interface GpuBackendOptions {
  /** What gpu.js runs on: one of {@link gpuModes}. Left out: the fastest that is there. */
  readonly mode?: string | undefined;
  readonly allocator?: Allocator;
  /** Products of fewer multiplications stay on the reference; 0 sends all to gpu.js. */
  readonly smallestProduct?: number;
  /** How many compiled kernels are kept at most. */
  readonly kernelCapacity?: number;
}

/** A {@link Backend} that also tells how many compiled kernels it holds. */
export interface GpuBackend extends Backend {
  readonly mode: GpuMode;
  readonly kernelCount: number;
}

/**
 * Up to here the reference takes at most 6 µs, while a call of a compiled kernel takes 4 µs before it has computed
 * anything, and to compile one takes 1 to 6 ms for each shape (modes `cpu` and `webasm`, measured by
 * `bench/gpu-products.mjs`; the round trip to a GPU takes longer still).
 */
const SMALLEST_PRODUCT = 2 ** 12;

/**
 * A training step of a network with L convolutions and affine layers needs 3·L kernels, the shorter last batch of an
 * epoch as many again, and evaluation 2·L: room for eight such layers.
 */
const KERNEL_CAPACITY = 64;

/** WebGPU starts at most this many groups of threads along one axis of a result. */
const LARGEST_EXTENT = 65535;

/** The modes that work on this machine as far as gpu.js can tell, the fastest first. */
export async function availableGpuModes(): Promise<GpuMode[]> {
  return findModes(await import("gpu.js"));
}

/**
 * Builds a backend on gpu.js and runs one small product on it, so that a mode which does not work here is found out
 * at once. `mode` then says what that product really ran on, and every later one is checked to have stayed there.
 *
 * The products of `matmul` and `matmulSum` in float32 go to gpu.js. Those in float64 do not, since no device has that
 * type: gradient checks run on the reference, whatever the backend. Sums on a device are float32 sums, so results
 * agree with the reference to about √I units of the last place.
 *
 * @throws InputError when gpu.js has no such mode, or this machine has not
 * @throws Error when gpu.js fails on the mode, or moves to another
 */
export async function gpuBackend(options: GpuBackendOptions = {}): Promise<GpuBackend> {
  const { allocator = heapAllocator, smallestProduct = SMALLEST_PRODUCT, kernelCapacity = KERNEL_CAPACITY } = options;
  const gpujs = await import("gpu.js");
  const available = await findModes(gpujs);
  const mode = options.mode ?? available[0]!;
  if (!isGpuMode(mode)) reject("gpuBackend", `a mode of gpu.js (${gpuModes.join(", ")}; available here: ${available.join(", ")})`, JSON.stringify(mode));
  if (!available.includes(mode)) reject("gpuBackend", `a mode that is available here (${available.join(", ")})`, JSON.stringify(mode));

  const base = referenceBackend(allocator);
  const kernels = new KernelCache(gpujs, mode, kernelCapacity);

  /** How many of these products one call can take; 0 when they are none for gpu.js. */
  const matricesPerCall = ({ a, M, N, I }: Product, batch: number, terms: number): number => {
    const multiplications = batch * terms * M * N * I;
    if (a.dtype !== "float32" || multiplications === 0 || multiplications < smallestProduct || Math.max(M, N) > LARGEST_EXTENT) return 0;
    return Math.min(LARGEST_EXTENT, Math.floor(MOST_ENTRIES / Math.max(M * I, I * N, M * N)));
  };

  /** One call: adds the products of a [terms, batch, M, I] and b [terms, batch, I, N], summed over the terms, to c [batch, M, N]. */
  const addProducts = async (c: Data, a: Data, b: Data, { M, N, I }: Product, { transposeA, transposeB }: MatmulOptions, batch: number, terms: number): Promise<void> => {
    const [rowA, stepA] = transposeA === true ? [1, M] : [I, 1];
    const [columnB, stepB] = transposeB === true ? [I, 1] : [1, N];
    const matrixA = a.length === M * I ? 0 : M * I;
    const matrixB = b.length === I * N ? 0 : I * N;
    const constants = { terms, I, termA: batch * M * I, matrixA, rowA, stepA, termB: batch * I * N, matrixB, columnB, stepB };
    let position = 0;
    for (const matrix of await kernels.run({ M, N, batch, constants }, a as Float32Array, b as Float32Array)) {
      for (const row of matrix) {
        for (let n = 0; n < N; n++) c[position++]! += row[n]!;
      }
    }
  };

  const matmul = async (a: Tensor, b: Tensor, options: MatmulOptions = {}): Promise<Tensor> => {
    const product = planProduct("matmul", a, b, options);
    const { M, N, I, batchA, batchB } = product;
    const batch = broadcastShape("matmul", batchA, batchB);
    const count = sizeOf(batch);
    const perCall = matricesPerCall(product, count, 1);
    if (perCall === 0) return base.matmul(product.a, product.b, options);
    const c = Tensor.zeros([...batch, M, N], "float32", allocator);
    startFromBias(c.data, product, batch, options);
    const [stackA, stackB] = [spreadOut(product.a, batchA, batch).data, spreadOut(product.b, batchB, batch).data];
    for (let n = 0; n < count; n += perCall) {
      const part = (stack: Data, size: number): Data => (stack.length === size ? stack : stack.subarray(n * size, (n + perCall) * size));
      await addProducts(c.data.subarray(n * M * N), part(stackA, M * I), part(stackB, I * N), product, options, Math.min(perCall, count - n), 1);
    }
    return c;
  };

  const matmulSum = async (a: Tensor, b: Tensor, options: MatmulOptions = {}): Promise<Tensor> => {
    const product = planProduct("matmulSum", a, b, options);
    const { M, N, I, batchA, batchB } = product;
    const [terms = 0, ...batch] = batchA;
    const count = sizeOf(batch);
    const perCall = Math.floor(matricesPerCall(product, count, terms) / count);
    if (!sameShape(batchA, batchB) || !(perCall > 0)) return base.matmulSum(product.a, product.b, options);
    const c = Tensor.zeros([...batch, M, N], "float32", allocator);
    for (let k = 0; k < terms; k += perCall) {
      const part = ({ data }: Tensor, size: number): Data => data.subarray(k * count * size, (k + perCall) * count * size);
      await addProducts(c.data, part(product.a, M * I), part(product.b, I * N), product, options, count, Math.min(perCall, terms - k));
    }
    return c;
  };

  try {
    const c = new Float32Array(2);
    const product = planProduct("gpuBackend", tensor([[1, 2, 3], [4, 5, 6]], "float32"), tensor([[7], [8], [9]], "float32"), {});
    await addProducts(c, product.a.data, product.b.data, product, {}, 1, 1);
    if (c[0] !== 50 || c[1] !== 122) throw new Error(`gpuBackend: expected mode ${mode} to compute 50 and 122, got ${c[0]} and ${c[1]}`);
  } catch (error) {
    await kernels.dispose();
    throw error;
  }

  return {
    ...base,
    name: "gpu",
    mode,
    get kernelCount() {
      return kernels.size;
    },
    matmul,
    matmulSum,
    dispose: () => kernels.dispose(),
  };
}

/**
 * A kernel takes one matrix for the whole batch, or one for each product. An operand that broadcasts in between, as the
 * filters [G, M, I] of a grouped convolution do against the columns [N, G, I, P], is copied out to one for each.
 */
function spreadOut(stack: Tensor, own: readonly number[], batch: readonly number[]): Tensor {
  const count = sizeOf(own);
  return count === 1 || count === sizeOf(batch) ? stack : stack.broadcastTo([...batch, ...stack.shape.slice(-2)]).contiguous();
}
