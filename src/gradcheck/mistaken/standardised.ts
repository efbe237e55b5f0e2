/**
 * What a normalisation computes with, by plain loops, in the letters of
 * `derivations/normalisation.md`: for the gradients with something wrong in them.
 *
 *   e  entry of x, in row-major order   M numbers are standardised together: a group
 */

/** A number for each entry of x. */
export type Of = (e: number) => number;

/** Numbers to standardise, and what with. */
export interface Batch {
  /** Of x. */
  readonly shape: readonly number[];
  /** Of x, in row-major order. */
  readonly x: ArrayLike<number>;
  /** Of what is standardised, stretched and shifted: as many as x has. */
  readonly dOut: ArrayLike<number>;
  readonly weight: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
  readonly epsilon: number;
  /** What is standardised together has the same number here, below the size of x. */
  readonly group: Of;
  /** Which entry of the weight and the bias belongs to it. */
  readonly place: Of;
  /** Mean and variance of each group where they are constants; null where they are the group's. */
  readonly running: {
    readonly mean: ArrayLike<number>;
    readonly variance: ArrayLike<number>;
  } | null;
}

/** What ρ of a group is made from. */
export interface Spread {
  readonly mu: number;
  readonly variance: number;
  readonly epsilon: number;
  /** How many numbers there are in the group. */
  readonly M: number;
  /** Whether mean and variance are constants, so that nothing in them could be wrong. */
  readonly isRunning: boolean;
}

/** A batch, and what the chapter calls its numbers. */
export interface Standardised {
  readonly batch: Batch;
  readonly x: Of;
  readonly dOut: Of;
  readonly weight: Of;
  readonly mu: Of;
  readonly rho: Of;
  readonly xHat: Of;
  /** dX̂ = dOut · weight. */
  readonly dXHat: Of;
  readonly out: Of;
  readonly M: number;
  /** The mean of these numbers over the group. */
  readonly mean: (numbers: Of) => Of;
}

/** (normalisation.3) */
const inverseDeviation = ({ variance, epsilon }: Spread): number =>
  1 / Math.sqrt(variance + epsilon);

/** μ, ρ and x̂, (normalisation.4). */
export function standardised(batch: Batch, rhoOf = inverseDeviation): Standardised {
  const { place, epsilon, running } = batch;
  const size = batch.x.length;
  const group = listed(size, batch.group);
  const x: Of = (e) => batch.x[e]!;
  const mean = (numbers: Of): Of => meanOver(size, group, numbers);
  const mu: Of = running === null ? mean(x) : (e) => running.mean[group(e)]!;
  const variance: Of =
    running === null
      ? mean((e) => (x(e) - mu(e)) * (x(e) - mu(e)))
      : (e) => running.variance[group(e)]!;
  const M = countOf(size, group);
  const isRunning = running !== null;
  const rho = listed(size, (e) =>
    rhoOf({ mu: mu(e), variance: variance(e), epsilon, M, isRunning }),
  );
  const xHat = listed(size, (e) => rho(e) * (x(e) - mu(e)));
  const dOut: Of = (e) => batch.dOut[e]!;
  const weight: Of = (e) => batch.weight[place(e)]!;
  const dXHat: Of = (e) => dOut(e) * weight(e);
  const out: Of = (e) => weight(e) * xHat(e) + batch.bias[place(e)]!;
  return { batch, x, dOut, weight, mu, rho, xHat, dXHat, out, M, mean };
}

/** The product of numbers that are the same for all entries, and of those that are not. */
export function times(...factors: readonly (Of | number)[]): Of {
  return (e) => {
    let product = 1;
    for (const factor of factors) product *= typeof factor === "number" ? factor : factor(e);
    return product;
  };
}

/** The same, computed once. */
function listed(size: number, numbers: Of): Of {
  const list = new Float64Array(size);
  for (let e = 0; e < size; e++) list[e] = numbers(e);
  return (e) => list[e]!;
}

/** For each entry, the mean of the numbers over all entries of its group. */
export function meanOver(size: number, group: Of, numbers: Of): Of {
  const [sums, counts] = [new Float64Array(size), new Float64Array(size)];
  for (let e = 0; e < size; e++) {
    sums[group(e)]! += numbers(e);
    counts[group(e)]!++;
  }
  return (e) => sums[group(e)]! / counts[group(e)]!;
}

/** For each entry, the sum of the numbers over its group up to that entry, divided by M. */
export function meanSoFar({ batch, M }: Standardised, numbers: Of): Of {
  const [sums, list] = [new Float64Array(batch.x.length), new Float64Array(batch.x.length)];
  for (let e = 0; e < list.length; e++) {
    sums[batch.group(e)]! += numbers(e);
    list[e] = sums[batch.group(e)]! / M;
  }
  return (e) => list[e]!;
}

/** The sum of the numbers for each entry of the weight, as its gradient and the bias's are. */
export function sumPerPlace({ batch }: Standardised, numbers: Of): Float64Array {
  const sums = new Float64Array(batch.weight.length);
  for (let e = 0; e < batch.x.length; e++) sums[batch.place(e)]! += numbers(e);
  return sums;
}

/** The last of those numbers, where = stands for +=. */
export function lastPerPlace({ batch }: Standardised, numbers: Of): Float64Array {
  const last = new Float64Array(batch.weight.length);
  for (let e = 0; e < batch.x.length; e++) last[batch.place(e)] = numbers(e);
  return last;
}

/** The three ways of x to the output, as their shares in dX: (normalisation.16a). */
export interface Terms {
  readonly direct: Of;
  /** Through the mean; subtracted. */
  readonly mean: Of;
  /** Through the variance; subtracted. */
  readonly variance: Of;
}

/** (normalisation.17), with ρ multiplied out. */
export function termsOf({ rho, xHat, dXHat, mean }: Standardised): Terms {
  return {
    direct: times(rho, dXHat),
    mean: times(rho, mean(dXHat)),
    variance: times(rho, xHat, mean(times(dXHat, xHat))),
  };
}

/** dX of its three terms, or of the direct one alone where mean and variance are constants. */
export function together(
  { batch }: Standardised,
  { direct, mean, variance }: Terms,
  areConstants = batch.running !== null,
): Float64Array {
  const dX = new Float64Array(batch.x.length);
  for (let e = 0; e < dX.length; e++)
    dX[e] = areConstants ? direct(e) : direct(e) - mean(e) - variance(e);
  return dX;
}

/** How many entries there are in a group; all have as many. */
function countOf(size: number, group: Of): number {
  let count = 0;
  for (let e = 0; e < size; e++) if (group(e) === group(0)) count++;
  return count;
}
