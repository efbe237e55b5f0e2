/** From a position in memory to indices, and back. */

/** The indices of the number at a position of a tensor, row-major. */
export function indicesAt(shape: readonly number[], position: number): number[] {
  const indices: number[] = [];
  for (let axis = shape.length - 1, rest = position; axis >= 0; axis--) {
    indices.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return indices;
}

/** The position of the number with some indices. */
export const positionOf = (shape: readonly number[], indices: readonly number[]): number =>
  shape.reduce((position, extent, axis) => position * extent + indices[axis]!, 0);
