/** Passes over flat arrays: sums of parts, and whether all numbers are finite. */
import type { Tensor } from "../../tensor/index.js";
import { blocks, chunksOf, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";

/** Adds up arrays of `size` numbers that lie one behind the other, in their order. */
export function addParts(
  jobs: JobRunner,
  parts: { readonly address: number; readonly count: number },
  size: number,
  out: number,
): void {
  jobs.run("addParts", {
    ...blocks(size),
    parts: parts.count,
    step: 4 * size,
    x: parts.address,
    out,
  });
}

/**
 * Sums over all items of a job, in float64: each chunk has `count` of its own, which are added up
 * in the order of the chunks.
 *
 * @param run adds what it finds to the zeros at an address
 */
export function totalled(
  memory: WasmMemory,
  { items, count }: { readonly items: number; readonly count: number },
  run: (totals: number) => void,
): Float64Array {
  const chunks = chunksOf(items);
  const parts = memory.doubles(chunks * count).fill(0);
  run(parts.byteOffset);
  const totals = new Float64Array(count);
  for (let i = 0; i < parts.length; i++) totals[i % count]! += parts[i]!;
  return totals;
}

/**
 * Is no number of a tensor NaN or infinite?
 *
 * @param below a power of 2; numbers of this size and more count as infinite
 */
export function allFinite(
  memory: WasmMemory,
  jobs: JobRunner,
  tensor: Tensor,
  below = 2 ** 128,
): boolean {
  const array = blocks(tensor.size);
  return memory.scratch(() => {
    const answers = memory.integers(chunksOf(array.items));
    const addresses = { x: memory.address(tensor), answers: answers.byteOffset };
    jobs.run("allFinite", { ...array, ...addresses, factor: 2 ** 128 / below });
    return answers.every((answer) => answer === 1);
  });
}
