/** What `--done` and `--undo` name: `affine problem 2`, `maxpool level 1-3`, `relu chapter`. */
import { reject } from "../tensor/index.js";
import type { CourseChapter, CourseItem, ItemKind } from "./course-items.js";
import { layerNamed } from "./layer-names.js";
import { rejectName } from "./nearest.js";

const KINDS: Readonly<Record<string, ItemKind>> = {
  chapter: "chapter",
  read: "chapter",
  problem: "problem",
  problems: "problem",
  exercise: "exercise",
  level: "exercise",
  levels: "exercise",
};

/** For messages: what the number says. */
const NUMBERS: Readonly<Record<ItemKind, string>> = {
  chapter: "no number",
  problem: "a problem",
  exercise: "a level",
};

/**
 * @param option for messages
 * @param words as they come from a shell, with or without quotes: names of several things may
 *   follow each other
 * @returns the items, each once
 * @throws InputError when one is not there, with the nearest name
 */
export function itemsNamed(
  option: string,
  words: readonly string[],
  chapters: readonly CourseChapter[],
): readonly CourseItem[] {
  const items = chapters.flatMap((chapter) => chapter.items);
  const rest = words
    .join(" ")
    .split(/[\s,:]+/)
    .filter((word) => word !== "");
  const found = new Set<CourseItem>();
  do {
    const name = takeWhile(rest, (word) => !isKind(word) && !isNumber(word));
    const kinds = takeWhile(rest, isKind);
    const numbers = takeWhile(rest, isNumber).flatMap(range);
    const kind = KINDS[kinds[0]?.toLowerCase() ?? "chapter"]!;
    if (name.length === 0 || (numbers.length === 0) !== (kind === "chapter"))
      reject(
        option,
        'names such as "affine chapter", "affine problem 2" or "maxPool2d level 1"',
        JSON.stringify(words.join(" ")),
      );
    const own = items.filter((item) => item.kind === kind);
    const named = ownName(option, name.join(" "), own);
    for (const number of numbers.length === 0 ? [0] : numbers)
      found.add(
        named.find((item) => item.number === number) ?? rejectNumber(option, named, number),
      );
  } while (rest.length > 0);
  return [...found];
}

const isKind = (word: string): boolean => Object.hasOwn(KINDS, word.toLowerCase());
const isNumber = (word: string): boolean => /^\d{1,4}(?:-\d{1,4})?$/.test(word);

function range(word: string): number[] {
  const [first, last = first] = word.split("-").map(Number) as [number, number?];
  return Array.from({ length: Math.max(0, last! - first) + 1 }, (_, i) => first + i);
}

function takeWhile(words: string[], fits: (word: string) => boolean): string[] {
  const end = words.findIndex((word) => !fits(word));
  return words.splice(0, end < 0 ? words.length : end);
}

/** Items of the layer that was meant, or of the chapter: the only one that begins like this. */
function ownName(
  option: string,
  asked: string,
  items: readonly CourseItem[],
): readonly CourseItem[] {
  if (items[0]!.kind === "exercise") {
    const layer = layerNamed(option, asked);
    return items.filter((item) => item.name === layer);
  }
  const names = [...new Set(items.map(({ name }) => name))];
  const begun = names.filter((name) => lettersOf(name).startsWith(lettersOf(asked)));
  const exact = begun.find((name) => lettersOf(name) === lettersOf(asked));
  const name = exact ?? (begun.length === 1 ? begun[0] : undefined);
  if (name === undefined) return rejectName(option, "a chapter", names, asked);
  return items.filter((item) => item.name === name);
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, "");
}

function rejectNumber(option: string, named: readonly CourseItem[], number: number): never {
  const { name, kind } = named[0]!;
  reject(option, `${NUMBERS[kind]} of ${name} from 1 to ${named.length}`, String(number));
}
