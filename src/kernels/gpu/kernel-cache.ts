import type * as GpuJs from "./gpujs.js";
import { type DeviceContext, DeviceWatch } from "./device-watch.js";
import type { GpuMode } from "./modes.js";
import { flatten, type KernelResult, keepFlat, type Quads } from "./quads.js";

/**
 * What every thread computes: four numbers from flat arrays. gpu.js reads the source of such a
 * function and writes it anew for a device.
 */
export type KernelFunction = (this: GpuJs.IKernelFunctionThis, ...arrays: number[][]) => number[];

/** One run of a kernel. */
export interface KernelCall {
  readonly kernel: KernelFunction;
  /** How many threads there are along each axis; a kernel has two or three, always as many. */
  readonly output: readonly [X: number, Y: number, Z?: number];
  readonly arrays: readonly (Float32Array | Int32Array)[];
  readonly multiplications: number;
}

/**
 * A device gets a second more for every so many multiplications. The slowest that was seen, a
 * software driver beside other work on two cores, managed ten times as many
 * (`bench/gpu-products.mjs`).
 */
const MULTIPLICATIONS_A_SECOND = 2.5e6;

/** Loops end where their numbers say; gpu.js ends each that is longer. */
const LONGEST_LOOP = 2 ** 24;

/** As many as the `wasm` backend starts. */
const MOST_THREADS = 4;

/**
 * From this many multiplications on, which one thread does in 20 ms, the threads of mode `webasm`
 * share the work. To wake them takes a quarter of a millisecond at best, and half of one on a busy
 * machine.
 */
const SHARED_FROM = 2 ** 25;

/** How many neighbours along x mode `webasm` computes at once. */
const LANES = 4;

/**
 * Compiles kernels, keeps them, and runs them one after the other. Extents and distances are
 * numbers that a kernel is told in each run, so it is compiled once for all shapes.
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
  readonly #kernels = new Map<KernelFunction, GpuJs.IKernelRunShortcut>();
  #calls = 0;
  #hasWorkers: boolean;
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
    this.#hasWorkers = mode === "webasm";
  }

  /** How many compiled kernels are held. */
  get size(): number {
    return this.#kernels.size;
  }

  /** How many runs have begun. */
  get calls(): number {
    return this.#calls;
  }

  /**
   * @throws Error when the kernel ran elsewhere than asked, or not at all
   * @throws MachineError when the device is lost
   */
  async run(call: KernelCall): Promise<Quads> {
    if (this.#disposed)
      throw new Error("gpuBackend: expected a backend in use, got one that was disposed of");
    // one at a time, so that no kernel is destroyed while it runs
    const result = this.#lastRun.then(() => this.#runNow(call));
    this.#lastRun = result.catch(() => {});
    return result;
  }

  /** Where workers cannot start, as on a page that forbids them, one thread does all the work. */
  async #runNow(call: KernelCall): Promise<Quads> {
    const shares = this.#hasWorkers && call.multiplications >= SHARED_FROM;
    if (shares) {
      try {
        return await this.#runOn(call, true);
      } catch {
        this.#hasWorkers = false;
      }
    }
    return this.#runOn(call, false);
  }

  async #runOn(
    { kernel: compute, output, arrays, multiplications }: KernelCall,
    shares: boolean,
  ): Promise<Quads> {
    this.#watch.check();
    this.#calls++;
    const seconds = this.#secondsToAnswer + Math.ceil(multiplications / MULTIPLICATIONS_A_SECOND);
    const extents = this.#mode === "webasm" ? wholeVectors(output) : output;
    const kernel = this.#kernels.get(compute) ?? this.#compile(compute, extents);
    this.#kernels.delete(compute); // and back, if all goes well
    try {
      kernel.setOutput([...extents] as number[]);
      if (this.#mode === "webasm") kernel.setAsyncMode(shares);
      const result = (async () => kernel(...arrays.map((array) => this.#input(array))))();
      const answer = await this.#watch.answer(
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
      this.#kernels.set(compute, kernel);
      const [X, Y, Z = 1] = extents;
      return flatten(answer as KernelResult, [X, Y, Z]);
    } catch (error) {
      kernel.destroy();
      throw error;
    }
  }

  #compile(compute: KernelFunction, output: KernelCall["output"]): GpuJs.IKernelRunShortcut {
    const kernel: GpuJs.IKernelRunShortcut = this.#gpu.createKernel<
      Parameters<KernelFunction>,
      Record<string, never>
    >(compute, {
      output: [...output] as number[],
      precision: "single",
      tactic: "precision", // else WebGL compiles again where a result is of another size
      dynamicArguments: true,
      dynamicOutput: true,
      // waits without blocking where a device is waited for
      asyncMode: this.#mode !== "webasm" && this.#mode !== "cpu",
      poolSize: MOST_THREADS,
      // Called instead of gpu.js's own fallback, which would warn on the console and go on.
      onRequestFallback: () => {
        throw new Error(
          `gpuBackend: expected a kernel that mode ${this.#mode} can run, ` +
            `got none (${reasonOf(kernel)})`,
        );
      },
    });
    kernel.setLoopMaxIterations(LONGEST_LOOP);
    // In mode webasm each shape has a module, with memory of its own.
    if (this.#mode === "webasm") Object.assign(kernel.kernel, { moduleCacheLimit: this.#capacity });
    keepFlat(kernel.kernel);
    return kernel;
  }

  /** Flat memory as gpu.js takes it. Its types forget that typed arrays are welcome. */
  #input(data: Float32Array | Int32Array): GpuJs.Input {
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

/** Vectors do not cross the end of a row, and threads use vectors only if no row has a rest. */
function wholeVectors([X, ...others]: KernelCall["output"]): KernelCall["output"] {
  return [LANES * Math.ceil(X / LANES), ...others];
}
