/**
 * Both sides of ⟨f(x) − f(0), y⟩ = ⟨x, backward(y)⟩, product by product: what holds for every layer
 * that is linear up to a constant, and for every x and y, if backward is its adjoint. That is
 * (gradient-check.29). The step is x itself, from 0.
 */
import {
  type AdjointResult,
  type Differentiable,
  judgeAdjoint,
  type NamedTensors,
} from "../gradcheck/index.js";
import { Tensor } from "../tensor/index.js";

/** What lies on the two pans of a balance. */
export interface Balance {
  /** The sums, and whether they are equal. */
  readonly result: AdjointResult;
  /** (f(x) − f(0))ⱼ, of which the left sum is made. */
  readonly moved: Float64Array;
  /** backward(y)ᵢ, of which the right sum is made. */
  readonly back: Float64Array;
}

/**
 * Weighs one argument against y.
 *
 * @param y of the output's shape
 * @param argument in which f is linear
 */
export async function balanceOf(
  f: Differentiable,
  inputs: NamedTensors,
  argument: string,
  y: Tensor,
): Promise<Balance> {
  const x = inputs[argument]!;
  const { out, backward } = await f(inputs);
  const after = new Float64Array(out.contiguous().data);
  const back = new Float64Array((await backward(y))[argument]!.contiguous().data);
  const zero = Tensor.zeros(x.shape, x.dtype);
  const before = (await f({ ...inputs, [argument]: zero })).out.contiguous().data;
  const moved = after.map((value, j) => value - before[j]!);
  const [left, right] = [inner(moved, y.contiguous().data), inner(x.contiguous().data, back)];
  const size = Math.max(left.size, right.size);
  return { result: judgeAdjoint(argument, left.sum, right.sum, size), moved, back };
}

/** The inner product, and the same of the absolute values. */
function inner(a: ArrayLike<number>, b: ArrayLike<number>): { sum: number; size: number } {
  let [sum, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    sum += a[i]! * b[i]!;
    size += Math.abs(a[i]! * b[i]!);
  }
  return { sum, size };
}
