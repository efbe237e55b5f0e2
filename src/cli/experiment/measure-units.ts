/** Measures the units of an experiment on several threads at once. */
import { Worker } from "node:worker_threads";
import {
  type AnyExperiment,
  type Measurement,
  type Unit,
  unitName,
  unitsOf,
} from "../../experiments/index.js";
import { InputError } from "../../tensor/index.js";
import type { WorkerMessage, WorkerTask } from "./worker.js";

export interface MeasureUnitsOptions {
  readonly task: WorkerTask;
  readonly threads: number;
  readonly stop: AbortSignal;
  /** Of all units that run at present, added up. */
  readonly onProgress: (units: number) => void;
  readonly onMeasured: (measurement: Measurement, seconds: number) => void;
}

/**
 * @param units none that is done
 * @throws what `stop` was aborted with, or the first unit's failure; what was measured before that
 *   has been told of
 */
export async function measureUnits(
  units: readonly Unit[],
  { task, threads, stop, onProgress, onMeasured }: MeasureUnitsOptions,
): Promise<void> {
  stop.throwIfAborted();
  const waiting = [...units];
  const running = new Map<Worker, { readonly unit: Unit; share: number }>();
  const workers = Array.from(
    { length: Math.min(threads, units.length) },
    () => new Worker(new URL("./worker.js", import.meta.url), { workerData: task }),
  );
  try {
    await new Promise<void>((done, fail) => {
      stop.addEventListener("abort", () => fail(stop.reason), { once: true });
      const next = (worker: Worker): void => {
        const unit = waiting.shift();
        if (unit === undefined) return running.size === 0 ? done() : undefined;
        running.set(worker, { unit, share: 0 });
        worker.postMessage(unit);
      };
      for (const worker of workers) {
        worker.on("error", fail);
        worker.on("message", (message: WorkerMessage) => {
          const current = running.get(worker);
          if (message.type === "failed") return fail(failure(message, current?.unit));
          if (message.type === "progress") {
            if (current !== undefined) current.share = message.share;
            return onProgress([...running.values()].reduce((all, { share }) => all + share, 0));
          }
          if (message.type === "measured") {
            running.delete(worker);
            try {
              onMeasured({ ...current!.unit, values: message.values }, message.seconds);
            } catch (error) {
              return fail(error); // it cannot be kept
            }
          }
          next(worker);
        });
      }
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function failure(
  { message, isInput }: Extract<WorkerMessage, { type: "failed" }>,
  unit: Unit | undefined,
): Error {
  const text = unit === undefined ? message : `${unitName(unit)}: ${message}`;
  return isInput ? new InputError(text) : new Error(text);
}

/** What an experiment wants measured and is not measured yet; empty when all is done. */
export function missing(
  experiment: AnyExperiment,
  done: readonly Measurement[],
  scale: WorkerTask["scale"],
): Unit[] {
  const names = new Set(done.map(unitName));
  return unitsOf(experiment, done, scale).filter((unit) => !names.has(unitName(unit)));
}

/**
 * What an experiment wants of what may be measured already. Later units follow from earlier ones,
 * and from none that it does not want.
 */
export function wanted(
  experiment: AnyExperiment,
  done: readonly Measurement[],
  scale: WorkerTask["scale"],
): readonly Unit[] {
  for (let known: readonly Measurement[] = []; ; ) {
    const units = unitsOf(experiment, known, scale);
    const names = new Set(units.map(unitName));
    const more = done.filter((one) => names.has(unitName(one)));
    if (more.length <= known.length) return units;
    known = more;
  }
}
