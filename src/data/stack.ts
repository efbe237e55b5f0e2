import {
  type Allocator,
  formatShape,
  heapAllocator,
  type Nested,
  reject,
  sameShape,
  Tensor,
  tensor,
} from "../tensor/index.js";

/** One example, without the axis of the batch. */
export interface Example {
  /**
   * What the network is given: a tensor, or a number or nested arrays of them, of any shape that
   * all examples share.
   */
  readonly x: Tensor | Nested;
  /** A class number, or numbers in an array or a tensor. */
  readonly target: number | readonly Nested[] | Tensor;
  /** How much it counts, 1 if left out. */
  readonly weight?: number;
}

/**
 * Examples of one shape on top of each other: [...] → [N, ...].
 *
 * @throws InputError when their shapes differ, or some have class numbers and others do not
 */
export function stack(
  examples: readonly Example[],
  allocator: Allocator = heapAllocator,
): { x: Tensor; target: Tensor | Int32Array; weights: Float64Array | null } {
  const x = stackTensors(
    "x",
    examples.map((example) => example.x),
    allocator,
  );
  const targets = examples.map((example) => example.target);
  const target = targets.every((one) => typeof one === "number")
    ? stackClasses(targets)
    : stackTensors("target", targets, heapAllocator);
  const hasWeights = examples.some(({ weight }) => weight !== undefined);
  const weights = hasWeights ? Float64Array.from(examples, ({ weight = 1 }) => weight) : null;
  return { x, target, weights };
}

function stackClasses(classes: readonly number[]): Int32Array {
  const wrong = classes.findIndex((one) => !(Number.isInteger(one) && one >= 0));
  if (wrong >= 0)
    reject(
      "Dataset.generate",
      "class numbers, whole and ≥ 0",
      `${classes[wrong]} at position ${wrong}`,
      "put numbers of another kind into an array: [0.5]",
    );
  return Int32Array.from(classes);
}

function stackTensors(
  what: string,
  parts: readonly (Tensor | Nested)[],
  allocator: Allocator,
): Tensor {
  const tensors = parts.map((part) => (part instanceof Tensor ? part : tensor(part)));
  const { shape, dtype, size } = tensors[0]!;
  const stacked = Tensor.zeros([tensors.length, ...shape], dtype, allocator);
  for (const [n, one] of tensors.entries()) {
    if (!sameShape(one.shape, shape))
      reject(
        "Dataset.generate",
        `${what} of one shape, ${formatShape(shape)}`,
        `${formatShape(one.shape)} at position ${n}`,
      );
    stacked.data.set(one.contiguous().data, n * size);
  }
  return stacked;
}
