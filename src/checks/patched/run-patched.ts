/** Runs work in a process of its own in which some of the engine's modules have another text. Nothing on the disk changes. */
import { fork } from "node:child_process";
import { MachineError } from "../../tensor/index.js";

export interface PatchedTask {
  /** New texts (JavaScript), by the address of the module that they stand for. */
  readonly texts: ReadonlyMap<string, string>;
  /** The address of the module whose default export does the work: `(input, report) => Promise<result>`. */
  readonly module: string;
  readonly input: unknown;
  /** The path of the file that a new text was made from, as its source map names it: for the line of a failure. */
  readonly source?: string;
}

export type PatchedOutcome =
  | { readonly type: "report"; readonly message: unknown }
  | { readonly type: "done"; readonly result: unknown }
  | { readonly type: "failed"; readonly message: string; readonly name: string; readonly line: number | null };

/** The work itself failed, as mistaken code may. */
export class PatchedFailure extends Error {
  override readonly name = "PatchedFailure";
  /** The line of {@link PatchedTask.source} where it happened; null when it happened elsewhere. */
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
 * @throws PatchedFailure with the message of what the work threw; MachineError when the process died
 */
export function runPatched(task: PatchedTask, onReport: (message: unknown) => void = () => {}, stop?: AbortSignal): Promise<unknown> {
  return new Promise((resolve, refuse) => {
    const child = fork(new URL("./start.js", import.meta.url), { serialization: "advanced", execArgv: ["--no-warnings"], stdio: ["ignore", "inherit", "inherit", "ipc"], signal: stop, killSignal: "SIGKILL" });
    child.on("message", (outcome: PatchedOutcome) => {
      if (outcome.type === "report") onReport(outcome.message);
      else if (outcome.type === "done") resolve(outcome.result);
      else refuse(new PatchedFailure(outcome.message, outcome.line));
    });
    child.on("error", refuse);
    child.on("close", (code, signal) => refuse(new MachineError(`expected the process that runs changed code to end by itself, but it was ended by ${signal ?? `exit code ${code}`}`)));
    child.send(task);
  });
}
