/** Studies mistakes, a few at a time, in processes whose engine has them in it. */
import type { StopSignal } from "../../tensor/index.js";
import { Variants } from "../variant/index.js";
import type { StudyReport, StudyTask } from "./study.js";

/** A mistake, and what is to be done with it. */
export interface Study {
  /** Modules with a mistake in them, by address. */
  readonly texts: ReadonlyMap<string, string>;
  /** Checks, training, or both. */
  readonly task: StudyTask;
  /** Is called with each report as it arrives. If it throws, all studies end. */
  readonly onReport: (report: StudyReport) => void;
}

/**
 * Works through the studies in their order, `processes` at once. What one of them throws ends all.
 *
 * @param signal ends all when it is aborted
 * @throws what a study threw, what `onReport` did, or what `signal` was aborted with
 */
export async function runStudies(
  studies: readonly Study[],
  processes: number,
  signal: StopSignal,
): Promise<void> {
  const waiting = [...studies];
  const stop = new AbortController();
  const end = (reason: unknown): void => stop.abort(reason);
  if (signal.aborted) end(signal.reason);
  signal.addEventListener("abort", () => end(signal.reason), { once: true });
  const variants = new Variants(stop.signal);
  const one = async ({ texts, task, onReport }: Study): Promise<void> => {
    const heard = (message: unknown): void => {
      try {
        onReport(message as StudyReport);
      } catch (error) {
        end(error);
      }
    };
    await variants.run(
      { texts, module: new URL("./study.js", import.meta.url).href, input: task },
      heard,
    );
  };
  const worker = async (): Promise<void> => {
    for (
      let next = waiting.shift();
      next !== undefined && !stop.signal.aborted;
      next = waiting.shift()
    )
      await one(next);
  };
  try {
    await Promise.all(Array.from({ length: processes }, worker));
  } catch (error) {
    end(error);
  } finally {
    variants.end();
  }
  // the first reason, not the abortion that it caused
  if (stop.signal.aborted) throw stop.signal.reason;
}
