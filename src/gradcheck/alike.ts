/**
 * Whether two gradients are alike: the comparisons that the hints are made of. NaN stands for an
 * entry that is not known.
 */
import { ravel, unravel } from "./differentiable.js";

/**
 * Equal up to this share of the largest entry is equal: measured values are good to ten digits, and
 * no two mistakes are so alike.
 */
const EQUAL = 1e-7;

/**
 * `analytic` is `candidate`, which is not merely `numeric` again, nor so plain that it says
 * nothing.
 */
export function fits(
  analytic: ArrayLike<number>,
  candidate: ArrayLike<number>,
  numeric: ArrayLike<number>,
): boolean {
  return matches(analytic, candidate) && !matches(candidate, numeric) && !isTrivial(candidate);
}

/** All entries are equal where they are known, on the scale of the largest. */
export function matches(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length || countKnown(b) === 0) return false;
  const scale = Math.max(largest(a)[0], largest(b)[0]);
  // passes over NaN in b
  for (let i = 0; i < a.length; i++) if (Math.abs(a[i]! - b[i]!) > EQUAL * scale) return false;
  return Array.from(a).every(Number.isFinite);
}

/** Fewer than two different numbers besides 0: too little to recognise an order by. */
export function isTrivial(values: ArrayLike<number>): boolean {
  const scale = largest(values)[0];
  const different: number[] = [];
  for (const value of Array.from(values))
    if (
      Math.abs(value) > EQUAL * scale &&
      different.every((other) => Math.abs(other - value) > EQUAL * scale)
    )
      different.push(value);
  return different.length < 2;
}

export function isZero(values: ArrayLike<number>): boolean {
  return Array.from(values).every((value) => value === 0);
}

export function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= EQUAL * Math.max(Math.abs(a), Math.abs(b));
}

export function countKnown(values: ArrayLike<number>): number {
  return Array.from(values).filter((value) => !Number.isNaN(value)).length;
}

/** The largest absolute value, and where it is. Passes over NaN. */
export function largest(values: ArrayLike<number>): [value: number, at: number] {
  let [best, at] = [0, 0];
  for (let i = 0; i < values.length; i++)
    if (Math.abs(values[i]!) > best) [best, at] = [Math.abs(values[i]!), i];
  return [best, at];
}

/** The value at each index taken from another one; NaN from none. */
export function rearranged(
  values: ArrayLike<number>,
  shape: readonly number[],
  from: (index: readonly number[]) => readonly number[] | null,
): number[] {
  return Array.from({ length: values.length }, (_, entry) => {
    const index = from(unravel(entry, shape));
    return index === null ? NaN : values[ravel(index, shape)]!;
  });
}
