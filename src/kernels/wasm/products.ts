import type { WindowGeometry } from "../../im2col/index.js";
import {
  broadcastShape,
  formatShape,
  reject,
  sameShape,
  sizeOf,
  Tensor,
} from "../../tensor/index.js";
import type { MatmulOptions } from "../backend.js";
import {
  density,
  matrixIndices,
  productExtents,
  type ProductExtents,
} from "../reference/matmul.js";
import { type Convolutions, isPlain } from "./convolutions.js";
import { chunksOf, Flag, type JobFields, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import { describe, type Images, pending, type WinnersGradient } from "./pending.js";

/** Below this share of non-zeros, walking a list of them is faster than multiplying everything. */
const SPARSE_BELOW = 0.3;
/** The same for the first operand of a product with wide rows, which needs no turning over. */
const SPARSE_A_BELOW = 0.6;
const WIDE = 48;
/**
 * A batch of fewer products than this is cut into rows instead, so that there is work for every
 * thread.
 */
const FEW_PRODUCTS = 16;
/** With so many rows and so long a way to add up, it pays to copy b into panels first. */
const PACKED_ROWS = 64;
const PACKED_FROM = 256;
/** Up to this width, turning b over costs more than multiplying its rows as they are. */
const FEW_COLUMNS = 16;

/** The columns of images, not laid out yet. */
interface Columns {
  readonly x: Tensor;
  readonly geometry: WindowGeometry;
}

/** Products of matrices, and what flows into and out of them. */
export class Products {
  readonly #memory: WasmMemory;
  readonly #jobs: JobRunner;
  readonly #convolutions: Convolutions;

  constructor(memory: WasmMemory, jobs: JobRunner, convolutions: Convolutions) {
    this.#memory = memory;
    this.#jobs = jobs;
    this.#convolutions = convolutions;
  }

  /** See {@link Backend.im2col}. Nothing is laid out until somebody looks. */
  columnsOf(x: Tensor, geometry: WindowGeometry): Tensor {
    const [N, C] = x.shape as [number, number];
    const { kH, kW, outH, outW } = geometry;
    const data = this.#memory.floats(N * C * kH * kW * outH * outW);
    const deferred = this.#memory.deferred(() => {
      this.#memory.scratch(() =>
        this.#jobs.run("im2col", {
          items: N * C,
          x: this.#memory.address(x),
          out: data.byteOffset,
          geometry: this.#memory.geometry(geometry),
        }),
      );
    });
    describe(deferred, { kind: "columns", x, geometry });
    return Tensor.defer(data, [N, C * kH * kW, outH * outW], deferred);
  }

  /**
   * See {@link Backend.col2im}. The columns of a product that nobody has looked at are added onto
   * the images one by one.
   */
  ontoImages(cols: Tensor, channels: number, geometry: WindowGeometry): Tensor {
    const N = cols.shape[0]!;
    const x = this.#memory.tensor([N, channels, geometry.H, geometry.W]);
    const product = pending("product", cols);
    // one product for each image, not one for each group of its channels
    if (product?.count === N) product.onto({ out: x, channels, geometry });
    else
      this.#memory.scratch(() =>
        this.#jobs.run("col2im", {
          items: N * channels,
          x: this.#memory.address(cols),
          out: this.#memory.address(x),
          geometry: this.#memory.geometry(geometry),
        }),
      );
    return x;
  }

  /**
   * See {@link Backend.matmul}. A batch without a bias is not computed until somebody looks, and
   * neither is a convolution.
   */
  matmul(a: Tensor, b: Tensor, options: MatmulOptions): Tensor {
    const memory = this.#memory;
    const extents = productExtents("matmul", a, b, options);
    const { M, N, batchA, batchB } = extents;
    const { rowBias, columnBias } = options;
    if (rowBias && !sameShape(rowBias.shape, [...batchA, M]) && !sameShape(rowBias.shape, [M])) {
      reject(
        "matmul",
        `a rowBias of shape ${formatShape([...batchA, M])}`,
        formatShape(rowBias.shape),
        `a is ${formatShape(a.shape)}`,
      );
    }
    if (columnBias && !sameShape(columnBias.shape, [N]))
      reject("matmul", `a columnBias of shape [${N}]`, formatShape(columnBias.shape));
    const batch = broadcastShape("matmul", batchA, batchB);
    const shape = [...batch, M, N];
    const data = memory.floats(sizeOf(shape));
    const convolved = this.#convolved(a, b, extents, options);
    if (convolved === null && (sizeOf(batch) === 1 || rowBias || columnBias)) {
      memory.scratch(() => this.#multiply(data.byteOffset, a, b, extents, batch, options, null));
      return Tensor.wrap(data, shape);
    }
    // one matrix for the whole batch is a layer's weights, which an optimizer may change before
    // somebody looks
    const weight = sizeOf(batchA) === 1 ? a.clone(memory) : a;
    const bias = rowBias ? rowBias.clone(memory) : null;
    const compute = (ontoImage: Images | null): void =>
      memory.scratch(() =>
        this.#multiply(
          data.byteOffset,
          weight,
          b,
          extents,
          batch,
          { ...options, rowBias: bias },
          ontoImage,
        ),
      );
    const deferred = memory.deferred(() => compute(null));
    if (convolved !== null && bias !== null)
      describe(deferred, {
        kind: "convolution",
        x: convolved.x,
        geometry: convolved.geometry,
        weight: weight.reshape([M, extents.I]),
        bias: bias.reshape([M]),
      });
    else describe(deferred, { kind: "product", count: sizeOf(batch), onto: compute });
    return Tensor.defer(data, shape, deferred);
  }

  /**
   * The images and windows of W · im2col(x) + bias, if this is one, with one W for all images;
   * `null` for any other product.
   */
  #convolved(
    a: Tensor,
    b: Tensor,
    { I, N, batchA, batchB }: ProductExtents,
    { transposeA = false, transposeB = false, rowBias, columnBias }: MatmulOptions,
  ): Columns | null {
    if (
      transposeA ||
      transposeB ||
      !rowBias ||
      columnBias ||
      sizeOf(batchA) !== 1 ||
      a.size === 0 ||
      sizeOf(batchB) === 0
    )
      return null;
    const columns = this.#columnsFor(b, N, I);
    return columns !== null && isPlain(columns.geometry) ? columns : null;
  }

  #multiply(
    out: number,
    a: Tensor,
    b: Tensor,
    { M, N, I, batchA, batchB }: ProductExtents,
    batch: readonly number[],
    options: MatmulOptions,
    ontoImage: Images | null,
  ): void {
    const memory = this.#memory;
    const { transposeA = false, transposeB = false, rowBias, columnBias } = options;
    const winners = ontoImage === null ? null : winnersOf(b, ontoImage.geometry);
    if (
      winners !== null &&
      ontoImage !== null &&
      transposeA &&
      sizeOf(batchA) === 1 &&
      N === ontoImage.geometry.outH * ontoImage.geometry.outW
    ) {
      this.#convolutions.inputGradient(a, winners, ontoImage);
      return;
    }
    const whichA = memory.integers(sizeOf(batch));
    const whichB = memory.integers(sizeOf(batch));
    whichA.set(matrixIndices(batchA, batch));
    whichB.set(matrixIndices(batchB, batch));
    const columns = this.#columnsFor(b, transposeB ? I : N, transposeB ? N : I);
    const single = sizeOf(batchB) === 1 && columns === null;
    const sparse =
      columns === null &&
      !transposeB &&
      !rowBias &&
      !columnBias &&
      density(b.contiguous().data) < SPARSE_BELOW;
    const image = columns ?? ontoImage;
    const sparseA =
      !sparse &&
      image === null &&
      N >= WIDE &&
      !rowBias &&
      !columnBias &&
      density(a.contiguous().data) < SPARSE_A_BELOW;
    const inPanels =
      single &&
      N % 8 === 0 &&
      !sparse &&
      !sparseA &&
      (transposeB || (M >= PACKED_ROWS && I >= PACKED_FROM));
    const y =
      columns !== null
        ? memory.address(columns.x)
        : single && transposeB
          ? this.#turned(b, N, I, inPanels)
          : inPanels
            ? this.#packed(b, N, I)
            : memory.address(b);
    let flags = 0;
    if (transposeB && !single) flags |= Flag.turnB;
    if (sparse) flags |= Flag.sparse;
    if (sparse && !transposeA) flags |= Flag.turnA;
    if (sparseA) flags |= Flag.sparseA;
    if (columns !== null) flags |= Flag.columns;
    if (ontoImage !== null) flags |= Flag.ontoImage;
    const cut =
      sparse || ontoImage !== null || columns !== null
        ? { rows: M, blocks: 1 }
        : cutRows(M, sizeOf(batch));
    this.#run("products", {
      items: sizeOf(batch) * cut.blocks,
      ...cut,
      M,
      N,
      I,
      x: memory.address(a),
      aMatrix: 4 * M * I,
      ...(transposeA ? { aRow: 4, aStep: 4 * M } : { aRow: 4 * I, aStep: 4 }),
      whichA: whichA.byteOffset,
      y,
      bMatrix: columns === null ? 4 * I * N : imageBytes(columns),
      ...(inPanels ? { bRow: 32, bPanel: 32 * I } : { bRow: 4 * N, bPanel: 32 }),
      whichB: whichB.byteOffset,
      out: ontoImage === null ? out : memory.address(ontoImage.out),
      rowBias: rowBias ? memory.address(rowBias) : 0,
      rowBiasStep: rowBias && rowBias.rank > 1 ? 4 * M : 0,
      columnBias: columnBias ? memory.address(columnBias) : 0,
      flags,
      geometry: image === null ? 0 : memory.geometry(image.geometry),
      channels: ontoImage?.channels ?? columns?.x.shape[1] ?? 0,
      scratchBytes: scratchFor(flags, { M, N, I }),
    });
  }

  /**
   * See {@link Backend.matmulSum}. The products are summed in a fixed number of parts, and these in
   * their order.
   */
  matmulSum(a: Tensor, b: Tensor, options: MatmulOptions): Tensor {
    const { M, N, I, batchA, batchB } = productExtents("matmulSum", a, b, options);
    if (batchA.length === 0 || !sameShape(batchA, batchB)) {
      reject(
        "matmulSum",
        "operands with the same batch axes, at least one",
        `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      );
    }
    const memory = this.#memory;
    const shape = [...batchA.slice(1), M, N];
    const out = memory.tensor(shape);
    const terms = sizeOf(batchA);
    const size = sizeOf(shape);
    if (terms === 0) {
      out.data.fill(0);
      return out;
    }
    memory.scratch(() => {
      const { transposeA = false, transposeB = false } = options;
      const columns =
        sizeOf(batchA.slice(1)) === 1
          ? this.#columnsFor(b, transposeB ? I : N, transposeB ? N : I)
          : null;
      const winners = columns === null ? null : winnersOf(a, columns.geometry);
      if (columns !== null && winners !== null && transposeB && !transposeA) {
        this.#convolutions.weightGradient(out, winners, columns.x, columns.geometry);
        return;
      }
      const dots = transposeB && !transposeA && N <= FEW_COLUMNS;
      let flags = dots ? Flag.dots : transposeB ? Flag.turnB : 0;
      if (!dots && density(a.contiguous().data) < SPARSE_BELOW) flags |= Flag.sparse;
      if (columns !== null) flags |= Flag.columns;
      const chunks = chunksOf(terms);
      const partials = memory.floats(chunks * size);
      this.#run("sums", {
        items: terms,
        chunks,
        M,
        N,
        I,
        x: memory.address(a),
        aMatrix: 4 * size,
        ...(transposeA ? { aRow: 4, aStep: 4 * M } : { aRow: 4 * I, aStep: 4 }),
        y: columns !== null ? memory.address(columns.x) : memory.address(b),
        bMatrix: columns === null ? 4 * I * N : imageBytes(columns),
        bRow: 4 * N,
        blocks: sizeOf(batchA.slice(1)),
        out: partials.byteOffset,
        flags,
        geometry: columns === null ? 0 : memory.geometry(columns.geometry),
        channels: columns?.x.shape[1] ?? 0,
        scratchBytes: scratchFor(flags, { M, N, I }),
      });
      this.#jobs.run("addPartials", {
        items: Math.ceil(size / 4096),
        M: chunks,
        N: size,
        x: partials.byteOffset,
        out: memory.address(out),
      });
    });
    return out;
  }

  /**
   * The images whose columns an operand stands for, if they are not laid out and each matrix
   * [rows, columns] belongs to a whole image.
   */
  #columnsFor(b: Tensor, columnCount: number, rowCount: number): Columns | null {
    const columns = pending("columns", b);
    if (columns === null) return null;
    const { kH, kW, outH, outW } = columns.geometry;
    return rowCount === columns.x.shape[1]! * kH * kW && columnCount === outH * outW
      ? columns
      : null;
  }

  /**
   * Where a copy of b [N, I] is with rows and columns exchanged: [I, N], or in panels of eight
   * columns, [N/8, I, 8].
   */
  #turned(b: Tensor, N: number, I: number, inPanels: boolean): number {
    const copy = this.#memory.floats(N * I);
    this.#jobs.run("transpose", {
      items: Math.ceil(N / 8),
      M: N,
      N: I,
      x: this.#memory.address(b),
      out: copy.byteOffset,
      ...(inPanels ? { aRow: 32, aStep: 4 * I } : { aRow: 4 * N, aStep: 4 }),
    });
    return copy.byteOffset;
  }

  /** Where a copy of b [I, N] is in panels of eight columns, [N/8, I, 8]. */
  #packed(b: Tensor, N: number, I: number): number {
    const from = this.#memory.address(b);
    const copy = this.#memory.floats(N * I);
    this.#jobs.run("pack", { items: N / 8, N, I, x: from, out: copy.byteOffset });
    return copy.byteOffset;
  }

  #run(kernel: "products" | "sums", fields: JobFields & { readonly scratchBytes: number }): void {
    const scratch = this.#memory.take(fields.scratchBytes * this.#jobs.threads);
    this.#jobs.run(kernel, { ...fields, scratch });
  }
}

function imageBytes({ x, geometry }: Columns): number {
  return 4 * x.shape[1]! * geometry.H * geometry.W;
}

/**
 * Into how many blocks of how many rows each matrix is cut: whole fours, so that tiles stay whole.
 */
function cutRows(M: number, batch: number): { rows: number; blocks: number } {
  if (batch === 0 || batch >= FEW_PRODUCTS || M === 0) return { rows: M, blocks: 1 };
  const rows = 4 * Math.ceil((M * batch) / FEW_PRODUCTS / 4);
  return { rows, blocks: Math.ceil(M / rows) };
}

/** Bytes of scratch space that each thread needs, a multiple of 64. */
function scratchFor(
  flags: number,
  { M, N, I }: { readonly M: number; readonly N: number; readonly I: number },
): number {
  let bytes = sparseScratch(I) + 32 * I + 64;
  if (flags & Flag.sparse) bytes += 4 * M * N;
  if (flags & Flag.turnA) bytes += 4 * M * I;
  if (flags & Flag.ontoImage) bytes += 4 * M * N;
  if (flags & Flag.columns) bytes += 4 * I * N;
  if (flags & Flag.turnB) bytes += 4 * I * N;
  return roundUp(bytes);
}

/** Bytes of the lists of a sparse product; `assembly/sparse.ts` says the same. */
function sparseScratch(I: number): number {
  return 8 * 8 * (I + 1) + 4 * 8;
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/**
 * What a product's operand waits for, if that is the gradient behind a rectifier and a max pooling,
 * and the convolution is a plain one with as many windows as the planes have in which the winners
 * are positions. How the planes are grouped does not matter.
 */
function winnersOf(operand: Tensor, geometry: WindowGeometry): WinnersGradient | null {
  const winners = pending("winnersGradient", operand);
  const fits =
    winners !== null && winners.geometry.H * winners.geometry.W === geometry.outH * geometry.outW;
  return fits && isPlain(geometry) ? winners : null;
}
