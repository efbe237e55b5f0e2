/**
 * Ends a command before it is done: on Ctrl-C, on a request to terminate, or when its output can
 * no longer be written.
 */
import { constants } from "node:os";
import { reasonOf } from "./system-reasons.js";

/** Why a command ends before it is done. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  /** What the process dies of, so that a shell's loop ends as well; null if it does not. */
  readonly signal: NodeJS.Signals | null;

  constructor(message: string, signal: NodeJS.Signals | null) {
    super(message);
    this.signal = signal;
  }

  /** As shells count: 128 and the signal's number. */
  get exitCode(): number {
    return this.signal === null ? 2 : 128 + constants.signals[this.signal];
  }

  /** The same with more to say. */
  with(more: string): Stopped {
    return new Stopped(`${this.message}; ${more}`, this.signal);
  }
}

/** Ctrl-C, a request to terminate, and a terminal that is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Of the command that runs and wants to end by itself, if there is one. */
let running: AbortController | null = null;

/**
 * Runs what ends by itself when it is asked to: then `stop` is aborted with a {@link Stopped}. A
 * second signal ends the process at once, whatever it does.
 *
 * @param what the command, for messages
 */
export async function stoppable<T>(
  what: string,
  run: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const ask = (signal: NodeJS.Signals): void => {
    unlisten();
    stop.abort(new Stopped(`${what}: stopped by ${signal}`, signal));
  };
  const unlisten = (): void => SIGNALS.forEach((signal) => process.off(signal, ask));
  SIGNALS.forEach((signal) => process.on(signal, ask));
  running = stop;
  try {
    return await run(stop.signal);
  } finally {
    running = null;
    unlisten();
  }
}

/**
 * For the process as a whole: output that cannot be written, as to a full disk, ends the command
 * with one line. Output that nobody reads any more, as in `leibniz gradcheck | head`, ends it
 * silently, as it ends other programs.
 */
export function watchOutput(): void {
  process.stderr.on("error", () => {}); // there is nowhere to say so
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    const reason =
      error.code === "EPIPE"
        ? new Stopped("standard output: nobody reads it any more", "SIGPIPE")
        : new Stopped(`cannot write to standard output: ${reasonOf(error)}`, null);
    if (running !== null) return running.abort(reason);
    if (reason.signal !== null) dieOf(reason.signal);
    console.error(`leibniz: ${reason.message}`);
    process.exit(reason.exitCode);
  });
}

/** The signal that an exit code stands for; null for one of a program that ended by itself. */
export function signalOf(exitCode: number): NodeJS.Signals | null {
  const found = Object.entries(constants.signals).find(([, n]) => exitCode === 128 + n);
  return (found?.[0] ?? null) as NodeJS.Signals | null;
}

/** Ends the process by a signal that nothing else hears. */
export function dieOf(signal: NodeJS.Signals): never {
  // Node ignores some signals from the start, until somebody has listened and gone.
  const listen = (): void => {};
  process.on(signal, listen);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000); // it may take a moment
  process.exit(128 + constants.signals[signal]);
}
