/** Tensors as a formula writes them: `x(n, i)` is the entry x[n, i]. */
import { formatShape, reject, type Tensor } from "../../tensor/index.js";

/** A float64 tensor that is read by calling it with one index for each axis. */
export interface Indexed {
  /** @throws InputError when there are not as many indices as axes, or one lies outside */
  (...indices: number[]): number;
  /** The tensor itself. */
  readonly tensor: Tensor;
  /** The tensor's shape. */
  readonly shape: readonly number[];
}

/** Wraps a tensor, whose memory it shares. */
export function indexed(tensor: Tensor): Indexed {
  const { shape, stride, offset } = tensor;
  // loops, since a chapter reads millions of entries
  const read = (...indices: number[]): number => {
    let position = offset;
    let isInside = indices.length === shape.length;
    for (let axis = 0; isInside && axis < shape.length; axis++) {
      const index = indices[axis]!;
      isInside = Number.isInteger(index) && index >= 0 && index < shape[axis]!;
      position += index * stride[axis]!;
    }
    if (!isInside)
      reject("indexed", `an index into ${formatShape(shape)}`, `(${indices.join(", ")})`);
    return tensor.data[position]!;
  };
  return Object.assign(read, { tensor, shape });
}
