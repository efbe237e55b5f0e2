import type { Backend } from "../kernels/index.js";
import { Random, type Tensor } from "../tensor/index.js";
import type { Ceiling, Speed } from "./ceiling.js";
import type { Effort } from "./stopwatch.js";

/** A product of [M, K] and [K, N]. */
export type ProductShape = readonly [M: number, K: number, N: number];

/**
 * affine1 of the notes' network for a batch of 256; its two convolutions, if the columns of the
 * batch were one matrix; and a product of large square matrices, as other benchmarks have it.
 */
export const productShapes: readonly ProductShape[] = [
  [256, 800, 120],
  [30976, 144, 32],
  [173056, 9, 16],
  [512, 512, 512],
];

/**
 * How fast a backend multiplies two matrices of random numbers, [M, K] and [K, N], in float32.
 *
 * @returns as {@link Ceiling.compare}
 * @throws Error when the product is wrong
 */
export async function measureProduct(
  backend: Backend,
  [M, K, N]: ProductShape,
  ceiling: Ceiling,
  effort: Effort,
): Promise<Speed> {
  const random = new Random("matmul");
  return backend.step(async () => {
    const a = random.normal([M, K], 0, 1, "float32", backend.allocator);
    const b = random.normal([K, N], 0, 1, "float32", backend.allocator);
    const run = (look: (c: Tensor) => void): Promise<void> =>
      backend.step(async () => {
        const c = await backend.matmul(a, b);
        void c.data; // a backend may put a product off until somebody looks
        look(c);
      });
    return ceiling.compare(run, 2 * M * K * N, effort, (c) => checkProduct(a, b, c, random));
  });
}

/**
 * Checks every entry of a product without multiplying again: for a vector v of random signs, C · v
 * is A · (B · v), which takes M·N + M·K + K·N multiplications (R. Freivalds, 1977). An entry that
 * is wrong shifts its row's sum, whatever the signs are.
 *
 * @param a [M, K]
 * @param b [K, N]
 * @param c [M, N]
 * @throws Error naming the first row that is wrong by more than float32 sums may be
 */
export function checkProduct(a: Tensor, b: Tensor, c: Tensor, random: Random): void {
  const [M, K] = a.shape as [number, number];
  const N = b.shape[1]!;
  const signs = Float64Array.from({ length: N }, () => (random.next() < 0.5 ? -1 : 1));
  const expected = timesVector(a, timesVector(b, signs));
  const actual = timesVector(c, signs);
  const tolerance = 1e-5 * K * Math.sqrt(N);
  for (let m = 0; m < M; m++) {
    // (matmul.15) C · v = A · (B · v)
    if (Math.abs(actual[m]! - expected[m]!) <= tolerance) continue; // NaN is not
    throw new Error(
      `checkProduct: expected row ${m} of [${M}, ${K}] · [${K}, ${N}] times random signs to be ` +
        `${expected[m]}, got ${actual[m]}; a product that is fast and wrong is worth nothing`,
    );
  }
}

/** A matrix times a vector, in float64. */
function timesVector(matrix: Tensor, vector: Float64Array): Float64Array {
  const [rows, columns] = matrix.shape as [number, number];
  const { data } = matrix.contiguous();
  return Float64Array.from({ length: rows }, (_, r) => {
    let total = 0;
    for (let c = 0; c < columns; c++) total += data[r * columns + c]! * vector[c]!;
    return total;
  });
}

/**
 * Operations for each byte that has to come from or go to memory at least once, in float32.
 * (speed.6)
 */
export function productIntensity([M, K, N]: ProductShape): number {
  // (speed.6) intensity = 2·M·K·N / (4·(M·K + K·N + M·N))
  return (2 * M * K * N) / (4 * (M * K + K * N + M * N));
}

/**
 * The most that a product of some intensity can reach, in GFLOP/s (Williams, Waterman and
 * Patterson, 2009). (speed.5)
 *
 * @param intensity in operations for each byte
 * @param ceiling in GFLOP/s
 * @param bandwidth in GB/s
 */
export function roofline(intensity: number, ceiling: number, bandwidth: number): number {
  // (speed.5) attainable = min(ceiling, intensity · bandwidth)
  return Math.min(ceiling, intensity * bandwidth);
}
