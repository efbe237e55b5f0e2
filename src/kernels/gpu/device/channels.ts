import { type Allocator, sizeOf, Tensor } from "../../../tensor/index.js";
import type { ChannelAffine, ChannelLine, ChannelMoments, ChannelSums } from "../../backend.js";
import { channelExtents } from "../../reference/channels.js";
import type { WinnersGradient } from "../../winners-gradient.js";
import type { KernelFunction } from "../kernel-calls.js";
import {
  channelLine,
  columnMean,
  offTheLine,
  planeDistances,
  planeSums,
} from "./channel-kernels.js";
import type { Handle } from "./handle.js";
import type { DeviceOperands, Operand } from "./operands.js";
import { columnSum, rowSum } from "./sum-kernels.js";

/**
 * What normalisation is made of. Images stay on the device. Numbers of channels come back, a few
 * for each: layers compute on with them. Each method returns null where it is not for the device.
 */
export class DeviceChannels {
  readonly #operands: DeviceOperands;
  readonly #allocator: Allocator;

  /** @param allocator of the numbers of channels */
  constructor(operands: DeviceOperands, allocator: Allocator) {
    this.#operands = operands;
    this.#allocator = allocator;
  }

  /** See {@link Backend.channelMoments}. */
  moments(x: Tensor): Promise<ChannelMoments> | null {
    return x.rank >= 2 && this.#takes([x]) ? this.#moments(x) : null;
  }

  /** See {@link Backend.channelSums}. */
  sums(x: Tensor | WinnersGradient, y: Tensor): Promise<ChannelSums> | null {
    channelExtents("channelSums", x, { y });
    return x instanceof Tensor && this.#takes([x, y]) ? this.#sums(x, y) : null;
  }

  /** See {@link Backend.channelAffine}. */
  affine(x: Tensor, numbers: ChannelAffine): Promise<Tensor> | null {
    const { C, P } = channelExtents("channelAffine", x, {}, numbers);
    const { scale, centre = null, shift = null } = numbers;
    if (!this.#takes([x], scale, centre, shift)) return null;
    return this.#affine(x, [scale, centre, shift], [P, C]);
  }

  /** See {@link Backend.channelResidual}. */
  residual(y: Tensor | WinnersGradient, x: Tensor, line: ChannelLine): Promise<Tensor> | null {
    const { C, P } = channelExtents("channelResidual", y, { x }, line);
    const { intercept, slope, scale } = line;
    if (!(y instanceof Tensor) || !this.#takes([y, x], intercept, slope, scale)) return null;
    return this.#residual(y, x, [intercept, slope, scale], [P, C]);
  }

  /** Are images there, or one of them, and can kernels read the others and the numbers? */
  #takes(images: readonly Tensor[], ...numbers: readonly (Tensor | null)[]): boolean {
    return (
      this.#operands.takes(0, ...images) &&
      this.#operands.hasRoomFor(images[0]!.size, 4 * sizeOf(images[0]!.shape.slice(0, 2))) &&
      numbers.every((tensor) => this.#operands.suits(tensor))
    );
  }

  async #moments(x: Tensor): Promise<ChannelMoments> {
    const { N, C, P } = channelExtents("channelMoments", x);
    const M = N * P;
    const planes = await this.#operands.entries(rowSum, N * C, [x], Int32Array.of(P));
    const means = await this.#using(planes, () =>
      this.#operands.entries(columnMean, C, [planes], Int32Array.of(C, N, M)),
    );
    return this.#using(means, async () => {
      const [distances, squares] = await this.#pairs(planeDistances, [x, means], [N, C, P]);
      const off = distances.map((sum) => sum / M);
      const mean = await this.#operands.fetch(means);
      return {
        mean: this.#ofChannels(mean.map((mu, c) => mu + off[c]!)),
        // what a rounded mean is off by is no part of the variance
        variance: this.#ofChannels(squares.map((sum, c) => sum / M - square(off[c]!))),
      };
    });
  }

  async #sums(x: Tensor, y: Tensor): Promise<ChannelSums> {
    const { N, C, P } = channelExtents("channelSums", x);
    const [sum, product] = await this.#pairs(planeSums, [x, y], [N, C, P]);
    return { sum: this.#ofChannels(sum), product: this.#ofChannels(product) };
  }

  /** Two sums of each channel, of a kernel that returns them for each plane. */
  async #pairs(
    kernel: KernelFunction,
    operands: readonly Operand[],
    [N, C, P]: readonly [number, number, number],
  ): Promise<readonly [Float64Array, Float64Array]> {
    const planes = await this.#operands.launch({
      ...{ kernel, operands, each: 4, output: [N * C] },
      ...{ numbers: Int32Array.of(P, C), multiplications: N * C * P },
    });
    const channels = await this.#using(planes, () =>
      this.#operands.entries(columnSum, 4 * C, [planes], Int32Array.of(4 * C, N)),
    );
    const sums = await this.#using(channels, () => this.#operands.fetch(channels));
    const every = (first: number): Float64Array =>
      Float64Array.from({ length: C }, (_, c) => sums[4 * c + first]!);
    return [every(0), every(1)];
  }

  /** Gives a handle up once it has been used, or using it has failed. */
  async #using<T>(handle: Handle, use: () => Promise<T>): Promise<T> {
    try {
      return await use();
    } finally {
      this.#operands.release(handle);
    }
  }

  async #affine(
    x: Tensor,
    numbers: readonly [scale: Tensor, centre: Tensor | null, shift: Tensor | null],
    [P, C]: readonly [number, number],
  ): Promise<Tensor> {
    const operands: Operand[] = [x];
    for (const tensor of numbers) operands.push(tensor ?? (await this.#operands.zeros(C)));
    return this.#operands.tensor(x.shape, channelLine, operands, Int32Array.of(P, C));
  }

  async #residual(
    y: Tensor,
    x: Tensor,
    line: readonly Tensor[],
    [P, C]: readonly [number, number],
  ): Promise<Tensor> {
    const numbers: number[] = [];
    for (const { storage } of line) await this.#operands.memories.read(storage);
    for (const tensor of line) numbers.push(...tensor.contiguous().data);
    const sent = await this.#operands.send(Float32Array.from(numbers));
    return this.#using(sent, () =>
      this.#operands.tensor(y.shape, offTheLine, [y, x, sent], Int32Array.of(P, C)),
    );
  }

  #ofChannels(values: ArrayLike<number>): Tensor {
    return Tensor.from(values, [values.length], "float32", this.#allocator);
  }
}

function square(x: number): number {
  return x * x;
}
