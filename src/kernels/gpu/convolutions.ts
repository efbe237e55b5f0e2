import type { Columns, WindowGeometry } from "../../im2col/index.js";
import { type Allocator, Tensor } from "../../tensor/index.js";
import {
  correlationNumbers,
  type CorrelationNumbers,
  correlationQuad,
} from "./correlation-kernel.js";
import { filterGradientNumbers, filterGradientQuad } from "./filter-gradient-kernel.js";
import type { KernelCache } from "./kernel-cache.js";
import type { CallLimits } from "./product-calls.js";
import { addQuads } from "./quads.js";
import { type Placement, spread } from "./spread.js";

/** It takes at least this many threads to keep a device busy. */
const MANY_THREADS = 4096;

/** Gathering is given up where its zeros would cost more than this many times the products. */
const MOST_ZEROS = 2;

/** What windows see: images with a frame of zeros, flat. */
interface Images {
  readonly data: Float32Array;
  /** Entries of an image, of a channel and of a row. */
  readonly image: number;
  readonly channel: number;
  readonly row: number;
}

/** Correlations of a batch of images. */
interface Correlation {
  readonly N: number;
  /** How many windows there are. */
  readonly P: number;
  readonly images: Images;
  readonly weight: Float32Array;
  /** One number for each filter of each group. */
  readonly bias: Float32Array;
  readonly numbers: Omit<CorrelationNumbers, "imageX" | "channelX" | "firstWindow" | "lastWindow">;
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
    const { H, W, kH, kW } = geometry;
    const { spreadRows, spreadColumns } = frameOf(geometry, 0);
    const pixels = Math.max(
      spreadRows * spreadColumns,
      (H + extraRows(geometry)) * (W + extraColumns(geometry)),
    );
    const planes = Math.max(channels + 3 * groups, groups * (filters + 3));
    const weights = (filters + 3) * channels * kH * kW;
    return (
      Math.max(planes * pixels, weights) <= this.#limits.entries &&
      Math.max(planes, channels * kH * kW) <= this.#limits.extent
    );
  }

  /**
   * Does a pixel do well to gather its gradient? Zeros between the windows of a large stride are
   * multiplied too.
   */
  gathers({ H, W, outH, outW }: WindowGeometry): boolean {
    return H * W <= MOST_ZEROS * outH * outW;
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
    const { kH, kW, strideH, strideW, dilationH, dilationW, outW } = geometry;
    const images = framed(x, geometry);
    return this.#correlate([N, G, K, P], {
      N,
      P,
      images,
      weight: filters.contiguous().data as Float32Array,
      bias: (bias?.contiguous().data as Float32Array | undefined) ?? new Float32Array(G * K),
      numbers: {
        ...{ channels: R / (kH * kW), filters: K, groups: G, kH, kW, outW },
        ...{ strideP: strideH * images.row, strideQ: strideW },
        ...{ rowX: dilationH * images.row, columnX: dilationW },
        ...{ startW: 0, groupW: K * R, filterW: R, channelW: kH * kW, rowW: kW, columnW: 1 },
      },
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
    const R = filters.shape[2]!;
    const { H, W, kH, kW, dilationH, dilationW } = geometry;
    const images = spreadOut(dOut, geometry);
    // (conv2d.20) dX[n, g·C/G + c, h, w] = Σₖ Σᵢ Σⱼ weight[g·K/G + k, c, kH − 1 − i, kW − 1 − j] ·
    //   up[n, g·K/G + k, h + i·dilationH − padH′, w + j·dilationW − padW′]
    return this.#correlate([N, channels, H, W], {
      N,
      P: H * W,
      images,
      weight: filters.contiguous().data as Float32Array,
      bias: new Float32Array(channels),
      numbers: {
        ...{ channels: K, filters: channels / G, groups: G, kH, kW, outW: W },
        ...{ strideP: images.row, strideQ: 1 },
        ...{ rowX: dilationH * images.row, columnX: dilationW },
        ...{ startW: kH * kW - 1, groupW: K * R, filterW: kH * kW },
        ...{ channelW: R, rowW: -kW, columnW: -1 },
      },
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
    const { kH, kW, strideH, strideW, dilationH, dilationW, outH, outW } = geometry;
    const images = framed(x, geometry);
    const gradients = dOut.contiguous().data as Float32Array;
    const blocks = Math.ceil(K / 4);
    const dWeight = Tensor.zeros([G, K, R], "float32", this.#allocator);
    const most = this.#imagesAtOnce(N, images.image, G * K * P);
    for (let first = 0; first < N; first += most) {
      const count = Math.min(most, N - first);
      const imagesEach = Math.ceil(count / Math.ceil(MANY_THREADS / (R * G * blocks)));
      const numbers = filterGradientNumbers({
        ...{ N: count, imagesEach, channels: R / (kH * kW), filters: K, kH, kW, outH, outW },
        ...{ imageX: images.image, channelX: images.channel },
        ...{ strideP: strideH * images.row, strideQ: strideW },
        ...{ rowX: dilationH * images.row, columnX: dilationW, imageD: G * K * P },
      });
      const sums = await this.#kernels.run({
        kernel: filterGradientQuad,
        output: [R, G * blocks, Math.ceil(count / imagesEach)],
        arrays: [
          gradients.subarray(first * G * K * P, (first + count) * G * K * P),
          images.data.subarray(first * images.image, (first + count) * images.image),
          numbers,
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
    { N, P, images, weight, bias, numbers }: Correlation,
  ): Promise<Tensor> {
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
      const x = images.data.subarray(first * images.image, (first + count) * images.image);
      for (let s = 0; s < P; s += mostP) {
        const windows = Math.min(mostP, P - s);
        const told = correlationNumbers({
          ...{ ...numbers, firstWindow: s, lastWindow: s + windows - 1 },
          ...{ imageX: images.image, channelX: images.channel },
        });
        const quads = await this.#kernels.run({
          kernel: correlationQuad,
          output: [windows, count * groups * blocks],
          arrays: [weight, x, bias, told],
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

/** Rows and columns that a window has beyond its first one. */
function extraRows({ kH, dilationH }: WindowGeometry): number {
  return dilationH * (kH - 1);
}
function extraColumns({ kW, dilationW }: WindowGeometry): number {
  return dilationW * (kW - 1);
}

/** The frame around images that windows touch. */
function frameOf(geometry: WindowGeometry, planes: number): Placement {
  const { H, W, padH, padW, strideH, strideW, outH, outW } = geometry;
  const [seenRows, seenColumns] = [
    (outH - 1) * strideH + extraRows(geometry) + 1,
    (outW - 1) * strideW + extraColumns(geometry) + 1,
  ];
  return {
    ...{ planes, rows: H, columns: W, top: padH, left: padW, stepH: 1, stepW: 1 },
    // without padding, images may stay as they are, with what no window sees
    spreadRows: padH === 0 && padW === 0 ? Math.max(H, seenRows) : seenRows,
    spreadColumns: padH === 0 && padW === 0 ? Math.max(W, seenColumns) : seenColumns,
  };
}

/** Images with their padding. */
function framed(x: Tensor, geometry: WindowGeometry): Images {
  const [N, C] = x.shape as [number, number];
  return imagesOf(x, C, frameOf(geometry, N * C));
}

/**
 * What came back from each window on the pixel of its corner, so that each pixel finds what flows
 * back to it in one window of the filter's size.
 */
function spreadOut(dOut: Tensor, geometry: WindowGeometry): Images {
  const [N, G, K] = dOut.shape as [number, number, number];
  const { H, W, padH, padW, strideH, strideW, outH, outW } = geometry;
  return imagesOf(dOut, G * K, {
    ...{ planes: N * G * K, rows: outH, columns: outW, stepH: strideH, stepW: strideW },
    // (conv2d.12b) padH′ = dilationH·(kH − 1) − padH
    ...{ top: extraRows(geometry) - padH, left: extraColumns(geometry) - padW },
    ...{ spreadRows: H + extraRows(geometry), spreadColumns: W + extraColumns(geometry) },
  });
}

function imagesOf(planes: Tensor, perImage: number, placement: Placement): Images {
  const data = spread(planes.contiguous().data as Float32Array, placement);
  const channel = placement.spreadRows * placement.spreadColumns;
  return { data, image: perImage * channel, channel, row: placement.spreadColumns };
}
