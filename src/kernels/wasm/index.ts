/**
 * The wasm backend: kernels on 128-bit vectors, written in AssemblyScript (`assembly/`), compiled to WebAssembly, and run by several
 * threads over one shared memory. float32; what is float64 goes to the reference backend, which is the truth that these kernels are
 * tested against.
 *
 * Some results are not computed until somebody looks at them, since their consumers usually do without:
 *
 *   - the columns of im2col: a product lays them out for one image at a time;
 *   - a product of a batch without a bias: col2im adds its columns onto an image as soon as they are there. So a batch's column
 *     matrix, 18 MB for the notes' second convolution, never exists;
 *   - relu(x): max pooling compares the numbers of x and rectifies the winner;
 *   - the gradient behind a max pooling: the gradient of a relu in front of it asks for the sign of x at the winners only.
 */
import type { WindowGeometry } from "../../im2col/index.js";
import { Deferred, sameShape, sizeOf, Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { referenceBackend } from "../reference/index.js";
import { chunksOf, Flag, JobRunner } from "./jobs.js";
import { WasmMemory } from "./memory.js";
import { pending } from "./pending.js";
import { Products } from "./products.js";
import { availableThreads } from "./workers.js";

export interface WasmBackendOptions {
  /** How many threads work, this one included; as many as the machine can run at once, at most 4, if left out. */
  readonly threads?: number | undefined;
  /** The most memory that tensors may take, in MB of 2²⁰ bytes. */
  readonly largestMB?: number;
}

/** Where growing ends, unless told otherwise: 2 GB. */
const LARGEST_MB = 2048;
const MOST_THREADS = 4;
/** Entries of a flat array are handed out in blocks of this size, as `assembly/jobs.ts` does. */
const BLOCK = 4096;

/** Builds a wasm backend with a memory and threads of its own. Results are the same, to the bit, for any number of threads. */
export async function wasmBackend({ threads, largestMB = LARGEST_MB }: WasmBackendOptions = {}): Promise<Backend> {
  const memory = new WasmMemory(largestMB);
  const jobs = await JobRunner.start(memory, threads ?? Math.min(await availableThreads(), MOST_THREADS));
  const base = referenceBackend(memory);
  const products = new Products(memory, jobs);
  const blocks = (length: number): { items: number; N: number } => ({ items: Math.ceil(length / BLOCK), N: length });

  /** Rectifiers that are not computed yet: what they rectify. */
  const rectified = new WeakMap<Deferred, Tensor>();
  /** Gradients behind a max pooling that are not computed yet: how to compute them, where a mask is positive, into some memory. */
  const pooledGradients = new WeakMap<Deferred, (dX: Float32Array, mask: Tensor | null) => void>();

  /** A pass from planes of one size to planes of another. */
  const overPlanes = (
    kernel: "maxPool2d" | "averagePool2d" | "averagePool2dBackward" | "maxPool2dBackward",
    x: Tensor,
    out: Tensor | Float32Array,
    geometry: WindowGeometry,
    { winners, mask, flags = 0 }: { readonly winners?: Int32Array; readonly mask?: Tensor | null; readonly flags?: number } = {},
  ): void =>
    memory.scratch(() => {
      const [N, C] = x.shape as [number, number];
      const extra = winners === undefined ? 0 : memory.addressOfIntegers(winners);
      jobs.run(kernel, { items: N * C, x: memory.address(x), y: mask ? memory.address(mask) : 0, out: out instanceof Tensor ? memory.address(out) : out.byteOffset, extra, geometry: memory.geometry(geometry), flags });
    });

  return {
    ...base,
    name: "wasm",
    threads: jobs.threads,
    allocator: memory,
    scope: (run) => memory.scope(run),
    dispose: () => jobs.dispose(),

    matmul: async (a, b, options = {}) => (a.dtype === "float64" ? base.matmul(a, b, options) : products.matmul(a, b, options)),
    matmulSum: async (a, b, options = {}) => (a.dtype === "float64" ? base.matmulSum(a, b, options) : products.matmulSum(a, b, options)),
    im2col: async (x, geometry) => (takesWindows(x, geometry.H, geometry.W) ? products.columnsOf(x, geometry) : base.im2col(x, geometry)),
    col2im: async (cols, channels, geometry) => {
      const { kH, kW, outH, outW } = geometry;
      const fits = cols.dtype === "float32" && sameShape(cols.shape, [cols.shape[0]!, channels * kH * kW, outH * outW]);
      return fits ? products.ontoImages(cols, channels, geometry) : base.col2im(cols, channels, geometry);
    },

    sumPerChannel: async (x) => {
      if (x.dtype === "float64" || x.rank < 2) return base.sumPerChannel(x);
      const [N, K] = x.shape as [number, number];
      const sums = memory.tensor([K]);
      const chunks = chunksOf(N);
      memory.scratch(() => {
        const partials = memory.doubles(chunks * K);
        partials.fill(0);
        jobs.run("sumPerChannel", { items: N, chunks, M: K, N: sizeOf(x.shape.slice(2)), x: memory.address(x), out: partials.byteOffset });
        for (let k = 0; k < K; k++) {
          let total = 0;
          for (let chunk = 0; chunk < chunks; chunk++) total += partials[chunk * K + k]!;
          sums.data[k] = total;
        }
      });
      return sums;
    },

    relu: async (x) => {
      if (x.dtype === "float64") return base.relu(x);
      const out = memory.floats(x.size);
      const deferred = new Deferred(() => memory.scratch(() => jobs.run("relu", { ...blocks(x.size), x: memory.address(x), out: out.byteOffset })));
      rectified.set(deferred, x);
      return Tensor.defer(out, x.shape, deferred);
    },
    reluBackward: async (dOut, x) => {
      if (x.dtype === "float64" || !sameShape(dOut.shape, x.shape)) return base.reluBackward(dOut, x);
      const dX = memory.tensor(x.shape);
      const behindPool = pending(pooledGradients, dOut);
      if (behindPool !== null) behindPool(dX.data as Float32Array, x);
      else memory.scratch(() => jobs.run("reluBackward", { ...blocks(x.size), x: memory.address(dOut), y: memory.address(x), out: memory.address(dX) }));
      return dX;
    },

    maxPool2d: async (x, geometry) => {
      if (!takesWindows(x, geometry.H, geometry.W)) return base.maxPool2d(x, geometry);
      const out = memory.tensor([x.shape[0]!, x.shape[1]!, geometry.outH, geometry.outW]);
      const argmax = memory.integers(out.size);
      const beforeRelu = pending(rectified, x);
      overPlanes("maxPool2d", beforeRelu ?? x, out, geometry, { winners: argmax, flags: beforeRelu === null ? 0 : Flag.rectify });
      return { out, argmax };
    },
    maxPool2dBackward: async (dOut, argmax, geometry) => {
      if (!takesWindows(dOut, geometry.outH, geometry.outW)) return base.maxPool2dBackward(dOut, argmax, geometry);
      const shape = [dOut.shape[0]!, dOut.shape[1]!, geometry.H, geometry.W];
      const compute = (dX: Float32Array, mask: Tensor | null): void => overPlanes("maxPool2dBackward", dOut, dX, geometry, { winners: argmax, mask });
      const dX = memory.floats(sizeOf(shape));
      const deferred = new Deferred(() => compute(dX, null));
      pooledGradients.set(deferred, compute);
      return Tensor.defer(dX, shape, deferred);
    },
    averagePool2d: async (x, geometry) => {
      if (!takesWindows(x, geometry.H, geometry.W)) return base.averagePool2d(x, geometry);
      const out = memory.tensor([x.shape[0]!, x.shape[1]!, geometry.outH, geometry.outW]);
      overPlanes("averagePool2d", x, out, geometry);
      return out;
    },
    averagePool2dBackward: async (dOut, geometry) => {
      if (!takesWindows(dOut, geometry.outH, geometry.outW)) return base.averagePool2dBackward(dOut, geometry);
      const dX = memory.tensor([dOut.shape[0]!, dOut.shape[1]!, geometry.H, geometry.W]);
      overPlanes("averagePool2dBackward", dOut, dX, geometry);
      return dX;
    },

    sgdUpdate: async (state, hyperparameters) => {
      const { value, grad, velocity } = state;
      if (![value, grad, ...(velocity === null ? [] : [velocity])].every((tensor) => memory.holds(tensor))) return base.sgdUpdate(state, hyperparameters);
      const { learningRate, momentum, nesterov, weightDecay } = hyperparameters;
      const at = { x: memory.address(value), y: memory.address(grad), extra: velocity === null ? 0 : memory.address(velocity) };
      jobs.run("sgdUpdate", { ...blocks(value.size), ...at }, [learningRate, momentum, Number(nesterov), 0, weightDecay]);
    },
    adamUpdate: async (state, hyperparameters) => {
      const { value, grad, firstMoment, secondMoment } = state;
      if (![value, grad, firstMoment, secondMoment].every((tensor) => memory.holds(tensor))) return base.adamUpdate(state, hyperparameters);
      const { learningRate, beta1, beta2, epsilon, weightDecay, step } = hyperparameters;
      const at = { x: memory.address(value), y: memory.address(grad), extra: memory.address(firstMoment), out: memory.address(secondMoment) };
      jobs.run("adamUpdate", { ...blocks(value.size), ...at }, [learningRate, beta1, beta2, epsilon, weightDecay, 1 - beta1 ** step, 1 - beta2 ** step]);
    },
  };
}

function takesWindows(x: Tensor, height: number, width: number): boolean {
  return x.dtype === "float32" && x.rank === 4 && x.shape[2] === height && x.shape[3] === width;
}
