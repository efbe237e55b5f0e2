import { Columns, type WindowGeometry } from "../../../im2col/index.js";
import { broadcastShape, sameShape, sizeOf, Tensor } from "../../../tensor/index.js";
import type { MatmulOptions } from "../../backend.js";
import { checkBiases, productExtents, type ProductExtents } from "../../reference/matmul.js";
import { checkOntoImages } from "../../reference/product-onto-images.js";
import type { WinnersGradient } from "../../winners-gradient.js";
import { gathers } from "../convolution-plans.js";
import { productNumbers, productQuad } from "../product-kernel.js";
import { isFilterGradient, isForward, stepsOf } from "../products.js";
import { DeviceConvolutions } from "./convolutions.js";
import type { DeviceOperands } from "./operands.js";
import { rowsEntry, rowsNumbers } from "./rows-kernel.js";

/** A batch of products, each of which may be a sum of several. */
interface Plan extends ProductExtents {
  readonly terms: number;
  readonly batch: readonly number[];
}

/** Where a product's bias is, and how far apart its numbers lie. */
interface Bias {
  /** Null for none. */
  readonly tensor: Tensor | null;
  readonly biasRow: number;
  readonly biasGroup: number;
  readonly biasColumn: number;
}

/** Products of matrices on a device, whose results stay there. */
export class DeviceProducts {
  readonly #operands: DeviceOperands;

  readonly #convolutions: DeviceConvolutions;

  constructor(operands: DeviceOperands) {
    this.#operands = operands;
    this.#convolutions = new DeviceConvolutions(operands);
  }

  /** See {@link Backend.matmul}. */
  matmul(a: Tensor, b: Tensor | Columns, options: MatmulOptions): Promise<Tensor> | null {
    if (b instanceof Columns) return this.#convolution(a, b, options);
    const extents = productExtents("matmul", a, b, options);
    const batch = broadcastShape("matmul", extents.batchA, extents.batchB);
    const bias = biasOf(extents, batch, options);
    const plan = { ...extents, terms: 1, batch };
    return bias !== null && this.#takes(a, b, plan) && this.#operands.suits(bias.tensor)
      ? this.#product(a, b, options, plan, bias)
      : null;
  }

  /** See {@link Backend.matmulSum}. */
  matmulSum(
    a: Tensor | WinnersGradient,
    b: Tensor | Columns,
    options: MatmulOptions,
  ): Promise<Tensor> | null {
    if (!(a instanceof Tensor)) return null;
    if (b instanceof Columns) return this.#filterGradient(a, b, options);
    const extents = productExtents("matmulSum", a, b, options);
    const [terms, ...batch] = extents.batchA;
    if (terms === undefined || !sameShape(extents.batchA, extents.batchB)) return null;
    const plan = { ...extents, terms, batch };
    return this.#takes(a, b, plan) ? this.#product(a, b, options, plan, NONE) : null;
  }

  /** See {@link Backend.productOntoImages}. */
  ontoImages(
    a: Tensor,
    b: Tensor | WinnersGradient,
    channels: number,
    geometry: WindowGeometry,
  ): Promise<Tensor> | null {
    if (!(b instanceof Tensor)) return null;
    checkOntoImages(a.shape, b.shape, channels, geometry);
    const [N, G, K, P] = b.shape as [number, number, number, number];
    const filters = { G, K, R: a.shape[2]! };
    return this.#operands.takes(N * G * K * filters.R * P, a, b) &&
      gathers(geometry) &&
      this.#convolutions.covers(N, filters, geometry)
      ? this.#convolutions.inputGradient(a, b, channels, geometry)
      : null;
  }

  /** Filters [G, K, R] · columns. */
  #convolution(a: Tensor, cols: Columns, options: MatmulOptions): Promise<Tensor> | null {
    if (!isForward(a, cols, options)) return null;
    checkBiases(productExtents("matmul", a, cols, options), a.shape, options);
    const bias = options.rowBias?.broadcastTo(a.shape.slice(0, 2)) ?? null;
    const K = a.shape[1]!;
    return this.#suits(a, K, cols) && this.#operands.suits(bias)
      ? this.#convolutions.forward(a, cols, bias)
      : null;
  }

  /** dOut [N, G, K, P] · columnsᵀ, summed over the images. */
  #filterGradient(dOut: Tensor, cols: Columns, options: MatmulOptions): Promise<Tensor> | null {
    return isFilterGradient(dOut, cols, options) && this.#suits(dOut, dOut.shape[2]!, cols)
      ? this.#convolutions.filterGradient(dOut, cols)
      : null;
  }

  /** Do K filters a group and these columns suit the device? */
  #suits(operand: Tensor, K: number, cols: Columns): boolean {
    const [N, G, R] = cols.shape as [number, number, number];
    return (
      this.#operands.takes(K * sizeOf(cols.shape), operand, cols.x) &&
      this.#convolutions.covers(N, { G, K, R }, cols.geometry)
    );
  }

  #takes(a: Tensor, b: Tensor, plan: Plan): boolean {
    const { M, N, I, batch, terms } = plan;
    const multiplications = sizeOf(batch) * terms * M * N * I;
    return this.#operands.takes(multiplications, a, b) && this.#covers(plan);
  }

  #covers({ M, N, I, batchA, batchB, batch, terms }: Plan): boolean {
    const count = sizeOf(batch);
    const spans = [batchA, batchB].every((own) => [1, terms * count].includes(sizeOf(own)));
    return (
      spans &&
      I > 0 &&
      this.#operands.canSpan(N, Math.ceil(M / 4), count) &&
      this.#operands.hasRoomFor(
        ...[sizeOf(batchA) * M * I, sizeOf(batchB) * I * N, 4 * count * Math.ceil(M / 4) * N],
      )
    );
  }

  async #product(
    a: Tensor,
    b: Tensor,
    { transposeA, transposeB }: MatmulOptions,
    { M, N, I, batch, terms }: Plan,
    { tensor: bias, ...biasSteps }: Bias,
  ): Promise<Tensor> {
    const count = sizeOf(batch);
    const ofA = stepsOf(a.size, M, I, count, transposeA === true);
    const ofB = stepsOf(b.size, N, I, count, transposeB !== true);
    const quads = await this.#operands.launch({
      ...{ kernel: productQuad, operands: [a, b], each: 4 },
      output: [N, Math.ceil(M / 4), count],
      numbers: productNumbers({
        ...{ terms, M, N, I },
        ...{ termA: ofA.term, matrixA: ofA.matrix, rowA: ofA.line, stepA: ofA.step },
        ...{ termB: ofB.term, matrixB: ofB.matrix, columnB: ofB.line, stepB: ofB.step },
      }),
      multiplications: count * terms * M * N * I,
    });
    const numbers = rowsNumbers({ rows: M, columns: N, parts: 1, partStep: 0, ...biasSteps });
    const operands = [quads, bias ?? (await this.#operands.zeros(1))];
    try {
      const rows = await this.#operands.entries(rowsEntry, count * M * N, operands, numbers);
      return await this.#operands.memories.tensor([...batch, M, N], rows);
    } finally {
      this.#operands.release(quads);
    }
  }
}

const NONE: Bias = { tensor: null, biasRow: 0, biasGroup: 0, biasColumn: 0 };

/** @returns null for one that a kernel cannot find its way in */
function biasOf(
  { M, N }: ProductExtents,
  batch: readonly number[],
  { rowBias, columnBias }: MatmulOptions,
): Bias | null {
  if (rowBias && columnBias) return null;
  if (rowBias) {
    const isForEach = sameShape(rowBias.shape, [...batch, M]);
    if (!isForEach && !sameShape(rowBias.shape, [M])) return null;
    return { ...NONE, tensor: rowBias, biasRow: 1, biasGroup: isForEach ? M : 0 };
  }
  if (columnBias)
    return sameShape(columnBias.shape, [N]) ? { ...NONE, tensor: columnBias, biasColumn: 1 } : null;
  return NONE;
}
