/** Upstream gradients to check with: drawn, all ones, a single one, or given. */
import { Random, sizeOf, Tensor } from "../tensor/index.js";

/** How the upstream gradient comes about. */
export const UPSTREAMS = ["random", "ones", "one", "own"] as const;

/** What {@link upstreamOf} makes a dOut of. */
export interface UpstreamOptions {
  /** `random` from −1 to 1, as the gradient check draws it; `one`: 1 at `at`, 0 elsewhere. */
  readonly kind: (typeof UPSTREAMS)[number];
  /** Draws the random one, with two digits behind the point. */
  readonly seed: number;
  /** The number of an output, in row-major order; the last one if it is larger. */
  readonly at: number;
  /** dOut's numbers, row-major; drawn if they are not as many as the outputs. */
  readonly own: readonly number[];
}

/** @returns dOut, of the shape of the output, in float64 */
export function upstreamOf(
  shape: readonly number[],
  { kind, seed, at, own }: UpstreamOptions,
): Tensor {
  const size = sizeOf(shape);
  if (kind === "ones") return Tensor.full(shape, 1, "float64");
  if (kind === "one") {
    const where = Math.min(at, size - 1);
    return Tensor.from(
      Array.from({ length: size }, (_, j) => (j === where ? 1 : 0)),
      shape,
      "float64",
    );
  }
  if (kind === "own" && own.length === size) return Tensor.from([...own], shape, "float64");
  const drawn = new Random(seed).split("dOut").uniform(shape, -1, 1, "float64").data;
  return Tensor.from(
    Array.from(drawn, (value) => Math.round(100 * value) / 100),
    shape,
    "float64",
  );
}
