/**
 * What one thread of this machine can do at most: multiplications on registers, and bytes from each
 * level of its memory.
 */
import { compiledKernels } from "./compiled.js";
import { importsFor } from "./instance.js";

/**
 * A multiplication and an addition on each of 12 vectors of 4 numbers: so many operations take one
 * step of the kernel.
 */
const FLOP_PER_STEP = 2 * 12 * 4;
const PAGE = 65_536;

interface Exports {
  multiplyAdds(steps: number, x: number, y: number): number;
  readMemory(at: number, bytes: number, times: number): number;
  writeMemory(at: number, bytes: number, times: number, word: number): void;
}

/**
 * Kernels that do one thing only, as fast as a thread can. They measure nothing: whoever calls them
 * looks at the clock.
 */
export interface MachineLimits {
  /**
   * Multiplies and adds on registers, `steps` times: s ← s·x + y in 48 places, four of which start
   * from each of 0, 1, … 11.
   */
  multiplyAdds(
    steps: number,
    x: number,
    y: number,
  ): {
    /** Of all 48 places, so that nothing can be left out as unused. */
    readonly sum: number;
    /** Floating-point operations done: 96 for each step. */
    readonly flop: number;
  };
  /**
   * Reads a piece of memory again and again. `bytes` is a multiple of 64, at most `largestBytes`.
   *
   * @returns the exclusive or of all words read
   * @throws RangeError when `bytes` is not
   */
  read(bytes: number, times: number): number;
  /** Fills a piece of memory with one 32-bit word, again and again. @throws RangeError as `read` */
  write(bytes: number, times: number, word: number): void;
  /** How much memory there is to read and write. */
  readonly largestBytes: number;
}

/** The kernels of `assembly/limits.ts`, with a memory of their own. */
export async function machineLimits(largestBytes = 64 * 2 ** 20): Promise<MachineLimits> {
  const module = await compiledKernels();
  const pages = 1 + Math.ceil(largestBytes / PAGE); // the kernels' own constants are in the first
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const exports = (await WebAssembly.instantiate(module, importsFor(memory)))
    .exports as unknown as Exports;
  const check = (bytes: number): void => {
    if (!(Number.isInteger(bytes / 64) && bytes > 0 && bytes <= largestBytes))
      throw new RangeError(
        `machineLimits: expected a multiple of 64 up to ${largestBytes}, got ${bytes}`,
      );
  };
  return {
    largestBytes,
    multiplyAdds: (steps, x, y) => ({
      sum: exports.multiplyAdds(steps, x, y),
      flop: steps * FLOP_PER_STEP,
    }),
    read: (bytes, times) => {
      check(bytes);
      return exports.readMemory(PAGE, bytes, times);
    },
    write: (bytes, times, word) => {
      check(bytes);
      exports.writeMemory(PAGE, bytes, times, word);
    },
  };
}
