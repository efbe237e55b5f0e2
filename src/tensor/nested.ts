/** Numbers in nested arrays, as people write them, and the same numbers in a row. */
import { formatShape, reject } from "./errors.js";
import { sizeOf } from "./shape.js";
import { awaitHint, whatIs } from "./what-is.js";

/** Numbers nested as deep as the tensor has axes; a bare number for rank 0. */
export type Nested = number | readonly Nested[];

/** Numbers in row-major order, nested by their shape. */
export function nest(values: ArrayLike<number>, shape: readonly number[]): Nested {
  const level = (axis: number, position: number, size: number): Nested => {
    if (axis === shape.length) return values[position]!;
    const step = size / shape[axis]!;
    return Array.from({ length: shape[axis]! }, (_, i) =>
      level(axis + 1, position + i * step, step),
    );
  };
  return level(0, 0, sizeOf(shape));
}

/**
 * The numbers in row-major order, and the shape that the nesting has.
 *
 * @throws InputError when rows of one level have different lengths, or there is something else than
 *   numbers in them
 */
export function flatten(values: Nested): { readonly flat: number[]; readonly shape: number[] } {
  const shape: number[] = [];
  for (let level: unknown = values; Array.isArray(level); level = level[0])
    shape.push(level.length);
  const flat: number[] = [];
  const collect = (level: unknown, axis: number): void => {
    const isRow = Array.isArray(level);
    if (!isRow && typeof level !== "number")
      reject("tensor", "numbers in nested arrays", whatIs(level), awaitHint(level));
    if (isRow ? level.length !== shape[axis] : axis !== shape.length) {
      reject(
        "tensor",
        `rows of equal length, shape ${formatShape(shape)}`,
        isRow ? `a row of ${level.length}` : "a number among rows",
      );
    }
    if (!isRow) flat.push(level as number);
    else for (const inner of level) collect(inner, axis + 1);
  };
  collect(values, 0);
  return { flat, shape };
}
