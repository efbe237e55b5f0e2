/** What a page and the Worker of its chapter say to each other. */

/** A small mistake in a block, as it is shown; its number is its place in the list. */
export interface Change {
  readonly kind: "sign" | "factor" | "number" | "order" | "arguments" | "transpose";
  /** A piece of the line in front of it. */
  readonly before: string;
  readonly was: string;
  readonly becomes: string;
  /** A piece of the line behind it. */
  readonly after: string;
}

/** How a block did. */
export interface Outcome {
  readonly tag: string;
  readonly verdict: "pass" | "wrong";
  /** Pairs of numbers that were compared. */
  readonly comparisons: number;
  /** As in `leibniz derive`; null where nothing was compared. JSON has no ∞, but messages have. */
  readonly maxDifference: number | null;
  /** What was compared: `2 × 3 × 5 × 4`; a few of them where there are several. */
  readonly sizes: readonly string[];
  /** What is wrong, in one line. */
  readonly problem: string | null;
}

/** What a page asks. */
export type Question =
  /** Runs these equations, or all; answered by an outcome for each as it is there. */
  | { readonly id: number; readonly ask: "run"; readonly tags: readonly string[] | null }
  /** Which small mistakes can be made in a block? */
  | { readonly id: number; readonly ask: "changes"; readonly tag: string }
  /** Runs a block with one of them in it. */
  | { readonly id: number; readonly ask: "change"; readonly tag: string; readonly index: number };

/** What a Worker answers. */
export type Answer =
  | { readonly id: number; readonly outcome: Outcome }
  | { readonly id: number; readonly changes: readonly Change[] }
  /** The last one. */
  | { readonly id: number; readonly done: true; readonly ms: number }
  | { readonly id: number; readonly failed: string };
