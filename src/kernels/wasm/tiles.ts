/** 3×3 convolutions by tiles, and their gradients: `assembly/tiles.ts` says how. */
import type { Columns, WindowGeometry } from "../../im2col/index.js";
import type { Tensor } from "../../tensor/index.js";
import { chunksOf, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import { addParts } from "./passes.js";
import { constants } from "./table.js";

const { TILE_ENTRIES } = constants;
/** What one row of tiles at least takes, since four are done at a time. */
const SMALLEST_EXTENT = 7;
/** Tiles that are done together at most, if one image does not have more. */
const TOGETHER = 128;

/**
 * With fewer channels or filters, tiles cost more than they save. For `out` the limit is where they
 * are also faster than a convolution that is pooled at once: it has to be the same to the bit as
 * one that is not.
 */
const FEWEST = { out: 32, dX: 16, dWeight: 16 } as const;

/** Is a convolution, or a gradient of it, faster by tiles? */
export function suitsTiles(
  what: keyof typeof FEWEST,
  { kH, kW, strideH, strideW, dilationH, dilationW, padH, padW, ...extents }: WindowGeometry,
  channels: number,
  filterCount: number,
): boolean {
  const { H, W, outH, outW } = extents;
  return (
    [kH, kW].every((extent) => extent === 3) &&
    [strideH, strideW, dilationH, dilationW].every((step) => step === 1) &&
    Math.max(padH, padW) <= 2 &&
    Math.min(H, W, outH, outW) >= SMALLEST_EXTENT &&
    Math.min(channels, filterCount) >= FEWEST[what]
  );
}

/**
 * Tiles add and subtract pixels before anything is multiplied. So what should be infinite would be
 * ∞ − ∞, and sums of huge numbers would overflow on the way: from here on, numbers are multiplied
 * as they are. The product of two such, 9 times over thousands of channels, is finite.
 */
export const LARGEST_IN_TILES = 2 ** 40;

/** Planes that go in, and planes that come out. */
interface Extents {
  readonly H: number;
  readonly W: number;
  readonly padH: number;
  readonly padW: number;
  readonly outH: number;
  readonly outW: number;
}

export class Tiles {
  readonly #memory: WasmMemory;
  readonly #jobs: JobRunner;

  constructor(memory: WasmMemory, jobs: JobRunner) {
    this.#memory = memory;
    this.#jobs = jobs;
  }

  /** `filters · cols + bias` into [N, 1, K, outH·outW] at `out`; filters is [1, K, C·3·3]. */
  convolve(out: number, filters: Tensor, { x, geometry }: Columns, bias: Tensor | null): void {
    const transformed = this.#transformed(filters, false);
    this.#run(x, { ...transformed, bias, out }, geometry);
  }

  /** `col2im(filtersᵀ · dOut)` into [N, C, H, W] at `dX`; dOut is [N, 1, K, outH·outW]. */
  inputGradient(dX: number, filters: Tensor, dOut: Tensor, geometry: WindowGeometry): void {
    const { H, W, padH, padW, outH, outW } = geometry;
    const transformed = this.#transformed(filters, true);
    const extents = { H: outH, W: outW, padH: 2 - padH, padW: 2 - padW, outH: H, outW: W };
    this.#run(dOut, { ...transformed, bias: null, out: dX }, extents);
  }

  /** `Σₙ dOutₙ · colsₙᵀ` into [K, C·3·3] at `out`, in a fixed number of parts, in their order. */
  weightGradient(out: number, dOut: Tensor, { x, channels, geometry }: Columns): void {
    const memory = this.#memory;
    const [images, , K] = dOut.shape as [number, number, number];
    const work = this.#work(images, geometry);
    const size = K * channels * 9;
    const count = chunksOf(work.items);
    const parts = memory.floats(count * size).byteOffset;
    this.#jobs.run("tilesWeightGradient", {
      ...work,
      x: memory.address(x),
      dOut: memory.address(dOut),
      out: parts,
      C: channels,
      K,
    });
    addParts(this.#jobs, { address: parts, count }, size, out);
  }

  /** The 16 matrices of filters [1, K, C·3·3]. */
  #transformed(filters: Tensor, turned: boolean): Transformed {
    const [, planes, R] = filters.shape as [number, number, number];
    const [C, K] = turned ? [planes, R / 9] : [R / 9, planes];
    const out = this.#memory.floats(TILE_ENTRIES * C * K).byteOffset;
    const x = this.#memory.address(filters);
    this.#jobs.run("transformFilters", { items: K, C, K, filters: x, turned, out });
    return { C, K, filters: out };
  }

  #run(x: Tensor, { bias, ...operands }: Transformed & Output, extents: Extents): void {
    this.#jobs.run("convolveTiles", {
      ...this.#work(x.shape[0]!, extents),
      ...operands,
      x: this.#memory.address(x),
      bias: bias === null ? 0 : this.#memory.address(bias),
    });
  }

  /** Images are done several together, so that filters are read from memory less often. */
  #work(images: number, { H, W, padH, padW, outH, outW }: Extents) {
    const [tileRows, tileColumns] = [Math.ceil(outH / 2), Math.ceil(outW / 2)];
    const together = Math.max(1, Math.floor(TOGETHER / (tileRows * tileColumns)));
    const items = Math.ceil(images / together);
    return { items, images, together, tileRows, tileColumns, H, W, padH, padW, outH, outW };
  }
}

/** Filters as matrices, by which C planes become K. */
interface Transformed {
  readonly C: number;
  readonly K: number;
  readonly filters: number;
}

interface Output {
  readonly bias: Tensor | null;
  readonly out: number;
}
