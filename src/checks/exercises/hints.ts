/**
 * Hints for an exercise: the derivation step by step, each first as a question and then as the
 * chapter answers it; in the end the solution.
 */
import { equationsOf, explained, type FindEquation, meantIn } from "./chapter-equations.js";
import type { EmptiedFunction } from "./empty.js";
import { declaredAbove } from "./scope.js";
import type { Step } from "./steps/step.js";
import { toolsOf } from "./tools.js";

/** One step towards an exercise's solution. */
export interface Hint {
  /** What it belongs to: `conv2dBackward, step 3 of 14: (conv2d.5c)`. */
  readonly about: string;
  /** Lines for a terminal, with formulas in plain signs. */
  readonly text: string;
}

/** What hints are made of. */
export interface HintSources {
  /** By function, the steps that lead to it. */
  readonly steps: Readonly<Record<string, readonly Step[]>>;
  /** The text of each page of `derivations/`, by its name without `.md`. */
  readonly chapters: ReadonlyMap<string, string>;
}

/**
 * For each function, in order: every step of its derivation, a question and its answer; the
 * equations as the code says them; what leibniz computes them with; and leibniz's own lines. Where
 * one line was taken out, the steps are those that lead to it from the equations above it.
 */
export function hintsFor(
  functions: readonly EmptiedFunction[],
  { steps, chapters }: HintSources,
): readonly Hint[] {
  return functions.flatMap((one) => {
    const { name, equations, lines } = one;
    return [
      ...stepHints(name, stepsTo(one, steps[name] ?? []), chapters),
      {
        about: `${name}, in short`,
        text: equations.map(({ tag, formula }) => `(${tag}) ${formula}`).join("\n"),
      },
      { about: `${name}, what it takes`, text: toolsOf(lines, declaredAbove(one)) },
      { about: `${name}, as leibniz has it`, text: lines.join("\n") },
    ];
  });
}

/**
 * Two hints for each step: the question, then the chapter's answer.
 *
 * @param name whose derivation it is: `conv2dBackward`
 */
export function stepHints(
  name: string,
  steps: readonly Step[],
  chapters: ReadonlyMap<string, string>,
): readonly Hint[] {
  const find = equationsOf(chapters);
  return steps.flatMap(({ ask, tag }, i) => {
    const about = `${name}, step ${i + 1} of ${steps.length}`;
    return [
      { about, text: question(ask, find) },
      { about: `${about}: (${tag})`, text: explained(find(tag)!, find) },
    ];
  });
}

/** A question, with the equations that it starts from below it. */
function question(ask: string, find: FindEquation): string {
  const meant = meantIn(ask, find);
  return meant === "" ? ask : `${ask}\n\n${meant}`;
}

/** Those behind the last equation that stands above the gap, up to the last one left out. */
function stepsTo({ equations, before }: EmptiedFunction, steps: readonly Step[]): readonly Step[] {
  const indexOf = (wanted: string): number => steps.findIndex(({ tag }) => tag === wanted);
  const kept = before.flatMap((line) => /^\s*\/\/ \(([\w-]+\.\d+[a-z]?)\) /.exec(line)?.[1] ?? []);
  const ends = equations.map(({ tag }) => indexOf(tag));
  const end = Math.max(...ends);
  const start = Math.max(-1, ...kept.map(indexOf).filter((at) => at < Math.min(...ends)));
  return end < 0 ? steps : steps.slice(start + 1, end + 1);
}
