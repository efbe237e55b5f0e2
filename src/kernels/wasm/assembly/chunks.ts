/**
 * What each kernel of the table does with one chunk of a job: items `first` to before `end`. Here a
 * job's arguments become those of the functions that do the work.
 */
import * as activations from "./activations";
import * as channels from "./channels";
import * as convolution from "./convolution";
import * as pooledConvolution from "./convolve-pool";
import * as entrywise from "./entrywise";
import { lineAfter, pack8 } from "./gemm";
import {
  AccumulateArguments, ActivationArguments, ActivationBackwardArguments,
  ActivationWithSlopeArguments, AdagradUpdateArguments,
  AdamUpdateArguments, AddArguments, AddPartsArguments,
  AllFiniteArguments, AveragePool2dArguments, AveragePool2dBackwardArguments, BLOCK,
  ChannelAffineArguments, ChannelResidualArguments, ChannelSumsArguments, ChannelTotalsArguments,
  Col2imArguments, ConvolutionInputGradientArguments, ConvolutionWeightGradientArguments,
  ConvolvePoolArguments, ConvolveTilesArguments, Im2colArguments, MaxPool2dArguments,
  MaxPool2dBackwardArguments, MultiplyArguments, PackArguments, PANEL, RANDOM_BLOCK,
  RandomMaskArguments, ReluArguments, ReluBackwardArguments, RmspropUpdateArguments,
  RowAffineArguments, RowResidualArguments, RowSumsArguments, SgdUpdateArguments,
  SumPerChannelArguments, TILE_ENTRIES, TILE_PLACES, TILE_ROWS, TilesWeightGradientArguments,
  TransformFiltersArguments, TransposeArguments,
} from "./generated/table";
import * as passes from "./passes";
import * as pooling from "./pooling";
import { randomMask as drawMask } from "./random-mask";
import * as rowwise from "./rows";
import * as tiles from "./tiles";
import * as flat from "./transpose";
import * as images from "./windows";
import { pixels, windows } from "./windows";

export { products, productsScratch, sums, sumsScratch } from "./products";
export { convolveTilesScratch, tilesWeightGradientScratch } from "./tiles";

export function addParts(job: AddPartsArguments, first: i32, end: i32): void {
  passes.addParts(
    job.parts, job.length, job.x, first * BLOCK, lengthOf(job.length, first, end), job.out,
  );
}

export function transpose(job: TransposeArguments, first: i32, end: i32): void {
  const rowBytes = <usize>job.columns << 2;
  for (let row = 8 * first; row < min(8 * end, job.rows); row += 8) {
    flat.transpose(
      min(8, job.rows - row), job.columns, job.x + <usize>row * rowBytes, rowBytes,
      job.out + <usize>row * job.outStep, job.outRow,
    );
  }
}

export function pack(job: PackArguments, first: i32, end: i32): void {
  for (let panel = first; panel < end; panel++) {
    const columns = <usize>(panel * PANEL) << 2;
    pack8(
      job.rows, job.x + columns, <usize>job.columns << 2, job.out + columns * <usize>job.rows,
    );
  }
}

export function allFinite(job: AllFiniteArguments, first: i32, end: i32, chunk: i32): void {
  const isFinite = passes.allFinite(
    lengthOf(job.length, first, end), job.x + offset(first), <f32>job.factor,
  );
  store<i32>(job.answers + (<usize>chunk << 2), isFinite);
}

export function im2col(job: Im2colArguments, first: i32, end: i32): void {
  const g = job.geometry;
  const cols = <usize>(g.kH * g.kW) * windows(g);
  images.im2col(
    end - first, g, job.x + <usize>first * pixels(g), job.cols + <usize>first * cols,
  );
}

export function col2im(job: Col2imArguments, first: i32, end: i32): void {
  const g = job.geometry;
  const cols = <usize>(g.kH * g.kW) * windows(g);
  images.col2im(
    end - first, g, job.cols + <usize>first * cols, job.x + <usize>first * pixels(g),
  );
}

export function convolvePool(
  job: ConvolvePoolArguments, first: i32, end: i32, scratch: usize,
): void {
  const image = <usize>job.channels * pixels(job.geometry);
  const pooled = <usize>(job.filterCount * job.poolH * job.poolW) << 2;
  for (let n = first; n < end; n++) {
    const at = <usize>n * pooled;
    pooledConvolution.convolvePool(
      job.channels, job.filterCount, job.geometry, job.poolH, job.poolW,
      job.x + <usize>n * image, job.filters, job.bias, job.out + at, job.argmax + at,
      job.rectify != 0, scratch,
    );
  }
}

export function convolvePoolScratch(job: ConvolvePoolArguments): usize {
  return pooledConvolution.scratchBytes(job.channels, job.geometry);
}

export function convolutionWeightGradient(
  job: ConvolutionWeightGradientArguments, first: i32, end: i32, chunk: i32, scratch: usize,
): void {
  const g = job.geometry;
  const image = <usize>job.channels * pixels(g);
  const winners = <usize>(job.filterCount * job.windowCount) << 2;
  const out = job.out + <usize>chunk * job.part;
  const free = lineAfter(scratch + windows(g));
  memory.fill(out, 0, job.part);
  convolution.firstPixels(job.channels, g, scratch);
  for (let n = first; n < end; n++) {
    const at = <usize>n * winners;
    convolution.weightGradient(
      job.channels, job.filterCount, job.windowCount, g, job.x + <usize>n * image, job.dOut + at,
      job.argmax ? job.argmax + at : 0, out, scratch, free,
    );
  }
}

export function convolutionWeightGradientScratch(job: ConvolutionWeightGradientArguments): usize {
  return convolution.scratchBytes(job.channels, job.windowCount, job.geometry);
}

export function convolutionInputGradient(
  job: ConvolutionInputGradientArguments, first: i32, end: i32, scratch: usize,
): void {
  const g = job.geometry;
  const image = <usize>job.channels * pixels(g);
  const winners = <usize>(job.filterCount * job.windowCount) << 2;
  const free = lineAfter(scratch + windows(g));
  convolution.firstPixels(job.channels, g, scratch);
  for (let n = first; n < end; n++) {
    const at = <usize>n * winners;
    convolution.inputGradient(
      job.channels, job.filterCount, job.windowCount, g, job.filters, job.dOut + at,
      job.argmax ? job.argmax + at : 0, job.dX + <usize>n * image, scratch, free,
    );
  }
}

export function convolutionInputGradientScratch(job: ConvolutionInputGradientArguments): usize {
  return convolution.scratchBytes(job.channels, job.windowCount, job.geometry);
}

export function transformFilters(job: TransformFiltersArguments, first: i32, end: i32): void {
  tiles.transformFilters(
    job.filterCount, job.channels, first, end, job.filters, job.turned != 0, job.out,
  );
}

export function convolveTiles(
  job: ConvolveTilesArguments, first: i32, end: i32, scratch: usize,
): void {
  const image = <usize>(job.channels * job.H * job.W) << 2;
  const out = <usize>(job.filterCount * job.outH * job.outW) << 2;
  const last = min(end * job.together, job.images);
  for (let n = first * job.together; n < last; n += job.together) {
    tiles.convolveTiles(
      job, min(job.together, last - n), job.x + <usize>n * image, job.out + <usize>n * out, scratch,
    );
  }
}

export function tilesWeightGradient(
  job: TilesWeightGradientArguments, first: i32, end: i32, chunk: i32, scratch: usize,
): void {
  const image = <usize>(job.channels * job.H * job.W) << 2;
  const out = <usize>(job.filterCount * job.outH * job.outW) << 2;
  const sums = tiles.weightSums(job, scratch);
  memory.fill(sums, 0, <usize>(TILE_ENTRIES * job.filterCount * job.channels) << 2);
  const last = min(end * job.together, job.images);
  for (let n = first * job.together; n < last; n += job.together) {
    tiles.tilesWeightGradient(
      job, min(job.together, last - n), job.x + <usize>n * image, job.dOut + <usize>n * out,
      scratch,
    );
  }
  tiles.gatherFilters(
    job.filterCount, job.channels, sums, job.out + <usize>chunk * job.part,
  );
}

export function maxPool2d(job: MaxPool2dArguments, first: i32, end: i32): void {
  const g = job.geometry;
  for (let plane = first; plane < end; plane++) {
    const channel = <usize>(plane % job.channels) << 2;
    const scale: f32 = job.scale ? load<f32>(job.scale + channel) : 1;
    const shift: f32 = job.scale ? load<f32>(job.shift + channel) : 0;
    const pooled = <usize>plane * windows(g);
    pooling.maxPool2d(
      g, job.x + <usize>plane * pixels(g), job.scale != 0, scale, shift, job.out + pooled,
      job.argmax + pooled, job.rectify != 0,
    );
  }
}

export function maxPool2dBackward(job: MaxPool2dBackwardArguments, first: i32, end: i32): void {
  const g = job.geometry;
  const pooled = <usize>first * windows(g);
  pooling.maxPool2dBackward(
    end - first, g.outH * g.outW, g.H * g.W, job.dOut + pooled, job.argmax + pooled,
    job.dX + <usize>first * pixels(g),
  );
}

export function averagePool2d(job: AveragePool2dArguments, first: i32, end: i32): void {
  const g = job.geometry;
  pooling.averagePool2d(
    end - first, g, job.x + <usize>first * pixels(g), job.out + <usize>first * windows(g),
  );
}

export function averagePool2dBackward(
  job: AveragePool2dBackwardArguments, first: i32, end: i32,
): void {
  const g = job.geometry;
  pooling.averagePool2dBackward(
    end - first, g, job.dOut + <usize>first * windows(g), job.dX + <usize>first * pixels(g),
  );
}

export function add(job: AddArguments, first: i32, end: i32): void {
  const at = offset(first);
  entrywise.add(lengthOf(job.length, first, end), job.a + at, job.b + at, job.out + at);
}

export function multiply(job: MultiplyArguments, first: i32, end: i32): void {
  const at = offset(first);
  entrywise.multiply(lengthOf(job.length, first, end), job.a + at, job.b + at, job.out + at);
}

export function randomMask(job: RandomMaskArguments, first: i32, end: i32): void {
  for (let block = first; block < end; block++) {
    const start = block * RANDOM_BLOCK;
    const count = min(RANDOM_BLOCK, job.length - start);
    drawMask(
      count, block, job.keyA, job.keyB, job.keyC, job.least, <f32>job.value,
      job.out + (<usize>start << 2),
    );
  }
}

export function relu(job: ReluArguments, first: i32, end: i32): void {
  const at = offset(first);
  passes.relu(lengthOf(job.length, first, end), job.x + at, job.out + at);
}

export function reluBackward(job: ReluBackwardArguments, first: i32, end: i32): void {
  const at = offset(first);
  passes.reluBackward(lengthOf(job.length, first, end), job.dOut + at, job.x + at, job.dX + at);
}

export function activation(job: ActivationArguments, first: i32, end: i32): void {
  const at = offset(first);
  activations.activation(
    job.which, lengthOf(job.length, first, end), job.x + at, job.out + at, job.negativeSlope,
  );
}

export function activationWithSlope(
  job: ActivationWithSlopeArguments, first: i32, end: i32,
): void {
  const at = offset(first);
  activations.activationWithSlope(
    job.which, lengthOf(job.length, first, end), job.x + at, job.out + at, job.slope + at,
  );
}

export function activationBackward(
  job: ActivationBackwardArguments, first: i32, end: i32,
): void {
  const at = offset(first);
  activations.activationBackward(
    job.which, lengthOf(job.length, first, end), job.dOut + at, job.at + at, job.dX + at,
    job.negativeSlope,
  );
}

export function accumulate(job: AccumulateArguments, first: i32, end: i32): void {
  const at = offset(first);
  passes.accumulate(lengthOf(job.length, first, end), job.source + at, job.target + at);
}

export function sumPerChannel(
  job: SumPerChannelArguments, first: i32, end: i32, chunk: i32,
): void {
  const at = <usize>first * (<usize>(job.channels * job.pixels) << 2);
  const totals = job.totals + (<usize>(chunk * job.channels) << 3);
  if (job.argmax) {
    passes.sumWinners(
      end - first, job.channels, job.pixels, job.x + at, job.argmax + at, totals,
    );
  } else passes.sumPerChannel(end - first, job.channels, job.pixels, job.x + at, totals);
}

export function channelTotals(
  job: ChannelTotalsArguments, first: i32, end: i32, chunk: i32,
): void {
  const image = <usize>(job.channels * job.pixels) << 2;
  channels.channelTotals(
    end - first, job.channels, job.pixels, job.x + <usize>first * image, job.centre,
    job.totals + (<usize>(chunk * job.channels) << 3),
  );
}

export function channelSums(job: ChannelSumsArguments, first: i32, end: i32, chunk: i32): void {
  const image = <usize>(job.channels * job.pixels) << 2;
  const y = job.y + <usize>first * image;
  const totals = job.totals + (<usize>(chunk * 2 * job.channels) << 3);
  if (job.argmax) {
    const winners = <usize>first * (<usize>(job.channels * job.windowCount) << 2);
    channels.winnerSums(
      end - first, job.channels, job.pixels, job.windowCount, job.x + winners,
      job.argmax + winners, y, totals,
    );
  } else {
    channels.channelSums(
      end - first, job.channels, job.pixels, job.x + <usize>first * image, y, totals,
    );
  }
}

export function channelAffine(job: ChannelAffineArguments, first: i32, end: i32): void {
  for (let plane = first; plane < end; plane++) {
    channels.channelAffine(
      job.channels, job.pixels, plane, job.x, job.scale, job.centre, job.shift, job.out,
    );
  }
}

export function channelResidual(job: ChannelResidualArguments, first: i32, end: i32): void {
  const planeBytes = <usize>job.pixels << 2, windowBytes = <usize>job.windowCount << 2;
  for (let plane = first; plane < end; plane++) {
    if (job.argmax) {
      // the plane is laid out where the result goes, and read from there
      pooling.maxPool2dBackward(
        1, job.windowCount, job.pixels, job.y + <usize>plane * windowBytes,
        job.argmax + <usize>plane * windowBytes, job.out + <usize>plane * planeBytes,
      );
    }
    channels.channelResidual(
      job.channels, job.pixels, plane, job.argmax ? job.out : job.y, job.x, job.intercept,
      job.slope, job.scale, job.out,
    );
  }
}

export function rowAffine(job: RowAffineArguments, first: i32, end: i32): void {
  for (let n = first; n < end; n++) {
    const at = <usize>n * <usize>job.places << 2, number = <usize>n << 2;
    rowwise.rowAffine(
      job.places, job.x + at, load<f32>(job.scale + number), load<f32>(job.centre + number),
      job.weight, job.bias, job.inner + at, job.out + at,
    );
  }
}

export function rowSums(job: RowSumsArguments, first: i32, end: i32): void {
  const wide = (job.places + TILE_PLACES - 1) / TILE_PLACES;
  const columns = <usize>(wide * TILE_PLACES) << 3, rows = <usize>job.rows << 3;
  for (let tile = first; tile < end; tile++) {
    const down = tile % job.high, across = tile / job.high;
    const place = across * TILE_PLACES;
    const columnSums = job.columnParts + <usize>down * columns + (<usize>place << 3);
    const rowSums = job.rowParts + <usize>across * rows;
    rowwise.rowSums(
      job.rows, job.places, down * TILE_ROWS, place, job.y, job.x, job.weight,
      columnSums, columnSums + <usize>job.high * columns, rowSums, rowSums + <usize>wide * rows,
    );
  }
}

export function rowResidual(job: RowResidualArguments, first: i32, end: i32): void {
  for (let n = first; n < end; n++) {
    const at = <usize>n * <usize>job.places << 2, number = <usize>n << 2;
    rowwise.rowResidual(
      job.places, job.y + at, job.x + at, job.weight, load<f32>(job.intercept + number),
      load<f32>(job.slope + number), load<f32>(job.scale + number), job.out + at,
    );
  }
}

export function sgdUpdate(job: SgdUpdateArguments, first: i32, end: i32): void {
  const at = offset(first);
  passes.sgdUpdate(
    lengthOf(job.length, first, end), job.value + at, job.grad + at,
    job.velocity ? job.velocity + at : 0,
    job.learningRate, job.momentum, job.nesterov != 0, job.weightDecay,
  );
}

export function adagradUpdate(job: AdagradUpdateArguments, first: i32, end: i32): void {
  const at = offset(first);
  passes.adagradUpdate(
    lengthOf(job.length, first, end), job.value + at, job.grad + at, job.squareSum + at,
    job.learningRate, job.epsilon, job.weightDecay,
  );
}

export function rmspropUpdate(job: RmspropUpdateArguments, first: i32, end: i32): void {
  const at = offset(first);
  passes.rmspropUpdate(
    lengthOf(job.length, first, end), job.value + at, job.grad + at, job.meanSquare + at,
    job.learningRate, job.alpha, job.epsilon, job.weightDecay,
  );
}

export function adamUpdate(job: AdamUpdateArguments, first: i32, end: i32): void {
  const at = offset(first);
  passes.adamUpdate(
    lengthOf(job.length, first, end), job.value + at, job.grad + at,
    job.firstMoment + at, job.secondMoment + at,
    job.learningRate, job.beta1, job.beta2, job.epsilon, job.weightDecay,
    job.correction1, job.correction2, job.shrink,
  );
}

/** Where block `first` of a flat array starts. */
@inline
function offset(first: i32): usize {
  return <usize>first * BLOCK * 4;
}

/** How many entries blocks `first` to before `end` of an array have. */
@inline
function lengthOf(array: i32, first: i32, end: i32): i32 {
  return min(end * BLOCK, array) - first * BLOCK;
}
