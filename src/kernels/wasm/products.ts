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
import {
  checkBiases,
  density,
  matrixIndices,
  productExtents,
  type ProductExtents,
} from "../reference/matmul.js";
import { checkOntoImages } from "../reference/product-onto-images.js";
import type { WinnersGradient } from "../winners-gradient.js";
import { type Convolutions, isPlain } from "./convolutions.js";
import { chunksOf, Flag, type JobFields, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import { addPartials, allFinite } from "./passes.js";

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
/** Pack b into panels first from this many rows and this inner length. */
const PACKED_ROWS = 64;
const PACKED_FROM = 256;
/** Up to this width, turning b over costs more than multiplying its rows as they are. */
const FEW_COLUMNS = 16;

/** Images that the columns of a product are added onto. */
interface Images {
  readonly address: number;
  readonly channels: number;
  readonly geometry: WindowGeometry;
}

type Transposes = Pick<MatmulOptions, "transposeA" | "transposeB">;

/** How a product is to be computed. */
interface Choice {
  readonly flags: number;
  /** Whether b is copied into panels of eight columns. */
  readonly inPanels: boolean;
}

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

  constructor(memory: WasmMemory, jobs: JobRunner, convolutions: Convolutions) {
    this.#memory = memory;
    this.#jobs = jobs;
    this.#convolutions = convolutions;
  }

  /** See {@link Backend.matmul}. */
  matmul(a: Tensor, b: Tensor | Columns, options: MatmulOptions): Tensor {
    const operand = onePerImage(b);
    const extents = productExtents("matmul", a, operand, options);
    const { M, N, batchA, batchB } = extents;
    checkBiases(extents, a.shape, options);
    const batch = broadcastShape("matmul", batchA, batchB);
    return this.#memory.produce([...batch, M, N], (out) =>
      this.#multiply(out, a, operand, extents, batch, options, null),
    );
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
    const images = [N, channels, geometry.H, geometry.W];
    const onlyWinners = !(b instanceof Tensor) || (G === 1 && this.#isSparse(b));
    if (onlyWinners && isPlain(geometry) && this.#isFinite(a))
      return this.#memory.produce(images, (out) =>
        this.#convolutions.inputGradient(out, a, b, channels, geometry),
      );
    if (!(b instanceof Tensor)) return this.productOntoImages(a, b.layOut(), channels, geometry);
    const options = { transposeA: true };
    const extents = productExtents("productOntoImages", a, b, options);
    return this.#memory.produce(images, (out) => {
      const batch = [N, G];
      if (G === 1)
        return this.#multiply(0, a, b, extents, batch, options, {
          address: out,
          channels,
          geometry,
        });
      // an image gets the columns of all groups, so these are put together first
      const cols = this.#memory.floats(N * G * extents.M * extents.N).byteOffset;
      this.#multiply(cols, a, b, extents, batch, options, null);
      const g = this.#memory.geometry(geometry);
      this.#jobs.run("col2im", { items: N * channels, x: cols, out, geometry: g });
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
    const onlyWinners = !(a instanceof Tensor) || (isConvolution && this.#isSparse(a));
    if (onlyWinners && isConvolution && isPlain(operand.geometry) && this.#isFinite(operand.x))
      return this.#memory.produce(shape, (out) =>
        this.#convolutions.weightGradient(out, a, operand),
      );
    if (!(a instanceof Tensor)) return this.matmulSum(a.layOut(), operand, options);
    const isFinite = (): boolean => this.#isFinite(b instanceof Tensor ? b : b.x);
    return this.#memory.produce(shape, (out) =>
      this.#sum(out, a, operand, extents, options, isFinite),
    );
  }

  /** Products of a batch, into memory at `out` or, as columns, onto images. */
  #multiply(
    out: number,
    a: Tensor,
    b: Tensor | Columns,
    extents: ProductExtents,
    batch: readonly number[],
    options: MatmulOptions,
    images: Images | null,
  ): void {
    const memory = this.#memory;
    const { M, N, I, batchA, batchB } = extents;
    const { transposeA = false, rowBias, columnBias } = options;
    const whichA = memory.integers(sizeOf(batch));
    const whichB = memory.integers(sizeOf(batch));
    whichA.set(matrixIndices(batchA, batch));
    whichB.set(matrixIndices(batchB, batch));
    const choice = this.#choose(a, b, extents, options, images !== null);
    const { flags, inPanels } = choice;
    const whole = (flags & (Flag.sparse | Flag.ontoImage | Flag.columns)) !== 0;
    const cut = whole ? { rows: M, blocks: 1 } : cutRows(M, sizeOf(batch));
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
      ...this.#secondOperand(b, extents, options, choice),
      ...(inPanels ? { bRow: 32, bPanel: 32 * I } : { bRow: 4 * N, bPanel: 32 }),
      whichB: whichB.byteOffset,
      out: images?.address ?? out,
      rowBias: rowBias ? memory.address(rowBias) : 0,
      rowBiasStep: rowBias && rowBias.rank > 1 ? 4 * M : 0,
      columnBias: columnBias ? memory.address(columnBias) : 0,
      flags,
      ...(images && { geometry: memory.geometry(images.geometry), channels: images.channels }),
      scratchBytes: scratchFor(flags, extents),
    });
  }

  /** Which zeros are skipped, and how b is read. */
  #choose(
    a: Tensor,
    b: Tensor | Columns,
    { M, N, I, batchB }: ProductExtents,
    { transposeA = false, transposeB = false, rowBias, columnBias }: MatmulOptions,
    ontoImage: boolean,
  ): Choice {
    const hasBias = Boolean(rowBias ?? columnBias);
    if (!(b instanceof Tensor))
      return { flags: transposeB ? Flag.columns | Flag.turnB : Flag.columns, inPanels: false };
    const mayBeSparse = !transposeB && !hasBias && density(b.contiguous().data) < SPARSE_BELOW;
    const sparse = mayBeSparse && this.#isFinite(a);
    const mayBeSparseA = !sparse && !ontoImage && N >= WIDE && !hasBias;
    const sparseA =
      mayBeSparseA && density(a.contiguous().data) < SPARSE_A_BELOW && this.#isFinite(b);
    const single = sizeOf(batchB) === 1;
    const pays = transposeB || (M >= PACKED_ROWS && I >= PACKED_FROM);
    let flags = 0;
    if (transposeB && !single) flags |= Flag.turnB;
    if (sparse) flags |= transposeA ? Flag.sparse : Flag.sparse | Flag.turnA;
    if (sparseA) flags |= Flag.sparseA;
    if (ontoImage) flags |= Flag.ontoImage;
    return { flags, inPanels: single && N % 8 === 0 && !sparse && !sparseA && pays };
  }

  /** Where b is, or a copy of it that is laid out as the kernel reads it. */
  #secondOperand(
    b: Tensor | Columns,
    { N, I, batchB }: ProductExtents,
    { transposeB = false }: Transposes,
    { inPanels }: Choice,
  ): Partial<JobFields> {
    if (!(b instanceof Tensor)) return this.#columns(b);
    const turned = sizeOf(batchB) === 1 && transposeB;
    const y = turned
      ? this.#turned(b, N, I, inPanels)
      : inPanels
        ? this.#packed(b, N, I)
        : this.#memory.address(b);
    return { y, bMatrix: 4 * I * N };
  }

  /** Where the images are whose columns an operand stands for, and how to lay them out. */
  #columns({ x, geometry, channels }: Columns): Partial<JobFields> {
    const bMatrix = 4 * channels * geometry.H * geometry.W;
    const at = this.#memory.geometry(geometry);
    return { y: this.#memory.address(x), bMatrix, geometry: at, channels };
  }

  /**
   * A sum of products, cut into parts whatever the number of threads.
   *
   * @param isFinite of b; asked for only where it matters, since it takes a pass over b
   */
  #sum(
    out: number,
    a: Tensor,
    b: Tensor | Columns,
    extents: ProductExtents,
    { transposeA = false, transposeB = false }: Transposes,
    isFinite: () => boolean,
  ): void {
    const memory = this.#memory;
    const { M, N, I, batchA } = extents;
    const terms = sizeOf(batchA);
    const size = sizeOf(batchA.slice(1)) * M * N;
    const dots = transposeB && !transposeA && N <= FEW_COLUMNS;
    const mayBeSparse = !dots && density(a.contiguous().data) < SPARSE_BELOW;
    let flags = dots ? Flag.dots : transposeB ? Flag.turnB : 0;
    if (!(b instanceof Tensor)) flags |= Flag.columns;
    if (mayBeSparse && isFinite()) flags |= Flag.sparse;
    const chunks = chunksOf(terms);
    const partials = memory.floats(Math.max(1, chunks) * size);
    if (terms === 0) partials.fill(0);
    this.#run("sums", {
      items: terms,
      chunks,
      M,
      N,
      I,
      x: memory.address(a),
      aMatrix: 4 * size,
      ...(transposeA ? { aRow: 4, aStep: 4 * M } : { aRow: 4 * I, aStep: 4 }),
      ...(b instanceof Tensor ? { y: memory.address(b), bMatrix: 4 * I * N } : this.#columns(b)),
      bRow: 4 * N,
      blocks: sizeOf(batchA.slice(1)),
      out: partials.byteOffset,
      flags,
      scratchBytes: scratchFor(flags, extents),
    });
    addPartials(this.#jobs, Math.max(1, chunks), size, partials.byteOffset, out);
  }

  #isSparse(tensor: Tensor): boolean {
    return density(tensor.contiguous().data) < SPARSE_BELOW;
  }

  #isFinite(tensor: Tensor): boolean {
    return allFinite(this.#memory, this.#jobs, tensor);
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

/** Columns as they are where each matrix belongs to a whole image, laid out otherwise. */
function onePerImage(b: Tensor | Columns): Tensor | Columns {
  return b instanceof Tensor || b.shape[1] === 1 ? b : b.layOut();
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
