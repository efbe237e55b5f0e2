import { reject } from "../../tensor/index.js";
import type * as GpuJs from "./gpujs.js";
import { type DeviceContext, DeviceWatch } from "./device-watch.js";
import { type Handle, Handles } from "./device/handle.js";
import { activationHelpers } from "./device/activations/helpers.js";
import { copy } from "./device/copy-kernel.js";
import { quotient } from "./device/quotient.js";
import type { CompiledFunction, KernelCall, KernelLaunch, Traffic } from "./kernel-calls.js";
import { type GpuMode, hasDevice } from "./modes.js";
import { flatten, type KernelResult, keepFlat, type Quads } from "./quads.js";

/** What kernels may call. */
const helpers = [quotient, ...activationHelpers];

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
  /** Those whose results come here ... */
  readonly #kernels = new Map<CompiledFunction, GpuJs.IKernelRunShortcut>();
  /** ... and those whose results stay on the device. */
  readonly #staying = new Map<CompiledFunction, GpuJs.IKernelRunShortcut>();
  readonly #handles: Handles;
  readonly #zeros = new Map<number, Promise<Handle>>();
  #calls = 0;
  readonly #traffic = { sent: 0, told: 0, fetched: 0 };
  /** Multiplications that a device was told to do since it last gave an answer. */
  #owed = 0;
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
    for (const helper of helpers) this.#gpu.addFunction(helper);
    this.#watch = new DeviceWatch(mode);
    this.#handles = new Handles(gpujs, mode);
    this.#hasWorkers = mode === "webasm";
  }

  /** How many compiled kernels are held. */
  get size(): number {
    return this.#kernels.size + this.#staying.size;
  }

  /** How many runs have begun. */
  get calls(): number {
    return this.#calls;
  }

  /** How many results are held on the device, beside {@link zeros}. */
  get held(): number {
    return this.#handles.held - this.#zeros.size;
  }

  get traffic(): Traffic {
    return { ...this.#traffic };
  }

  /**
   * @throws Error when the kernel ran elsewhere than asked, or not at all
   * @throws MachineError when the device is lost
   */
  async run(call: KernelCall): Promise<Quads> {
    return this.#inTurn(() => this.#runNow(call));
  }

  /** Copies numbers to the device. @throws as {@link run} */
  send(data: Float32Array): Promise<Handle> {
    this.#traffic.sent += data.byteLength;
    return this.#copy(data);
  }

  /** Zeros on the device, which stay there: for kernels that ask for a bias. Not to be released. */
  zeros(length: number): Promise<Handle> {
    const known = this.#zeros.get(length) ?? this.#copy(new Float32Array(length));
    this.#zeros.set(length, known);
    known.catch(() => this.#zeros.delete(length));
    return known;
  }

  async #copy(data: Float32Array): Promise<Handle> {
    if (!hasDevice(this.#mode)) return this.#handles.here(data.slice());
    return this.#inTurn(() => this.#launchNow(copy, [data.length], [this.#input(data)], 1));
  }

  /** Starts a kernel, and does not wait for what it computes. @throws as {@link run} */
  async launch(call: KernelLaunch): Promise<Handle> {
    const { kernel, output, handles, numbers, each, multiplications } = call;
    return this.#inTurn(() => {
      this.#owed += multiplications;
      this.#traffic.told += numbers.byteLength;
      const inputs = [...handles.map(({ array }) => array), this.#input(numbers)];
      return this.#launchNow(kernel, output, inputs, each);
    });
  }

  /** Waits for numbers on the device, and copies them here. @throws as {@link run} */
  async fetch(handle: Handle): Promise<Float32Array> {
    return this.#inTurn(async () => {
      this.#watch.check();
      const seconds = this.#secondsToAnswer + Math.ceil(this.#owed / MULTIPLICATIONS_A_SECOND);
      const data = await this.#watch.answer(this.#handles.read(handle), () => null, seconds);
      this.#owed = 0;
      this.#traffic.fetched += 4 * handle.length;
      return data;
    });
  }

  /** See {@link Handles.share}. */
  share(handle: Handle): Handle {
    return this.#handles.share(handle);
  }

  /** Gives a handle up, whose memory goes when the kernels have run that wait for their turn. */
  release(handle: Handle): void {
    void this.#lastRun.then(this.#handles.release(handle));
  }

  /** @throws InputError when it was disposed of */
  checkInUse(): void {
    if (this.#disposed)
      reject("gpu", "a backend in use", "one that was disposed of", "open another");
  }

  /** One at a time, so that no kernel is destroyed while it runs. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    this.checkInUse();
    const result = this.#lastRun.then(run);
    this.#lastRun = result.catch(() => {});
    return result;
  }

  async #launchNow(
    compute: CompiledFunction,
    output: readonly number[],
    inputs: readonly unknown[],
    each: 1 | 4,
  ): Promise<Handle> {
    const kernel = this.#staying.get(compute) ?? this.#compile(compute, output, true, each);
    this.#staying.delete(compute); // and back, if all goes well
    const result = await this.#call(kernel, output, inputs, this.#secondsToAnswer);
    this.#staying.set(compute, kernel);
    const length = output.reduce((a, b) => a * b, each);
    return this.#handles.over(result, length, each === 4);
  }

  /** Runs a kernel, and destroys it if it fails. */
  async #call(
    kernel: GpuJs.IKernelRunShortcut,
    output: readonly number[],
    inputs: readonly unknown[],
    seconds: number,
  ): Promise<unknown> {
    this.#watch.check();
    this.#calls++;
    try {
      kernel.setOutput([...output]);
      const result = (async () => kernel(...(inputs as GpuJs.Input[])))();
      const context = (): DeviceContext => kernel.kernel.context as DeviceContext;
      const answer = await this.#watch.answer(result, context, seconds);
      const ranIn = this.#modeOf(kernel);
      if (ranIn !== this.#mode)
        throw new Error(
          `gpuBackend: expected gpu.js to run in mode ${this.#mode}, ` +
            `got ${ranIn} (${reasonOf(kernel)})`,
        );
      return answer;
    } catch (error) {
      kernel.destroy();
      throw error;
    }
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
    const seconds = this.#secondsToAnswer + Math.ceil(multiplications / MULTIPLICATIONS_A_SECOND);
    const extents = this.#mode === "webasm" ? wholeVectors(output) : output;
    const kernel = this.#kernels.get(compute) ?? this.#compile(compute, extents, false, 4);
    this.#kernels.delete(compute); // and back, if all goes well
    if (this.#mode === "webasm") kernel.setAsyncMode(shares);
    const inputs = arrays.map((array) => this.#input(array));
    // the last one is what the kernel is told
    const bytes = arrays.map(({ byteLength }) => byteLength);
    this.#traffic.told += bytes.pop()!;
    this.#traffic.sent += bytes.reduce((sum, own) => sum + own, 0);
    const answer = await this.#call(kernel, extents, inputs, seconds);
    this.#kernels.set(compute, kernel);
    const [X, Y, Z = 1] = extents;
    const quads = flatten(answer as KernelResult, [X, Y, Z]);
    this.#traffic.fetched += quads.data.byteLength;
    return quads;
  }

  /**
   * @param stays whether what it computes stays on the device
   * @param each how many numbers a thread returns
   */
  #compile(
    compute: CompiledFunction,
    output: readonly number[],
    stays: boolean,
    each: 1 | 4,
  ): GpuJs.IKernelRunShortcut {
    const onDevice = stays && hasDevice(this.#mode);
    const kernel: GpuJs.IKernelRunShortcut = this.#gpu.createKernel<
      number[][],
      Record<string, never>
    >(compute as GpuJs.KernelFunction<number[][]>, {
      output: [...output] as number[],
      precision: "single",
      tactic: "precision", // else WebGL compiles again where a result is of another size
      dynamicArguments: true,
      dynamicOutput: true,
      // waits without blocking where a device is waited for
      asyncMode: hasDevice(this.#mode) && !onDevice,
      pipeline: onDevice,
      immutable: onDevice, // each result has memory of its own
      optimizeFloatMemory: onDevice && each === 1, // else textures hold one number in a pixel
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
    for (const zeros of this.#zeros.values())
      await zeros.then(
        (handle) => this.#handles.release(handle)(),
        () => {},
      );
    this.#zeros.clear();
    this.#kernels.clear();
    this.#staying.clear();
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
  return [LANES * Math.ceil(X / LANES), ...others] as KernelCall["output"];
}
