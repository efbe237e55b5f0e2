import type { Columns, WindowGeometry } from "../../im2col/index.js";
import { type Allocator, Tensor } from "../../tensor/index.js";
import {
  type CorrelationPlan,
  filterGradientPlan,
  forwardPlan,
  inputGradientPlan,
  largestPlane,
} from "./convolution-plans.js";
import { correlationNumbers, correlationQuad } from "./correlation-kernel.js";
import { filterGradientNumbers, filterGradientQuad } from "./filter-gradient-kernel.js";
import type { KernelCache } from "./kernel-cache.js";
import type { CallLimits } from "./product-calls.js";
import { addQuads } from "./quads.js";
import { spread } from "./spread.js";

/** Correlations of a batch of images. */
interface Correlation {
  readonly N: number;
  readonly planes: Tensor;
  readonly weight: Tensor;
  /** One number for each filter of each group. */
  readonly bias: Float32Array;
  readonly plan: CorrelationPlan;
}

/** Convolutions on gpu.js, forward and backward: columns are indexed, and never built. */
export class GpuConvolutions {
  readonly #kernels: KernelCache;
  readonly #allocator: Allocator;
  readonly #limits: CallLimits;

  constructor(kernels: KernelCache, allocator: Allocator, limits: CallLimits) {
    this.#kernels = kernels;
    this.#allocator = allocator;
    this.#limits = limits;
  }

  /**
   * Does a single image fit into a call, forward and backward?
   *
   * @param filters of one group
   */
  covers(filters: number, channels: number, groups: number, geometry: WindowGeometry): boolean {
    const { kH, kW } = geometry;
    const pixels = largestPlane(geometry);
    const planes = Math.max(channels + 3 * groups, groups * (filters + 3));
    const weights = (filters + 3) * channels * kH * kW;
    return (
      Math.max(planes * pixels, weights) <= this.#limits.entries &&
      Math.max(planes, channels * kH * kW) <= this.#limits.extent
    );
  }

  /**
   * `out = filters · cols + bias`
   *
   * @param filters [G, K/G, R]
   * @param bias [G, K/G], or null
   * @returns [N, G, K/G, P]
   */
  forward(filters: Tensor, { x, geometry, shape }: Columns, bias: Tensor | null): Promise<Tensor> {
    const [N, G, R, P] = shape as [number, number, number, number];
    const K = filters.shape[1]!;
    return this.#correlate([N, G, K, P], {
      ...{ N, planes: x, weight: filters, plan: forwardPlan(N, { G, K, R }, geometry) },
      bias: (bias?.contiguous().data as Float32Array | undefined) ?? new Float32Array(G * K),
    });
  }

  /**
   * `dX = col2im(filtersᵀ · dOut)`, gathered: the same correlation over what came back, with the
   * filters turned by half a turn, and filters and channels exchanged.
   *
   * @param filters [G, K/G, R]
   * @param dOut [N, G, K/G, P]
   * @returns [N, C, H, W]
   */
  inputGradient(
    filters: Tensor,
    dOut: Tensor,
    channels: number,
    geometry: WindowGeometry,
  ): Promise<Tensor> {
    const [N, G, K] = dOut.shape as [number, number, number];
    const { H, W } = geometry;
    const plan = inputGradientPlan(N, { G, K, R: filters.shape[2]! }, geometry);
    return this.#correlate([N, channels, H, W], {
      ...{ N, planes: dOut, weight: filters, bias: new Float32Array(channels), plan },
    });
  }

  /**
   * `dWeight = Σₙ dOutₙ · colsₙᵀ`
   *
   * @param dOut [N, G, K/G, P]
   * @returns [G, K/G, R]
   */
  async filterGradient(dOut: Tensor, { x, geometry, shape }: Columns): Promise<Tensor> {
    const [N, G, R, P] = shape as [number, number, number, number];
    const K = dOut.shape[2]!;
    const { placement, images, numbersFor } = filterGradientPlan(N, { G, K, R }, geometry);
    const pixels = spread(x.contiguous().data as Float32Array, placement);
    const gradients = dOut.contiguous().data as Float32Array;
    const blocks = Math.ceil(K / 4);
    const dWeight = Tensor.zeros([G, K, R], "float32", this.#allocator);
    const most = this.#imagesAtOnce(N, images.image, G * K * P);
    for (let first = 0; first < N; first += most) {
      const count = Math.min(most, N - first);
      const numbers = numbersFor(count);
      const sums = await this.#kernels.run({
        kernel: filterGradientQuad,
        output: [R, G * blocks, Math.ceil(count / numbers.imagesEach)],
        arrays: [
          gradients.subarray(first * G * K * P, (first + count) * G * K * P),
          pixels.subarray(first * images.image, (first + count) * images.image),
          filterGradientNumbers(numbers),
        ],
        multiplications: count * G * K * R * P,
      });
      addQuads(dWeight.data as Float32Array, sums, R, (y, _, f) => {
        const k = 4 * (y % blocks) + f;
        return k < K ? (Math.floor(y / blocks) * K + k) * R : -1;
      });
    }
    return dWeight;
  }

  /** Runs a correlation in as many calls as it takes, into a new tensor [N, filters, P]. */
  async #correlate(
    shape: readonly number[],
    { N, planes, weight, bias, plan: { placement, images, P, numbers } }: Correlation,
  ): Promise<Tensor> {
    const pixels = spread(planes.contiguous().data as Float32Array, placement);
    const { filters, groups, channels, kH, kW } = numbers;
    const blocks = Math.ceil(filters / 4);
    const out = Tensor.zeros(shape, "float32", this.#allocator);
    const mostP = Math.min(P, this.#limits.extent);
    const most = Math.min(
      Math.floor(this.#limits.extent / (groups * blocks)),
      this.#imagesAtOnce(N, images.image, 4 * groups * blocks * mostP),
    );
    for (let first = 0; first < N; first += most) {
      const count = Math.min(most, N - first);
      const x = pixels.subarray(first * images.image, (first + count) * images.image);
      for (let s = 0; s < P; s += mostP) {
        const windows = Math.min(mostP, P - s);
        const [firstWindow, lastWindow] = [s, s + windows - 1];
        const told = correlationNumbers({ ...numbers, firstWindow, lastWindow });
        const quads = await this.#kernels.run({
          kernel: correlationQuad,
          output: [windows, count * groups * blocks],
          arrays: [weight.contiguous().data as Float32Array, x, bias, told],
          multiplications: count * groups * filters * channels * kH * kW * windows,
        });
        addQuads(out.data as Float32Array, quads, windows, (y, _, f) => {
          const k = 4 * (y % blocks) + f;
          // y / blocks counts the groups of all images
          const group = first * groups + Math.floor(y / blocks);
          return k < filters ? (group * filters + k) * P + s : -1;
        });
      }
    }
    return out;
  }

  /** How many images fit into a call, by the entries that each of them has. */
  #imagesAtOnce(N: number, ...entries: number[]): number {
    return Math.min(N, Math.floor(this.#limits.entries / Math.max(...entries)));
  }
}
