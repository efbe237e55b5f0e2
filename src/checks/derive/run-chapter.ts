/** Runs the equations of a chapter of the derivations, each against what the engine computes. */
import { Comparisons, DERIVATION_TOLERANCE } from "./comparisons.js";
import { type Vocabulary, vocabulary } from "./vocabulary.js";

/**
 * A block under an equation. `evaluate` makes another one, from its source text, in the same
 * surroundings.
 */
export type TakeEquation = (
  tag: string,
  block: Block,
  evaluate: (source: string) => unknown,
) => Promise<void>;
/** The code under an equation, which hands both of its sides to be compared. */
export type Block = () => void | Promise<void>;

/** A page of a chapter, as `build.mjs` makes it from Markdown. Most chapters are a single page. */
export interface Chapter {
  /** `conv2d`, or for one of its parts `conv2d-gradients` */
  readonly name: string;
  /** The chapter that it is a part of, by whose name its tags begin: `conv2d`; null if of none. */
  readonly partOf: string | null;
  /** All equations in order. */
  readonly tags: readonly TaggedEquation[];
  /** Runs the settings of the chapter, and hands over each block when its turn comes. */
  readonly derive: (words: Vocabulary, take: TakeEquation) => Promise<void>;
}

/** An equation of a chapter, as its Markdown has it. */
export interface TaggedEquation {
  /** `conv2d.7` */
  readonly tag: string;
  /** The line of the chapter on which it stands. */
  readonly line: number;
  /** It gives something a name, and holds nothing to compare. */
  readonly isDefinition: boolean;
  /** A block stands below it. */
  readonly hasBlock: boolean;
}

/**
 * `pass`: both sides agree for all indices. `wrong`: they do not, or the block failed.
 * `definition`: there is nothing to compare. `missing`: there would be, but no block says it.
 */
export type EquationVerdict = "pass" | "wrong" | "definition" | "missing";

/** How an equation did. */
export interface EquationResult {
  /** The name of its page: `conv2d-gradients`. */
  readonly chapter: string;
  /** `conv2d.7` */
  readonly tag: string;
  /** The page's line that it is on. */
  readonly line: number;
  /** Pairs of numbers that were compared. */
  readonly comparisons: number;
  /**
   * The largest difference relative to the larger number, or to 1 where both are smaller; infinite
   * where shapes differ or a side is no number; null where nothing was compared.
   */
  readonly maxDifference: number | null;
  /** By {@link DERIVATION_TOLERANCE}. */
  readonly verdict: EquationVerdict;
  /** What is wrong, in one line. */
  readonly problem: string | null;
}

/** Is it one of these, or a part of one? A chapter's name means all of its pages. */
export function belongsTo({ name, partOf }: Chapter, names: readonly string[]): boolean {
  return names.includes(name) || (partOf !== null && names.includes(partOf));
}

/**
 * Runs all blocks of a chapter and reports on every equation in order. The numbers are drawn from a
 * seed, the same in every run. Where a setting stops, which is where the engine is called, the
 * equations below it count as wrong.
 *
 * @param seed 0 if left out; another seed draws other numbers, and the verdicts must be the same
 */
export async function runChapter(chapter: Chapter, seed = 0): Promise<EquationResult[]> {
  const results = new Map<string, EquationResult>();
  const places = new Map(chapter.tags.map((equation) => [equation.tag, equation]));
  let stopped: string | null = null;
  const visit: VisitBlock = async (tag, run) => {
    const { comparisons, problem } = await run();
    const { count, maxDifference } = comparisons;
    const common = {
      chapter: chapter.name,
      tag,
      line: places.get(tag)!.line,
      comparisons: count,
      problem,
    };
    results.set(tag, {
      ...common,
      maxDifference: count === 0 ? null : maxDifference,
      verdict: problem === null ? "pass" : "wrong",
    });
  };
  try {
    await openChapter(chapter, seed, visit);
  } catch (error) {
    stopped = error instanceof Error ? error.message : String(error);
  }
  return chapter.tags.map(({ tag, line, isDefinition, hasBlock }) => {
    const verdict = hasBlock ? "wrong" : isDefinition ? "definition" : "missing";
    const problem = hasBlock
      ? `not reached, since a setting before it stopped: ${stopped}`
      : isDefinition
        ? null
        : "no block says what this equation says";
    return (
      results.get(tag) ?? {
        chapter: chapter.name,
        tag,
        line,
        comparisons: 0,
        maxDifference: null,
        verdict,
        problem,
      }
    );
  });
}

/** How one run of a block went. */
export interface BlockRun {
  /** The differences that it found. */
  readonly comparisons: Comparisons;
  /** What it threw, or why its differences are too large; null if all is well. */
  readonly problem: string | null;
}

/**
 * Shown one block of a chapter: how to run it, its source as compiled, and how to run a changed
 * source in its place, which ends with the first pair that differs.
 */
export type VisitBlock = (
  tag: string,
  run: () => Promise<BlockRun>,
  source: string,
  runChanged: (source: string) => Promise<BlockRun>,
) => Promise<void>;

/**
 * Goes through a chapter, its settings included, and shows each block.
 *
 * @param seed of the numbers that settings and blocks draw
 * @throws what a setting throws: then the blocks below it are not shown
 */
export async function openChapter(
  chapter: Chapter,
  seed: number,
  visit: VisitBlock,
): Promise<void> {
  let current = new Comparisons();
  const words = vocabulary(`${chapter.name} ${seed}`, () => current);
  const run = async (block: Block, comparisons = new Comparisons()): Promise<BlockRun> => {
    current = comparisons;
    try {
      await block();
    } catch (error) {
      return { comparisons, problem: error instanceof Error ? error.message : String(error) };
    }
    return { comparisons, problem: problemOf(comparisons) };
  };
  await chapter.derive(words, (tag, block, evaluate) =>
    visit(
      tag,
      () => run(block),
      block.toString(),
      async (source) =>
        run(evaluate(`(${source})`) as Block, new Comparisons((d) => d > DERIVATION_TOLERANCE)),
    ),
  );
}

function problemOf({ count, maxDifference, worst }: Comparisons): string | null {
  if (count === 0) return "the block compares nothing";
  return maxDifference <= DERIVATION_TOLERANCE ? null : `its sides differ: ${worst}`;
}
