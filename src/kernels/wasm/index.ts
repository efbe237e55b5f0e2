/**
 * The wasm backend: kernels on 128-bit vectors, written in AssemblyScript (`assembly/`), compiled
 * to WebAssembly, and run by several threads over one shared memory. float32; what is float64 goes
 * to the reference backend, which is the truth that these kernels are tested against.
 *
 * What the layers need most is done without laying out what lies between:
 *
 *   - columns: a product lays them out for one image at a time, and adds them onto an image as soon
 *     as they are there. So a batch's column matrix, 18 MB for the notes' second convolution, never
 *     exists;
 *   - a convolution that is pooled: the windows that are compared stay in registers;
 *   - the gradient behind a max pooling: only the winners are multiplied.
 */
import {
  checkOptions,
  flag,
  positive,
  reject,
  type Rules,
  sameShape,
  sizeOf,
  Tensor,
  wholeNumber,
} from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { checkConvolvePool } from "../reference/convolve-pool.js";
import { referenceBackend } from "../reference/index.js";
import { activationsOn } from "./activations.js";
import { channelsOn } from "./channels.js";
import { Convolutions, isPlain, poolsFours } from "./convolutions.js";
import { entrywiseOn } from "./entrywise.js";
import { blocks, JobRunner } from "./jobs.js";
import { WasmMemory } from "./memory.js";
import { totalled } from "./passes.js";
import { Planes } from "./planes.js";
import { Products } from "./products.js";
import { rowsOn } from "./rows.js";
import { suitsTiles } from "./tiles.js";
import { updatesOn } from "./updates.js";
import { availableThreads, whyOneThread } from "./workers.js";

/** How a wasm backend runs. */
export interface WasmBackendOptions {
  /**
   * How many threads work, this one included; as many as the machine can run at once, at most 4, if
   * left out.
   */
  readonly threads?: number | undefined;
  /** The most memory that tensors may take, in MB of 2²⁰ bytes; 2048 if left out. */
  readonly largestMB?: number;
  /** See {@link Backend.check}; false if left out. */
  readonly check?: boolean;
}

const rules: Rules<WasmBackendOptions> = {
  threads: wholeNumber(1),
  largestMB: positive,
  check: flag,
};

/** Where growing ends, unless told otherwise: 2 GB. */
const LARGEST_MB = 2048;
const MOST_THREADS = 4;

/**
 * Builds a wasm backend with a memory and threads of its own. Results are the same, to the bit, for
 * any number of threads.
 *
 * @throws InputError when it is to have more threads than one in a page that may not have them
 */
export async function wasmBackend(options: WasmBackendOptions = {}): Promise<Backend> {
  const checked = checkOptions("wasmBackend", options, rules);
  const { threads, largestMB = LARGEST_MB, check = false } = checked;
  const oneThread = whyOneThread();
  if (oneThread !== null && threads !== undefined && threads > 1)
    reject("wasmBackend", "threads to be 1", String(threads), oneThread);
  const memory = new WasmMemory(largestMB);
  const count = threads ?? Math.min(availableThreads(), MOST_THREADS);
  const jobs = await JobRunner.start(memory, count);
  const base = referenceBackend(memory, { check });
  return {
    ...base,
    name: "wasm",
    threads: jobs.threads,
    note: oneThread === null || threads !== undefined ? null : `one thread, since ${oneThread}`,
    fuses: true,
    persistent: memory.persistent,
    step: (run) => memory.step(run),
    dispose: () => jobs.dispose(),
    ...productsOn(memory, jobs, base),
    ...planesOn(memory, jobs, base),
    ...passesOn(memory, jobs, base),
    ...entrywiseOn(memory, jobs, base),
    ...rowsOn(memory, jobs, base),
    ...activationsOn(memory, jobs, base),
    ...channelsOn(memory, jobs, base),
    ...updatesOn(memory, jobs, base),
  };
}

/** Products, and a convolution that is pooled at once. */
function productsOn(
  memory: WasmMemory,
  jobs: JobRunner,
  base: Backend,
): Pick<Backend, "matmul" | "matmulSum" | "productOntoImages" | "convolvePool"> {
  const convolutions = new Convolutions(memory, jobs);
  const products = new Products(memory, jobs, convolutions);
  const planes = new Planes(memory, jobs);
  const isFloat32 = (...operands: readonly Pick<Tensor, "dtype">[]): boolean =>
    operands.every(({ dtype }) => dtype === "float32");
  return {
    matmul: async (a, b, options = {}) =>
      isFloat32(a, b) ? products.matmul(a, b, options) : base.matmul(a, b, options),
    matmulSum: async (a, b, options = {}) =>
      isFloat32(a, b) ? products.matmulSum(a, b, options) : base.matmulSum(a, b, options),
    productOntoImages: async (a, b, channels, geometry) =>
      isFloat32(a, b)
        ? products.productOntoImages(a, b, channels, geometry)
        : base.productOntoImages(a, b, channels, geometry),
    convolvePool: async (filters, cols, bias, pool, options = {}) => {
      if (!isFloat32(filters, cols)) return base.convolvePool(filters, cols, bias, pool, options);
      checkConvolvePool(filters, cols, bias, pool);
      const { rectify = false } = options;
      const [N, K] = [cols.shape[0]!, filters.shape[1]!];
      const isAtOnce =
        isPlain(cols.geometry) &&
        poolsFours(pool, cols.geometry) &&
        !suitsTiles("out", cols.geometry, cols.channels, K);
      if (isAtOnce && !options.affine && filters.size > 0)
        return memory.producePooled([N, K, pool.outH, pool.outW], (out, argmax) =>
          convolutions.convolvePool(out, argmax, { filters, cols, bias, pool, rectify }),
        );
      const rowBias = bias?.reshape([1, K]) ?? null;
      const images = products.matmul(filters, cols, { rowBias });
      return planes.maxPool2d(images.reshape([N, K, pool.H, pool.W]), pool, options);
    },
  };
}

/** Passes from planes of one size to planes of another. */
function planesOn(
  memory: WasmMemory,
  jobs: JobRunner,
  base: Backend,
): Pick<
  Backend,
  | "im2col"
  | "maxPool2d"
  | "maxPool2dBackward"
  | "winnersGradient"
  | "averagePool2d"
  | "averagePool2dBackward"
> {
  const planes = new Planes(memory, jobs);
  const takes = ({ dtype, rank, shape }: Tensor, height: number, width: number): boolean =>
    dtype === "float32" && rank === 4 && shape[2] === height && shape[3] === width;
  return {
    im2col: async (x, geometry, groups = 1) =>
      takes(x, geometry.H, geometry.W)
        ? planes.im2col(x, geometry, groups)
        : base.im2col(x, geometry, groups),
    maxPool2d: async (x, geometry, options = {}) =>
      takes(x, geometry.H, geometry.W)
        ? planes.maxPool2d(x, geometry, options)
        : base.maxPool2d(x, geometry, options),
    maxPool2dBackward: async (dOut, argmax, geometry) =>
      takes(dOut, geometry.outH, geometry.outW)
        ? planes.maxPool2dBackward(dOut, argmax, geometry)
        : base.maxPool2dBackward(dOut, argmax, geometry),
    winnersGradient: async (dOut, argmax, geometry) =>
      takes(dOut, geometry.outH, geometry.outW)
        ? planes.winnersGradient(dOut, argmax, geometry)
        : base.winnersGradient(dOut, argmax, geometry),
    averagePool2d: async (x, geometry) =>
      takes(x, geometry.H, geometry.W)
        ? planes.averagePool2d(x, geometry)
        : base.averagePool2d(x, geometry),
    averagePool2dBackward: async (dOut, geometry) =>
      takes(dOut, geometry.outH, geometry.outW)
        ? planes.averagePool2dBackward(dOut, geometry)
        : base.averagePool2dBackward(dOut, geometry),
  };
}

/** Passes over flat arrays. */
function passesOn(
  memory: WasmMemory,
  jobs: JobRunner,
  base: Backend,
): Pick<Backend, "relu" | "reluBackward" | "sumPerChannel"> {
  return {
    relu: async (x) => {
      if (x.dtype === "float64") return base.relu(x);
      return memory.produce(x.shape, (out) =>
        jobs.run("relu", { ...blocks(x.size), x: memory.address(x), out }),
      );
    },
    reluBackward: async (dOut, x) => {
      const fits = dOut.dtype === "float32" && sameShape(dOut.shape, x.shape);
      if (!fits || x.dtype === "float64") return base.reluBackward(dOut, x);
      return memory.produce(x.shape, (out) => {
        const operands = { dOut: memory.address(dOut), x: memory.address(x) };
        jobs.run("reluBackward", { ...blocks(x.size), ...operands, dX: out });
      });
    },
    sumPerChannel: async (given) => {
      const [x, argmax] = given instanceof Tensor ? [given, null] : [given.values, given.argmax];
      if (x.dtype === "float64" || x.rank < 2) return base.sumPerChannel(given);
      const [items, C] = x.shape as [number, number];
      const P = sizeOf(x.shape.slice(2));
      return memory.produce([C], (out) => {
        const sums = totalled(memory, { items, count: C }, (totals) => {
          const winners = argmax ? memory.addressOfIntegers(argmax) : 0;
          const operands = { x: memory.address(x), argmax: winners };
          jobs.run("sumPerChannel", { items, C, P, ...operands, totals });
        });
        memory.floatsAt(out, C).set(sums);
      });
    },
  };
}
