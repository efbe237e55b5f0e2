/**
 * Linear layers need no step: there, backward is the transposed matrix of forward, and that can be
 * checked exactly.
 */
import { formatShape, type Random, reject, sameShape, Tensor } from "../tensor/index.js";
import { copyOf } from "./differences.js";
import { type Differentiable, type NamedTensors, own } from "./differentiable.js";
import { type AdjointResult, judgeAdjoint } from "./verdicts.js";

/**
 * Checks one argument in which the function is linear up to a constant, for random v and u of
 * either sign, by (gradient-check.29).
 *
 * @param inputs the point; float64 in the argument that is checked, which is not changed
 * @throws InputError when there is no such argument, it is not float64, or backward returns no
 *   gradient of its shape
 */
export async function adjointCheck(
  f: Differentiable,
  inputs: NamedTensors,
  argument: string,
  random: Random,
): Promise<AdjointResult> {
  const input =
    own(inputs, argument) ??
    reject("adjointCheck", `an argument out of ${Object.keys(inputs).join(", ")}`, `"${argument}"`);
  if (input.dtype !== "float64")
    reject(
      "adjointCheck",
      "float64 inputs",
      `${argument} in ${input.dtype}`,
      "float32 cannot be checked tightly",
    );
  const v = random.uniform(input.shape, -1, 1, "float64").data;
  const { out, backward } = await f(inputs);
  const before = copyOf(out);
  const u = random.uniform(out.shape, -1, 1, "float64");
  const gradient =
    own(await backward(u), argument) ??
    reject("adjointCheck", `a gradient for ${argument}`, "none");
  if (!sameShape(gradient.shape, input.shape))
    reject(
      "adjointCheck",
      `a gradient for ${argument} of shape ${formatShape(input.shape)}`,
      formatShape(gradient.shape),
    );
  const dX = gradient.contiguous().data;
  const moved = Tensor.from(
    input.contiguous().data.map((value, i) => value + v[i]!),
    input.shape,
    "float64",
  );
  const after = copyOf((await f({ ...inputs, [argument]: moved })).out);
  // (gradient-check.29) Σⱼ (outⱼ(x + v) − outⱼ(x)) · uⱼ = Σᵢ vᵢ · dXᵢ
  const forward = inner(
    after.map((value, j) => value - before[j]!),
    u.data,
  );
  const back = inner(v, dX);
  return judgeAdjoint(argument, forward.sum, back.sum, Math.max(forward.size, back.size));
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
