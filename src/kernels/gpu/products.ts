import { col2im, Columns, type WindowGeometry } from "../../im2col/index.js";
import {
  broadcastShape,
  type Data,
  type DType,
  sameShape,
  sizeOf,
  Tensor,
  tensor,
} from "../../tensor/index.js";
import type { Backend, MatmulOptions } from "../backend.js";
import { inMemory } from "../in-memory.js";
import {
  checkBiases,
  planProduct,
  type Product,
  productExtents,
  startFromBias,
} from "../reference/matmul.js";
import { checkOntoImages } from "../reference/product-onto-images.js";
import type { WinnersGradient } from "../winners-gradient.js";
import { gathers } from "./convolution-plans.js";
import { GpuConvolutions } from "./convolutions.js";
import type { KernelCache } from "./kernel-cache.js";
import type { GpuMode } from "./modes.js";
import { type CallLimits, type ProductCall, productCalls } from "./product-calls.js";
import { productNumbers, productQuad } from "./product-kernel.js";
import { addQuads } from "./quads.js";

/** A product whose operands are flat memory. */
type FlatProduct = Pick<Product, "M" | "N" | "I"> & { readonly a: Data; readonly b: Data };

type Transposes = Pick<MatmulOptions, "transposeA" | "transposeB">;

/**
 * How far apart, in elements, neighbours of an operand lie in its flat memory: a term, a matrix of
 * the batch, a row of a or a column of b, and a step of the sum.
 */
interface Steps {
  readonly term: number;
  readonly matrix: number;
  readonly line: number;
  readonly step: number;
}

/** Products of matrices on gpu.js; on the reference, if they are too small or too large for it. */
export class GpuProducts {
  readonly #kernels: KernelCache;
  readonly #convolutions: GpuConvolutions;
  readonly #base: Backend;
  readonly #smallest: number;
  readonly #limits: CallLimits;

  /** @param smallest how many multiplications a batch of products needs to be worth a call */
  constructor(
    kernels: KernelCache,
    base: Backend,
    { smallest, limits }: { readonly smallest: number; readonly limits: CallLimits },
  ) {
    this.#kernels = kernels;
    this.#convolutions = new GpuConvolutions(kernels, base.allocator, limits);
    this.#base = base;
    this.#smallest = smallest;
    this.#limits = limits;
  }

  /** See {@link Backend.matmul}. */
  async matmul(
    a: Tensor,
    b: Tensor | Columns | WinnersGradient,
    options: MatmulOptions,
  ): Promise<Tensor> {
    if (b instanceof Columns && isForward(a, b, options) && this.#suits(a, a.shape[1]!, b)) {
      checkBiases(productExtents("matmul", a, b, options), a.shape, options);
      const bias = options.rowBias?.broadcastTo(a.shape.slice(0, 2)) ?? null;
      return this.#convolutions.forward(a, b, bias);
    }
    const product = planProduct("matmul", a, inMemory(b), options);
    const { M, N, batchA, batchB } = product;
    const batch = broadcastShape("matmul", batchA, batchB);
    const count = sizeOf(batch);
    if (!this.#takes(product, count, 1)) return this.#base.matmul(product.a, product.b, options);
    const c = Tensor.zeros([...batch, M, N], "float32", this.#base.allocator);
    startFromBias(c.data, product, batch, options);
    const flat = {
      ...product,
      a: spreadOut(product.a, batchA, batch).data,
      b: spreadOut(product.b, batchB, batch).data,
    };
    for (const call of productCalls(product, count, 1, this.#limits))
      await this.#addCall(c.data, flat, options, count, call);
    return c;
  }

  /** See {@link Backend.matmulSum}. */
  async matmulSum(
    a: Tensor | WinnersGradient,
    b: Tensor | Columns,
    options: Transposes,
  ): Promise<Tensor> {
    if (b instanceof Columns && isFilterGradient(a, b, options) && this.#suits(a, a.shape[2]!, b))
      return this.#convolutions.filterGradient(inMemory(a), b);
    const product = planProduct("matmulSum", inMemory(a), inMemory(b), options);
    const { M, N, batchA, batchB } = product;
    const [terms = 0, ...batch] = batchA;
    const count = sizeOf(batch);
    if (!sameShape(batchA, batchB) || !this.#takes(product, count, terms))
      return this.#base.matmulSum(product.a, product.b, options);
    const c = Tensor.zeros([...batch, M, N], "float32", this.#base.allocator);
    const flat = { ...product, a: product.a.data, b: product.b.data };
    for (const call of productCalls(product, count, terms, this.#limits))
      await this.#addCall(c.data, flat, options, count, call);
    return c;
  }

  /** See {@link Backend.productOntoImages}. */
  async productOntoImages(
    a: Tensor,
    b: Tensor | WinnersGradient,
    channels: number,
    geometry: WindowGeometry,
  ): Promise<Tensor> {
    checkOntoImages(a.shape, b.shape, channels, geometry);
    const [N, G, K, P] = b.shape as [number, number, number, number];
    const R = a.shape[2]!;
    if (
      a.dtype === b.dtype &&
      this.#isLarge(b.dtype, N * G * K * R * P) &&
      gathers(geometry) &&
      this.#convolutions.covers(K, channels, G, geometry)
    )
      return this.#convolutions.inputGradient(a, inMemory(b), channels, geometry);
    const cols = await this.matmul(a, inMemory(b), { transposeA: true });
    return col2im(cols.reshape([N, G * R, P]), channels, geometry, this.#base.allocator);
  }

  /** Runs one small product. @throws Error when it fails, or comes out wrong */
  async probe(mode: GpuMode): Promise<void> {
    const c = new Float32Array(2);
    const a = tensor(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      "float32",
    );
    const b = tensor([[7], [8], [9]], "float32");
    const product = planProduct("gpuBackend", a, b, {});
    for (const call of productCalls(product, 1, 1, this.#limits))
      await this.#addCall(c, { ...product, a: a.data, b: b.data }, {}, 1, call);
    if (c[0] !== 50 || c[1] !== 122)
      throw new Error(
        `gpuBackend: expected mode ${mode} to compute 50 and 122, got ${c[0]} and ${c[1]}`,
      );
  }

  /** Do K filters a group and these columns multiply enough for a call, and not too much? */
  #suits({ dtype }: Pick<Tensor, "dtype">, K: number, cols: Columns): boolean {
    const [, G] = cols.shape as [number, number];
    return (
      dtype === cols.dtype &&
      this.#isLarge(dtype, K * sizeOf(cols.shape)) &&
      this.#convolutions.covers(K, cols.channels, G, cols.geometry)
    );
  }

  /** Is this batch of products for gpu.js? */
  #takes({ a, M, N, I }: Product, batch: number, terms: number): boolean {
    return (
      this.#isLarge(a.dtype, batch * terms * M * N * I) &&
      Math.max(M * I, I * N, M * N) <= this.#limits.entries
    );
  }

  #isLarge(dtype: DType, multiplications: number): boolean {
    return dtype === "float32" && multiplications > 0 && multiplications >= this.#smallest;
  }

  /**
   * One call: adds its products of a [terms, batch, M, I] and b [terms, batch, I, N] to c [batch,
   * M, N].
   */
  async #addCall(
    c: Data,
    { a, b, M, N, I }: FlatProduct,
    { transposeA, transposeB }: Transposes,
    batch: number,
    call: ProductCall,
  ): Promise<void> {
    const ofA = stepsOf(a.length, M, I, batch, transposeA === true);
    const ofB = stepsOf(b.length, N, I, batch, transposeB !== true);
    const numbers = productNumbers({
      ...{ terms: call.terms, M: call.M, N: call.N, I },
      ...{ termA: ofA.term, matrixA: ofA.matrix, rowA: ofA.line, stepA: ofA.step },
      ...{ termB: ofB.term, matrixB: ofB.matrix, columnB: ofB.line, stepB: ofB.step },
    });
    const quads = await this.#kernels.run({
      kernel: productQuad,
      output: [call.N, Math.ceil(call.M / 4), call.batch],
      arrays: [
        partOf(a, ofA, call, { first: call.row, count: call.M, length: I }),
        partOf(b, ofB, call, { first: call.column, count: call.N, length: I }),
        numbers,
      ],
      multiplications: call.batch * call.terms * call.M * call.N * I,
    });
    addQuads(c as Float32Array, quads, call.N, (y, z, f) => {
      const row = 4 * y + f;
      return row < call.M ? ((call.matrix + z) * M + call.row + row) * N + call.column : -1;
    });
  }
}

/** Is this the product of a convolution, filters [G, K/G, R] · columns? */
export function isForward(a: Tensor, cols: Columns, options: MatmulOptions): boolean {
  const { transposeA, transposeB, columnBias } = options;
  const [, G, R] = cols.shape;
  const isPlain = !(transposeA || transposeB || columnBias);
  return isPlain && a.rank === 3 && a.shape[0] === G && a.shape[2] === R;
}

/** Is this the sum of a convolution's backward pass, [N, G, K/G, P] · columnsᵀ? */
export function isFilterGradient(
  { shape }: Pick<Tensor, "shape">,
  cols: Columns,
  { transposeA, transposeB }: Transposes,
): boolean {
  const [N, G, , P] = cols.shape;
  return (
    transposeA !== true &&
    transposeB === true &&
    shape.length === 4 &&
    sameShape([shape[0]!, shape[1]!, shape[3]!], [N!, G!, P!])
  );
}

/**
 * @param size of all matrices of the operand
 * @param lines rows of a, or columns of b
 * @param areNeighbours whether lines are neighbours in memory, and not the entries of one
 */
export function stepsOf(
  size: number,
  lines: number,
  I: number,
  batch: number,
  areNeighbours: boolean,
): Steps {
  const matrix = size === lines * I ? 0 : lines * I;
  const [line, step] = areNeighbours ? [1, lines] : [I, 1];
  return { term: batch * matrix, matrix, line, step };
}

/**
 * What a call needs of an operand: from its first entry to its last.
 *
 * @param lines rows of a, or columns of b: which ones, and how many entries each has
 */
function partOf(
  data: Data,
  { term, matrix, line, step }: Steps,
  call: ProductCall,
  lines: { readonly first: number; readonly count: number; readonly length: number },
): Float32Array {
  const from = call.term * term + call.matrix * matrix + lines.first * line;
  const toLastLine = (lines.count - 1) * line + (lines.length - 1) * step;
  const last = (call.terms - 1) * term + (call.batch - 1) * matrix + toLastLine;
  return data.subarray(from, from + last + 1) as Float32Array;
}

/**
 * A kernel takes one matrix for the whole batch, or one for each product. An operand that
 * broadcasts in between, as the filters [G, M, I] of a grouped convolution do against the columns
 * [N, G, I, P], is copied out to one for each.
 */
function spreadOut(stack: Tensor, own: readonly number[], batch: readonly number[]): Tensor {
  const count = sizeOf(own);
  return count === 1 || count === sizeOf(batch)
    ? stack
    : stack.broadcastTo([...batch, ...stack.shape.slice(-2)]).contiguous();
}
