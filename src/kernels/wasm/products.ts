import type { Columns, WindowGeometry } from "../../im2col/index.js";
import {
  broadcastShape,
  formatShape,
  reject,
  sameShape,
  sizeOf,
  Tensor,
} from "../../tensor/index.js";
import type { MatmulOptions } from "../backend.js";
import { checkBiases, matrixIndices, productExtents } from "../reference/matmul.js";
import { checkOntoImages } from "../reference/product-onto-images.js";
import type { WinnersGradient } from "../winners-gradient.js";
import { type Convolutions, isPlain } from "./convolutions.js";
import { chunksOf, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import { addParts, allFinite } from "./passes.js";
import {
  cutRows,
  isSingle,
  isSparse,
  type Product,
  type ProductPlan,
  planProduct,
  planSum,
} from "./product-plan.js";
import { constants } from "./table.js";
import { LARGEST_IN_TILES, suitsTiles, Tiles } from "./tiles.js";

/** Bytes from one row of a panel to the next. */
const PANEL_ROW = 4 * constants.PANEL;

type Images = Pick<Columns, "channels" | "geometry">;
type Transposes = Pick<MatmulOptions, "transposeA" | "transposeB">;

/**
 * Products of matrices, and what flows into and out of them.
 *
 * Zeros are skipped where there are many. A skipped product has to be 0, and 0 · NaN and 0 · ∞ are
 * NaN, so the other operand is looked through first: if not all of it is finite, nothing is
 * skipped. That depends on the numbers alone, and so is the same for any number of threads.
 */
export class Products {
  readonly #memory: WasmMemory;
  readonly #jobs: JobRunner;
  readonly #convolutions: Convolutions;
  readonly #tiles: Tiles;

  constructor(memory: WasmMemory, jobs: JobRunner, convolutions: Convolutions) {
    this.#memory = memory;
    this.#jobs = jobs;
    this.#convolutions = convolutions;
    this.#tiles = new Tiles(memory, jobs);
  }

  /** See {@link Backend.matmul}. */
  matmul(a: Tensor, b: Tensor | Columns, options: MatmulOptions): Tensor {
    const operand = onePerImage(b);
    const extents = productExtents("matmul", a, operand, options);
    const { M, N, batchA, batchB } = extents;
    checkBiases(extents, a.shape, options);
    const batch = broadcastShape("matmul", batchA, batchB);
    const product = { a, b: operand, extents, options };
    const shape = [...batch, M, N];
    if (this.#goesByTiles(a, b, options))
      return this.#memory.produce(shape, (out) =>
        this.#tiles.convolve(out, a, b as Columns, options.rowBias ?? null),
      );
    return this.#memory.produce(shape, (out) => this.#multiply(out, product, batch));
  }

  /** See {@link Backend.productOntoImages}: columns are added as soon as they are there. */
  productOntoImages(
    a: Tensor,
    b: Tensor | WinnersGradient,
    channels: number,
    geometry: WindowGeometry,
  ): Tensor {
    checkOntoImages(a.shape, b.shape, channels, geometry);
    const [N, G] = b.shape as [number, number];
    const images = { channels, geometry };
    const shape = [N, channels, geometry.H, geometry.W];
    const onlyWinners = !(b instanceof Tensor) || (G === 1 && isSparse(b));
    if (onlyWinners && isPlain(geometry) && this.#isFinite(a))
      return this.#memory.produce(shape, (dX) =>
        this.#convolutions.inputGradient(dX, a, b, images),
      );
    if (!(b instanceof Tensor)) return this.productOntoImages(a, b.layOut(), channels, geometry);
    const suits = G === 1 && suitsTiles("dX", geometry, channels, a.shape[1]!);
    if (suits && this.#areSmall(a, b))
      return this.#memory.produce(shape, (dX) => this.#tiles.inputGradient(dX, a, b, geometry));
    const options = { transposeA: true };
    const extents = productExtents("productOntoImages", a, b, options);
    const product = { a, b, extents, options };
    return this.#memory.produce(shape, (out) => {
      if (G === 1) return this.#multiply(out, product, [N, G], images);
      // an image gets the columns of all groups, so these are put together first
      const cols = this.#memory.floats(N * G * extents.M * extents.N).byteOffset;
      this.#multiply(cols, product, [N, G]);
      this.#jobs.run("col2im", { items: N * channels, cols, x: out, geometry });
    });
  }

  /**
   * See {@link Backend.matmulSum}. The products are summed in a fixed number of parts, in order.
   */
  matmulSum(a: Tensor | WinnersGradient, b: Tensor | Columns, options: Transposes): Tensor {
    const operand = onePerImage(b);
    const extents = productExtents("matmulSum", a, operand, options);
    const { M, N, batchA, batchB } = extents;
    if (batchA.length === 0 || !sameShape(batchA, batchB)) {
      reject(
        "matmulSum",
        "operands with the same batch axes, at least one",
        `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      );
    }
    const shape = [...batchA.slice(1), M, N];
    const { transposeA = false, transposeB = false } = options;
    const isConvolution = transposeB && !transposeA && !(operand instanceof Tensor);
    const onlyWinners = !(a instanceof Tensor) || (isConvolution && isSparse(a));
    if (onlyWinners && isConvolution && isPlain(operand.geometry) && this.#isFinite(operand.x))
      return this.#memory.produce(shape, (out) =>
        this.#convolutions.weightGradient(out, a, operand),
      );
    if (!(a instanceof Tensor)) return this.matmulSum(a.layOut(), operand, options);
    const suits = isConvolution && suitsTiles("dWeight", operand.geometry, operand.channels, M);
    if (suits && this.#areSmall(a, operand.x))
      return this.#memory.produce(shape, (out) => this.#tiles.weightGradient(out, a, operand));
    // columns are finite where their images are, and these are smaller
    const isFinite = (): boolean => this.#isFinite(b instanceof Tensor ? b : b.x);
    const product = { a, b: operand, extents, options };
    return this.#memory.produce(shape, (out) => this.#sum(out, product, isFinite));
  }

  /** Is this a convolution of images by filters that is faster by tiles? */
  #goesByTiles(a: Tensor, b: Tensor | Columns, options: MatmulOptions): boolean {
    const { transposeA, transposeB, columnBias } = options;
    const isPlain = !(transposeA || transposeB || columnBias) && a.rank === 3 && a.shape[0] === 1;
    if (b instanceof Tensor || !isPlain || b.shape[1] !== 1) return false;
    return suitsTiles("out", b.geometry, b.channels, a.shape[1]!) && this.#areSmall(a, b.x);
  }

  /** Products of a batch into memory at `out`: matrices or, as columns, added onto images. */
  #multiply(out: number, product: Product, batch: readonly number[], images?: Images): void {
    const { M, N, I } = product.extents;
    const plan = planProduct(product, images !== undefined, (tensor) => this.#isFinite(tensor));
    const count = sizeOf(batch);
    const columns = !(product.b instanceof Tensor);
    const whole = plan.sparseB || images !== undefined || columns;
    const cut = whole ? { rows: M, blocks: 1 } : cutRows(M, count);
    const { sparseA, sparseB, turnA, turnB } = plan;
    const windows = product.b instanceof Tensor ? images : product.b;
    this.#jobs.run("products", {
      items: count * cut.blocks,
      ...cut,
      M,
      N,
      I,
      ...this.#firstOperand(product, batch),
      ...this.#secondOperand(product, batch, plan),
      ...this.#biases(product),
      out,
      sparseA,
      sparseB,
      turnA,
      turnB,
      columns,
      ontoImages: images !== undefined,
      channels: windows?.channels ?? 0,
      geometry: windows?.geometry ?? null,
    });
  }

  #firstOperand({ a, extents, options }: Product, batch: readonly number[]) {
    const { M, I, batchA } = extents;
    const whichA = this.#memory.integers(sizeOf(batch));
    whichA.set(matrixIndices(batchA, batch));
    return {
      a: this.#memory.address(a),
      aMatrix: 4 * M * I,
      ...strides(M, I, options),
      whichA: whichA.byteOffset,
    };
  }

  /** Where b is, or a copy of it that is laid out as the kernel reads it. */
  #secondOperand(
    { b, extents, options }: Product,
    batch: readonly number[],
    { inPanels }: ProductPlan,
  ) {
    const { N, I, batchB } = extents;
    const whichB = this.#memory.integers(sizeOf(batch));
    whichB.set(matrixIndices(batchB, batch));
    const layout = inPanels
      ? { bRow: PANEL_ROW, bPanel: PANEL_ROW * I }
      : { bRow: 4 * N, bPanel: PANEL_ROW };
    const turned = isSingle(extents) && options.transposeB === true;
    const where =
      b instanceof Tensor && (turned || inPanels)
        ? { b: turned ? this.#turned(b, N, I, inPanels) : this.#packed(b, N, I) }
        : { b: this.#memory.address(b instanceof Tensor ? b : b.x) };
    return { ...where, bMatrix: matrixBytes(b, N * I), ...layout, whichB: whichB.byteOffset };
  }

  #biases({ extents: { M }, options: { rowBias, columnBias } }: Product) {
    return {
      rowBias: rowBias ? this.#memory.address(rowBias) : 0,
      rowBiasStep: rowBias && rowBias.rank > 1 ? 4 * M : 0,
      columnBias: columnBias ? this.#memory.address(columnBias) : 0,
    };
  }

  /**
   * A sum of products, cut into parts whatever the number of threads.
   *
   * @param isFinite of b
   */
  #sum(out: number, product: Product, isFinite: () => boolean): void {
    const memory = this.#memory;
    const { a, b, extents, options } = product;
    const { M, N, I, batchA } = extents;
    const terms = sizeOf(batchA);
    const blocks = sizeOf(batchA.slice(1));
    const size = blocks * M * N;
    const columns = !(b instanceof Tensor);
    const count = Math.max(1, chunksOf(terms));
    const parts = memory.floats(count * size);
    if (terms === 0) parts.fill(0);
    this.#jobs.run("sums", {
      items: terms,
      M,
      N,
      I,
      blocks,
      a: memory.address(a),
      ...strides(M, I, options),
      b: memory.address(columns ? b.x : b),
      bMatrix: matrixBytes(b, N * I),
      bRow: 4 * N,
      out: parts.byteOffset,
      ...planSum(product, isFinite),
      columns,
      channels: columns ? b.channels : 0,
      geometry: columns ? b.geometry : null,
    });
    addParts(this.#jobs, { address: parts.byteOffset, count }, size, out);
  }

  #isFinite(tensor: Tensor): boolean {
    return allFinite(this.#memory, this.#jobs, tensor);
  }

  #areSmall(...tensors: readonly Tensor[]): boolean {
    return tensors.every((one) => allFinite(this.#memory, this.#jobs, one, LARGEST_IN_TILES));
  }

  /**
   * Where a copy of b [N, I] is with rows and columns exchanged: [I, N], or in panels of eight
   * columns, [N/8, I, 8].
   */
  #turned(b: Tensor, N: number, I: number, inPanels: boolean): number {
    const out = this.#memory.floats(N * I).byteOffset;
    this.#jobs.run("transposeRows", {
      items: Math.ceil(N / 8),
      rows: N,
      columns: I,
      x: this.#memory.address(b),
      out,
      ...(inPanels ? { outRow: constants.PANEL, outStep: I } : { outRow: N, outStep: 1 }),
    });
    return out;
  }

  /** Where a copy of b [I, N] is in panels of eight columns, [N/8, I, 8]. */
  #packed(b: Tensor, N: number, I: number): number {
    const x = this.#memory.address(b);
    const out = this.#memory.floats(N * I).byteOffset;
    this.#jobs.run("pack8", { items: N / constants.PANEL, rows: I, x, xRow: 4 * N, out });
    return out;
  }
}

/** From one row of a to the next, and from one entry of a row to the next. */
function strides(M: number, I: number, { transposeA = false }: Transposes) {
  return transposeA ? { aRow: 4, aStep: 4 * M } : { aRow: 4 * I, aStep: 4 };
}

/** From one matrix to the next, or from one image to the next where columns are not laid out. */
function matrixBytes(b: Tensor | Columns, entries: number): number {
  if (b instanceof Tensor) return 4 * entries;
  return 4 * b.channels * b.geometry.H * b.geometry.W;
}

/** Columns as they are where each matrix belongs to a whole image, laid out otherwise. */
function onePerImage(b: Tensor | Columns): Tensor | Columns {
  return b instanceof Tensor || b.shape[1] === 1 ? b : b.layOut();
}
