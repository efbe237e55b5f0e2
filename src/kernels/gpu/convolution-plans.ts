/**
 * How the kernels for correlations and for the filters' gradient find their way through flat
 * memory.
 *
 *   N images   G groups   C, K channels and filters   R = C/G·kH·kW   P = outH·outW windows
 */
import type { WindowGeometry } from "../../im2col/index.js";
import type { CorrelationNumbers } from "./correlation-kernel.js";
import type { FilterGradientNumbers } from "./filter-gradient-kernel.js";
import type { Placement } from "./spread.js";

/** It takes at least this many threads to keep a device busy. */
const MANY_THREADS = 4096;

/** Gathering is given up where its zeros would cost more than this many times the products. */
const MOST_ZEROS = 2;

/** Entries of an image, of a channel and of a row, of planes that lie in a frame. */
interface Distances {
  readonly image: number;
  readonly channel: number;
  readonly row: number;
}

/** How planes are laid out for a kernel, and what it is told. */
export interface CorrelationPlan {
  readonly placement: Placement;
  readonly images: Distances;
  readonly P: number;
  readonly numbers: Omit<CorrelationNumbers, "firstWindow" | "lastWindow">;
}

export interface FilterGradientPlan {
  readonly placement: Placement;
  readonly images: Distances;
  /** @param count of images */
  readonly numbersFor: (count: number) => FilterGradientNumbers;
}

/** The filters of a convolution: G groups of K, each of R entries. */
export interface Filters {
  readonly G: number;
  readonly K: number;
  readonly R: number;
}

/** `out = filters · cols + bias`, for x [N, C, H, W]. */
export function forwardPlan(
  N: number,
  { G, K, R }: Filters,
  geometry: WindowGeometry,
): CorrelationPlan {
  const { kH, kW, strideH, strideW, dilationH, dilationW, outH, outW } = geometry;
  const channels = R / (kH * kW);
  const placement = frameOf(geometry, N * G * channels);
  const images = distancesIn(placement, G * channels);
  return {
    ...{ placement, images, P: outH * outW },
    numbers: {
      ...{ channels, filters: K, groups: G, kH, kW, outW },
      ...{ imageX: images.image, channelX: images.channel },
      ...{ strideP: strideH * images.row, strideQ: strideW },
      ...{ rowX: dilationH * images.row, columnX: dilationW },
      ...{ startW: 0, groupW: K * R, filterW: R, channelW: kH * kW, rowW: kW, columnW: 1 },
    },
  };
}

/**
 * `dX = col2im(filtersᵀ · dOut)`, gathered: the same correlation over what came back, dOut [N, G,
 * K, P], with the filters turned by half a turn, and filters and channels exchanged.
 */
export function inputGradientPlan(
  N: number,
  { G, K, R }: Filters,
  geometry: WindowGeometry,
): CorrelationPlan {
  const { H, W, kH, kW, dilationH, dilationW } = geometry;
  const placement = spreadBack(geometry, N * G * K);
  const images = distancesIn(placement, G * K);
  // (conv2d.20) dX[n, g·C/G + c, h, w] = Σₖ Σᵢ Σⱼ weight[g·K/G + k, c, kH − 1 − i, kW − 1 − j] ·
  //   up[n, g·K/G + k, h + i·dilationH − padH′, w + j·dilationW − padW′]
  return {
    ...{ placement, images, P: H * W },
    numbers: {
      ...{ channels: K, filters: R / (kH * kW), groups: G, kH, kW, outW: W },
      ...{ imageX: images.image, channelX: images.channel },
      ...{ strideP: images.row, strideQ: 1 },
      ...{ rowX: dilationH * images.row, columnX: dilationW },
      ...{ startW: kH * kW - 1, groupW: K * R, filterW: kH * kW },
      ...{ channelW: R, rowW: -kW, columnW: -1 },
    },
  };
}

/** `dWeight = Σₙ dOutₙ · colsₙᵀ`, for x [N, C, H, W] and dOut [N, G, K, P]. */
export function filterGradientPlan(
  N: number,
  { G, K, R }: Filters,
  geometry: WindowGeometry,
): FilterGradientPlan {
  const { kH, kW, strideH, strideW, dilationH, dilationW, outH, outW } = geometry;
  const channels = R / (kH * kW);
  const placement = frameOf(geometry, N * G * channels);
  const images = distancesIn(placement, G * channels);
  const parts = Math.ceil(MANY_THREADS / (R * G * Math.ceil(K / 4)));
  return {
    ...{ placement, images },
    numbersFor: (count) => ({
      ...{ N: count, imagesEach: Math.ceil(count / parts), channels, filters: K, kH, kW },
      ...{ outH, outW, imageX: images.image, channelX: images.channel },
      ...{ strideP: strideH * images.row, strideQ: strideW },
      ...{ rowX: dilationH * images.row, columnX: dilationW, imageD: G * K * outH * outW },
    }),
  };
}

/**
 * Does a pixel do well to gather its gradient? Zeros between the windows of a large stride are
 * multiplied too.
 */
export function gathers({ H, W, outH, outW }: WindowGeometry): boolean {
  return H * W <= MOST_ZEROS * outH * outW;
}

/** Entries of an image, forward and backward: of the largest that any of the kernels sees. */
export function largestPlane(geometry: WindowGeometry): number {
  const { H, W } = geometry;
  const { spreadRows, spreadColumns } = frameOf(geometry, 0);
  return Math.max(
    spreadRows * spreadColumns,
    (H + extraRows(geometry)) * (W + extraColumns(geometry)),
  );
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

/**
 * What came back from each window on the pixel of its corner, so that each pixel finds what flows
 * back to it in one window of the filter's size.
 */
function spreadBack(geometry: WindowGeometry, planes: number): Placement {
  const { H, W, padH, padW, strideH, strideW, outH, outW } = geometry;
  return {
    ...{ planes, rows: outH, columns: outW, stepH: strideH, stepW: strideW },
    // (conv2d.12b) padH′ = dilationH·(kH − 1) − padH
    ...{ top: extraRows(geometry) - padH, left: extraColumns(geometry) - padW },
    ...{ spreadRows: H + extraRows(geometry), spreadColumns: W + extraColumns(geometry) },
  };
}

function distancesIn({ spreadRows, spreadColumns }: Placement, perImage: number): Distances {
  const channel = spreadRows * spreadColumns;
  return { image: perImage * channel, channel, row: spreadColumns };
}
