import { type Allocator, formatShape, reject, sizeOf, Tensor } from "../../tensor/index.js";
import { asImages } from "../in-memory.js";
import type { WinnersGradient } from "../winners-gradient.js";

/** See {@link Backend.sumPerChannel}. Added up in float64. */
export function sumPerChannel(given: Tensor | WinnersGradient, allocator: Allocator): Tensor {
  const x = asImages(given);
  if (x.rank < 2) reject("sumPerChannel", "x of shape [N, K, ...]", formatShape(x.shape));
  const [N, K] = x.shape as [number, number];
  const P = sizeOf(x.shape.slice(2));
  const source = x.contiguous().data;
  const totals = new Float64Array(K);
  let position = 0;
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      let total = 0;
      for (let p = 0; p < P; p++) total += source[position++]!;
      totals[k]! += total;
    }
  }
  return Tensor.from(totals, [K], x.dtype, allocator);
}
