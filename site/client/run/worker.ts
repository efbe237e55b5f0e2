/**
 * Runs the equations of a chapter, with the small mistakes that `site/build/run.mjs` has compiled
 * into it: the blocks, words and tolerance are those of `leibniz derive`.
 */
import { Comparisons, DERIVATION_TOLERANCE } from "leibniz/checks";
import type { Answer, Outcome, Question } from "./messages.js";
import { type ChangeableChapter, type OpenBlock, openBlocks } from "./open-blocks.js";

/** Answers the page's questions on this chapter. */
export function serve(chapter: ChangeableChapter): void {
  // one after the other: the words of a chapter record in one place at a time
  let before = Promise.resolve();
  globalThis.onmessage = ({ data }: MessageEvent<Question>) => {
    before = before.then(() => answer(chapter, data));
  };
}

const say = (answer: Answer): void => globalThis.postMessage(answer);

async function answer(chapter: ChangeableChapter, question: Question): Promise<void> {
  const { id } = question;
  const start = performance.now();
  try {
    // anew each time: what a mistake leaves behind is gone
    const { blocks, stopped } = await openBlocks(chapter);
    const blockOf = (tag: string): OpenBlock => {
      const found = blocks.get(tag);
      if (found === undefined) throw new Error(stopped ?? `(${tag}) has no block`);
      return found;
    };
    if (question.ask === "changes") {
      say({ id, changes: blockOf(question.tag).changes });
    } else if (question.ask === "change") {
      const { tag, index } = question;
      say({ id, outcome: await outcomeOf(tag, blockOf(tag), index) });
    } else {
      for (const tag of question.tags ?? blocks.keys())
        say({ id, outcome: await outcomeOf(tag, blockOf(tag), null) });
      if (question.tags === null && stopped !== null) throw new Error(stopped);
    }
    say({ id, done: true, ms: performance.now() - start });
  } catch (error) {
    say({ id, failed: error instanceof Error ? error.message : String(error) });
  }
}

/** @param change the number of a mistake, or null for the block as it is */
async function outcomeOf(tag: string, block: OpenBlock, change: number | null): Promise<Outcome> {
  const comparisons = new Comparisons();
  const { problem, sizes } = await block.run(comparisons, change);
  const { count, maxDifference, worst } = comparisons;
  const isRounding = maxDifference <= DERIVATION_TOLERANCE;
  const said =
    problem ??
    (count === 0 ? "the block compares nothing" : isRounding ? null : `its sides differ: ${worst}`);
  return {
    tag,
    verdict: said === null ? "pass" : "wrong",
    comparisons: count,
    maxDifference: count === 0 ? null : maxDifference,
    sizes,
    problem: said,
  };
}
