import { conv2dGeometry } from "../im2col/index.js";
import { type Backend, convolutionFlop, ladder, type Rung } from "../kernels/index.js";
import { formatShape, Random, type Tensor } from "../tensor/index.js";
import type { Ceiling, Speed } from "./ceiling.js";
import type { Effort } from "./stopwatch.js";

/** Images in a batch. */
export const BENCH_BATCH = 256;
/** The second convolution of the notes' network: most of what training costs. */
const [C, K, SIZE] = [16, 32, 13] as const;

const sevenLoops = ladder[0]!;

/**
 * The ladder's convolution, with numbers to compute it on, and the result that every rung has to
 * have.
 */
export class LadderBench {
  /** Images in a batch. */
  readonly batch: number;
  /** For people: `[N, C, H, W] * [K, C, kH, kW]`, in numbers. */
  readonly shape: string;
  readonly #geometry = conv2dGeometry("ladder", SIZE, SIZE, { kernelSize: 3 });
  readonly #x: Tensor;
  readonly #weight = new Random("filters").normal([K, C, 3, 3]);
  #expected: Tensor | null = null;

  /**
   * Draws images and filters, in float32.
   *
   * @param batch images in a batch; {@link BENCH_BATCH} if left out
   */
  constructor(batch = BENCH_BATCH) {
    this.batch = batch;
    this.shape = `[${batch}, ${C}, ${SIZE}, ${SIZE}] * [${K}, ${C}, 3, 3]`;
    this.#x = new Random("ladder").normal([batch, C, SIZE, SIZE]);
  }

  /**
   * How fast a rung is, copying into columns included.
   *
   * @returns as {@link Ceiling.compare}
   * @throws Error when its result is not that of the first rung
   */
  async measure(rung: Rung, backend: Backend, ceiling: Ceiling, effort: Effort): Promise<Speed> {
    return backend.step(async () => {
      const [x, weight] = [this.#x.clone(backend.allocator), this.#weight.clone(backend.allocator)];
      const run = (look: (out: Tensor) => void): Promise<void> =>
        backend.step(async () => look(await rung.convolve(x, weight, this.#geometry, backend)));
      this.#expected ??=
        rung === sevenLoops
          ? null
          : await sevenLoops.convolve(this.#x, this.#weight, this.#geometry, backend);
      const flop = convolutionFlop(this.batch, weight, this.#geometry);
      return ceiling.compare(run, flop, effort, (out) => {
        if (this.#expected === null) this.#expected = out.clone();
        else checkEqual(rung.name, out, this.#expected, C * 9);
      });
    });
  }
}

/**
 * Compares every entry of a result with what it should be: float32 sums of `terms` random numbers,
 * which may differ by 1e-5 for each term.
 *
 * @throws Error naming the first entry that is wrong
 */
export function checkEqual(what: string, actual: Tensor, expected: Tensor, terms: number): void {
  const [own, right] = [actual.contiguous().data, expected.contiguous().data];
  if (own.length !== right.length)
    throw new Error(
      `${what}: expected a result of shape ${formatShape(expected.shape)}, ` +
        `got ${formatShape(actual.shape)}`,
    );
  const tolerance = 1e-5 * terms;
  for (let i = 0; i < own.length; i++) {
    if (Math.abs(own[i]! - right[i]!) <= tolerance) continue; // NaN is not
    throw new Error(
      `${what}: expected ${right[i]} at entry ${i}, got ${own[i]}; ` +
        `a result that is fast and wrong is worth nothing`,
    );
  }
}
