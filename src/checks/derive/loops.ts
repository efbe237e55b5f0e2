/**
 * Sums and other loops over indices, written as in a formula: `sum(N, O, (n, o) => …)` is Σₙ Σₒ.
 */

type Visit<Result> = (...indices: number[]) => Result;

/** Up to four extents, and what is done for every combination of indices below them. */
export interface Loop<Result, Returned> {
  (a: number, f: (i: number) => Result): Returned;
  (a: number, b: number, f: (i: number, j: number) => Result): Returned;
  (a: number, b: number, c: number, f: (i: number, j: number, k: number) => Result): Returned;
  (
    a: number,
    b: number,
    c: number,
    d: number,
    f: (i: number, j: number, k: number, l: number) => Result,
  ): Returned;
}

/** Runs `f` for all indices, the last one fastest. */
export const each: Loop<void, void> = (...given: (number | Visit<void>)[]): void => {
  const extents = given.slice(0, -1) as number[];
  const f = given.at(-1) as Visit<void>;
  const indices = extents.map(() => 0);
  const descend = (axis: number): void => {
    const extent = extents[axis];
    if (extent === undefined) return f(...indices);
    for (let i = 0; i < extent; i++) {
      indices[axis] = i;
      descend(axis + 1);
    }
  };
  descend(0);
};

function folding(
  start: number,
  combine: (total: number, value: number) => number,
): Loop<number, number> {
  return (...given: (number | Visit<number>)[]): number => {
    const f = given.at(-1) as Visit<number>;
    let total = start;
    const visit = (...indices: number[]): void => void (total = combine(total, f(...indices)));
    (each as (...all: (number | Visit<void>)[]) => void)(
      ...(given.slice(0, -1) as number[]),
      visit,
    );
    return total;
  };
}

/** Σ; over nothing it is 0. */
export const sum = folding(0, (total, value) => total + value);
/** Π; over nothing it is 1. */
export const product = folding(1, (total, value) => total * value);
/** The maximum; over nothing it is −∞. */
export const largest = folding(-Infinity, Math.max);

/** δ[a, b] (notation.8): 1 if both are the same, else 0. */
export const delta = (a: number, b: number): number => (a === b ? 1 : 0);

/** 1[condition] (notation.11): 1 if it holds, else 0. */
export const indicator = (condition: boolean): number => (condition ? 1 : 0);
