import type { Columns, WindowGeometry } from "../../../im2col/index.js";
import { type Tensor, tensor } from "../../../tensor/index.js";
import {
  type CorrelationPlan,
  filterGradientPlan,
  type Filters,
  forwardPlan,
  inputGradientPlan,
} from "../convolution-plans.js";
import { correlationNumbers, correlationQuad } from "../correlation-kernel.js";
import { filterGradientNumbers, filterGradientQuad } from "../filter-gradient-kernel.js";
import { isWhole, type Placement } from "../spread.js";
import type { Handle } from "./handle.js";
import type { DeviceMemory } from "./memory.js";
import type { DeviceOperands, Operand } from "./operands.js";
import { rowsEntry, rowsNumbers } from "./rows-kernel.js";
import { spreadEntry, spreadNumbers } from "./spread-kernel.js";

/** For kernels that ask for a bias where there is none. */
export const NO_BIAS = tensor([0], "float32");

/** Convolutions on a device, forward and backward, whose results stay there. */
export class DeviceConvolutions {
  readonly #operands: DeviceOperands;
  /** Images that came from the heap, for the backward pass. */
  readonly #sent = new WeakMap<Columns, DeviceMemory>();

  constructor(operands: DeviceOperands) {
    this.#operands = operands;
  }

  /**
   * Is there room for all that is computed on the way, forward and backward?
   *
   * @param N images
   */
  covers(N: number, filters: Filters, geometry: WindowGeometry): boolean {
    const { G, K, R } = filters;
    const [blocks, P, pixels] = [Math.ceil(K / 4), outputOf(geometry), geometry.H * geometry.W];
    const channels = R / (geometry.kH * geometry.kW);
    const there = forwardPlan(N, filters, geometry);
    const back = inputGradientPlan(N, filters, geometry);
    return (
      this.#operands.canSpan(P, pixels, R, N * G * blocks, N * G * Math.ceil(channels / 4)) &&
      this.#operands.hasRoomFor(
        ...[N * there.images.image, N * back.images.image, G * K * R],
        ...[4 * N * G * blocks * P, 4 * N * G * Math.ceil(channels / 4) * pixels],
      )
    );
  }

  /** `out = filters · cols + bias`, [N, G, K, P]; filters [G, K, R], bias [G, K] or null. */
  async forward(filters: Tensor, cols: Columns, bias: Tensor | null): Promise<Tensor> {
    const [N, G, R, P] = cols.shape as [number, number, number, number];
    const K = filters.shape[1]!;
    const plan = forwardPlan(N, { G, K, R }, cols.geometry);
    const x = await this.#images(cols);
    return this.#correlate([N, G, K, P], N, plan, [filters, x, bias ?? zeros(G * K)]);
  }

  /** `dX = col2im(filtersᵀ · dOut)`, [N, C, H, W]; dOut [N, G, K, P]. */
  inputGradient(
    filters: Tensor,
    dOut: Tensor,
    channels: number,
    geometry: WindowGeometry,
  ): Promise<Tensor> {
    const [N, G, K] = dOut.shape as [number, number, number];
    const plan = inputGradientPlan(N, { G, K, R: filters.shape[2]! }, geometry);
    const shape = [N, channels, geometry.H, geometry.W];
    return this.#correlate(shape, N, plan, [filters, dOut, zeros(channels)]);
  }

  /** `dWeight = Σₙ dOutₙ · colsₙᵀ`, [G, K, R]; dOut [N, G, K, P]. */
  async filterGradient(dOut: Tensor, cols: Columns): Promise<Tensor> {
    const [N, G, R, P] = cols.shape as [number, number, number, number];
    const K = dOut.shape[2]!;
    const plan = filterGradientPlan(N, { G, K, R }, cols.geometry);
    const numbers = plan.numbersFor(N);
    const parts = Math.ceil(N / numbers.imagesEach);
    const blocks = G * Math.ceil(K / 4);
    const sums = await this.#framed(await this.#images(cols), plan.placement, (x) =>
      this.#operands.launch({
        ...{ kernel: filterGradientQuad, operands: [dOut, x], each: 4 },
        ...{ output: [R, blocks, parts], numbers: filterGradientNumbers(numbers) },
        multiplications: N * G * K * R * P,
      }),
    );
    return this.#inRows([G, K, R], sums, { rows: K, columns: R, parts, partStep: 4 * blocks * R });
  }

  async #correlate(
    shape: readonly number[],
    N: number,
    { placement, P, numbers }: CorrelationPlan,
    [weight, planes, bias]: readonly [Tensor, Operand, Tensor],
  ): Promise<Tensor> {
    const { filters, groups, channels, kH, kW } = numbers;
    const quads = await this.#framed(planes, placement, (x) =>
      this.#operands.launch({
        ...{ kernel: correlationQuad, operands: [weight, x, bias], each: 4 },
        output: [P, N * groups * Math.ceil(filters / 4)],
        numbers: correlationNumbers({ ...numbers, firstWindow: 0, lastWindow: P - 1 }),
        multiplications: N * groups * filters * channels * kH * kW * P,
      }),
    );
    return this.#inRows(shape, quads, { rows: filters, columns: P, parts: 1, partStep: 0 });
  }

  /** Puts planes in their frame, for one kernel. */
  async #framed(
    planes: Operand,
    placement: Placement,
    use: (framed: Operand) => Promise<Handle>,
  ): Promise<Handle> {
    if (isWhole(placement)) return use(planes);
    const length = placement.planes * placement.spreadRows * placement.spreadColumns;
    const numbers = spreadNumbers(placement);
    const framed = await this.#operands.entries(spreadEntry, length, [planes], numbers);
    try {
      return await use(framed);
    } finally {
      this.#operands.release(framed);
    }
  }

  /** A tensor of rows that came four to a thread. */
  async #inRows(
    shape: readonly number[],
    quads: Handle,
    of: { rows: number; columns: number; parts: number; partStep: number },
  ): Promise<Tensor> {
    const numbers = rowsNumbers({ ...of, biasRow: 0, biasGroup: 0, biasColumn: 0 });
    const length = shape.reduce((a, b) => a * b, 1);
    try {
      const rows = await this.#operands.entries(rowsEntry, length, [quads, NO_BIAS], numbers);
      return await this.#operands.memories.tensor(shape, rows);
    } finally {
      this.#operands.release(quads);
    }
  }

  /** Images travel to the device once, and not again for the backward pass. */
  async #images(cols: Columns): Promise<Operand> {
    const { x } = cols;
    if (this.#operands.isResident(x)) return x;
    const known = this.#sent.get(cols)?.handle;
    if (known) return known;
    const sent = await this.#operands.send(x);
    this.#sent.set(cols, sent);
    return sent.handle!;
  }
}

function outputOf({ outH, outW }: WindowGeometry): number {
  return outH * outW;
}

function zeros(length: number): Tensor {
  return NO_BIAS.broadcastTo([length]);
}
