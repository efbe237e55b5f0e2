import { resolveAxis } from "./axes.js";
import { reject } from "./errors.js";
import { checkShape, sizeOf } from "./shape.js";
import { type Allocator, heapAllocator } from "./storage.js";
import { Tensor } from "./tensor.js";
import { whatIs } from "./what-is.js";

/**
 * The entries of an axis that have the given indices, in this order; one may come several times.
 * NumPy calls it `take`, PyTorch `index_select`. A new tensor.
 *
 * @param indices whole numbers from 0 on; as many as the axis then has entries
 * @param axis −1 is the last
 * @throws InputError when there is no such axis, or no entry with one of the indices
 */
export function gather(
  x: Tensor,
  indices: ArrayLike<number>,
  axis: number,
  allocator: Allocator = heapAllocator,
): Tensor {
  if (!(x instanceof Tensor)) reject("gather", "a tensor", whatIs(x));
  const along = resolveAxis("gather", axis, x.rank);
  const extent = x.shape[along]!;
  checkIndices(indices, extent, along);
  const count = indices.length;
  const shape = x.shape.with(along, count);
  checkShape("gather", shape);
  const out = Tensor.over(allocator.allocate(x.dtype, sizeOf(shape), "written over"), shape);
  const [from, into] = [x.contiguous().data, out.data];
  const before = sizeOf(shape.slice(0, along));
  const block = sizeOf(shape.slice(along + 1));
  for (let i = 0; i < before; i++) {
    for (let n = 0; n < count; n++) {
      const start = (i * extent + indices[n]!) * block;
      const to = (i * count + n) * block;
      if (block === 1) into[to] = from[start]!;
      else into.set(from.subarray(start, start + block), to);
    }
  }
  return out;
}

function checkIndices(indices: ArrayLike<number>, extent: number, axis: number): void {
  if (typeof indices?.length !== "number" || typeof indices === "string")
    reject("gather", "an array of indices", whatIs(indices));
  for (let n = 0; n < indices.length; n++) {
    const index = indices[n]!;
    if (Number.isInteger(index) && index >= 0 && index < extent) continue;
    const range = extent === 0 ? "no indices" : `indices from 0 to ${extent - 1}`;
    reject("gather", `${range} along axis ${axis}`, `${index} at position ${n}`);
  }
}
