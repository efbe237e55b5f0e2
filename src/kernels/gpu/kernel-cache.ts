import type * as GpuJs from "./gpujs.js";
import { type DeviceContext, DeviceWatch } from "./device-watch.js";
import type { GpuMode } from "./modes.js";
import { type ProductConstants, productEntry } from "./product-kernel.js";

/** What one compiled kernel is for. */
export interface ProductShape {
  readonly M: number;
  readonly N: number;
  readonly batch: number;
  readonly constants: ProductConstants;
}

/**
 * A device gets a second more for every so many multiplications. The slowest that was seen, a
 * software driver beside other work on two cores, managed ten times as many
 * (`bench/gpu-products.mjs`).
 */
const MULTIPLICATIONS_A_SECOND = 2.5e6;

/**
 * Compiles kernels, keeps the most recently used ones, and runs them one after the other. A kernel
 * is compiled for fixed shapes, so that its loops have fixed ends, which every device needs or
 * likes.
 *
 * gpu.js moves to the CPU, with no more than a warning, when a device cannot take a kernel. Nothing
 * here moves: each run is checked, and a kernel that is not where it was asked to be is an error.
 */
export class KernelCache {
  readonly #gpujs: typeof GpuJs;
  readonly #mode: GpuMode;
  readonly #capacity: number;
  readonly #gpu: GpuJs.GPU;
  readonly #watch: DeviceWatch;
  readonly #secondsToAnswer: number;
  /** In order of use, the least recently used first. */
  readonly #kernels = new Map<string, GpuJs.IKernelRunShortcut>();
  #lastRun: Promise<unknown> = Promise.resolve();
  #disposed = false;

  constructor(
    gpujs: typeof GpuJs,
    mode: GpuMode,
    { capacity, secondsToAnswer }: { readonly capacity: number; readonly secondsToAnswer: number },
  ) {
    this.#gpujs = gpujs;
    this.#mode = mode;
    this.#capacity = capacity;
    this.#secondsToAnswer = secondsToAnswer;
    this.#gpu = new gpujs.GPU({ mode });
    this.#watch = new DeviceWatch(mode);
  }

  /** How many compiled kernels are held. */
  get size(): number {
    return this.#kernels.size;
  }

  /**
   * @returns the result's matrices, each as an array of its rows
   * @throws Error when the kernel ran elsewhere than asked, or not at all
   * @throws MachineError when the device is lost
   */
  async run(shape: ProductShape, a: Float32Array, b: Float32Array): Promise<Float32Array[][]> {
    if (this.#disposed)
      throw new Error("gpuBackend: expected a backend in use, got one that was disposed of");
    // one at a time, so that no kernel is destroyed while it runs
    const result = this.#lastRun.then(() => this.#runNow(shape, a, b));
    this.#lastRun = result.catch(() => {});
    return result;
  }

  async #runNow(shape: ProductShape, a: Float32Array, b: Float32Array): Promise<Float32Array[][]> {
    this.#watch.check();
    const { M, N, batch, constants } = shape;
    const seconds =
      this.#secondsToAnswer +
      Math.ceil((batch * constants.terms * M * N * constants.I) / MULTIPLICATIONS_A_SECOND);
    const signature = JSON.stringify(shape);
    const kernel = this.#kernels.get(signature) ?? this.#compile(shape);
    this.#kernels.delete(signature); // and back at the end of the line, if all goes well
    let rows: GpuJs.KernelOutput;
    try {
      const result = (async () => kernel(this.#input(a), this.#input(b)))();
      rows = await this.#watch.answer(
        result,
        () => kernel.kernel.context as DeviceContext,
        seconds,
      );
      const ranIn = this.#modeOf(kernel);
      if (ranIn !== this.#mode)
        throw new Error(
          `gpuBackend: expected gpu.js to run in mode ${this.#mode}, ` +
            `got ${ranIn} (${reasonOf(kernel)})`,
        );
    } catch (error) {
      kernel.destroy();
      throw error;
    }
    this.#kernels.set(signature, kernel);
    if (this.#kernels.size > this.#capacity) {
      const [oldest, unused] = this.#kernels.entries().next().value!;
      this.#kernels.delete(oldest);
      unused.destroy();
    }
    return rows as Float32Array[][];
  }

  #compile({ M, N, batch, constants }: ProductShape): GpuJs.IKernelRunShortcut {
    const kernel: GpuJs.IKernelRunShortcut = this.#gpu.createKernel<
      Parameters<typeof productEntry>,
      ProductConstants
    >(productEntry, {
      output: [N, M, batch],
      constants,
      precision: "single",
      // Waits without blocking where a device is waited for. In mode webasm it would mean worker
      // threads, a pool of them for every kernel.
      asyncMode: this.#mode !== "webasm" && this.#mode !== "cpu",
      // Called instead of gpu.js's own fallback, which would warn on the console and go on.
      onRequestFallback: () => {
        throw new Error(
          `gpuBackend: expected a kernel that mode ${this.#mode} can run, ` +
            `got none (${reasonOf(kernel)})`,
        );
      },
    });
    return kernel;
  }

  /** Flat memory as gpu.js takes it. Its types forget that typed arrays are welcome. */
  #input(data: Float32Array): GpuJs.Input {
    return new this.#gpujs.Input(data as unknown as number[], [data.length]);
  }

  /**
   * Where a kernel is at home: gpu.js replaces `kernel.kernel` when it moves one. Its kernels on
   * WebGL all call their mode `gpu`.
   */
  #modeOf({ kernel }: GpuJs.IKernelRunShortcut): string {
    if (kernel instanceof this.#gpujs.WebGL2Kernel) return "webgl2";
    if (kernel instanceof this.#gpujs.HeadlessGLKernel) return "headlessgl";
    return (kernel.constructor as typeof GpuJs.Kernel).mode;
  }

  /** Destroys all kernels, once the runs under way have ended. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#lastRun;
    this.#kernels.clear();
    await this.#gpu.destroy(); // together with its kernels
    this.#watch.stop();
  }
}

/** Why gpu.js moved a kernel, or wanted to. */
function reasonOf(kernel: GpuJs.IKernelRunShortcut): string {
  return kernel.kernel.fallbackReason ?? "no reason given";
}
