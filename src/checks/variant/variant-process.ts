/** A process that works through one variant of the engine after the other. */
import type { ChildProcess } from "node:child_process";
import { MachineError, nodeModule, type StopSignal } from "../../tensor/index.js";
import {
  type SentOutcome,
  type SentTask,
  VariantFailure,
  type VariantTask,
} from "./variant-task.js";

/** Every variant's modules stay in memory for as long as its process lives. */
const MOST_TASKS = 40;

export class VariantProcess {
  readonly #stop: StopSignal | undefined;
  #child: ChildProcess | null = null;
  /** What the process has done so far. */
  #tasks = 0;

  /** @param stop ends the process when it is aborted */
  constructor(stop?: StopSignal) {
    this.#stop = stop;
  }

  /**
   * Runs a task; the one before it must have ended. A task that fails takes its process with it, so
   * that nothing it leaves behind can affect the next one. If other tasks had run in that process,
   * the failure may be their fault, so the task runs once more in a fresh process.
   *
   * @param onReport is told what the work reports on its way
   * @returns what the work returned
   * @throws VariantFailure with the message of what the work threw, or when none of the work uses
   *   one of the new texts, or when it has not ended in time; MachineError when the process died
   */
  async run(task: VariantTask, onReport: (message: unknown) => void = () => {}): Promise<unknown> {
    if (this.#tasks === MOST_TASKS || this.#child?.connected === false) this.end();
    const child = (this.#child ??= await start(task, this.#stop));
    let isReported = false;
    try {
      const result = await resultOf(child, task, (message) => {
        isReported = true;
        onReport(message);
      });
      this.#tasks++;
      return result;
    } catch (error) {
      const isFirst = this.#tasks === 0;
      this.end();
      if (isFirst || isReported || this.#stop?.aborted === true) throw error;
      return this.run(task, onReport);
    }
  }

  end(): void {
    if (this.#child !== null) endGroup(this.#child);
    this.#child = null;
    this.#tasks = 0;
  }
}

/** Ends the process and all that it has started, which would else stay behind. */
function endGroup(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, "SIGKILL");
  } catch {
    child.kill("SIGKILL"); // there are no groups here, or nobody is left
  }
}

async function start(
  { mostBytes = Infinity }: VariantTask,
  stop: StopSignal | undefined,
): Promise<ChildProcess> {
  const { fork } = nodeModule<typeof import("node:child_process")>("node:child_process");
  // What the work prints goes to standard error: standard output is for results.
  const stdio = ["ignore", process.stderr.fd, "inherit", "ipc"] as const;
  const words = [String(process.pid), String(mostBytes)];
  const child = fork(new URL("./start.js", import.meta.url), words, {
    detached: process.platform !== "win32", // the first of a group of its own
    serialization: "advanced",
    execArgv: ["--no-warnings"],
    stdio: [...stdio],
    signal: stop as AbortSignal | undefined,
    killSignal: "SIGKILL",
  });
  child.on("error", () => {}); // `resultOf` tells the caller; without this, Node would throw
  return child;
}

function resultOf(
  child: ChildProcess,
  task: VariantTask,
  onReport: (message: unknown) => void,
): Promise<unknown> {
  const listeners = new AbortController();
  const { randomUUID } = nodeModule<typeof import("node:crypto")>("node:crypto");
  const sent: SentTask = { ...task, key: randomUUID() };
  return new Promise((resolve, refuse) => {
    const onMessage = (outcome: SentOutcome | null): void => {
      if (outcome?.key !== sent.key) return;
      if (outcome.type === "report") onReport(outcome.message);
      else if (outcome.type === "done") resolve(outcome.result);
      else refuse(new VariantFailure(outcome.message, outcome.line));
    };
    const onClose = (code: number | null, signal: string | null): void => {
      if (code === 0) refuse(new VariantFailure("it ended the process before it was done", null));
      if (task.source !== undefined) refuse(new VariantFailure(endOf(code, signal, task), null));
      refuse(
        new MachineError(
          `expected the process that runs changed code to end by itself, but it was ended by ` +
            `${signal ?? `exit code ${code}`}`,
        ),
      );
    };
    child.on("message", onMessage).on("error", refuse).on("close", onClose);
    listeners.signal.addEventListener("abort", () =>
      child.off("message", onMessage).off("error", refuse).off("close", onClose),
    );
    const { seconds } = task;
    const late = (): void => {
      child.kill("SIGKILL"); // it may well be in a loop that hears nothing
      refuse(new VariantFailure(`it had not ended after ${seconds} s`, null));
    };
    const timer = seconds === undefined ? undefined : setTimeout(late, 1000 * seconds);
    listeners.signal.addEventListener("abort", () => clearTimeout(timer));
    child.send(sent, () => {}); // it may have died already, which is told above
  }).finally(() => listeners.abort());
}

/** How a reader's code ended its process, or what ended it. */
function endOf(code: number | null, signal: string | null, { mostBytes }: VariantTask): string {
  const memory =
    signal === "SIGKILL" && mostBytes !== undefined
      ? `, as it is when it takes more than ${(mostBytes / 2 ** 30).toFixed(1)} GiB of memory`
      : "";
  return `its process was ended by ${signal ?? `exit code ${code}`}${memory}`;
}
