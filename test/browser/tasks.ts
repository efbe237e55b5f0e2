/**
 * What the tests ask of the engine in a browser. Each task takes and returns what can be sent as
 * JSON.
 */
import { type Backend, gpuBackend, openBackend, wasmBackend } from "leibniz/kernels";
import { loadMnist } from "leibniz/data";
import { Random, Tensor } from "leibniz/tensor";
import { primitiveCases, wasmTolerance } from "../kernels/primitive-cases.js";
import { gpuConvolutionSuite } from "../kernels/gpu-convolution-suite.js";
import { type DeviceMode, gpuLossSuite } from "../kernels/gpu-loss-suite.js";
import { gpuLayersSuite } from "../kernels/gpu-layers-suite.js";
import { gpuStepSuite } from "../kernels/gpu-step-suite.js";
import { gpuSuite } from "../kernels/gpu-suite.js";
import { computeInWorkers } from "../kernels/gpu-workers.js";
import { type Trained, type Training, trainedWeights } from "./training.js";

/** A backend, and for `gpu` its mode, for `wasm` its threads. */
export interface Choice {
  readonly name: string;
  readonly mode?: string;
  readonly threads?: number;
}

/** What was opened, in the backend's own words. */
export interface Opened {
  readonly name: string;
  readonly mode: string | null;
  readonly threads: number;
  readonly note: string | null;
  readonly crossOriginIsolated: boolean;
  /** How many threads the browser says that the machine can run at once. */
  readonly processors: number;
}

/** What something failed with. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** How far a float32 sum on a device may be from the reference's. */
const gpuTolerance = (terms: number): number => 1e-6 * Math.sqrt(terms);

/** Opens a backend, uses it, and tells what it was. All products go to a gpu, however small. */
async function withBackend(
  choice: Choice,
  use: (backend: Backend) => Promise<void>,
): Promise<Opened> {
  const backend =
    choice.name === "gpu"
      ? await gpuBackend({ mode: choice.mode, smallestProduct: 0 })
      : await openBackend(choice);
  try {
    await use(backend);
    const { name, mode, threads, note } = backend;
    return {
      name,
      mode,
      threads,
      note,
      crossOriginIsolated: globalThis.crossOriginIsolated,
      processors: navigator.hardwareConcurrency,
    };
  } finally {
    await backend.dispose();
  }
}

/** The error that `run` ends with. */
async function failureOf(run: () => Promise<unknown>): Promise<Failure> {
  const { name, message } = await run().then(
    () => ({ name: "none", message: "no error" }),
    (thrown: Error) => thrown,
  );
  return { name, message };
}

/** Runs something while `new Worker` is something else. */
async function withWorkers<T>(replacement: typeof Worker, run: () => Promise<T>): Promise<T> {
  const original = globalThis.Worker;
  globalThis.Worker = replacement;
  try {
    return await run();
  } finally {
    globalThis.Worker = original;
  }
}

const gpuSuites = {
  "every product": [gpuSuite, gpuConvolutionSuite],
  "every step": [gpuStepSuite],
  "every layer, and a lost device": [gpuLayersSuite, gpuLossSuite],
};

export const tasks = {
  open: (choice: Choice): Promise<Opened> =>
    withBackend(choice, async (backend) => void (await backend.relu(Tensor.full([3], 1)))),

  /** The {@link primitiveCases} that the backend does itself; what each failed with, or `null`. */
  primitives: async ({
    choice,
    numRuns,
  }: {
    choice: Choice;
    numRuns: number;
  }): Promise<{ opened: Opened; failures: Record<string, string | null> }> => {
    const tolerance = choice.name === "gpu" ? gpuTolerance : wasmTolerance;
    const failures: Record<string, string | null> = {};
    const opened = await withBackend(choice, async (backend) => {
      for (const { name, multiplies, run } of primitiveCases)
        if (multiplies || choice.name !== "gpu")
          failures[name] = await run({ backend, numRuns, tolerance }).then(() => null, String);
    });
    return { opened, failures };
  },

  /** A part of the gpu backend's suites in a mode; what each test failed with, or `null`. */
  gpuSuites: async ({
    mode,
    part,
  }: {
    mode: DeviceMode;
    part: keyof typeof gpuSuites;
  }): Promise<Record<string, string | null>> => {
    const tests: [string, () => Promise<void>][] = [];
    for (const suite of gpuSuites[part]) suite(mode, (name, run) => tests.push([name, run]));
    const failures: Record<string, string | null> = {};
    for (const [name, run] of tests) failures[name] = await run().then(() => null, String);
    return failures;
  },

  computeInWorkers,

  /**
   * Products that are long enough to wait for the other thread, again and again; how many entries
   * differ from those of one thread.
   */
  longProducts: async (): Promise<{ threads: number; different: number }> => {
    const random = new Random("long products");
    const [a, b] = [random.normal([520, 500]), random.normal([500, 510])];
    const [one, two] = [await wasmBackend({ threads: 1 }), await wasmBackend({ threads: 2 })];
    const expected = (await one.matmul(a, b)).data;
    let different = 0;
    for (let i = 0; i < 50; i++) {
      await two.step(async () => {
        const { data } = await two.matmul(a, b);
        for (let at = 0; at < data.length; at++) if (data[at] !== expected[at]) different++;
      });
    }
    const { threads } = two;
    await one.dispose();
    await two.dispose();
    return { threads, different };
  },

  train: async (trainings: readonly Training[]): Promise<Trained[]> => {
    const mnist = await loadMnist("/isolated");
    const trained: Trained[] = [];
    for (const training of trainings) trained.push(await trainedWeights(mnist, training));
    return trained;
  },

  /** MNIST without an address, and from a site that has it not. */
  mnistMissing: async (): Promise<string[]> => {
    const failures = [failureOf(() => loadMnist()), failureOf(() => loadMnist("/plain/"))];
    return (await Promise.all(failures)).map(({ name, message }) => `${name}: ${message}`);
  },

  /** A worker is ended from outside while nobody works; then there is work, before and after. */
  workerDies: async (): Promise<Failure> => {
    const started: Worker[] = [];
    const Recorder = class extends Worker {
      constructor(...how: ConstructorParameters<typeof Worker>) {
        super(...how);
        started.push(this);
      }
    };
    const backend = await withWorkers(Recorder, () => wasmBackend({ threads: 2 }));
    await backend.relu(Tensor.full([9], 1)).then(({ data }) => data);
    const { held = [] } = await navigator.locks.query();
    started[0]!.terminate();
    const work = (): Promise<Tensor> => backend.sumPerChannel(Tensor.full([20, 9], 1));
    return failureOf(async () => {
      // a browser gives a thread that sleeps a moment before it ends it; until then this one does
      // all the work
      await work();
      // it has ended when its lock is free
      for (const { name } of held) await navigator.locks.request(name!, () => {});
      await work();
    });
  },

  /** A worker fails where it waits for work. */
  workerFails: async (): Promise<Failure> => {
    let failed: () => void;
    const failure = new Promise<void>((resolve) => (failed = resolve));
    const Broken = class extends Worker {
      constructor(...how: ConstructorParameters<typeof Worker>) {
        super(...how);
        this.addEventListener("message", ({ data }: MessageEvent<string>) => {
          if (data !== "ready") setTimeout(failed); // once the engine has heard of it too
        });
      }

      override postMessage(message: object): void {
        super.postMessage({ ...message, control: 0x7fff_fff0 }); // far outside the memory
      }
    };
    const backend = await withWorkers(Broken, () => wasmBackend({ threads: 2 }));
    await failure;
    return failureOf(() => backend.sumPerChannel(Tensor.full([20, 9], 1)));
  },

  /** The workers' script is not there. */
  scriptMissing: async (): Promise<Failure> => {
    const Elsewhere = class extends Worker {
      constructor(_: string | URL, how?: WorkerOptions) {
        super("nowhere.js", how);
      }
    };
    return failureOf(() => withWorkers(Elsewhere, () => wasmBackend({ threads: 2 })));
  },

  /** More tensors than a memory of 32 MB holds, then as many as it does. */
  memoryFull: async (): Promise<Failure & { after: number[] }> => {
    const small = await wasmBackend({ largestMB: 32 });
    const big = Tensor.zeros([3 << 20]);
    const failure = await failureOf(() =>
      small.step(async () => [(await small.relu(big)).data, (await small.relu(big)).data]),
    );
    const after = await small.step(async () => [...(await small.relu(Tensor.full([3], 2))).data]);
    await small.dispose();
    return { ...failure, after };
  },

  /** A memory that a browser does not give. */
  memoryTooLarge: (): Promise<Failure> => failureOf(() => wasmBackend({ largestMB: 70_000 })),
};

export type TaskName = keyof typeof tasks;
export type TaskInput<T extends TaskName> = Parameters<(typeof tasks)[T]>[0];
export type TaskResult<T extends TaskName> = Awaited<ReturnType<(typeof tasks)[T]>>;

export interface Order {
  readonly task: TaskName;
  readonly input: unknown;
}

export type Answer = { readonly result: unknown } | { readonly error: string };

/** Performs a task and turns what it throws into text. */
export async function perform({ task, input }: Order): Promise<Answer> {
  try {
    return { result: await (tasks[task] as (input: unknown) => Promise<unknown>)(input) };
  } catch (error) {
    return { error: String(error) };
  }
}
