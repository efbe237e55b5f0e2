import type { Columns, WindowGeometry } from "../../../im2col/index.js";
import { sizeOf, type Tensor } from "../../../tensor/index.js";
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
import type { DeviceOperands, Operand, OperandLaunch } from "./operands.js";
import { type Pitched, pitchedEntry, pitchedNumbers } from "./pitched-kernel.js";
import { rowCorrelation, rowCorrelationNumbers } from "./row-correlation-kernel.js";
import { rowGradient, rowGradientNumbers } from "./row-gradient-kernel.js";
import { rowsEntry, rowsNumbers } from "./rows-kernel.js";
import { threeWide } from "./three-wide-kernel.js";
import { spreadEntry, spreadNumbers } from "./spread-kernel.js";

/** Convolutions on a device, forward and backward, whose results stay there. */
export class DeviceConvolutions {
  readonly #operands: DeviceOperands;

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
    const parts = Math.ceil(N / filterGradientPlan(N, filters, geometry).numbersFor(N).imagesEach);
    return (
      this.#operands.canSpan(P, pixels, R, N * G * blocks, N * G * Math.ceil(channels / 4)) &&
      this.#operands.hasRoomFor(
        // rows of windows, of pixels and of a filter are filled up to fours
        ...[N * G * K * geometry.outH * upToFours(geometry.outW)],
        ...[N * G * channels * geometry.H * upToFours(geometry.W)],
        parts * G * K * channels * geometry.kH * upToFours(geometry.kW),
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
    const start = bias ?? (await this.#operands.zeros(G * K));
    return this.#correlate([N, G, K, P], N, plan, [filters, cols.x, start]);
  }

  /** `dX = col2im(filtersᵀ · dOut)`, [N, C, H, W]; dOut [N, G, K, P]. */
  async inputGradient(
    filters: Tensor,
    dOut: Tensor,
    channels: number,
    geometry: WindowGeometry,
  ): Promise<Tensor> {
    const [N, G, K] = dOut.shape as [number, number, number];
    const plan = inputGradientPlan(N, { G, K, R: filters.shape[2]! }, geometry);
    const shape = [N, channels, geometry.H, geometry.W];
    const start = await this.#operands.zeros(channels);
    return this.#correlate(shape, N, plan, [filters, dOut, start]);
  }

  /** `dWeight = Σₙ dOutₙ · colsₙᵀ`, [G, K, R]; dOut [N, G, K, P]. */
  async filterGradient(dOut: Tensor, cols: Columns): Promise<Tensor> {
    const [N, G, R, P] = cols.shape as [number, number, number, number];
    const K = dOut.shape[2]!;
    const plan = filterGradientPlan(N, { G, K, R }, cols.geometry);
    const numbers = plan.numbersFor(N);
    const parts = Math.ceil(N / numbers.imagesEach);
    const shape = [G, K, R];
    const multiplications = N * G * K * R * P;
    const { channels, kH, kW } = numbers;
    const rows = G * K * channels * kH;
    const pitch = 4 * Math.ceil(kW / 4);
    if (numbers.strideQ === 1 && numbers.columnX === 1) {
      const sums = await this.#framed(cols.x, plan.placement, (x) =>
        this.#operands.launch({
          ...{ kernel: rowGradient, operands: [dOut, x], each: 4 },
          ...{ output: [(parts * rows * pitch) / 4], multiplications },
          numbers: rowGradientNumbers({ ...numbers, groups: G }),
        }),
      );
      return this.#unpitched(shape, sums, { columns: kW, pitch, parts, partStep: rows * pitch });
    }
    const blocks = G * Math.ceil(K / 4);
    const sums = await this.#framed(cols.x, plan.placement, (x) =>
      this.#operands.launch({
        ...{ kernel: filterGradientQuad, operands: [dOut, x], each: 4 },
        ...{ output: [R, blocks, parts], numbers: filterGradientNumbers(numbers) },
        multiplications,
      }),
    );
    return this.#inRows(shape, sums, { rows: K, columns: R, parts, partStep: 4 * blocks * R });
  }

  async #correlate(
    shape: readonly number[],
    N: number,
    plan: CorrelationPlan,
    operands: readonly [weight: Tensor, planes: Operand, bias: Operand],
  ): Promise<Tensor> {
    const { P, numbers } = plan;
    const { filters, groups, channels, kH, kW, outW, strideQ, columnX } = numbers;
    const multiplications = N * groups * filters * channels * kH * kW * P;
    if (strideQ === 1 && columnX === 1) {
      const [outH, pitch] = [P / outW, 4 * Math.ceil(outW / 4)];
      const kernel = kW === 3 ? threeWide : rowCorrelation;
      const rows = await this.#over(plan, operands, {
        ...{ kernel, output: [(N * groups * filters * outH * pitch) / 4] },
        ...{ numbers: rowCorrelationNumbers({ ...numbers, outH }), multiplications },
      });
      return this.#unpitched(shape, rows, { columns: outW, pitch, parts: 1, partStep: 0 });
    }
    const quads = await this.#over(plan, operands, {
      ...{ kernel: correlationQuad, output: [P, N * groups * Math.ceil(filters / 4)] },
      numbers: correlationNumbers({ ...numbers, firstWindow: 0, lastWindow: P - 1 }),
      multiplications,
    });
    return this.#inRows(shape, quads, { rows: filters, columns: P, parts: 1, partStep: 0 });
  }

  /** Starts a kernel that correlates planes in their frame. */
  #over(
    { placement }: CorrelationPlan,
    [weight, planes, bias]: readonly [weight: Tensor, planes: Operand, bias: Operand],
    launch: Omit<OperandLaunch, "operands" | "each">,
  ): Promise<Handle> {
    return this.#framed(planes, placement, (x) =>
      this.#operands.launch({ ...launch, operands: [weight, x, bias], each: 4 }),
    );
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

  /** A tensor of rows that were computed in fours of neighbours. */
  async #unpitched(shape: readonly number[], rows: Handle, of: Pitched): Promise<Tensor> {
    if (of.columns === of.pitch && of.parts === 1)
      return this.#operands.memories.tensor(shape, rows);
    try {
      return await this.#operands.tensor(shape, pitchedEntry, [rows], pitchedNumbers(of));
    } finally {
      this.#operands.release(rows);
    }
  }

  /** A tensor of rows that came four to a thread. */
  async #inRows(
    shape: readonly number[],
    quads: Handle,
    of: { rows: number; columns: number; parts: number; partStep: number },
  ): Promise<Tensor> {
    const numbers = rowsNumbers({ ...of, biasRow: 0, biasGroup: 0, biasColumn: 0 });
    const operands = [quads, await this.#operands.zeros(1)];
    try {
      const rows = await this.#operands.entries(rowsEntry, sizeOf(shape), operands, numbers);
      return await this.#operands.memories.tensor(shape, rows);
    } finally {
      this.#operands.release(quads);
    }
  }
}

function upToFours(count: number): number {
  return 4 * Math.ceil(count / 4);
}

function outputOf({ outH, outW }: WindowGeometry): number {
  return outH * outW;
}
