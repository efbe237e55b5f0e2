/**
 * Passes over [N, C, P], N images of C channels of P pixels, flat, with a few numbers for each
 * channel. Sums are of planes first, so that no sum has too many terms for float32.
 */
import type { IKernelFunctionThis } from "../gpujs.js";
import { quotient } from "./quotient.js";

/** The mean of a column. @param numbers columns, rows, and the number of values it is a mean of */
export function columnMean(this: IKernelFunctionThis, sums: number[], numbers: number[]): number {
  const columns = numbers[0]!;
  const rows = numbers[1]!;
  let at = this.thread.x;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    total += sums[at]!;
    at += columns;
  }
  // (normalisation.1) μ = 1/M · Σᵢ x[i]
  return total / numbers[2]!;
}

/**
 * The distances of a plane from its channel's mean, and their squares: the sums of both, and two
 * zeros. The first of them would be 0, had the mean not been rounded.
 *
 * @param mean [C]
 * @param numbers P and C
 */
export function planeDistances(
  this: IKernelFunctionThis,
  x: number[],
  mean: number[],
  numbers: number[],
): number[] {
  const P = numbers[0]!;
  const C = numbers[1]!;
  const mu = mean[this.thread.x - quotient(this.thread.x, C) * C]!;
  let at = this.thread.x * P;
  let distances = 0;
  let squares = 0;
  for (let p = 0; p < P; p++) {
    const distance = x[at]! - mu;
    distances += distance;
    // (normalisation.2) σ² = 1/M · Σᵢ (x[i] − μ)²
    squares += distance * distance;
    at += 1;
  }
  return [distances, squares, 0, 0];
}

/**
 * The sums of a plane, and of its products with those of another, and two zeros.
 *
 * @param numbers P
 */
export function planeSums(
  this: IKernelFunctionThis,
  dOut: number[],
  xHat: number[],
  numbers: number[],
): number[] {
  const P = numbers[0]!;
  let at = this.thread.x * P;
  let sum = 0;
  let products = 0;
  for (let p = 0; p < P; p++) {
    const d = dOut[at]!;
    // (normalisation.23) dBias[c] = Σₙ Σₕ Σ_w dOut[n, c, h, w]
    sum += d;
    // (normalisation.24) dWeight[c] = Σₙ Σₕ Σ_w dOut[n, c, h, w] · x̂[n, c, h, w]
    products += d * xHat[at]!;
    at += 1;
  }
  return [sum, products, 0, 0];
}

/** Stretched and shifted. @param numbers P and C */
export function channelLine(
  this: IKernelFunctionThis,
  x: number[],
  scale: number[],
  centre: number[],
  shift: number[],
  numbers: number[],
): number {
  const plane = quotient(this.thread.x, numbers[0]!);
  const c = plane - quotient(plane, numbers[1]!) * numbers[1]!;
  // (normalisation.4) x̂[i] = ρ · (x[i] − μ)
  // (normalisation.22) out[n, c, h, w] = weight[c] · x̂[n, c, h, w] + bias[c]
  return scale[c]! * (x[this.thread.x]! - centre[c]!) + shift[c]!;
}

/**
 * What a straight line in x̂ leaves of dOut, times a factor.
 *
 * @param line [3, C]: dBias/M, dWeight/M and `weight · ρ` of each channel
 * @param numbers P and C
 */
export function offTheLine(
  this: IKernelFunctionThis,
  dOut: number[],
  xHat: number[],
  line: number[],
  numbers: number[],
): number {
  const C = numbers[1]!;
  const plane = quotient(this.thread.x, numbers[0]!);
  const c = plane - quotient(plane, C) * C;
  const onLine = line[c]! + xHat[this.thread.x]! * line[C + c]!;
  // (normalisation.26) dX = weight · ρ · (dOut − dBias/M − x̂ · dWeight/M)
  return line[2 * C + c]! * (dOut[this.thread.x]! - onLine);
}
