/**
 * Convolutions in one go with the max pooling behind them, and their gradients: without columns,
 * and without zeros.
 */
import type { Columns, WindowGeometry } from "../../im2col/index.js";
import { Tensor } from "../../tensor/index.js";
import type { WinnersGradient } from "../winners-gradient.js";
import { chunksOf, Flag, type JobFields, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import { addPartials } from "./passes.js";

/**
 * Windows a pixel apart and without gaps: the ones that `assembly/convolution.ts` and
 * `assembly/convolve-pool.ts` know.
 */
export function isPlain({ strideH, strideW, dilationH, dilationW }: WindowGeometry): boolean {
  return strideH === 1 && strideW === 1 && dilationH === 1 && dilationW === 1;
}

/** Is this a pooling of 2×2 windows side by side, over all windows of a convolution? */
export function poolsFours(pool: WindowGeometry, { outH, outW }: WindowGeometry): boolean {
  const { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW } = pool;
  return (
    H === outH &&
    W === outW &&
    [kH, kW, strideH, strideW].every((size) => size === 2) &&
    padH === 0 &&
    padW === 0 &&
    dilationH === 1 &&
    dilationW === 1
  );
}

export class Convolutions {
  readonly #memory: WasmMemory;
  readonly #jobs: JobRunner;

  constructor(memory: WasmMemory, jobs: JobRunner) {
    this.#memory = memory;
    this.#jobs = jobs;
  }

  /**
   * Max pooling of a convolution; of its rectifier, with `rectify`.
   *
   * @param filters [1, K, R]
   * @param out address of [N, K, outH, outW] of the pooling; argmax likewise
   */
  convolvePool(
    out: number,
    argmax: number,
    filters: Tensor,
    { x, geometry, channels: C }: Columns,
    bias: Tensor | null,
    pool: WindowGeometry,
    rectify: boolean,
  ): void {
    const memory = this.#memory;
    const [, K, R] = filters.shape as [number, number, number];
    const biases = memory.floats(8 * Math.ceil(K / 8)).fill(0);
    if (bias !== null) biases.set(bias.contiguous().data);
    this.#run("convolvePool", inLines(4 * C * geometry.kH) + 4 * C * paddedPixels(geometry), {
      items: x.shape[0]!,
      x: memory.address(x),
      y: this.#inEights(filters, K, R),
      rowBias: biases.byteOffset,
      out,
      extra: argmax,
      M: K,
      poolH: pool.outH,
      poolW: pool.outW,
      channels: C,
      flags: rectify ? Flag.rectify : 0,
      geometry: memory.geometry(geometry),
    });
  }

  /**
   * `dWeight = Σₙ dOutₙ · colsₙᵀ` into [K, C·kH·kW] at `out`. The images are summed in a fixed
   * number of parts, and these in their order.
   */
  weightGradient(
    out: number,
    dOut: Tensor | WinnersGradient,
    { x, geometry, channels: C }: Columns,
  ): void {
    const memory = this.#memory;
    const [N, , K] = dOut.shape as [number, number, number];
    const area = geometry.kH * geometry.kW;
    const size = K * area * C;
    const chunks = chunksOf(N);
    const partials = memory.floats(chunks * size);
    const gradient = this.#gradient(dOut, K);
    this.#run("winnersWeightGradient", this.#gradientScratch(gradient.N, C, geometry), {
      ...gradient,
      items: N,
      chunks,
      y: memory.address(x),
      aMatrix: 4 * size,
      out: partials.byteOffset,
      geometry: memory.geometry(geometry),
      channels: C,
    });
    const total = memory.floats(size);
    addPartials(this.#jobs, chunks, size, partials.byteOffset, total.byteOffset);
    exchangeAxes(total, memory.floatsAt(out, size), K, area, C); // channels were last
  }

  /** `dX = col2im(filtersᵀ · dOut)` into [N, C, H, W] at `out`; filters is [1, K, C·kH·kW]. */
  inputGradient(
    out: number,
    filters: Tensor,
    dOut: Tensor | WinnersGradient,
    C: number,
    geometry: WindowGeometry,
  ): void {
    const memory = this.#memory;
    const [N, , K] = dOut.shape as [number, number, number];
    const channelsLast = memory.floats(filters.size);
    const area = geometry.kH * geometry.kW;
    exchangeAxes(filters.contiguous().data as Float32Array, channelsLast, K, C, area);
    const gradient = this.#gradient(dOut, K);
    this.#run("winnersInputGradient", this.#gradientScratch(gradient.N, C, geometry), {
      ...gradient,
      items: N,
      y: channelsLast.byteOffset,
      out,
      geometry: memory.geometry(geometry),
      channels: C,
    });
  }

  /** Where dOut is: the winners and their positions, or [N, 1, K, P], mostly zeros. */
  #gradient(
    dOut: Tensor | WinnersGradient,
    K: number,
  ): Partial<JobFields> & { readonly N: number } {
    const memory = this.#memory;
    if (dOut instanceof Tensor) return { M: K, N: dOut.shape[3]!, x: memory.address(dOut) };
    const { values, argmax, geometry } = dOut;
    const N = geometry.outH * geometry.outW;
    return { M: K, N, x: memory.address(values), extra: memory.addressOfIntegers(argmax) };
  }

  /**
   * A table of windows, a list of winners, and an image, behind which up to three numbers are read.
   */
  #gradientScratch(listed: number, C: number, geometry: WindowGeometry): number {
    const table = inLines(4 * geometry.outH * geometry.outW);
    return table + inLines(8 * (listed + 1)) + 4 * paddedPixels(geometry) * C + 16;
  }

  /**
   * Where a copy of the weights [K, R] is as [K/8, R, 8]. What lies behind the last filter is
   * computed with, but not stored.
   */
  #inEights(weight: Tensor, K: number, R: number): number {
    const memory = this.#memory;
    const from = memory.address(weight);
    const copy = memory.floats(8 * Math.ceil(K / 8) * R);
    this.#jobs.run("transpose", {
      items: Math.ceil(K / 8),
      M: K,
      N: R,
      x: from,
      out: copy.byteOffset,
      aRow: 32,
      aStep: 4 * R,
    });
    return copy.byteOffset;
  }

  #run(
    kernel: "convolvePool" | "winnersWeightGradient" | "winnersInputGradient",
    scratchBytes: number,
    fields: JobFields,
  ): void {
    const bytes = inLines(scratchBytes);
    this.#jobs.run(kernel, {
      ...fields,
      scratchBytes: bytes,
      scratch: this.#memory.take(bytes * this.#jobs.threads),
    });
  }
}

/** Rounded up to whole lines of the cache. */
function inLines(bytes: number): number {
  return 64 * Math.ceil(bytes / 64);
}

function paddedPixels({ H, W, padH, padW }: WindowGeometry): number {
  return (H + 2 * padH) * (W + 2 * padW);
}

/** Copies [K, A, B] as [K, B, A]. */
function exchangeAxes(from: Float32Array, to: Float32Array, K: number, A: number, B: number): void {
  let position = 0;
  for (let k = 0; k < K; k++)
    for (let b = 0; b < B; b++)
      for (let a = 0; a < A; a++) to[position++] = from[(k * A + a) * B + b]!;
}
