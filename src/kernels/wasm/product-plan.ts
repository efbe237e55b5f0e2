/**
 * How products are computed: which zeros are skipped, how the second operand is read, and what a
 * batch is cut into. All of it depends on the operands alone, never on the number of threads.
 */
import type { Columns } from "../../im2col/index.js";
import { sizeOf, Tensor } from "../../tensor/index.js";
import type { MatmulOptions } from "../backend.js";
import { density, type ProductExtents } from "../reference/matmul.js";
import { constants } from "./table.js";

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

/** A batch of products, or of terms of a sum. */
export interface Product {
  readonly a: Tensor;
  readonly b: Tensor | Columns;
  readonly extents: ProductExtents;
  readonly options: MatmulOptions;
}

export interface ProductPlan {
  /** Whether zeros of a, or of b, are skipped. */
  readonly sparseA: boolean;
  readonly sparseB: boolean;
  /** Whether the kernel turns a matrix over before it multiplies. */
  readonly turnA: boolean;
  readonly turnB: boolean;
  /** Whether b is copied into panels of eight columns. */
  readonly inPanels: boolean;
}

export interface SumPlan extends Pick<ProductPlan, "sparseA" | "turnB"> {
  /** Whether rows of a and of b are multiplied as they are. */
  readonly dots: boolean;
}

/** Asks whether no number of a tensor is NaN or infinite, which takes a pass over it. */
export type IsFinite = (tensor: Tensor) => boolean;

/** Is it faster to walk a list of the numbers that are not 0? */
export function isSparse(tensor: Tensor, below = SPARSE_BELOW): boolean {
  return density(tensor.contiguous().data) < below;
}

/** @param ontoImages whether the products are columns that are added onto images */
export function planProduct(
  { a, b, extents, options }: Product,
  ontoImages: boolean,
  isFinite: IsFinite,
): ProductPlan {
  const { M, N, I } = extents;
  const { transposeA = false, transposeB = false, rowBias, columnBias } = options;
  if (!(b instanceof Tensor))
    return { sparseA: false, sparseB: false, turnA: false, turnB: transposeB, inPanels: false };
  const hasBias = Boolean(rowBias ?? columnBias);
  const sparseB = !transposeB && !hasBias && isSparse(b) && isFinite(a);
  const sparseA =
    !(sparseB || ontoImages || hasBias) && N >= WIDE && isSparse(a, SPARSE_A_BELOW) && isFinite(b);
  const single = isSingle(extents);
  const pays = transposeB || (M >= PACKED_ROWS && I >= PACKED_FROM);
  return {
    sparseA,
    sparseB,
    turnA: sparseB && !transposeA,
    turnB: transposeB && !single,
    inPanels: single && N % constants.PANEL === 0 && !sparseA && !sparseB && pays,
  };
}

/** @param isFinite of b; asked for only where it matters */
export function planSum({ a, extents, options }: Product, isFinite: () => boolean): SumPlan {
  const { transposeA = false, transposeB = false } = options;
  const dots = transposeB && !transposeA && extents.N <= FEW_COLUMNS;
  return {
    dots,
    turnB: transposeB && !dots,
    sparseA: !dots && isSparse(a) && isFinite(),
  };
}

/** Is there one second operand for the whole batch? */
export function isSingle({ batchB }: ProductExtents): boolean {
  return sizeOf(batchB) === 1;
}

/**
 * Into how many blocks of how many rows each matrix is cut: whole fours, so that tiles stay whole.
 */
export function cutRows(M: number, batch: number): { rows: number; blocks: number } {
  if (batch === 0 || batch >= FEW_PRODUCTS || M === 0) return { rows: M, blocks: 1 };
  const rows = 4 * Math.ceil((M * batch) / FEW_PRODUCTS / 4);
  return { rows, blocks: Math.ceil(M / rows) };
}
