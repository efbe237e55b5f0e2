/** Where a stopped training goes on. */
import { reject } from "../tensor/index.js";
import type { EpochProgress } from "./fit-events.js";
import type { Metrics } from "./metrics.js";
import type { Optimizer } from "./optimizers/index.js";
import type { Sums } from "./totals.js";

/**
 * Where to resume a stopped training: `from` of {@link FitOptions}. The network needs the weights
 * that it had then.
 */
export interface StoppedAt {
  /** The first epoch that is not done. */
  readonly epoch: number;
  /** As it was. */
  readonly optimizer: Optimizer;
  /** What of that epoch is done, as its last step told; nothing if left out. */
  readonly progress?: EpochProgress | undefined;
}

export function isStoppedAt(value: unknown): boolean {
  const { epoch, optimizer } = (value ?? {}) as Partial<StoppedAt>;
  return Number.isSafeInteger(epoch) && epoch! >= 0 && typeof optimizer?.step === "function";
}

const PLAIN = ["loss", "batchLosses", "weight", "examples", "batches"] as const;

/** @throws InputError unless it is the progress of an epoch in which these metrics are measured */
export function checkProgress(where: string, progress: EpochProgress, metrics: Metrics): void {
  const { step, seconds, sums } = progress;
  const { metrics: measured = {}, ...plain } = (sums ?? {}) as Partial<Sums>;
  const names = Object.keys(metrics);
  const numbers = [seconds, ...PLAIN.map((name) => plain[name]), ...Object.values(measured)];
  const isWhole =
    Number.isSafeInteger(step) &&
    step >= 1 &&
    numbers.every(Number.isFinite) &&
    names.length === Object.keys(measured).length &&
    names.every((name) => Object.hasOwn(measured, name));
  if (isWhole) return;
  const all = [...PLAIN, ...names].join(", ");
  const expected = `from.progress with step, seconds and sums of ${all}`;
  reject(where, expected, JSON.stringify(progress)?.slice(0, 120) ?? "none");
}
