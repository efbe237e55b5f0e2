/** Runs tasks in processes of their own, a few at a time. */
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Report, Task } from "./bugs-worker.js";

const WORKER = fileURLToPath(new URL("./bugs-worker.js", import.meta.url));
const MOST_PROCESSES = 4;

export interface Job {
  readonly task: Task;
  readonly onReport: (report: Report) => void;
}

/**
 * Works through the jobs in their order, as many at once as the machine has cores, up to four.
 *
 * @param stop once it is aborted, all processes are ended and the promise rejects
 * @throws Error when a process ends before it has done its task
 */
export async function runJobs(jobs: readonly Job[], stop: AbortSignal): Promise<void> {
  const children = new Set<ChildProcess>();
  const waiting = [...jobs];
  const one = ({ task, onReport }: Job): Promise<void> =>
    new Promise((resolve, refuse) => {
      const child = fork(WORKER, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
      let failure: string | null = null;
      children.add(child);
      child.on("message", (report: Report) => {
        if (report.type === "failed") return void (failure = report.message);
        try {
          onReport(report);
        } catch (error) {
          child.kill("SIGKILL");
          refuse(error instanceof Error ? error : new Error(String(error)));
        }
      });
      child.on("error", refuse);
      child.on("close", (code, signal) => {
        children.delete(child);
        if (failure !== null) refuse(new Error(failure));
        else if (code === 0) resolve();
        else refuse(new Error(`a process ended early (${signal ?? `exit code ${code}`})`));
      });
      child.send(task);
    });
  const worker = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined && !stop.aborted; job = waiting.shift()) await one(job);
  };
  const end = (): void => children.forEach((child) => child.kill("SIGKILL"));
  stop.addEventListener("abort", end);
  try {
    await Promise.all(Array.from({ length: Math.min(availableParallelism(), MOST_PROCESSES) }, worker));
  } finally {
    waiting.length = 0;
    end();
    stop.removeEventListener("abort", end);
  }
}
