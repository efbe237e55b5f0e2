import type { WindowGeometry } from "../../../im2col/index.js";
import { type Storage, sizeOf, type Tensor } from "../../../tensor/index.js";
import type { MaxPool2dResult, PoolOptions } from "../../backend.js";
import { sharesOfWindows, windowMean } from "./average-pooling-kernels.js";
import { poolingNumbers, taken, winner, winnings } from "./max-pooling-kernels.js";
import type { DeviceOperands } from "./operands.js";

/** Max and average pooling. Each method returns null where it is not for the device. */
export class DevicePooling {
  readonly #operands: DeviceOperands;

  constructor(operands: DeviceOperands) {
    this.#operands = operands;
  }

  /** See {@link Backend.maxPool2d}. */
  maxPool2d(
    x: Tensor,
    geometry: WindowGeometry,
    { rectify = false, affine = null }: PoolOptions,
  ): Promise<MaxPool2dResult> | null {
    const [N, C, H, W] = x.shape as [number, number, number, number];
    const { outH, outW } = geometry;
    const fits =
      x.rank === 4 && H === geometry.H && W === geometry.W && !rectify && affine === null;
    const length = sizeOf([N, C, outH, outW]);
    if (!fits || !seesAPixelAlways(geometry) || !this.#operands.hasRoomFor(x.size, length))
      return null;
    return this.#operands.takes(0, x) ? this.#pooled(x, geometry, [N, C, outH, outW]) : null;
  }

  async #pooled(
    x: Tensor,
    geometry: WindowGeometry,
    shape: readonly number[],
  ): Promise<MaxPool2dResult> {
    const [length, numbers] = [sizeOf(shape), poolingNumbers(geometry)];
    const winners = await this.#operands.entries(winner, length, [x], numbers);
    const { memories } = this.#operands;
    const argmax = await memories.winners(length, winners);
    return { out: await this.#operands.tensor(shape, taken, [x, argmax], numbers), argmax };
  }

  /** See {@link Backend.maxPool2dBackward}. */
  maxPool2dBackward(
    dOut: Tensor,
    argmax: Storage<Int32Array>,
    geometry: WindowGeometry,
  ): Promise<Tensor> | null {
    const [N, C, p, q] = dOut.shape as [number, number, number, number];
    const { H, W, outH, outW } = geometry;
    const fits = dOut.rank === 4 && p === outH && q === outW && argmax.length === dOut.size;
    const shape = [N, C, H, W];
    if (!fits || !this.#operands.hasRoomFor(dOut.size, sizeOf(shape))) return null;
    if (!this.#operands.takes(0, dOut) || !this.#operands.isHeld(argmax)) return null;
    return this.#operands.tensor(shape, winnings, [dOut, argmax], poolingNumbers(geometry));
  }

  /** See {@link Backend.averagePool2d}. */
  averagePool2d(x: Tensor, geometry: WindowGeometry): Promise<Tensor> | null {
    const [N, C, H, W] = x.shape as [number, number, number, number];
    const shape = [N, C, geometry.outH, geometry.outW];
    const fits = x.rank === 4 && H === geometry.H && W === geometry.W;
    return fits && this.#operands.hasRoomFor(x.size, sizeOf(shape)) && this.#operands.takes(0, x)
      ? this.#operands.tensor(shape, windowMean, [x], poolingNumbers(geometry))
      : null;
  }

  /** See {@link Backend.averagePool2dBackward}. */
  averagePool2dBackward(dOut: Tensor, geometry: WindowGeometry): Promise<Tensor> | null {
    const [N, C, p, q] = dOut.shape as [number, number, number, number];
    const shape = [N, C, geometry.H, geometry.W];
    const fits = dOut.rank === 4 && p === geometry.outH && q === geometry.outW;
    if (!fits || !this.#operands.hasRoomFor(dOut.size, sizeOf(shape))) return null;
    return this.#operands.takes(0, dOut)
      ? this.#operands.tensor(shape, sharesOfWindows, [dOut], poolingNumbers(geometry))
      : null;
  }
}

/** Does no window lie on padding alone? */
function seesAPixelAlways(of: WindowGeometry): boolean {
  const { strideH, padH, dilationH, strideW, padW, dilationW } = of;
  const [rows, columns] = [range(of.outH), range(of.outW)];
  return (
    rows.every((p) => sees(of.H, of.kH, dilationH, p * strideH - padH)) &&
    columns.every((q) => sees(of.W, of.kW, dilationW, q * strideW - padW))
  );
}

/** Along one axis: does a window that begins at `start` hold one of the pixels 0 … extent − 1? */
function sees(extent: number, kernel: number, dilation: number, start: number): boolean {
  const first = start < 0 ? start + dilation * Math.ceil(-start / dilation) : start;
  return first < extent && first <= start + dilation * (kernel - 1);
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
