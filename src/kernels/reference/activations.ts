import { type Allocator, formatShape, reject, sameShape, Tensor } from "../../tensor/index.js";
import type { FunctionAndSlope, WithSlope } from "../backend.js";

/** See {@link Backend.activation}. */
export function activation(x: Tensor, f: (value: number) => number, allocator: Allocator): Tensor {
  const out = Tensor.zeros(x.shape, x.dtype, allocator);
  const source = x.contiguous().data;
  const target = out.data;
  for (let i = 0; i < target.length; i++) target[i] = f(source[i]!);
  return out;
}

/** See {@link Backend.activationWithSlope}. */
export function activationWithSlope(
  x: Tensor,
  { f, slope }: FunctionAndSlope,
  wantsSlope: boolean,
  allocator: Allocator,
): WithSlope {
  const out = activation(x, f, allocator);
  return { out, slope: wantsSlope ? activation(x, slope, allocator) : null };
}

/** See {@link Backend.activationBackward}. */
export function activationBackward(
  dOut: Tensor,
  at: Tensor,
  slope: (value: number) => number,
  allocator: Allocator,
): Tensor {
  checkSlopes(dOut, at);
  const dX = Tensor.zeros(at.shape, at.dtype, allocator);
  const upstream = dOut.contiguous().data;
  const values = at.contiguous().data;
  const target = dX.data;
  for (let i = 0; i < target.length; i++) target[i] = upstream[i]! * slope(values[i]!);
  return dX;
}

/** @throws InputError when the two differ in shape or element type */
export function checkSlopes(dOut: Tensor, at: Tensor): void {
  if (!sameShape(dOut.shape, at.shape))
    reject("activationBackward", `dOut of shape ${formatShape(at.shape)}`, formatShape(dOut.shape));
  if (dOut.dtype !== at.dtype)
    reject(
      "activationBackward",
      "operands of one element type",
      `${dOut.dtype} and ${at.dtype}`,
      "convert one with astype",
    );
}
