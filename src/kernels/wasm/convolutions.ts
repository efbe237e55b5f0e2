/**
 * Convolutions in one go with the rectifier and the max pooling behind them, and their gradients:
 * without columns, and without zeros.
 */
import type { WindowGeometry } from "../../im2col/index.js";
import type { Tensor } from "../../tensor/index.js";
import { chunksOf, Flag, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import type { Convolution, Images, WinnersGradient } from "./pending.js";

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

  /** maxPool2d of a convolution, or with `rectify` of its relu. */
  pool(
    { x, geometry, weight, bias }: Convolution,
    pool: WindowGeometry,
    rectify: boolean,
  ): { out: Tensor; argmax: Int32Array } {
    const memory = this.#memory;
    const [N, C] = x.shape as [number, number];
    const [K, R] = weight.shape as [number, number];
    const out = memory.tensor([N, K, pool.outH, pool.outW]);
    const argmax = memory.integers(out.size);
    memory.scratch(() => {
      const biases = memory.floats(8 * Math.ceil(K / 8));
      biases.set(bias.data);
      this.#run("convolvePool", inLines(4 * C * geometry.kH) + 4 * C * paddedPixels(geometry), {
        items: N,
        x: memory.address(x),
        y: this.#inEights(weight, K, R),
        rowBias: biases.byteOffset,
        out: memory.address(out),
        extra: argmax.byteOffset,
        M: K,
        poolH: pool.outH,
        poolW: pool.outW,
        channels: C,
        flags: rectify ? Flag.rectify : 0,
        geometry: memory.geometry(geometry),
      });
    });
    return { out, argmax };
  }

  /**
   * `dWeight = Σₙ dOutₙ · colsₙᵀ` into out, which is [K, C·kH·kW]. The images are summed in a fixed
   * number of parts, and these in their order.
   */
  weightGradient(out: Tensor, dOut: WinnersGradient, x: Tensor, geometry: WindowGeometry): void {
    const memory = this.#memory;
    const [N, C] = x.shape as [number, number];
    const [K, R] = out.shape.slice(-2) as [number, number];
    const chunks = chunksOf(N);
    const partials = memory.floats(chunks * K * R);
    this.#run("winnersWeightGradient", this.#gradientScratch(dOut, C, geometry), {
      ...this.#winners(dOut, K),
      items: N,
      chunks,
      y: memory.address(x),
      aMatrix: 4 * K * R,
      out: partials.byteOffset,
      geometry: memory.geometry(geometry),
      channels: C,
    });
    const total = memory.tensor([K, R / C, C]);
    this.#jobs.run("addPartials", {
      items: Math.ceil((K * R) / 4096),
      M: chunks,
      N: K * R,
      x: partials.byteOffset,
      out: memory.address(total),
    });
    // [K, kH·kW, C] → [K, C, kH·kW]
    out.data.set(total.transpose([0, 2, 1]).clone().data);
  }

  /** `dX = col2im(Wᵀ · dOut)`; weight is [K, C·kH·kW]. */
  inputGradient(
    weight: Tensor,
    dOut: WinnersGradient,
    { out, channels: C, geometry }: Images,
  ): void {
    const memory = this.#memory;
    const [K, R] = weight.shape.slice(-2) as [number, number];
    // [K, C, kH·kW] → [K, kH·kW, C]
    const channelsLast = weight
      .reshape([K, C, R / C])
      .transpose([0, 2, 1])
      .clone(memory);
    this.#run("winnersInputGradient", this.#gradientScratch(dOut, C, geometry), {
      ...this.#winners(dOut, K),
      items: out.shape[0]!,
      y: memory.address(channelsLast),
      out: memory.address(out),
      geometry: memory.geometry(geometry),
      channels: C,
    });
  }

  #winners(
    { dOut, argmax, pooled, geometry }: WinnersGradient,
    K: number,
  ): { M: number; N: number; x: number; extra: number; mask: number } {
    const memory = this.#memory;
    return {
      M: K,
      N: geometry.outH * geometry.outW,
      x: memory.address(dOut),
      extra: memory.addressOfIntegers(argmax),
      mask: memory.address(pooled),
    };
  }

  /**
   * A table of windows, a list of winners, and an image, behind which up to three numbers are read.
   */
  #gradientScratch(
    { geometry: pool }: WinnersGradient,
    C: number,
    geometry: WindowGeometry,
  ): number {
    return (
      inLines(4 * geometry.outH * geometry.outW) +
      inLines(8 * (pool.outH * pool.outW + 1)) +
      4 * paddedPixels(geometry) * C +
      16
    );
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
    fields: Parameters<JobRunner["run"]>[1],
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
