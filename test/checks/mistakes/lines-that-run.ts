/**
 * Which places of the engine's modules run in a training. It is the work of a process of its own,
 * since the counting has to begin before the engine is loaded.
 */
import { Session } from "node:inspector/promises";
import type { Primitive } from "leibniz/checks";
import type { MistakenTraining, Ran } from "./ran.test.js";

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** How often each range of a module ran, by the module's address. */
type Counts = ReadonlyMap<string, readonly Range[]>;

const STEPS = 2;
const BATCH = 4;

/** @returns which places of every training run, in each of the ways to train */
export default async function linesThatRun(input: unknown): Promise<readonly Ran[]> {
  const counter = await Counter.start();
  const { openMixedBackend, runEpoch, setups } = await import("leibniz/checks");
  const { mnist, someImages } = await import("../../helpers/mnist.js");
  const { train, test } = await mnist();
  const data = { train: someImages(train, STEPS * BATCH), test: someImages(test, 10) };
  const loading = await counter.take();
  const ran: Ran[] = [];
  for (const { setup, primitives, places } of input as readonly MistakenTraining[]) {
    const { recipe, ...rest } = setups[setup];
    const small = { ...rest, recipe: { ...recipe, batchSize: BATCH } };
    const run = async (taken: readonly Primitive[], fuses: boolean): Promise<boolean[]> => {
      const backend = await openMixedBackend(taken);
      try {
        await runEpoch({ setup: small, backend: { ...backend, fuses }, data, seed: 0 });
      } finally {
        await backend.dispose();
      }
      const training = await counter.take();
      return places.map(({ address, offset }) =>
        [loading, training].some((counts) => hasRun(counts, address, offset)),
      );
    };
    ran.push({
      asItIs: await run(primitives, false),
      planned: await run(primitives, true),
      fast: await run([], false),
    });
  }
  return ran;
}

/** V8 counts how often each block of code runs. */
class Counter {
  readonly #session = new Session();

  static async start(): Promise<Counter> {
    const counter = new Counter();
    counter.#session.connect();
    await counter.#session.post("Profiler.enable");
    const what = { callCount: true, detailed: true };
    await counter.#session.post("Profiler.startPreciseCoverage", what);
    return counter;
  }

  /** The counts since the last time. */
  async take(): Promise<Counts> {
    const { result } = await this.#session.post("Profiler.takePreciseCoverage");
    return new Map(
      result.map(({ url, functions }) => [url, functions.flatMap(({ ranges }) => ranges)]),
    );
  }
}

/** The innermost range around a place tells how often it ran. */
function hasRun(counts: Counts, address: string, offset: number): boolean {
  const around = (counts.get(address) ?? []).filter(
    ({ startOffset, endOffset }) => startOffset <= offset && offset < endOffset,
  );
  const size = ({ startOffset, endOffset }: Range): number => endOffset - startOffset;
  const [innermost] = around.sort((a, b) => size(a) - size(b));
  return innermost !== undefined && innermost.count > 0;
}
