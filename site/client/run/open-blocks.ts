/** Goes through the settings of a chapter, and keeps its blocks to be run at will. */
import {
  type Chapter,
  Comparisons,
  type EquationBlock,
  type Vocabulary,
  vocabulary,
} from "leibniz/checks";
import type { Change } from "./messages.js";

/** What follows a block: the mistakes, and the block with each of them. */
interface Changeable {
  readonly changes: readonly Change[];
  readonly changed: readonly EquationBlock[];
}

/** A chapter whose blocks have their mistakes compiled into them. */
export interface ChangeableChapter extends Omit<Chapter, "derive"> {
  readonly derive: (
    words: Vocabulary,
    take: (tag: string, block: EquationBlock, changeable: Changeable) => Promise<void>,
  ) => Promise<void>;
}

/** A block in its surroundings. */
export interface OpenBlock {
  readonly changes: readonly Change[];
  /**
   * Runs it, or what a change makes of it.
   *
   * @param comparisons what it compares is recorded there
   */
  readonly run: (
    comparisons: Comparisons,
    change: number | null,
  ) => Promise<{ readonly problem: string | null; readonly sizes: readonly string[] }>;
}

/** Of more sizes than these, a page shows none. */
const SIZES_SHOWN = 3;

/**
 * Runs the settings with the numbers that `leibniz derive` draws. Blocks draw none, so that each
 * can be run without the others and comes to the same digits.
 *
 * @returns the blocks by tag, and why there are no more of them, if a setting stopped
 */
export async function openBlocks(
  chapter: ChangeableChapter,
): Promise<{ readonly blocks: Map<string, OpenBlock>; readonly stopped: string | null }> {
  let current = new Comparisons();
  let sizes = new Set<string>();
  let around: readonly (readonly number[])[] = []; // extents of the loops that are running
  const plain = vocabulary(`${chapter.name} 0`, () => current);
  const note = (side: unknown): void => {
    if (sizes.size > SIZES_SHOWN) return;
    const shape = (side as { shape?: readonly number[] }).shape ?? [];
    sizes.add([...around.flat(), ...shape].join(" × "));
  };
  const words: Vocabulary = {
    ...plain,
    each: ((...loop: [...number[], () => void]) => {
      const outside = around;
      around = [...outside, loop.slice(0, -1) as number[]];
      try {
        (plain.each as (...loop: unknown[]) => void)(...loop);
      } finally {
        around = outside;
      }
    }) as unknown as Vocabulary["each"],
    equals: (...sides) => {
      note(sides[0]);
      plain.equals(...sides);
    },
    atMost: (smaller, larger) => {
      note(smaller);
      plain.atMost(smaller, larger);
    },
  };
  const blocks = new Map<string, OpenBlock>();
  const failure = await chapter
    .derive(words, async (tag, block, { changes, changed }) => {
      const run: OpenBlock["run"] = async (comparisons, change) => {
        [current, sizes, around] = [comparisons, new Set(), []];
        try {
          await (change === null ? block : changed[change]!)();
        } catch (error) {
          return { problem: messageOf(error), sizes: [...sizes] };
        }
        return { problem: null, sizes: [...sizes].filter((size) => size !== "") };
      };
      blocks.set(tag, { changes, run });
    })
    .then(() => null, messageOf);
  return { blocks, stopped: failure };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
