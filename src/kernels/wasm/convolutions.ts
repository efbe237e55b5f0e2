/**
 * Convolutions in one go with the max pooling behind them, and their gradients: without columns,
 * and without zeros.
 */
import type { Columns, WindowGeometry } from "../../im2col/index.js";
import { Tensor } from "../../tensor/index.js";
import type { WinnersGradient } from "../winners-gradient.js";
import { chunksOf, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import { addParts } from "./passes.js";
import { constants } from "./table.js";

const { PANEL } = constants;

/** A convolution that is pooled at once. */
export interface PooledConvolution {
  /** [1, K, R] */
  readonly filters: Tensor;
  readonly cols: Columns;
  readonly bias: Tensor | null;
  readonly pool: WindowGeometry;
  /** Whether max(x, 0) is pooled. */
  readonly rectify: boolean;
}

/**
 * Windows a pixel apart and without gaps, with as much padding on one side as on the other: the
 * ones that `assembly/convolution.ts` and `assembly/convolve-pool.ts` know.
 */
export function isPlain(geometry: WindowGeometry): boolean {
  const { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW } = geometry;
  return (
    [strideH, strideW, dilationH, dilationW].every((step) => step === 1) &&
    H + 2 * padH === geometry.outH + kH - 1 &&
    W + 2 * padW === geometry.outW + kW - 1
  );
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
   * Max pooling of a convolution.
   *
   * @param out address of [N, K, outH, outW] of the pooling; argmax likewise
   */
  convolvePool(
    out: number,
    argmax: number,
    { filters, cols, bias, pool, rectify }: PooledConvolution,
  ): void {
    const memory = this.#memory;
    const [, K, R] = filters.shape as [number, number, number];
    const biases = memory.floats(PANEL * Math.ceil(K / PANEL)).fill(0);
    if (bias !== null) biases.set(bias.contiguous().data);
    this.#jobs.run("convolvePool", {
      items: cols.x.shape[0]!,
      x: memory.address(cols.x),
      filters: this.#inPanels(filters, K, R),
      bias: biases.byteOffset,
      out,
      argmax,
      C: cols.channels,
      K,
      poolH: pool.outH,
      poolW: pool.outW,
      rectify,
      geometry: cols.geometry,
    });
  }

  /**
   * `dWeight = Σₙ dOutₙ · colsₙᵀ` into [K, C·kH·kW] at `out`. The images are summed in a fixed
   * number of parts, and these in their order.
   */
  weightGradient(
    out: number,
    dOut: Tensor | WinnersGradient,
    { x, geometry, channels }: Columns,
  ): void {
    const memory = this.#memory;
    const [items, , K] = dOut.shape as [number, number, number];
    const area = geometry.kH * geometry.kW;
    const size = K * area * channels;
    const count = chunksOf(items);
    const parts = memory.floats(count * size);
    this.#jobs.run("convolutionWeightGradient", {
      items,
      ...this.#gradient(dOut),
      x: memory.address(x),
      out: parts.byteOffset,
      C: channels,
      geometry,
    });
    const total = memory.floats(size);
    addParts(this.#jobs, { address: parts.byteOffset, count }, size, total.byteOffset);
    exchangeAxes(total, memory.floatsAt(out, size), [K, area, channels]); // channels were last
  }

  /** `dX = col2im(filtersᵀ · dOut)` into [N, C, H, W] at `dX`; filters is [1, K, C·kH·kW]. */
  inputGradient(
    dX: number,
    filters: Tensor,
    dOut: Tensor | WinnersGradient,
    { channels, geometry }: Pick<Columns, "channels" | "geometry">,
  ): void {
    const [items, , K] = dOut.shape as [number, number, number];
    const channelsLast = this.#memory.floats(filters.size);
    const area = geometry.kH * geometry.kW;
    exchangeAxes(filters.contiguous().data as Float32Array, channelsLast, [K, channels, area]);
    this.#jobs.run("convolutionInputGradient", {
      items,
      ...this.#gradient(dOut),
      filters: channelsLast.byteOffset,
      dX,
      C: channels,
      geometry,
    });
  }

  /** Where dOut is: the winners and their positions, or [N, 1, K, P], mostly zeros. */
  #gradient(dOut: Tensor | WinnersGradient): Gradient {
    const memory = this.#memory;
    const K = dOut.shape[2]!;
    if (dOut instanceof Tensor)
      return { K, S: dOut.shape[3]!, dOut: memory.address(dOut), argmax: 0 };
    const { values, argmax, geometry } = dOut;
    return {
      K,
      S: geometry.outH * geometry.outW,
      dOut: memory.address(values),
      argmax: memory.addressOfIntegers(argmax),
    };
  }

  /**
   * Where a copy of the filters [K, R] is in panels, as [K/8, R, 8]. What lies behind the last
   * filter is computed with, but not stored.
   */
  #inPanels(filters: Tensor, K: number, R: number): number {
    const panels = Math.ceil(K / PANEL);
    const x = this.#memory.address(filters);
    const out = this.#memory.floats(PANEL * panels * R).byteOffset;
    const distances = { outRow: PANEL, outStep: R };
    this.#jobs.run("transposeRows", { items: panels, rows: K, columns: R, x, out, ...distances });
    return out;
  }
}

/** How the kernels see a dOut. */
interface Gradient {
  readonly K: number;
  readonly S: number;
  readonly dOut: number;
  readonly argmax: number;
}

/** Copies [K, A, B] as [K, B, A]. */
function exchangeAxes(
  from: Float32Array,
  to: Float32Array,
  [K, A, B]: readonly [number, number, number],
): void {
  let position = 0;
  for (let k = 0; k < K; k++)
    for (let b = 0; b < B; b++)
      for (let a = 0; a < A; a++) to[position++] = from[(k * A + a) * B + b]!;
}
