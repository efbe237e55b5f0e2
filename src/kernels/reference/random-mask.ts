import { type Allocator, type DType, randomBits, Tensor } from "../../tensor/index.js";
import type { RandomMask } from "../backend.js";

/** See {@link Backend.randomMask}. */
export function randomMask(
  shape: readonly number[],
  dtype: DType,
  { seed, zeros, value }: RandomMask,
  allocator: Allocator,
): Tensor {
  const mask = Tensor.zeros(shape, dtype, allocator);
  const bits = randomBits(seed, mask.size);
  const least = leastKept(zeros);
  for (let i = 0; i < bits.length; i++) mask.data[i] = bits[i]! >= least ? value : 0;
  return mask;
}

/**
 * The smallest 32 bits that are kept: u = bits/2³² ≥ p. The largest are kept whatever p is, so that
 * the smallest fits into 32 bits.
 */
export function leastKept(zeros: number): number {
  return Math.min(Math.ceil(zeros * 2 ** 32), 2 ** 32 - 1);
}
