/**
 * The gpu backend: the reference backend with its products handed to gpu.js, which runs them on
 * whatever the mode names. Everything else stays on the reference: those passes touch each number
 * once or twice, and to copy them to a device and back would take longer than the work.
 */
import type * as GpuJs from "gpu.js";
import {
  type Allocator,
  broadcastShape,
  type Data,
  heapAllocator,
  reject,
  sameShape,
  sizeOf,
  Tensor,
  tensor,
} from "../../tensor/index.js";
import type { Backend, MatmulOptions } from "../backend.js";
import { referenceBackend } from "../reference/index.js";
import { planProduct, type Product, startFromBias } from "../reference/matmul.js";
import { KernelCache } from "./kernel-cache.js";
import { findModes, type GpuMode, gpuModes, isGpuMode, lackOf, largestTexture } from "./modes.js";
import { type CallLimits, type ProductCall, productCalls } from "./product-calls.js";
import { MOST_ENTRIES } from "./product-kernel.js";

export type { GpuMode } from "./modes.js";

export interface GpuBackendOptions {
  /** What gpu.js runs on: one of {@link gpuModes}. Left out: the fastest that is there. */
  readonly mode?: string | undefined;
  readonly allocator?: Allocator;
  /**
   * Products of fewer multiplications stay on the reference; 0 sends all to gpu.js. Left out: what
   * was measured for the mode.
   */
  readonly smallestProduct?: number;
  /** How many compiled kernels are kept at most. */
  readonly kernelCapacity?: number;
  /**
   * How long to wait for a small product before the device counts as lost. Larger ones get more.
   */
  readonly secondsToAnswer?: number;
}

/** A {@link Backend} that also tells how many compiled kernels it holds. */
export interface GpuBackend extends Backend {
  readonly mode: GpuMode;
  readonly kernelCount: number;
}

/**
 * Fewer multiplications than this stay on the reference, which does 2,000 in a microsecond: by the
 * time that a call which computes next to nothing has come back, they are done. Such a call takes 4
 * to 6 µs in the modes that run on the processor, 0.12 ms in mode `webgpu` (0.3 ms in Chromium),
 * and 0.6 ms in mode `webgl2`. (The best of many calls for 8×8×8 multiplications by
 * `bench/gpu-products.mjs`, on two cores of an AMD EPYC, with the software driver SwiftShader,
 * which is no farther away than a graphics card; `webgl2` the same way on a page in Chromium;
 * `headlessgl` is taken to be like it.)
 */
const SMALLEST_PRODUCT: Readonly<Record<GpuMode, number>> = {
  webgpu: 2 ** 18,
  webgl2: 2 ** 20,
  headlessgl: 2 ** 20,
  webasm: 2 ** 12,
  cpu: 2 ** 12,
};

/**
 * A training step of a network with L convolutions and affine layers needs 3·L kernels, the shorter
 * last batch of an epoch as many again, and evaluation 2·L: room for eight such layers.
 */
const KERNEL_CAPACITY = 64;

/** WebGPU starts at most this many groups of threads along one axis of a result. */
const LARGEST_EXTENT = 65535;

/** A software driver on a busy machine took half a second for its first kernel. */
const SECONDS_TO_ANSWER = 30;

/**
 * gpu.js is a CommonJS module: what it exports is its default, and where a bundler splits code,
 * nothing else is there.
 */
async function loadGpuJs(): Promise<typeof GpuJs> {
  return (await import("gpu.js")).default as unknown as typeof GpuJs;
}

/**
 * The modes that work on this machine as far as gpu.js can tell, the fastest first; see {@link
 * findModes} for drivers that are software.
 */
export async function availableGpuModes(software?: "last" | "none"): Promise<GpuMode[]> {
  return findModes(await loadGpuJs(), software);
}

/**
 * Builds a backend on gpu.js and runs one small product on it, so that a mode which does not work
 * here is found out at once. `mode` then says what that product really ran on, and every later one
 * is checked to have stayed there.
 *
 * The products of `matmul` and `matmulSum` in float32 go to gpu.js. Those in float64 do not, since
 * no device has that type: gradient checks run on the reference, whatever the backend. Sums on a
 * device are float32 sums, so results agree with the reference to about √I units of the last place.
 *
 * @throws InputError when gpu.js has no such mode, or this machine has not
 * @throws Error when gpu.js fails on the mode, or moves to another
 * @throws MachineError when the device is lost; so does every product from then on
 */
export async function gpuBackend(options: GpuBackendOptions = {}): Promise<GpuBackend> {
  const {
    allocator = heapAllocator,
    kernelCapacity = KERNEL_CAPACITY,
    secondsToAnswer = SECONDS_TO_ANSWER,
  } = options;
  const gpujs = await loadGpuJs();
  const mode = options.mode ?? (await findModes(gpujs))[0]!;
  if (!isGpuMode(mode))
    reject(
      "gpuBackend",
      `a mode of gpu.js (${gpuModes.join(", ")}; available here: ` +
        `${(await findModes(gpujs)).join(", ")})`,
      JSON.stringify(mode),
    );
  const lack = await lackOf(mode, gpujs);
  if (lack !== null)
    reject(
      "gpuBackend",
      `a mode that is available here (${(await findModes(gpujs)).join(", ")})`,
      JSON.stringify(mode),
      lack,
    );

  const smallestProduct = options.smallestProduct ?? SMALLEST_PRODUCT[mode];
  const base = referenceBackend(allocator);
  const kernels = new KernelCache(gpujs, mode, { capacity: kernelCapacity, secondsToAnswer });
  const texture = largestTexture(mode, gpujs);
  const limits: CallLimits = {
    extent: Math.min(LARGEST_EXTENT, texture),
    entries: Math.min(MOST_ENTRIES, texture * texture),
  };

  /** Is this batch of products for gpu.js? */
  const isForGpu = ({ a, M, N, I }: Product, batch: number, terms: number): boolean => {
    const multiplications = batch * terms * M * N * I;
    return (
      a.dtype === "float32" &&
      multiplications > 0 &&
      multiplications >= smallestProduct &&
      Math.max(M * I, I * N, M * N) <= limits.entries
    );
  };

  /**
   * One call: adds its products of a [terms, batch, M, I] and b [terms, batch, I, N] to c
   * [batch, M, N].
   */
  const addCall = async (
    c: Data,
    { a, b, M, N, I }: FlatProduct,
    { transposeA, transposeB }: MatmulOptions,
    batch: number,
    call: ProductCall,
  ): Promise<void> => {
    const [rowA, stepA] = transposeA === true ? [1, M] : [I, 1];
    const [columnB, stepB] = transposeB === true ? [I, 1] : [1, N];
    const [matrixA, matrixB] = [a.length === M * I ? 0 : M * I, b.length === I * N ? 0 : I * N];
    const [termA, termB] = [batch * matrixA, batch * matrixB];
    const part = (
      data: Data,
      term: number,
      matrix: number,
      first: number,
      neighbour: number,
      count: number,
      step: number,
    ): Float32Array => {
      const from = call.term * term + call.matrix * matrix + first * neighbour;
      const last =
        (call.terms - 1) * term +
        (call.batch - 1) * matrix +
        (count - 1) * neighbour +
        (I - 1) * step;
      return data.subarray(from, from + last + 1) as Float32Array;
    };
    const partA = part(a, termA, matrixA, call.row, rowA, call.M, stepA);
    const partB = part(b, termB, matrixB, call.column, columnB, call.N, stepB);
    const constants = {
      terms: call.terms,
      I,
      termA,
      matrixA,
      rowA,
      stepA,
      termB,
      matrixB,
      columnB,
      stepB,
    };
    const matrices = await kernels.run(
      { M: call.M, N: call.N, batch: call.batch, constants },
      partA,
      partB,
    );
    matrices.forEach((matrix, z) =>
      matrix.forEach((row, y) => {
        const position = ((call.matrix + z) * M + call.row + y) * N + call.column;
        for (let x = 0; x < call.N; x++) c[position + x]! += row[x]!;
      }),
    );
  };

  const matmul = async (a: Tensor, b: Tensor, options: MatmulOptions = {}): Promise<Tensor> => {
    const product = planProduct("matmul", a, b, options);
    const { M, N, batchA, batchB } = product;
    const batch = broadcastShape("matmul", batchA, batchB);
    const count = sizeOf(batch);
    if (!isForGpu(product, count, 1)) return base.matmul(product.a, product.b, options);
    const c = Tensor.zeros([...batch, M, N], "float32", allocator);
    startFromBias(c.data, product, batch, options);
    const flat = {
      ...product,
      a: spreadOut(product.a, batchA, batch).data,
      b: spreadOut(product.b, batchB, batch).data,
    };
    for (const call of productCalls(product, count, 1, limits))
      await addCall(c.data, flat, options, count, call);
    return c;
  };

  const matmulSum = async (a: Tensor, b: Tensor, options: MatmulOptions = {}): Promise<Tensor> => {
    const product = planProduct("matmulSum", a, b, options);
    const { M, N, batchA, batchB } = product;
    const [terms = 0, ...batch] = batchA;
    const count = sizeOf(batch);
    if (!sameShape(batchA, batchB) || !isForGpu(product, count, terms))
      return base.matmulSum(product.a, product.b, options);
    const c = Tensor.zeros([...batch, M, N], "float32", allocator);
    const flat = { ...product, a: product.a.data, b: product.b.data };
    for (const call of productCalls(product, count, terms, limits))
      await addCall(c.data, flat, options, count, call);
    return c;
  };

  try {
    const c = new Float32Array(2);
    const product = planProduct(
      "gpuBackend",
      tensor(
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        "float32",
      ),
      tensor([[7], [8], [9]], "float32"),
      {},
    );
    await addCall(c, { ...product, a: product.a.data, b: product.b.data }, {}, 1, {
      term: 0,
      terms: 1,
      matrix: 0,
      batch: 1,
      row: 0,
      M: 2,
      column: 0,
      N: 1,
    });
    if (c[0] !== 50 || c[1] !== 122)
      throw new Error(
        `gpuBackend: expected mode ${mode} to compute 50 and 122, got ${c[0]} and ${c[1]}`,
      );
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

/** A product whose operands are flat memory. */
type FlatProduct = Pick<Product, "M" | "N" | "I"> & { readonly a: Data; readonly b: Data };

/**
 * A kernel takes one matrix for the whole batch, or one for each product. An operand that
 * broadcasts in between, as the filters [G, M, I] of a grouped convolution do against the columns
 * [N, G, I, P], is copied out to one for each.
 */
function spreadOut(stack: Tensor, own: readonly number[], batch: readonly number[]): Tensor {
  const count = sizeOf(own);
  return count === 1 || count === sizeOf(batch)
    ? stack
    : stack.broadcastTo([...batch, ...stack.shape.slice(-2)]).contiguous();
}
