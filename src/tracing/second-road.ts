/** The second road to dX: a turned filter over dOut with zeros in between. */
import { conv2dForward } from "../backprop/index.js";
import type { WindowGeometry } from "../im2col/index.js";
import { Tensor } from "../tensor/index.js";
import { halfTurn } from "./half-turn.js";

/** What slides over what, and what it finds. */
export interface SecondRoad {
  /**
   * dOut with strideH − 1 rows and strideW − 1 columns of zeros in between, (conv2d.13), in a frame
   * of zeros: [N, K, H + dilationH·(kH − 1), W + dilationW·(kW − 1)]. With more padding than a
   * filter reaches, some of dOut lies outside; no pixel is in those windows.
   */
  readonly up: Tensor;
  /** The filters, turned by half a turn, a channel of x for each of their own: [C, K, kH, kW]. */
  readonly flipped: Tensor;
  /** [N, C, H, W], by (conv2d.14b). */
  readonly dX: Tensor;
}

/**
 * Walks the second road of `derivations/conv2d-second-road.md`, (conv2d.14b), by the engine's own
 * forward pass.
 *
 * @param dOut [N, K, outH, outW]
 * @param weight [K, C, kH, kW], of a convolution without groups
 */
export async function secondRoad(
  dOut: Tensor,
  weight: Tensor,
  geometry: WindowGeometry,
): Promise<SecondRoad> {
  const { dilationH, dilationW } = geometry;
  const up = spread(dOut, geometry);
  const flipped = exchanged(halfTurn(weight));
  const { out } = await conv2dForward(up, flipped, null, { dilation: [dilationH, dilationW] });
  return { up, flipped, dX: out };
}

/** (conv2d.13), in its frame. */
function spread(dOut: Tensor, geometry: WindowGeometry): Tensor {
  const { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW } = geometry;
  const { outH, outW } = geometry;
  const [N, K] = dOut.shape as [number, number];
  const [reachH, reachW] = [dilationH * (kH - 1), dilationW * (kW - 1)];
  const up = Tensor.zeros([N, K, H + reachH, W + reachW], dOut.dtype);
  for (let n = 0; n < N; n++)
    for (let k = 0; k < K; k++)
      for (let p = 0; p < outH; p++)
        for (let q = 0; q < outW; q++) {
          // behind the frame, which is as wide as the new padding of (conv2d.12b).
          const [a, b] = [p * strideH + reachH - padH, q * strideW + reachW - padW];
          if (a < 0 || b < 0 || a >= H + reachH || b >= W + reachW) continue;
          up.set([n, k, a, b], dOut.get(n, k, p, q));
        }
  return up;
}

/** [K, C, kH, kW] → [C, K, kH, kW]. */
function exchanged(weight: Tensor): Tensor {
  const [K, C, kH, kW] = weight.shape as [number, number, number, number];
  const result = Tensor.zeros([C, K, kH, kW], weight.dtype);
  for (let k = 0; k < K; k++)
    for (let c = 0; c < C; c++)
      for (let i = 0; i < kH; i++)
        for (let j = 0; j < kW; j++) result.set([c, k, i, j], weight.get(k, c, i, j));
  return result;
}
