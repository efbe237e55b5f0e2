/**
 * Runs work in processes of their own in which some of the engine's modules have another text.
 * Nothing on the disk changes.
 */
import type { StopSignal } from "../../tensor/index.js";
import { VariantProcess } from "./variant-process.js";
import type { VariantTask } from "./variant-task.js";

/**
 * Runs one task in a process of its own.
 *
 * @param onReport is told what the work reports on its way
 * @param stop ends the process when it is aborted
 * @returns what the work returned
 * @throws VariantFailure with the message of what the work threw, or when none of the work uses one
 *   of the new texts, or when it has not ended in time; MachineError when the process died
 */
export async function runVariant(
  task: VariantTask,
  onReport?: (message: unknown) => void,
  stop?: StopSignal,
): Promise<unknown> {
  const one = new VariantProcess(stop);
  try {
    return await one.run(task, onReport);
  } finally {
    one.end();
  }
}

/** Runs many tasks, in as few processes as there are tasks at once. */
export class Variants {
  readonly #stop: StopSignal | undefined;
  readonly #all: VariantProcess[] = [];
  readonly #idle: VariantProcess[] = [];

  /**
   * Starts no process yet: call `end` when all is done.
   *
   * @param stop ends all processes when it is aborted
   */
  constructor(stop?: StopSignal) {
    this.#stop = stop;
  }

  /**
   * Runs a task in an idle process, or in a new one. Several may run at once.
   *
   * @param onReport is told what the work reports on its way
   * @returns what the work returned
   * @throws as {@link runVariant}
   */
  async run(task: VariantTask, onReport?: (message: unknown) => void): Promise<unknown> {
    const one = this.#idle.pop() ?? new VariantProcess(this.#stop);
    if (!this.#all.includes(one)) this.#all.push(one);
    try {
      return await one.run(task, onReport);
    } finally {
      this.#idle.push(one);
    }
  }

  /** Ends all processes, also those that are at work. */
  end(): void {
    for (const one of this.#all) one.end();
  }
}
