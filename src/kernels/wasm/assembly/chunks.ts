/** What each kernel does with one chunk of a job. */
import { channelAffine, channelMoments, channelResidual, channelSums } from "./channels";
import { convolvePool } from "./convolve-pool";
import { firstPixels, inputGradient, weightGradient } from "./convolution";
import { lineAfter, pack8 } from "./gemm";
import { BLOCK, Job, Numbers, RECTIFY } from "./job";
import {
  accumulate, adagradUpdate, adamUpdate, allFinite, relu, reluBackward, rmspropUpdate,
  sgdUpdate, sumPerChannel, sumWinners,
} from "./passes";
import { averagePool2d, averagePool2dBackward, maxPool2d, maxPool2dBackward } from "./pooling";
import { products, sums } from "./products";
import { transpose } from "./transpose";
import { col2im, im2col, pixels, windows } from "./windows";

export function runChunk(job: Job, chunk: i32, first: i32, end: i32, scratch: usize): void {
  const g = job.geometry;
  switch (job.kernel) {
    case 0: return products(job, first, end, scratch);
    case 1: return sums(job, first, end, job.out + <usize>chunk * job.aMatrix, scratch);
    case 2: return addPartials(job, first, end);
    case 3: {
      const rows = <usize>(g.kH * g.kW * g.outH * g.outW) << 2;
      return im2col(
        end - first, g, job.x + <usize>first * pixels(g), job.out + <usize>first * rows,
      );
    }
    case 4: {
      const rows = <usize>(g.kH * g.kW * g.outH * g.outW) << 2;
      return col2im(
        end - first, g, job.x + <usize>first * rows, job.out + <usize>first * pixels(g),
      );
    }
    case 5:
      return maxPool2d(
        end - first, g, job.x + <usize>first * pixels(g), job.out + <usize>first * windows(g),
        job.extra + <usize>first * windows(g), (job.flags & RECTIFY) != 0,
      );
    case 6:
      return maxPool2dBackward(
        end - first, g.outH * g.outW, g.H * g.W, job.x + <usize>first * windows(g),
        job.extra + <usize>first * windows(g), job.out + <usize>first * pixels(g),
      );
    case 7:
      return averagePool2d(
        end - first, g, job.x + <usize>first * pixels(g), job.out + <usize>first * windows(g),
      );
    case 8:
      return averagePool2dBackward(
        end - first, g, job.x + <usize>first * windows(g), job.out + <usize>first * pixels(g),
      );
    case 9: return relu(length(job, first, end), job.x + offset(first), job.out + offset(first));
    case 10:
      return reluBackward(
        length(job, first, end), job.x + offset(first), job.y + offset(first),
        job.out + offset(first),
      );
    case 11: {
      const at = <usize>first * (<usize>(job.M * job.N) << 2);
      const totals = job.out + (<usize>(chunk * job.M) << 3);
      if (job.extra)
        return sumWinners(end - first, job.M, job.N, job.x + at, job.extra + at, totals);
      return sumPerChannel(end - first, job.M, job.N, job.x + at, totals);
    }
    case 12: {
      const n = numbers(job);
      const at = offset(first);
      return sgdUpdate(
        length(job, first, end), job.x + at, job.y + at, job.extra ? job.extra + at : 0,
        n.learningRate, n.first, n.second != 0, n.weightDecay,
      );
    }
    case 13: {
      const n = numbers(job);
      const at = offset(first);
      return adamUpdate(
        length(job, first, end), job.x + at, job.y + at, job.extra + at, job.out + at,
        n.learningRate, n.first, n.second, n.epsilon, n.weightDecay,
        n.correction1, n.correction2, n.shrink,
      );
    }
    case 14: {
      // an item is eight rows
      const row = 8 * first;
      const rowBytes = <usize>job.N << 2;
      for (let r = row; r < min(8 * end, job.M); r += 8) {
        transpose(
          min(8, job.M - r), job.N, job.x + <usize>r * rowBytes, rowBytes,
          job.out + <usize>r * job.aStep, job.aRow,
        );
      }
      return;
    }
    case 15: {
      // x: dOut of the pooling, extra: its winners, both [M, N] for each image, or dOut itself and
      // 0; y: the convolution's images
      const winners = <usize>(job.M * job.N) << 2;
      const out = job.out + <usize>chunk * job.aMatrix;
      const free = lineAfter(scratch + windows(g));
      memory.fill(out, 0, job.aMatrix);
      firstPixels(job.channels, g, scratch);
      for (let n = first; n < end; n++) {
        const at = <usize>n * winners;
        weightGradient(
          job.channels, job.M, job.N, g, job.y + <usize>n * (<usize>job.channels * pixels(g)),
          job.x + at, job.extra ? job.extra + at : 0, out, scratch, free,
        );
      }
      return;
    }
    case 16: {
      // the same, but for y: the filters
      const winners = <usize>(job.M * job.N) << 2;
      const free = lineAfter(scratch + windows(g));
      firstPixels(job.channels, g, scratch);
      for (let n = first; n < end; n++) {
        const at = <usize>n * winners;
        inputGradient(
          job.channels, job.M, job.N, g, job.y, job.x + at, job.extra ? job.extra + at : 0,
          job.out + <usize>n * (<usize>job.channels * pixels(g)), scratch, free,
        );
      }
      return;
    }
    case 17: {
      const image = <usize>job.channels * pixels(g);
      const pooled = <usize>(job.M * job.poolH * job.poolW) << 2;
      for (let n = first; n < end; n++) {
        const at = <usize>n * pooled;
        convolvePool(
          job.channels, job.M, g, job.poolH, job.poolW, job.x + <usize>n * image, job.y,
          job.rowBias, job.out + at, job.extra + at, (job.flags & RECTIFY) != 0, scratch,
        );
      }
      return;
    }
    case 18:
      return accumulate(length(job, first, end), job.x + offset(first), job.out + offset(first));
    case 19: {
      // an item is a panel of eight columns
      for (let n = first; n < end; n++)
        pack8(job.I, job.x + (<usize>n << 5), <usize>job.N << 2, job.out + <usize>(n * job.I) * 32);
      return;
    }
    case 20: {
      const n = numbers(job);
      const at = offset(first);
      return adagradUpdate(
        length(job, first, end), job.x + at, job.y + at, job.extra + at, n.learningRate, n.epsilon,
        n.weightDecay,
      );
    }
    case 22: {
      const isFinite = allFinite(length(job, first, end), job.x + offset(first));
      store<i32>(job.out + (<usize>chunk << 2), isFinite);
      return;
    }
    case 23: {
      for (let item = first; item < end; item++)
        channelMoments(job.I, job.M, job.N, item * together(job), job.x, job.out, job.extra);
      return;
    }
    case 24: {
      for (let item = first; item < end; item++)
        channelSums(
          job.I, job.M, job.N, item * together(job), job.x, job.y, job.out, job.extra,
        );
      return;
    }
    case 25: {
      for (let plane = first; plane < end; plane++)
        channelAffine(
          job.M, job.N, plane, job.x, job.y, job.extra, job.rowBias, job.out,
        );
      return;
    }
    case 26: {
      for (let plane = first; plane < end; plane++)
        channelResidual(
          job.M, job.N, plane, job.x, job.y, job.extra, job.rowBias, job.columnBias, job.out,
        );
      return;
    }
    case 21: {
      const n = numbers(job);
      const at = offset(first);
      return rmspropUpdate(
        length(job, first, end), job.x + at, job.y + at, job.extra + at, n.learningRate, n.first,
        n.epsilon, n.weightDecay,
      );
    }
  }
}

/** How many channels of N pixels are added up at once. */
@inline
function together(job: Job): i32 {
  return job.N == 1 ? 4 : 1;
}

/** Where block `first` of a flat array starts. */
@inline
function offset(first: i32): usize {
  return <usize>first * BLOCK * 4;
}

/** How many entries blocks `first` to before `end` have; `N` holds the length of the array. */
@inline
function length(job: Job, first: i32, end: i32): i32 {
  return min(end * BLOCK, job.N) - first * BLOCK;
}

@inline
function numbers(job: Job): Numbers {
  return changetype<Numbers>(changetype<usize>(job) + 144);
}

/** Adds up `M` partial results, one behind the other at x, in their order. */
function addPartials(job: Job, first: i32, end: i32): void {
  // (speed.12) dWeight = ((part₀ + part₁) + part₂) + …
  const bytes = <usize>job.N << 2;
  let at = offset(first);
  const last = at + (<usize>length(job, first, end) << 2);
  for (; at + 16 <= last; at += 16) {
    let total = f32x4.splat(0);
    for (let part = 0; part < job.M; part++)
      total = f32x4.add(total, v128.load(job.x + <usize>part * bytes + at));
    v128.store(job.out + at, total);
  }
  for (; at < last; at += 4) {
    let total: f32 = 0;
    for (let part = 0; part < job.M; part++) total += load<f32>(job.x + <usize>part * bytes + at);
    store<f32>(job.out + at, total);
  }
}
