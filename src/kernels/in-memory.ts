import type { Columns } from "../im2col/index.js";
import { Tensor } from "../tensor/index.js";
import type { WinnersGradient } from "./winners-gradient.js";

/** An operand as a tensor, for a backend that reads all of them from memory. */
export function inMemory(operand: Tensor | Columns | WinnersGradient): Tensor {
  return operand instanceof Tensor ? operand : operand.layOut();
}
