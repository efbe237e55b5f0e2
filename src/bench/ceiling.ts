import { type MachineLimits, machineLimits } from "../kernels/index.js";
import { type Effort, median, medianSeconds } from "./stopwatch.js";

/** Steps of a burst of multiplications: some milliseconds. */
const BURST = 200_000;
/** How long an engine has to compile the kernel at its best, in milliseconds. */
const WARM_UP_MS = 150;

/** A ceiling is the median of so many bursts at least. */
const LEAST_SAMPLES = 7;

/**
 * How fast one thread multiplies and adds at most, measured whenever it is asked: the clock of a
 * machine changes with its load.
 */
export class Ceiling {
  readonly #limits: MachineLimits;

  private constructor(limits: MachineLimits) {
    this.#limits = limits;
  }

  /** Compiles the kernel that is measured with, and warms it up for 150 ms. */
  static async open(): Promise<Ceiling> {
    const ceiling = new Ceiling(await machineLimits());
    for (const started = performance.now(); performance.now() - started < WARM_UP_MS; ) {
      ceiling.#limits.multiplyAdds(BURST / 50, 0.5, 1);
      // the better code arrives between calls
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return ceiling;
  }

  /**
   * One burst, in GFLOP/s.
   *
   * @throws Error when the sum is wrong
   */
  sample(): number {
    const started = performance.now();
    const { sum, flop } = this.#limits.multiplyAdds(BURST, 0.5, 1);
    const ms = performance.now() - started;
    if (sum !== 96)
      throw new Error(`ceiling: expected all 48 numbers to arrive at 2, got ${sum} for their sum`);
    return flop / ms / 1e6;
  }

  /**
   * The median of many bursts, in GFLOP/s.
   *
   * @throws Error when a sum is wrong
   */
  measure({ seconds, leastRounds }: Effort): number {
    const samples: number[] = [];
    for (
      const until = performance.now() + 1000 * seconds;
      samples.length < leastRounds || performance.now() < until;
    )
      samples.push(this.sample());
    return median(samples);
  }

  /**
   * Measures a run in alternation with the ceiling, since a share of it is the ratio of two figures
   * of one moment.
   *
   * @param run shows its result to whom it is given, before that loses its memory
   * @param flop the operations of one run
   * @param check looks at the result of the first run, and throws where it is wrong
   * @throws what `check` throws
   */
  async compare<T>(
    run: (look: (result: T) => void) => Promise<void>,
    flop: number,
    effort: Effort,
    check: (result: T) => void,
  ): Promise<Speed> {
    const started = performance.now();
    await run(check);
    const first = (performance.now() - started) / 1000;
    const ignore = (): void => {};
    const samples: number[] = [];
    const seconds = await medianSeconds(
      () => run(ignore),
      effort,
      () => samples.push(this.sample()),
      first,
    );
    // one may have been interrupted
    while (samples.length < LEAST_SAMPLES) samples.push(this.sample());
    const gflops = flop / seconds / 1e9;
    return { seconds, gflops, ceiling: median(samples) };
  }

  /**
   * How fast one thread reads and writes a piece of memory.
   *
   * @param bytes how large it is: what fits into a cache is faster than what does not
   * @throws Error when what was read is not what was written
   */
  async bandwidth(
    bytes: number,
    effort: Effort,
  ): Promise<{
    /** In GB/s. */
    readonly read: number;
    /** In GB/s. */
    readonly write: number;
  }> {
    const times = Math.ceil(2 ** 25 / bytes);
    const rate = async (run: () => void): Promise<number> =>
      (bytes * times) / (await medianSeconds(run, effort)) / 1e9;
    this.#limits.write(bytes, 1, 0x5a5a5a5a);
    const read = await rate(() => {
      if (this.#limits.read(bytes, times) !== 0)
        throw new Error("bandwidth: expected equal words to cancel out, got something else");
    });
    return { read, write: await rate(() => this.#limits.write(bytes, times, 0x5a5a5a5a)) };
  }
}

/** How fast a piece of work is, next to the ceiling of the same moment. */
export interface Speed {
  /** Median time of one run. */
  readonly seconds: number;
  /** Operations of a run over that time, in GFLOP/s. */
  readonly gflops: number;
  /** What one thread reached at the same time, in GFLOP/s. */
  readonly ceiling: number;
}
