import { Random, type Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import type { GpuMode } from "./modes.js";
import type { GpuProducts } from "./products.js";

/** A call that computes next to nothing, and one that a device is made for: 2 million. */
const [SMALL, LARGE] = [4, 128];

/** The fastest of so many counts: what else a machine does only makes them slower. */
const TRIES = 4;

/** A machine stays the same as long as a program runs. */
const known = new Map<GpuMode, Promise<number>>();

/**
 * From how many multiplications on a product is faster on gpu.js than on the reference, on this
 * machine; ∞ where it never is. Measured once for each mode, in a fraction of a second.
 *
 * @param products that go to gpu.js however small they are
 */
export function measuredThreshold(
  mode: GpuMode,
  products: GpuProducts,
  reference: Backend,
): Promise<number> {
  const found = known.get(mode) ?? measure(products, reference);
  known.set(mode, found);
  found.catch(() => known.delete(mode));
  return found;
}

async function measure(products: GpuProducts, reference: Backend): Promise<number> {
  const onGpu = (a: Tensor): Promise<Tensor> => products.matmul(a, a, {});
  const call = await secondsOf(SMALL, onGpu);
  const ours = await secondsOf(LARGE, onGpu);
  const theirs = await secondsOf(LARGE, (a) => reference.matmul(a, a));
  return thresholdOf(call, ours, theirs);
}

/**
 * A call takes `call` seconds and some more for each multiplication, the reference only the latter.
 *
 * @param ours seconds for {@link LARGE}³ multiplications on gpu.js
 * @param theirs the same on the reference
 */
export function thresholdOf(call: number, ours: number, theirs: number): number {
  const saved = (theirs - Math.max(0, ours - call)) / (LARGE * LARGE * LARGE);
  return saved > 0 ? Math.ceil(call / saved) : Number.POSITIVE_INFINITY;
}

async function secondsOf(extent: number, run: (a: Tensor) => Promise<Tensor>): Promise<number> {
  const a = new Random("threshold").normal([extent, extent]);
  let fastest = Number.POSITIVE_INFINITY;
  await run(a); // compiles
  for (let i = 0; i < TRIES; i++) {
    const started = performance.now();
    await run(a);
    fastest = Math.min(fastest, performance.now() - started);
  }
  return fastest / 1000;
}
