/**
 * The words that the blocks of the derivations are written in; `derivations/notation.md` introduces
 * them to readers.
 */
import { Random } from "../../tensor/index.js";
import type { Comparisons, Side } from "./comparisons.js";
import { type Indexed, indexed } from "./indexed.js";
import { delta, each, indicator, largest, product, sum } from "./loops.js";
import { derivative, slope } from "./slopes.js";

export interface Vocabulary {
  /** A float64 tensor of normally distributed numbers, seeded. */
  readonly random: (...extents: number[]) => Indexed;
  /** One number, evenly distributed from `low` to `high`. */
  readonly randomIn: (low: number, high: number) => number;
  readonly indexed: typeof indexed;
  readonly each: typeof each;
  readonly sum: typeof sum;
  readonly product: typeof product;
  readonly largest: typeof largest;
  readonly delta: typeof delta;
  readonly indicator: typeof indicator;
  readonly derivative: typeof derivative;
  readonly slope: typeof slope;
  /** Each side equals the next one, entry by entry. */
  readonly equals: (...sides: Side[]) => void;
  /** The first side is nowhere larger than the second. */
  readonly atMost: (smaller: Side, larger: Side) => void;
}

/**
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
