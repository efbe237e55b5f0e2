/**
 * Runs work in a process of its own in which some of the engine's modules have another text.
 * Nothing on the disk changes.
 */
import { MachineError } from "../../tensor/index.js";

export interface VariantTask {
  /** New texts (JavaScript), by the address of the module that they stand for. */
  readonly texts: ReadonlyMap<string, string>;
  /**
   * The address of the module whose default export does the work:
   * `(input, report) => Promise<result>`.
   */
  readonly module: string;
  readonly input: unknown;
  /**
   * The path of the file that a new text was made from, as its source map names it: for the line of
   * a failure.
   */
  readonly source?: string;
  /** How long it may take; as long as it likes if left out. */
  readonly seconds?: number;
}

export type VariantOutcome =
  | { readonly type: "report"; readonly message: unknown }
  | { readonly type: "done"; readonly result: unknown }
  | { readonly type: "failed"; readonly message: string; readonly line: number | null };

/** The work itself failed, as mistaken code may. */
export class VariantFailure extends Error {
  override readonly name = "VariantFailure";
  /** The line of {@link VariantTask.source} where it happened; null when it happened elsewhere. */
  readonly line: number | null;

  constructor(message: string, line: number | null) {
    super(message);
    this.line = line;
  }
}

/**
 * @param onReport is told what the work reports on its way
 * @param stop ends the process when it is aborted
 * @returns what the work returned
 * @throws VariantFailure with the message of what the work threw, or when none of the work uses one
 *   of the new texts, or when it has not ended in time; MachineError when the process died
 */
export async function runVariant(
  task: VariantTask,
  onReport: (message: unknown) => void = () => {},
  stop?: AbortSignal,
): Promise<unknown> {
  // only now, so that the rest of leibniz/checks loads in a browser as well
  const { fork } = await import("node:child_process");
  return new Promise((resolve, refuse) => {
    // What the work prints goes to standard error: standard output is for results.
    const stdio = ["ignore", process.stderr.fd, "inherit", "ipc"] as const;
    const child = fork(new URL("./start.js", import.meta.url), [String(process.pid)], {
      serialization: "advanced",
      execArgv: ["--no-warnings"],
      stdio: [...stdio],
      signal: stop,
      killSignal: "SIGKILL",
    });
    const { seconds } = task;
    const late = (): void => {
      child.kill("SIGKILL"); // it may well be in a loop that hears nothing
      refuse(new VariantFailure(`it had not ended after ${seconds} s`, null));
    };
    const timer = seconds === undefined ? undefined : setTimeout(late, 1000 * seconds);
    child.on("exit", () => clearTimeout(timer));
    child.on("message", (outcome: VariantOutcome) => {
      if (outcome.type === "report") onReport(outcome.message);
      else if (outcome.type === "done") resolve(outcome.result);
      else refuse(new VariantFailure(outcome.message, outcome.line));
    });
    child.on("error", refuse);
    child.on("close", (code, signal) => {
      if (code === 0) refuse(new VariantFailure("it ended the process before it was done", null));
      refuse(
        new MachineError(
          `expected the process that runs changed code to end by itself, but it was ended by ` +
            `${signal ?? `exit code ${code}`}`,
        ),
      );
    });
    child.send(task, () => {}); // it may have died already, which is told above
  });
}
