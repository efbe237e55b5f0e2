/** Passes over flat arrays: sums of parts, and whether all numbers are finite. */
import type { Tensor } from "../../tensor/index.js";
import { chunksOf, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";

/** Entries of a flat array are handed out in blocks of this size, as `assembly/job.ts` does. */
const BLOCK = 4096;

/** The fields of a job over a flat array. */
export function blocks(length: number): { readonly items: number; readonly N: number } {
  return { items: Math.ceil(length / BLOCK), N: length };
}

/** Adds up `parts` arrays of `size` numbers that lie one behind the other, in their order. */
export function addPartials(
  jobs: JobRunner,
  parts: number,
  size: number,
  x: number,
  out: number,
): void {
  jobs.run("addPartials", { ...blocks(size), M: parts, x, out });
}

/** Is no number of a tensor NaN or infinite? */
export function allFinite(memory: WasmMemory, jobs: JobRunner, tensor: Tensor): boolean {
  const { items, N } = blocks(tensor.size);
  return memory.scratch(() => {
    const answers = memory.integers(chunksOf(items));
    jobs.run("allFinite", { items, N, x: memory.address(tensor), out: answers.byteOffset });
    return answers.every((answer) => answer === 1);
  });
}
