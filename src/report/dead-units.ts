/** Rectifiers that no image switches on: they pass no gradient, and so never learn again. */
import { everyLayer } from "../backprop/index.js";
import { makeBatch } from "../data/index.js";
import type { ReportedRun } from "./run.js";

/** How much of one rectifier is used. */
export interface DeadUnits {
  /** Its full name. */
  readonly layer: string;
  /** Entries of what it returns for one image. */
  readonly units: number;
  /** Those that are 0 for every image. */
  readonly dead: number;
  /** Channels of a map all of whose entries are; null where there are no maps. */
  readonly deadChannels: {
    /** Channels that are. */
    readonly dead: number;
    /** Channels that there are. */
    readonly of: number;
  } | null;
  /** The share of zeros among all that it returns, from 0 to 1. */
  readonly zeros: number;
}

const BATCH = 100;

/**
 * Which units of each layer `relu` are 0 for every one of the first test images. In evaluation;
 * other activations are left out.
 *
 * @param most how many images are looked at, at most; 1000 if left out
 */
export async function deadUnits(
  { network, test, backend }: ReportedRun,
  most = 1000,
): Promise<{
  /** How many of the first test images were looked at. */
  readonly images: number;
  /** A row for each rectifier, in the order in which they are run. */
  readonly layers: readonly DeadUnits[];
}> {
  const names = everyLayer(network.layers).flatMap(({ name, layer }) =>
    layer.kind === "relu" ? [name] : [],
  );
  const images = Math.min(most, test.images.count);
  const seen = new Map<string, { shape: readonly number[]; active: Uint8Array; zeros: number }>();
  const observe = (name: string, { shape, size, data }: Observed): void => {
    if (!names.includes(name)) return;
    const own = size / shape[0]!;
    const layer = seen.get(name) ?? { shape, active: new Uint8Array(own), zeros: 0 };
    for (let i = 0; i < size; i++)
      if (data[i] === 0) layer.zeros++;
      else layer.active[i % own] = 1;
    seen.set(name, layer);
  };
  for (let first = 0; names.length > 0 && first < images; first += BATCH)
    await backend.step(async () => {
      const length = Math.min(BATCH, images - first);
      const indices = Uint32Array.from({ length }, (_, i) => first + i);
      const { x } = makeBatch(test, indices, backend.allocator);
      const pass = { backend, mode: "evaluate", record: false } as const;
      await network.forward(x, {
        ...pass,
        observe: (name, out) => observe(name, out.contiguous()),
      });
    });
  const layers = [...seen].map(([layer, { shape, active, zeros }]) => {
    const dead = active.reduce((sum, one) => sum + 1 - one, 0);
    const [units, isMap] = [active.length, shape.length === 4];
    const deadChannels = isMap ? channelsOf(active, shape[1]!) : null;
    return { layer, units, dead, deadChannels, zeros: zeros / (units * images) };
  });
  return { images, layers };
}

interface Observed {
  readonly shape: readonly number[];
  readonly size: number;
  readonly data: ArrayLike<number>;
}

function channelsOf(active: Uint8Array, channels: number): DeadUnits["deadChannels"] {
  const size = active.length / channels;
  let dead = 0;
  for (let c = 0; c < channels; c++)
    if (active.subarray(c * size, (c + 1) * size).every((one) => one === 0)) dead++;
  return { dead, of: channels };
}
