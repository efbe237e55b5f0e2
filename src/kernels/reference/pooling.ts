import type { WindowGeometry } from "../../im2col/index.js";
import { type Allocator, formatShape, reject, Storage, Tensor } from "../../tensor/index.js";
import type { MaxPool2dResult, PoolOptions } from "../backend.js";
import { channelAffine } from "./channels.js";

/** See {@link Backend.maxPool2d}. A NaN in a window wins, so that it is not lost from sight. */
export function maxPool2d(
  x: Tensor,
  geometry: WindowGeometry,
  { rectify = false, affine = null }: PoolOptions,
  allocator: Allocator,
): MaxPool2dResult {
  if (affine !== null)
    return maxPool2d(channelAffine(x, affine, allocator), geometry, { rectify }, allocator);
  const out = Tensor.zeros(outShape("maxPool2d", x, geometry), x.dtype, allocator);
  const argmax = new Int32Array(out.size);
  const { W, dilationH, dilationW } = geometry;
  const source = x.contiguous().data;
  const target = out.data;
  forEachWindow(out.shape, geometry, (window, plane, { top, bottom, left, right }) => {
    let best = -Infinity;
    let winner = -1;
    for (let h = top; h < bottom; h += dilationH) {
      for (let w = left; w < right; w += dilationW) {
        const entry = source[plane + h * W + w]!;
        const value = rectify && entry <= 0 ? 0 : entry;
        if (value > best || winner < 0 || value !== value) {
          best = value;
          winner = h * W + w;
        }
      }
    }
    target[window] = best;
    argmax[window] = rectify && !(best > 0) ? -1 : winner;
  });
  return { out, argmax: new Storage(argmax) };
}

/**
 * See {@link Backend.maxPool2dBackward}. Overlapping windows may share a winner, so gradients are
 * added.
 */
export function maxPool2dBackward(
  dOut: Tensor,
  argmax: Storage<Int32Array>,
  geometry: WindowGeometry,
  allocator: Allocator,
): Tensor {
  const dX = inputGradient("maxPool2dBackward", dOut, geometry, allocator);
  const winners = argmax.data;
  if (winners.length !== dOut.size)
    reject(
      "maxPool2dBackward",
      `${dOut.size} winners for dOut ${formatShape(dOut.shape)}`,
      String(winners.length),
    );
  const source = dOut.contiguous().data;
  const target = dX.data;
  const inPlane = geometry.H * geometry.W;
  const outPlane = geometry.outH * geometry.outW;
  for (let window = 0; window < source.length; window++) {
    const winner = winners[window]!;
    if (winner >= 0) target[Math.floor(window / outPlane) * inPlane + winner]! += source[window]!;
  }
  return dX;
}

/** See {@link Backend.averagePool2d}. */
export function averagePool2d(x: Tensor, geometry: WindowGeometry, allocator: Allocator): Tensor {
  const out = Tensor.zeros(outShape("averagePool2d", x, geometry), x.dtype, allocator);
  const { W, kH, kW, dilationH, dilationW } = geometry;
  const source = x.contiguous().data;
  const target = out.data;
  forEachWindow(out.shape, geometry, (window, plane, { top, bottom, left, right }) => {
    let total = 0;
    for (let h = top; h < bottom; h += dilationH) {
      for (let w = left; w < right; w += dilationW) total += source[plane + h * W + w]!;
    }
    target[window] = total / (kH * kW);
  });
  return out;
}

/** See {@link Backend.averagePool2dBackward}. */
export function averagePool2dBackward(
  dOut: Tensor,
  geometry: WindowGeometry,
  allocator: Allocator,
): Tensor {
  const dX = inputGradient("averagePool2dBackward", dOut, geometry, allocator);
  const { W, kH, kW, dilationH, dilationW } = geometry;
  const source = dOut.contiguous().data;
  const target = dX.data;
  forEachWindow(dOut.shape, geometry, (window, plane, { top, bottom, left, right }) => {
    const share = source[window]! / (kH * kW);
    for (let h = top; h < bottom; h += dilationH) {
      for (let w = left; w < right; w += dilationW) target[plane + h * W + w]! += share;
    }
  });
  return dX;
}

/**
 * The pixels that a window holds: from row `top` to before `bottom` and from column `left` to
 * before `right`, in steps of the dilation. What lies on the padding is cut off.
 */
interface Inside {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/**
 * Calls `visit` for each window with its position in `out`, where its plane starts in x, and the
 * pixels that it holds.
 */
function forEachWindow(
  shape: readonly number[],
  geometry: WindowGeometry,
  visit: (window: number, plane: number, inside: Readonly<Inside>) => void,
): void {
  const { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW, outH, outW } = geometry;
  const planes = shape[0]! * shape[1]!;
  const inside: Inside = { top: 0, bottom: 0, left: 0, right: 0 }; // one for all: there are many
  let window = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let p = 0; p < outH; p++) {
      const top = p * strideH - padH;
      inside.top = firstInside(top, dilationH);
      inside.bottom = Math.min(H, top + (kH - 1) * dilationH + 1);
      for (let q = 0; q < outW; q++) {
        const left = q * strideW - padW;
        inside.left = firstInside(left, dilationW);
        inside.right = Math.min(W, left + (kW - 1) * dilationW + 1);
        visit(window++, plane * H * W, inside);
      }
    }
  }
}

/** The first of start, start + step, … that is not negative. */
function firstInside(start: number, step: number): number {
  return start >= 0 ? start : start + Math.ceil(-start / step) * step;
}

function outShape(where: string, x: Tensor, { H, W, outH, outW }: WindowGeometry): number[] {
  if (x.rank !== 4 || x.shape[2] !== H || x.shape[3] !== W)
    reject(where, `x of shape [N, C, ${H}, ${W}]`, formatShape(x.shape));
  return [x.shape[0]!, x.shape[1]!, outH, outW];
}

function inputGradient(
  where: string,
  dOut: Tensor,
  { H, W, outH, outW }: WindowGeometry,
  allocator: Allocator,
): Tensor {
  if (dOut.rank !== 4 || dOut.shape[2] !== outH || dOut.shape[3] !== outW) {
    reject(where, `dOut of shape [N, C, ${outH}, ${outW}]`, formatShape(dOut.shape));
  }
  return Tensor.zeros([dOut.shape[0]!, dOut.shape[1]!, H, W], dOut.dtype, allocator);
}
