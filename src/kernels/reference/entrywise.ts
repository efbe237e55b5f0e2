/** Two tensors of one shape, entry by entry. */
import { type Allocator, formatShape, reject, sameShape, Tensor } from "../../tensor/index.js";

/** See {@link Backend.add}. */
export function add(a: Tensor, b: Tensor, allocator: Allocator): Tensor {
  const { x, y, out } = operands("add", a, b, allocator);
  for (let i = 0; i < out.data.length; i++) out.data[i] = x[i]! + y[i]!;
  return out;
}

/** See {@link Backend.multiply}. */
export function multiply(a: Tensor, b: Tensor, allocator: Allocator): Tensor {
  const { x, y, out } = operands("multiply", a, b, allocator);
  for (let i = 0; i < out.data.length; i++) out.data[i] = x[i]! * y[i]!;
  return out;
}

function operands(where: string, a: Tensor, b: Tensor, allocator: Allocator) {
  checkAlike(where, a, b);
  const out = Tensor.zeros(a.shape, a.dtype, allocator);
  return { x: a.contiguous().data, y: b.contiguous().data, out };
}

/** @throws InputError unless two operands are of one shape and one element type */
export function checkAlike(where: string, a: Tensor, b: Tensor): void {
  if (!sameShape(a.shape, b.shape))
    reject(where, `operands of one shape ${formatShape(a.shape)}`, formatShape(b.shape));
  if (a.dtype !== b.dtype)
    reject(
      where,
      "operands of one element type",
      `${a.dtype} and ${b.dtype}`,
      "convert one with astype",
    );
}
