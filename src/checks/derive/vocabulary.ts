/**
 * The words that the blocks of the derivations are written in; `derivations/notation.md` introduces
 * them to readers.
 */
import { Random } from "../../tensor/index.js";
import type { Comparisons, Side } from "./comparisons.js";
import { type Indexed, indexed } from "./indexed.js";
import { delta, each, indicator, largest, product, sum } from "./loops.js";
import { derivative, slope } from "./slopes.js";

/**
 * The words of a block. Loops take up to four extents and a function of as many indices, each from
 * 0 to below its extent.
 */
export interface Vocabulary {
  /** A float64 tensor of normally distributed numbers, seeded. */
  readonly random: (...extents: number[]) => Indexed;
  /** One number, evenly distributed from `low` to `high`. */
  readonly randomIn: (low: number, high: number) => number;
  /** Makes a tensor one that is read as `x(n, i)`, sharing its memory. */
  readonly indexed: typeof indexed;
  /** Runs a function for all indices. */
  readonly each: typeof each;
  /** Σ over all indices; over nothing it is 0. */
  readonly sum: typeof sum;
  /** Π over all indices; over nothing it is 1. */
  readonly product: typeof product;
  /** The maximum over all indices; over nothing it is −∞. */
  readonly largest: typeof largest;
  /** Kronecker's δ[a, b], (notation.8). */
  readonly delta: typeof delta;
  /** 1 where a condition holds, else 0, (notation.11). */
  readonly indicator: typeof indicator;
  /** ∂f/∂x at one entry of x, by differences: f has to read x when it is called. */
  readonly derivative: typeof derivative;
  /** f′ at one number, by differences; corners have to be more than 1/128 away. */
  readonly slope: typeof slope;
  /** Each side equals the next one, entry by entry. */
  readonly equals: (...sides: Side[]) => void;
  /** The first side is nowhere larger than the second. */
  readonly atMost: (smaller: Side, larger: Side) => void;
}

/**
 * The words, for one run of a chapter.
 *
 * @param seed of the numbers that `random` and `randomIn` draw
 * @param comparisons tells where `equals` and `atMost` record, since that is another place for each
 *   block
 */
export function vocabulary(seed: string, comparisons: () => Comparisons): Vocabulary {
  const generator = new Random(seed);
  return {
    random: (...extents) => indexed(generator.normal(extents, 0, 1, "float64")),
    randomIn: (low, high) => low + (high - low) * generator.next(),
    indexed,
    each,
    sum,
    product,
    largest,
    delta,
    indicator,
    derivative,
    slope,
    equals: (...sides) => comparisons().equals(...sides),
    atMost: (smaller, larger) => comparisons().atMost(smaller, larger),
  };
}
