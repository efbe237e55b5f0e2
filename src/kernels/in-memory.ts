import type { Columns } from "../im2col/index.js";
import { Tensor } from "../tensor/index.js";
import type { WinnersGradient } from "./winners-gradient.js";

/** An operand as a tensor, for a backend that reads all of them from memory. */
export function inMemory(operand: Tensor | Columns | WinnersGradient): Tensor {
  return operand instanceof Tensor ? operand : operand.layOut();
}

/** What flows back out of a max pooling as images [N, K, H, W], for a backend that reads those. */
export function asImages(operand: Tensor | WinnersGradient): Tensor {
  return operand instanceof Tensor ? operand : operand.layOut().reshape(operand.imageShape);
}
