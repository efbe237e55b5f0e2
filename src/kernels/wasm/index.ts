/**
 * The wasm backend: kernels on 128-bit vectors, written in AssemblyScript (`assembly/`), compiled
 * to WebAssembly, and run by several threads over one shared memory. float32; what is float64 goes
 * to the reference backend, which is the truth that these kernels are tested against.
 *
 * Some results are not computed until somebody looks at them, since their consumers usually do
 * without:
 *
 *   - the columns of im2col: a product lays them out for one image at a time;
 *   - a product of a batch without a bias: col2im adds its columns onto an image as soon as they
 *     are there. So a batch's column matrix, 18 MB for the notes' second convolution, never exists;
 *   - a convolution, and relu(x): max pooling computes the windows that it compares, and rectifies
 *     the winner only;
 *   - the gradient behind a max pooling, and behind a relu in front of it: the gradients of a
 *     convolution ask for the winners only, and for whether the maximum was positive.
 *
 * `pending.ts` knows what each of them is.
 */
import type { WindowGeometry } from "../../im2col/index.js";
import {
  formatShape,
  integerPower,
  reject,
  sameShape,
  sizeOf,
  Tensor,
} from "../../tensor/index.js";
import type { Backend, MaxPool2dResult } from "../backend.js";
import { referenceBackend } from "../reference/index.js";
import { Convolutions, poolsFours } from "./convolutions.js";
import { chunksOf, Flag, JobRunner } from "./jobs.js";
import { WasmMemory } from "./memory.js";
import { describe, pending } from "./pending.js";
import { Products } from "./products.js";
import { availableThreads, whyOneThread } from "./workers.js";

export interface WasmBackendOptions {
  /**
   * How many threads work, this one included; as many as the machine can run at once, at most 4, if
   * left out.
   */
  readonly threads?: number | undefined;
  /** The most memory that tensors may take, in MB of 2²⁰ bytes. */
  readonly largestMB?: number;
}

/** Where growing ends, unless told otherwise: 2 GB. */
const LARGEST_MB = 2048;
const MOST_THREADS = 4;
/** Entries of a flat array are handed out in blocks of this size, as `assembly/job.ts` does. */
const BLOCK = 4096;

/**
 * Builds a wasm backend with a memory and threads of its own. Results are the same, to the bit, for
 * any number of threads.
 *
 * @throws InputError when it is to have more threads than one in a page that may not have them
 */
export async function wasmBackend({
  threads,
  largestMB = LARGEST_MB,
}: WasmBackendOptions = {}): Promise<Backend> {
  const oneThread = whyOneThread();
  if (oneThread !== null && threads !== undefined && threads > 1)
    reject("wasmBackend", "threads to be 1", String(threads), oneThread);
  const memory = new WasmMemory(largestMB);
  const jobs = await JobRunner.start(
    memory,
    threads ?? Math.min(await availableThreads(), MOST_THREADS),
  );
  const base = referenceBackend(memory);
  const convolutions = new Convolutions(memory, jobs);
  const products = new Products(memory, jobs, convolutions);
  const blocks = (length: number): { items: number; N: number } => ({
    items: Math.ceil(length / BLOCK),
    N: length,
  });

  /** By the winners of a max pooling of a relu: what was rectified, and the maxima. */
  const poolings = new WeakMap<Int32Array, { readonly x: Tensor; readonly pooled: Tensor }>();

  /** A pass from planes of one size to planes of another. */
  const overPlanes = (
    kernel: "maxPool2d" | "averagePool2d" | "averagePool2dBackward" | "maxPool2dBackward",
    x: Tensor,
    out: Tensor | Float32Array,
    geometry: WindowGeometry,
    {
      winners,
      mask,
      flags = 0,
    }: { readonly winners?: Int32Array; readonly mask?: Tensor; readonly flags?: number } = {},
  ): void =>
    memory.scratch(() => {
      const [N, C] = x.shape as [number, number];
      const extra = winners === undefined ? 0 : memory.addressOfIntegers(winners);
      jobs.run(kernel, {
        items: N * C,
        x: memory.address(x),
        mask: mask ? memory.address(mask) : 0,
        out: out instanceof Tensor ? memory.address(out) : out.byteOffset,
        extra,
        geometry: memory.geometry(geometry),
        flags,
      });
    });

  const pool = (x: Tensor, geometry: WindowGeometry, rectify: boolean): MaxPool2dResult => {
    const out = memory.tensor([x.shape[0]!, x.shape[1]!, geometry.outH, geometry.outW]);
    const argmax = memory.integers(out.size);
    overPlanes("maxPool2d", x, out, geometry, {
      winners: argmax,
      flags: rectify ? Flag.rectify : 0,
    });
    return { out, argmax };
  };

  return {
    ...base,
    name: "wasm",
    threads: jobs.threads,
    note: oneThread === null || threads !== undefined ? null : `one thread, since ${oneThread}`,
    allocator: memory,
    scope: (run) => memory.scope(run),
    dispose: () => jobs.dispose(),

    matmul: async (a, b, options = {}) =>
      a.dtype === "float64" ? base.matmul(a, b, options) : products.matmul(a, b, options),
    matmulSum: async (a, b, options = {}) =>
      a.dtype === "float64" ? base.matmulSum(a, b, options) : products.matmulSum(a, b, options),
    im2col: async (x, geometry) =>
      takesWindows(x, geometry.H, geometry.W)
        ? products.columnsOf(x, geometry)
        : base.im2col(x, geometry),
    col2im: async (cols, channels, geometry) => {
      const { kH, kW, outH, outW } = geometry;
      const fits =
        cols.dtype === "float32" &&
        sameShape(cols.shape, [cols.shape[0]!, channels * kH * kW, outH * outW]);
      return fits
        ? products.ontoImages(cols, channels, geometry)
        : base.col2im(cols, channels, geometry);
    },

    sumPerChannel: async (x) => {
      if (x.dtype === "float64" || x.rank < 2) return base.sumPerChannel(x);
      const [N, K] = x.shape as [number, number];
      const gradient = pending("winnersGradient", x);
      const winners =
        gradient !== null && sameShape(gradient.dOut.shape.slice(0, 2), [N, K]) ? gradient : null;
      const terms = winners?.dOut ?? x; // each winner counts once, wherever it is
      const sums = memory.tensor([K]);
      const chunks = chunksOf(N);
      memory.scratch(() => {
        const partials = memory.doubles(chunks * K);
        partials.fill(0);
        jobs.run("sumPerChannel", {
          items: N,
          chunks,
          M: K,
          N: sizeOf(terms.shape.slice(2)),
          x: memory.address(terms),
          mask: winners === null ? 0 : memory.address(winners.pooled),
          out: partials.byteOffset,
        });
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
      const deferred = memory.deferred(() =>
        memory.scratch(() =>
          jobs.run("relu", { ...blocks(x.size), x: memory.address(x), out: out.byteOffset }),
        ),
      );
      describe(deferred, { kind: "relu", x });
      return Tensor.defer(out, x.shape, deferred);
    },
    reluBackward: async (dOut, x) => {
      if (x.dtype === "float64" || !sameShape(dOut.shape, x.shape))
        return base.reluBackward(dOut, x);
      const behindPool = pending("poolGradient", dOut);
      const pooling = behindPool === null ? undefined : poolings.get(behindPool.argmax);
      if (behindPool !== null && pooling !== undefined && sameNumbers(pooling.x, x)) {
        const { pooled } = pooling;
        const dX = memory.floats(x.size);
        const deferred = memory.deferred(() =>
          overPlanes("maxPool2dBackward", behindPool.dOut, dX, behindPool.geometry, {
            winners: behindPool.argmax,
            mask: pooled,
          }),
        );
        describe(deferred, { ...behindPool, kind: "winnersGradient", pooled });
        return Tensor.defer(dX, x.shape, deferred);
      }
      const dX = memory.tensor(x.shape);
      memory.scratch(() =>
        jobs.run("reluBackward", {
          ...blocks(x.size),
          x: memory.address(dOut),
          y: memory.address(x),
          out: memory.address(dX),
        }),
      );
      return dX;
    },

    maxPool2d: async (x, geometry) => {
      if (!takesWindows(x, geometry.H, geometry.W)) return base.maxPool2d(x, geometry);
      const rectified = pending("relu", x);
      const relu = rectified !== null && sameShape(rectified.x.shape, x.shape) ? rectified : null;
      const before = relu?.x ?? x;
      const convolution = pending("convolution", before);
      const pooling =
        convolution !== null &&
        poolsFours(geometry, convolution.geometry) &&
        before.shape[1] === convolution.weight.shape[0]
          ? convolutions.pool(convolution, geometry, relu !== null)
          : pool(before, geometry, relu !== null);
      if (relu !== null) poolings.set(pooling.argmax, { x: before, pooled: pooling.out });
      return pooling;
    },
    maxPool2dBackward: async (dOut, argmax, geometry) => {
      if (!takesWindows(dOut, geometry.outH, geometry.outW))
        return base.maxPool2dBackward(dOut, argmax, geometry);
      if (argmax.length !== dOut.size)
        reject(
          "maxPool2dBackward",
          `${dOut.size} winners for dOut ${formatShape(dOut.shape)}`,
          String(argmax.length),
        );
      const shape = [dOut.shape[0]!, dOut.shape[1]!, geometry.H, geometry.W];
      const dX = memory.floats(sizeOf(shape));
      const deferred = memory.deferred(() =>
        overPlanes("maxPool2dBackward", dOut, dX, geometry, { winners: argmax }),
      );
      describe(deferred, { kind: "poolGradient", dOut, argmax, geometry });
      return Tensor.defer(dX, shape, deferred);
    },
    averagePool2d: async (x, geometry) => {
      if (!takesWindows(x, geometry.H, geometry.W)) return base.averagePool2d(x, geometry);
      const out = memory.tensor([x.shape[0]!, x.shape[1]!, geometry.outH, geometry.outW]);
      overPlanes("averagePool2d", x, out, geometry);
      return out;
    },
    averagePool2dBackward: async (dOut, geometry) => {
      if (!takesWindows(dOut, geometry.outH, geometry.outW))
        return base.averagePool2dBackward(dOut, geometry);
      const dX = memory.tensor([dOut.shape[0]!, dOut.shape[1]!, geometry.H, geometry.W]);
      overPlanes("averagePool2dBackward", dOut, dX, geometry);
      return dX;
    },

    accumulate: async (target, source) => {
      if (
        !memory.holds(target) ||
        source.dtype === "float64" ||
        !sameShape(target.shape, source.shape)
      )
        return base.accumulate(target, source);
      memory.scratch(() =>
        jobs.run("accumulate", {
          ...blocks(target.size),
          x: memory.address(source),
          out: memory.address(target),
        }),
      );
    },
    sgdUpdate: async (state, hyperparameters) => {
      const { value, grad, velocity } = state;
      if (
        ![value, grad, ...(velocity === null ? [] : [velocity])].every((tensor) =>
          memory.holds(tensor),
        )
      )
        return base.sgdUpdate(state, hyperparameters);
      const { learningRate, momentum, nesterov, weightDecay } = hyperparameters;
      const at = {
        x: memory.address(value),
        y: memory.address(grad),
        extra: velocity === null ? 0 : memory.address(velocity),
      };
      jobs.run("sgdUpdate", { ...blocks(value.size), ...at }, [
        learningRate,
        momentum,
        Number(nesterov),
        0,
        weightDecay,
      ]);
    },
    adagradUpdate: async (state, hyperparameters) => {
      const { value, grad, squareSum } = state;
      if (![value, grad, squareSum].every((tensor) => memory.holds(tensor)))
        return base.adagradUpdate(state, hyperparameters);
      const { learningRate, epsilon, weightDecay } = hyperparameters;
      const at = {
        x: memory.address(value),
        y: memory.address(grad),
        extra: memory.address(squareSum),
      };
      jobs.run("adagradUpdate", { ...blocks(value.size), ...at }, [
        learningRate,
        0,
        0,
        epsilon,
        weightDecay,
      ]);
    },
    rmspropUpdate: async (state, hyperparameters) => {
      const { value, grad, meanSquare } = state;
      if (![value, grad, meanSquare].every((tensor) => memory.holds(tensor)))
        return base.rmspropUpdate(state, hyperparameters);
      const { learningRate, alpha, epsilon, weightDecay } = hyperparameters;
      const at = {
        x: memory.address(value),
        y: memory.address(grad),
        extra: memory.address(meanSquare),
      };
      jobs.run("rmspropUpdate", { ...blocks(value.size), ...at }, [
        learningRate,
        alpha,
        0,
        epsilon,
        weightDecay,
      ]);
    },
    adamUpdate: async (state, hyperparameters) => {
      const { value, grad, firstMoment, secondMoment } = state;
      if (![value, grad, firstMoment, secondMoment].every((tensor) => memory.holds(tensor)))
        return base.adamUpdate(state, hyperparameters);
      const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, step } = hyperparameters;
      const [decay, shrink] = decoupled ? [0, learningRate * weightDecay] : [weightDecay, 0];
      const at = {
        x: memory.address(value),
        y: memory.address(grad),
        extra: memory.address(firstMoment),
        out: memory.address(secondMoment),
      };
      jobs.run("adamUpdate", { ...blocks(value.size), ...at }, [
        learningRate,
        beta1,
        beta2,
        epsilon,
        decay,
        1 - integerPower(beta1, step),
        1 - integerPower(beta2, step),
        shrink,
      ]);
    },
  };
}

function takesWindows(x: Tensor, height: number, width: number): boolean {
  return x.dtype === "float32" && x.rank === 4 && x.shape[2] === height && x.shape[3] === width;
}

/**
 * Do two tensors hold the same numbers in the same order because they look at the same memory? Does
 * not look at what is not computed yet.
 */
function sameNumbers(a: Tensor, b: Tensor): boolean {
  if (a.deferred !== null || b.deferred !== null)
    return a.deferred === b.deferred && a.isContiguous && b.isContiguous;
  return a.isContiguous && b.isContiguous && a.data === b.data;
}
