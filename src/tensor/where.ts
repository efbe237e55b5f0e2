import type { Operand } from "./elementwise.js";
import { reject } from "./errors.js";
import { broadcastShape, forEachRow, rowOf } from "./shape.js";
import { Tensor } from "./tensor.js";
import { whatIs } from "./what-is.js";

/**
 * Entry by entry that of `a` where the condition is not 0, else that of `b`, broadcasting all
 * three. It selects and never multiplies, so a NaN in the entry that is not taken is gone; a
 * condition that is NaN is not 0. A new tensor.
 *
 * @param condition of any element type; two numbers take theirs from it
 * @throws InputError when the shapes do not broadcast, a and b differ in element type, or one of
 *   them is neither a tensor nor a number
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  if (!(condition instanceof Tensor)) reject("where", "a tensor as condition", whatIs(condition));
  for (const one of [a, b])
    if (!(one instanceof Tensor || typeof one === "number"))
      reject("where", "a tensor or a number for each choice", whatIs(one));
  const { dtype } = [a, b].find((one) => one instanceof Tensor) ?? condition;
  const [yes, no] = [a, b].map((one) =>
    one instanceof Tensor ? one : Tensor.full([], one, dtype),
  ) as [Tensor, Tensor];
  if (yes.dtype !== no.dtype)
    reject(
      "where",
      "operands of one element type",
      `${yes.dtype} and ${no.dtype}`,
      "convert one with astype",
    );
  const shape = broadcastShape(
    "where",
    condition.shape,
    broadcastShape("where", yes.shape, no.shape),
  );
  const out = Tensor.zeros(shape, dtype);
  const layouts = [condition, yes, no].map((one) => one.broadcastTo(shape));
  const { length, steps } = rowOf(shape, ...layouts);
  const [stepIf, stepYes, stepNo] = steps as [number, number, number];
  const [ifs, ofYes, ofNo, into] = [condition.data, yes.data, no.data, out.data];
  let position = 0;
  forEachRow(shape, layouts as [Tensor, Tensor, Tensor], (pIf, pYes, pNo) => {
    for (let i = 0; i < length; i++) {
      const isTaken = ifs[pIf + i * stepIf] !== 0;
      into[position++] = isTaken ? ofYes[pYes + i * stepYes]! : ofNo[pNo + i * stepNo]!;
    }
  });
  return out;
}
