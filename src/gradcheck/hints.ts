/**
 * What a wrong gradient looks like. Each function knows one classic mistake by the trace that it
 * leaves, compares all entries, and says nothing unless every one of them fits; {@link findHint}
 * asks them in turn.
 */
import { formatShape, sizeOf } from "../tensor/index.js";
import {
  countKnown,
  fits,
  isClose,
  isTrivial,
  isZero,
  largest,
  matches,
  rearranged,
} from "./alike.js";
import { ravel, unravel } from "./differentiable.js";

/** A gradient that is wrong, and the right one. */
export interface Suspect {
  /** Whose gradient it is: `weight`. */
  readonly argument: string;
  /** Of both gradients. */
  readonly shape: readonly number[];
  /** What backward returned, in row-major order. */
  readonly analytic: ArrayLike<number>;
  /** What it should have returned; NaN where that is not known, as at a kink. */
  readonly numeric: ArrayLike<number>;
  /**
   * Shapes of the inputs and of `out`, to recognise a factor by. The first axis of the first one is
   * the batch, N.
   */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** The right gradients of the other arguments. */
  readonly others?: Readonly<Record<string, ArrayLike<number>>>;
  /**
   * The right gradients for other upstream gradients, such as for a dOut of ones, by the words of
   * the hint that each would be.
   */
  readonly variants?: Readonly<Record<string, ArrayLike<number>>>;
}

/**
 * The first hint that fits, in words; null when the gradient is wrong in no way that is known here.
 */
export function findHint(suspect: Suspect): string | null {
  for (const look of [
    allZero,
    constantRatio,
    otherGradient,
    halfTurn,
    transposed,
    reversed,
    shifted,
    neverReached,
    someSigns,
    otherUpstream,
  ]) {
    const hint = look(suspect);
    if (hint !== null) return hint;
  }
  return null;
}

/** Nothing at all came back. */
export function allZero({ analytic, numeric }: Suspect): string | null {
  return isZero(analytic) && largest(numeric)[0] > 0
    ? "every entry is 0: backward never adds anything to it"
    : null;
}

/** All entries are wrong by one factor: a forgotten 1/N, a forgotten 2, a sign. */
export function constantRatio({ analytic, numeric, shapes = {} }: Suspect): string | null {
  const [scale, at] = largest(numeric);
  const ratio = analytic[at]! / numeric[at]!;
  if (scale === 0 || ratio === 0 || !Number.isFinite(ratio) || isClose(ratio, 1)) return null;
  if (
    !matches(
      analytic,
      Array.from(numeric, (value) => value * ratio),
    )
  )
    return null;
  if (isClose(ratio, -1)) return "the sign is flipped";
  const one = Array.from(numeric).filter((value) => !Number.isNaN(value)).length === 1;
  const [large, small] = [Math.round(ratio), Math.round(1 / ratio)];
  if (large > 1 && isClose(ratio, large)) {
    const batch = Object.values(shapes)[0]?.[0];
    const mean = meanOver(large, shapes);
    if (large === batch || mean !== null)
      return (
        `${large} times too large: the mean's 1/N is missing ` +
        `(N = ${large}${mean === null ? "" : `, ${mean}`})` +
        `${large === 2 ? ", or it is added twice" : ""}`
      );
    if (large === 2) return "2 times too large: it is added twice, or a factor 1/2 is missing";
    return `${large} times too large${namedExtents(large, shapes)}`;
  }
  if (small > 1 && isClose(1 / ratio, small)) {
    const batch = Object.values(shapes)[0]?.[0];
    const mean = meanOver(small, shapes);
    if (small === batch || mean !== null)
      return (
        `${small} times too small: divided by N once too often ` +
        `(N = ${small}${mean === null ? "" : `, ${mean}`})` +
        `${small === 2 ? ", or a factor 2 is missing" : ""}`
      );
    if (small === 2)
      return (
        "2 times too small: a factor 2 is missing, such as the one of a square's " +
        "derivative, or one of two summands"
      );
    return `${small} times too small${namedExtents(small, shapes)}`;
  }
  return one
    ? null
    : `every entry is ${significant(ratio)} times the right one: a constant factor is wrong`;
}

/** The numbers belong to another argument. */
export function otherGradient({
  argument,
  analytic,
  numeric,
  others = {},
}: Suspect): string | null {
  if (matches(analytic, numeric)) return null;
  const other = Object.keys(others).find(
    (name) => name !== argument && !isTrivial(others[name]!) && matches(analytic, others[name]!),
  );
  return other === undefined ? null : `these are the numbers of the gradient of ${other}`;
}

/** Right for another upstream gradient: the batch was not added up, or dOut was left out. */
export function otherUpstream({ analytic, numeric, variants = {} }: Suspect): string | null {
  const what = Object.keys(variants).find(
    (name) =>
      !isTrivial(variants[name]!) &&
      !matches(variants[name]!, numeric) &&
      matches(analytic, variants[name]!),
  );
  return what ?? null;
}

/** The filter lies the wrong way round. */
export function halfTurn({ shape, analytic, numeric }: Suspect): string | null {
  const [h, w] = shape.slice(-2);
  if (shape.length < 2 || h! * w! < 2) return null;
  const turned = rearranged(numeric, shape, (index) =>
    index.map((i, axis) => (axis < shape.length - 2 ? i : shape[axis]! - 1 - i)),
  );
  return fits(analytic, turned, numeric)
    ? "equal after a half turn of the last two axes: the filter is rotated"
    : null;
}

/** Two axes have changed roles: of equal extent, or of the same memory read as the other shape. */
export function transposed({ shape, analytic, numeric }: Suspect): string | null {
  for (let p = 0; p < shape.length; p++) {
    for (let q = p + 1; q < shape.length; q++) {
      const exchange = (index: readonly number[]): number[] =>
        index.map((i, axis) => (axis === p ? index[q]! : axis === q ? index[p]! : i));
      const other = exchange(shape);
      // Row-major memory of the transposed tensor, whatever shape it is said to have.
      const laidOut = Array.from(
        { length: numeric.length },
        (_, entry) => numeric[ravel(exchange(unravel(entry, other)), shape)]!,
      );
      if (!fits(analytic, laidOut, numeric)) continue;
      const roles =
        p === shape.length - 2 && shape.length === 4 ? ": height and width are swapped" : "";
      return shape[p] === shape[q]
        ? `equal after a transpose of axes ${p} and ` +
            `${q}${roles || ": a transpose is missing, or one too many"}`
        : `the right numbers in the order of ${formatShape(other)}, with axes ${p} and ${q} ` +
            `exchanged${roles || ": reshaped where it should be transposed"}`;
    }
  }
  return null;
}

/** One axis runs backwards. */
export function reversed({ shape, analytic, numeric }: Suspect): string | null {
  const axis = shape.findIndex(
    (extent, a) =>
      extent > 1 &&
      fits(
        analytic,
        rearranged(numeric, shape, (index) => index.map((i, b) => (a === b ? extent - 1 - i : i))),
        numeric,
      ),
  );
  return axis < 0 ? null : `equal after axis ${axis} is reversed`;
}

/** Every entry stands one place off along one axis. */
export function shifted({ shape, analytic, numeric }: Suspect): string | null {
  for (const [axis, extent] of shape.entries()) {
    if (extent < 3) continue;
    for (const by of [1, -1]) {
      const moved = rearranged(numeric, shape, (index) => {
        const from = index[axis]! - by;
        return from < 0 || from >= extent ? null : index.map((i, a) => (a === axis ? from : i));
      });
      if (countKnown(moved) >= 3 && fits(analytic, moved, numeric))
        return (
          `every entry stands one place too far ${by > 0 ? "to the end" : "to the front"} ` +
          `along axis ${axis}: an index is off by one`
        );
    }
  }
  return null;
}

/** Slices that hold nothing but zeros, and should not, while all else is right. */
export function neverReached({
  argument,
  shape,
  analytic,
  numeric,
  shapes = {},
}: Suspect): string | null {
  for (const [axis, extent] of shape.entries()) {
    if (extent < 2) continue;
    const slices = Array.from({ length: extent }, (_, k) => k);
    const inSlice = (entry: number): number => unravel(entry, shape)[axis]!;
    const part = (values: ArrayLike<number>, k: number): number[] =>
      Array.from(values).filter((_, entry) => inSlice(entry) === k);
    const missing = slices.filter(
      (k) => isZero(part(analytic, k)) && largest(part(numeric, k))[0] > 0,
    );
    if (missing.length === 0 || missing.length === extent) continue;
    const rest = Array.from(numeric, (value, entry) =>
      missing.includes(inSlice(entry)) ? 0 : value,
    );
    if (!matches(analytic, rest)) continue;
    if (axis === 0 && missing.length === extent - 1 && isBatch(shapes, argument))
      return (
        "only one entry of the batch is reached, number " +
        `${slices.find((k) => !missing.includes(k))}; the gradient of all others is 0`
      );
    const where = missing.length === 1 ? `index ${missing[0]}` : `indices ${missing.join(", ")}`;
    return (
      `${where} of axis ${axis} ${missing.length === 1 ? "is" : "are"} 0: never ` +
      `reached${isBorder(missing, extent) ? ", at the border" : ""}; all else is right`
    );
  }
  return null;
}

/** Whether the first axis of an argument is the batch: it is that of the first one of all. */
function isBatch(shapes: NonNullable<Suspect["shapes"]>, argument: string): boolean {
  return Object.keys(shapes)[0] === argument;
}

/** Right but for the last entry. */
export function lastOnly({ analytic, numeric }: Suspect): string | null {
  const last = numeric.length - 1;
  if (last < 2) return null;
  const known = Array.from(numeric, (value, i) => (i === last ? NaN : value));
  const isOff = !matches(
    [analytic[last]!, largest(numeric)[0]],
    [numeric[last]!, largest(numeric)[0]],
  );
  return isOff && matches(analytic, known) ? "only the last entry is wrong" : null;
}

/** Every entry stands one place further in memory than it should. */
export function rolled({ analytic, numeric }: Suspect): string | null {
  const by = (step: number): number[] =>
    Array.from({ length: numeric.length }, (_, i) => numeric[i - step] ?? NaN);
  for (const step of [1, -1])
    if (numeric.length > 3 && fits(analytic, by(step), numeric))
      return (
        `every entry stands one place too ${step > 0 ? "late" : "early"} in memory: ` +
        "an offset is off by one"
      );
  return null;
}

/** Right but for the signs of some. */
export function someSigns({ analytic, numeric }: Suspect): string | null {
  const signed = Array.from(numeric, (value, i) => (analytic[i]! * value < 0 ? -value : value));
  const count = signed.filter((value, i) => !Number.isNaN(value) && value !== numeric[i]).length;
  return count > 0 && matches(analytic, signed)
    ? `the sign of ${count} of ${signed.length} entries is flipped; all else is right`
    : null;
}

/** Whether the indices are the first few, the last few, or both. */
function isBorder(indices: readonly number[], extent: number): boolean {
  const inner = Array.from({ length: extent }, (_, k) => k).filter((k) => !indices.includes(k));
  return inner.every((k, i) => i === 0 || k === inner[i - 1]! + 1);
}

/**
 * A loss that is a mean over all entries divides by their number. Where the output is no single
 * number, nothing is a mean over all.
 */
function meanOver(
  count: number,
  shapes: Readonly<Record<string, readonly number[]>>,
): string | null {
  const [name] = Object.keys(shapes);
  const isLoss = shapes["out"]?.length === 0;
  return isLoss && name !== undefined && sizeOf(shapes[name]!) === count
    ? `the number of entries of ${name}`
    : null;
}

/** `; 6 is the product of the last two extents of weight [4, 3, 2, 3]`, or nothing. */
function namedExtents(factor: number, shapes: Readonly<Record<string, readonly number[]>>): string {
  for (const [name, shape] of Object.entries(shapes)) {
    const axis = shape.indexOf(factor);
    if (axis >= 0)
      return `; ${factor} is the extent of axis ${axis} of ${name} ${formatShape(shape)}`;
    if (shape.length >= 3 && shape.at(-1)! * shape.at(-2)! === factor)
      return `; ${factor} is the product of the last two extents of ${name} ${formatShape(shape)}`;
  }
  return "";
}

/** Six digits, without the zeros at the end. */
function significant(value: number): string {
  return String(Number(value.toPrecision(6)));
}
