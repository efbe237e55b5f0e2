import { formatShape, reject } from "./errors.js";
import { erf as erfOfNumber, erfc as erfcOfNumber } from "./erf.js";
import { exp as expOfNumber } from "./exp.js";
import { expm1 as expm1OfNumber } from "./expm1.js";
import { log as logOfNumber } from "./log.js";
import { log1p as log1pOfNumber } from "./log1p.js";
import { broadcastShape, forEachRow, rowOf, sameShape } from "./shape.js";
import { tanh as tanhOfNumber } from "./tanh.js";
import { Tensor } from "./tensor.js";

/** Applies `f` to every element; a new tensor of the same shape and element type. */
export function map(x: Tensor, f: (value: number) => number): Tensor {
  const out = x.clone();
  const data = out.data;
  for (let i = 0; i < data.length; i++) data[i] = f(data[i]!);
  return out;
}

/**
 * Applies `f` to pairs of elements after broadcasting; a new tensor.
 *
 * @param where the function that asks, for messages
 * @throws InputError when the shapes do not broadcast or the element types differ
 */
export function zip(
  a: Tensor,
  b: Tensor,
  f: (a: number, b: number) => number,
  where = "zip",
): Tensor {
  if (a.dtype !== b.dtype)
    reject(
      where,
      "operands of one element type",
      `${a.dtype} and ${b.dtype}`,
      "convert one with astype",
    );
  const shape = broadcastShape(where, a.shape, b.shape);
  const out = Tensor.zeros(shape, a.dtype);
  const [from, other, into] = [a.data, b.data, out.data];
  if (a.isContiguous && b.isContiguous && sameShape(a.shape, b.shape)) {
    for (let i = 0; i < into.length; i++) into[i] = f(from[i]!, other[i]!);
    return out;
  }
  const layouts = [a.broadcastTo(shape), b.broadcastTo(shape), out] as const;
  const { length, steps } = rowOf(shape, ...layouts);
  const [stepA, stepB, stepOut] = steps as [number, number, number];
  forEachRow(shape, layouts, (pa, pb, po) => {
    for (let i = 0; i < length; i++)
      into[po + i * stepOut] = f(from[pa + i * stepA]!, other[pb + i * stepB]!);
  });
  return out;
}

/** A tensor, or a number that stands for a tensor full of it. */
export type Operand = Tensor | number;

function binary(
  where: string,
  f: (a: number, b: number) => number,
): (a: Tensor, b: Operand) => Tensor {
  return (a, b) => (typeof b === "number" ? map(a, (value) => f(value, b)) : zip(a, b, f, where));
}

/** `a + b`, broadcasting. A new tensor. @throws InputError as {@link zip} */
export const add = binary("add", (a, b) => a + b);
/** `a − b`, broadcasting. A new tensor. @throws InputError as {@link zip} */
export const subtract = binary("subtract", (a, b) => a - b);
/** `a · b`, element by element, broadcasting. A new tensor. @throws InputError as {@link zip} */
export const multiply = binary("multiply", (a, b) => a * b);
/** `a / b`, element by element, broadcasting. A new tensor. @throws InputError as {@link zip} */
export const divide = binary("divide", (a, b) => a / b);
/**
 * The larger of `a` and `b`, element by element, broadcasting; NaN if either is. A new tensor.
 *
 * @throws InputError as {@link zip}
 */
export const maximum = binary("maximum", (a, b) => Math.max(a, b));

/** `−x`. A new tensor. */
export const negate = (x: Tensor): Tensor => map(x, (value) => -value);
/** The absolute value, element by element: −0 becomes 0, and NaN stays NaN. A new tensor. */
export const abs = (x: Tensor): Tensor => map(x, Math.abs);
/** Square root, element by element; NaN below 0. A new tensor. */
export const sqrt = (x: Tensor): Tensor => map(x, Math.sqrt);

/** A function of one number, and of a tensor, element by element; then it returns a new tensor. */
export interface Elementwise {
  (x: number): number;
  (x: Tensor): Tensor;
}

function elementwise(f: (value: number) => number): Elementwise {
  function apply(x: number): number;
  function apply(x: Tensor): Tensor;
  function apply(x: number | Tensor): number | Tensor {
    return typeof x === "number" ? f(x) : map(x, f);
  }
  return apply;
}

// Each of these gives the same bits in every engine.

/** `eˣ` of a number, or of every element of a tensor. */
export const exp = elementwise(expOfNumber);
/** `eˣ − 1`, with all its digits where x is near 0. */
export const expm1 = elementwise(expm1OfNumber);
/** The natural logarithm; −∞ at 0, NaN below. */
export const log = elementwise(logOfNumber);
/** `log(1 + x)`, with all its digits where x is near 0; −∞ at −1, NaN below. */
export const log1p = elementwise(log1pOfNumber);
/** The hyperbolic tangent. */
export const tanh = elementwise(tanhOfNumber);
/** The error function, 2/√π · ∫₀ˣ exp(−t²) dt. */
export const erf = elementwise(erfOfNumber);
/** `1 − erf x`, with all its digits where that is near 0. */
export const erfc = elementwise(erfcOfNumber);

/**
 * `target += source`, in place: the one operation that changes an existing tensor. Gradients
 * accumulate with it, because a value that is used twice receives the sum of what flows back along
 * both paths.
 *
 * @throws InputError when the shapes differ or the target is not contiguous
 */
export function accumulate(target: Tensor, source: Tensor): void {
  if (!sameShape(target.shape, source.shape)) {
    reject(
      "accumulate",
      `a source of shape ${formatShape(target.shape)}`,
      formatShape(source.shape),
    );
  }
  if (!target.isContiguous)
    reject("accumulate", "a contiguous target", `strides ${formatShape(target.stride)}`);
  const into = target.data;
  const from = source.contiguous().data;
  for (let i = 0; i < into.length; i++) into[i]! += from[i]!;
  target.storage.touch();
}
