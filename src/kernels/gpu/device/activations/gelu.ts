import type { IKernelFunctionThis } from "../../gpujs.js";
import { exponential } from "./exponential.js";

/** φ(y), the density of the normal distribution. */
export function densityOf(y: number): number {
  // (activations.25) φ(x) = exp(−x²/2) / √(2π)
  return exponential(-0.5 * y * y) * 0.3989422804014327;
}

/**
 * Φ(−y) / φ(y), Mills' ratio, for 0 ≤ y ≤ 15: the fraction of `src/kernels/wasm/assembly`, which
 * says where its numbers come from.
 */
export function millsRatio(y: number): number {
  let above = 0.102892263159 + y * 0.0115757247629;
  above = 0.398753802308 + y * above;
  above = 0.797884524666 + y * above;
  let below = 0.102542180153 + y * 0.0115850410604;
  below = 0.427384080145 + y * below;
  below = 0.95519057713 + y * below;
  below = 1 + y * below;
  return below / (y * below + above);
}

/** x · Φ(x), as max(x, 0) − |x| · Φ(−|x|): small probabilities keep their digits on both sides. */
export function gelu(this: IKernelFunctionThis, x: number[], _numbers: number[]): number {
  const value = x[this.thread.x]!;
  const size = Math.abs(value);
  const y = size > 15 ? 15 : size; // where φ(y) is 0
  // (activations.32) out = x · Φ(x)
  return (value > 0 ? value : 0) - y * densityOf(y) * millsRatio(y);
}

/** The slope at −|x|, and what is left to 1 at |x|. */
export function geluSlope(this: IKernelFunctionThis, x: number[], _numbers: number[]): number {
  const value = x[this.thread.x]!;
  const size = Math.abs(value);
  const y = size > 15 ? 15 : size;
  // (activations.33) f′(x) = Φ(x) + x · φ(x)
  const slope = densityOf(y) * (millsRatio(y) - y);
  return value < 0 ? slope : 1 - slope;
}
