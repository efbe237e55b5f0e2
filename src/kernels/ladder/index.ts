/**
 * The way from a definition to a fast convolution, a file for each rung. Every rung computes what
 * the one before it computes; the tests compare them, `leibniz bench` measures them, and
 * `derivations/matmul.md` tells why each is faster.
 */
import type { WindowGeometry } from "../../im2col/index.js";
import type { Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { columnsPerImage } from "./columns-per-image.js";
import { gpu } from "./gpu.js";
import { im2colLoops } from "./im2col-loops.js";
import { loopOrder } from "./loop-order.js";
import { registerTile } from "./register-tile.js";
import { sevenLoops } from "./seven-loops.js";
import { simdTile } from "./simd-tile.js";
import { threads } from "./threads.js";

export { gemmRows } from "./loop-order.js";

/** One way to compute a convolution. Derived in `derivations/matmul.md`. */
export interface Rung {
  /** For tables and messages: `register tile`. */
  readonly name: string;
  /** What is new, in a few words. */
  readonly idea: string;
  /** What it cannot do without; `null` for plain TypeScript. */
  readonly needs: {
    /** The backend's name: `convolve` is to be given one of these. */
    readonly backend: "wasm" | "gpu";
    /** How many of the backend's threads it is meant for. */
    readonly threads: "one" | "all";
  } | null;
  /**
   * The convolution: x [N, C, H, W] and weight [K, C, kH, kW] → [N, K, outH, outW], without a bias,
   * stride and padding as the geometry says.
   */
  readonly convolve: (
    x: Tensor,
    weight: Tensor,
    geometry: WindowGeometry,
    backend: Backend,
  ) => Promise<Tensor>;
}

/**
 * From the slowest to the fastest; gpu.js, which is as fast as the device that it finds, comes
 * last.
 */
export const ladder: readonly Rung[] = [
  {
    name: "seven loops",
    idea: "the definition",
    needs: null,
    convolve: async (x, weight, geometry) => sevenLoops(x, weight, geometry),
  },
  {
    name: "im2col",
    idea: "a product of matrices, three loops",
    needs: null,
    convolve: async (x, weight, geometry) => im2colLoops(x, weight, geometry),
  },
  {
    name: "loop order",
    idea: "along rows, positions by adding",
    needs: null,
    convolve: async (x, weight, geometry) => loopOrder(x, weight, geometry),
  },
  {
    name: "register tile",
    idea: "4×2 sums stay in registers",
    needs: null,
    convolve: async (x, weight, geometry) => registerTile(x, weight, geometry),
  },
  {
    name: "SIMD tile",
    idea: "4×8 sums in 128-bit vectors",
    needs: { backend: "wasm", threads: "one" },
    convolve: simdTile,
  },
  {
    name: "cache",
    idea: "columns of one image at a time",
    needs: { backend: "wasm", threads: "one" },
    convolve: columnsPerImage,
  },
  {
    name: "threads",
    idea: "images shared among the cores",
    needs: { backend: "wasm", threads: "all" },
    convolve: threads,
  },
  {
    name: "gpu.js",
    idea: "one entry of the result, for any device",
    needs: { backend: "gpu", threads: "one" },
    convolve: gpu,
  },
];

/**
 * How many floating-point operations a convolution takes, whichever rung computes it. N images, R
 * entries under a filter, P windows. Derived in `derivations/matmul.md`, (matmul.2).
 *
 * @param weight [K, C/G, kH, kW]; only its size counts
 */
export function convolutionFlop(N: number, weight: Tensor, { outH, outW }: WindowGeometry): number {
  // (matmul.2) flop = 2 · N · K · R · P, and weight has K · R entries
  return 2 * N * weight.size * outH * outW;
}
