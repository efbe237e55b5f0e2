/**
 * Choosing a backend by measuring: which is fastest depends on the machine and on the shapes, so it
 * is found out on both.
 */
import { InputError, MachineError, reject } from "../tensor/index.js";
import type { Backend } from "./backend.js";
import { availableGpuModes, type OpenBackendOptions, openBackend } from "./open-backend.js";

/** Some work, set up on a backend. */
export interface Work {
  /** Does one step of it. */
  readonly step: () => Promise<void>;
  /** Gives back what outlasts steps. */
  readonly dispose: () => void;
}

/** Sets up some work on a backend. */
export type WorkOnBackend = (backend: Backend) => Promise<Work>;

/** What is measured, and for how long. */
export interface FastestBackendOptions {
  /**
   * Only backends that can have so many threads are measured, and only with so many: of more than
   * one, `wasm` alone.
   */
  readonly threads?: number | undefined;
  /**
   * How long the measuring may take, shared evenly, 800 ms if left out; a step once begun is
   * finished, so it may take a little longer.
   */
  readonly budgetMs?: number;
  /** The clock, in milliseconds; `performance.now` if left out. */
  readonly now?: () => number;
  /** What is measured instead of all there is. */
  readonly candidates?: readonly OpenBackendOptions[];
}

/** How one candidate did. */
export interface BackendMeasurement {
  /** `wasm`, or with its mode `gpu webasm`. */
  readonly name: string;
  /** Milliseconds that its fastest step took; `null` when the backend failed. */
  readonly stepMs: number | null;
  /** Why it failed, or `null`. */
  readonly trouble: string | null;
}

const BUDGET_MS = 800;
/** Who takes so many times as long as the best so far, after three steps, is not given more. */
const HOPELESS = 2;

/**
 * Opens every backend that there is here, lets each do the same work for a moment, and keeps the
 * fastest. The others are disposed of, and so is the memory that the work took. A backend that
 * fails is out, and `measured` says why.
 *
 * @throws InputError when `threads` is out of range, there is no candidate, or the work refuses its
 *   input
 * @throws MachineError when no backend works
 */
export async function openFastestBackend(
  work: WorkOnBackend,
  options: FastestBackendOptions = {},
): Promise<{
  /** The fastest, for the caller to dispose of. */
  backend: Backend;
  /** How all candidates did: the fastest first, those that failed last. */
  measured: readonly BackendMeasurement[];
}> {
  const candidates = options.candidates ?? (await allBackends(options.threads));
  if (candidates.length === 0) reject("openFastestBackend", "at least one candidate", "none");
  const now = options.now ?? (() => performance.now());
  const shareMs = (options.budgetMs ?? BUDGET_MS) / candidates.length;
  const measured: BackendMeasurement[] = [];
  let best: { backend: Backend; stepMs: number } | null = null;
  for (const candidate of candidates) {
    const name =
      candidate.mode === undefined ? candidate.name : `${candidate.name} ${candidate.mode}`;
    let backend: Backend | null = null;
    try {
      const opened = await openBackend(candidate);
      backend = opened;
      const { step, dispose } = await work(opened);
      const stepMs = await fastestStep(step, opened, now, shareMs, best?.stepMs ?? Infinity);
      dispose();
      measured.push({ name, stepMs, trouble: null });
      if (best === null || stepMs < best.stepMs) {
        await best?.backend.dispose();
        best = { backend: opened, stepMs };
      } else {
        await opened.dispose();
      }
    } catch (error) {
      await backend?.dispose();
      if (error instanceof InputError) {
        await best?.backend.dispose();
        throw error;
      }
      measured.push({
        name,
        stepMs: null,
        trouble: error instanceof Error ? error.message : String(error),
      });
    }
  }
  if (best === null)
    throw new MachineError(
      `openFastestBackend: expected a backend that works, got none ` +
        `(${measured.map(({ name, trouble }) => `${name}: ${trouble}`).join("; ")})`,
    );
  measured.sort((a, b) => (a.stepMs ?? Infinity) - (b.stepMs ?? Infinity));
  return { backend: best.backend, measured };
}

/**
 * Every backend that this machine has (but for a graphics driver that is software: one step would
 * take seconds), what is likely to be fast first, so that the slow ones are soon seen to be slow.
 */
async function allBackends(threads: number | undefined): Promise<OpenBackendOptions[]> {
  const wasm = { name: "wasm", threads };
  if (threads !== undefined && threads !== 1) return [wasm];
  return [
    wasm,
    { name: "reference" },
    ...(await availableGpuModes("none")).map((mode) => ({ name: "gpu", mode })),
  ];
}

/** The shortest of several steps, since the first ones also compile, and anything may delay one. */
async function fastestStep(
  step: () => Promise<void>,
  backend: Backend,
  now: () => number,
  shareMs: number,
  bestMs: number,
): Promise<number> {
  const started = now();
  let fastest = Infinity;
  for (let steps = 1; ; steps++) {
    const before = now();
    await backend.step(step);
    const after = now();
    fastest = Math.min(fastest, after - before);
    const timeIsUp = after - started >= shareMs;
    if (timeIsUp || (steps >= 3 && fastest > HOPELESS * bestMs)) return fastest;
  }
}
