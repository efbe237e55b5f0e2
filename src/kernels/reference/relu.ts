import { type Allocator, formatShape, reject, sameShape, Tensor } from "../../tensor/index.js";

/** See {@link Backend.relu}. Written so that NaN stays NaN instead of turning into 0. */
export function relu(x: Tensor, allocator: Allocator): Tensor {
  const out = Tensor.zeros(x.shape, x.dtype, allocator);
  const source = x.contiguous().data;
  const target = out.data;
  for (let i = 0; i < target.length; i++) {
    const value = source[i]!;
    target[i] = value <= 0 ? 0 : value;
  }
  return out;
}

/** See {@link Backend.reluBackward}. */
export function reluBackward(dOut: Tensor, x: Tensor, allocator: Allocator): Tensor {
  if (!sameShape(dOut.shape, x.shape))
    reject("reluBackward", `dOut of shape ${formatShape(x.shape)}`, formatShape(dOut.shape));
  const dX = Tensor.zeros(x.shape, x.dtype, allocator);
  const mask = x.contiguous().data;
  const source = dOut.contiguous().data;
  const target = dX.data;
  for (let i = 0; i < target.length; i++) target[i] = mask[i]! > 0 ? source[i]! : 0;
  return dX;
}
