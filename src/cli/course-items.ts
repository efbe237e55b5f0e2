/** What there is to do in a course: chapters, problems for a pencil and exercises, in order. */
import { catalog, layerFile } from "../gradcheck/index.js";
import { chapterNames, type ChapterText, chapterText, sectionOf, titleOf } from "./chapters.js";

/** Six weeks: each goes from its chapter to the next one's in reading order. */
export const weeks: readonly { readonly title: string; readonly from: string }[] = [
  { title: "Gradients, one entry at a time", from: "notation" },
  { title: "Activations and losses", from: "relu" },
  { title: "The convolution", from: "conv2d" },
  { title: "Groups, pooling, dropout, shortcuts", from: "conv2d-second-road" },
  { title: "Whole networks", from: "backpropagation" },
  { title: "Training, and what goes wrong", from: "optimizers" },
];

/** Levels of an exercise. */
const LEVELS = [1, 2, 3];

export type ItemKind = "chapter" | "problem" | "exercise";

/** One thing to do. */
export interface CourseItem {
  /** From 1. */
  readonly week: number;
  /** The chapter that it belongs to. */
  readonly chapter: string;
  readonly kind: ItemKind;
  /** Of the chapter, or of the exercise's layer. */
  readonly name: string;
  /** Of the problem, or the exercise's level; 0 for a chapter. */
  readonly number: number;
  /** How its line begins: `affine: problem 2`. */
  readonly line: string;
}

/** A chapter of the course. */
export interface CourseChapter {
  readonly name: string;
  readonly title: string;
  readonly week: number;
  readonly items: readonly CourseItem[];
}

let known: readonly CourseChapter[] | null = null;

/** All chapters with what there is to do, in reading order. */
export function courseChapters(): readonly CourseChapter[] {
  return (known ??= readChapters());
}

function readChapters(): readonly CourseChapter[] {
  const chapters = chapterNames().map(chapterText);
  const layers = new Map(
    catalog.map(({ layer }) => [layer, chapters.findLast((one) => derives(one, layer))?.name]),
  );
  let week = 0;
  return chapters.map((chapter) => {
    if (chapter.name === weeks[week]?.from) week++;
    const { name } = chapter;
    const own = [...layers].filter(([, derived]) => derived === name).map(([layer]) => layer);
    const items = itemsOf(chapter, own).map((item) => ({ week, chapter: name, ...item }));
    return { name, title: titleOf(chapter), week, items };
  });
}

/** Whether the chapter's table leads to the layer's backward pass. */
function derives({ text }: ChapterText, layer: string): boolean {
  const row = `\`src/backprop/${layerFile(layer)}.ts\` | \`${layer}Backward\` |`;
  return text.includes(row);
}

function itemsOf(
  chapter: ChapterText,
  layers: readonly string[],
): readonly Omit<CourseItem, "week" | "chapter">[] {
  const { name } = chapter;
  const problems = [...sectionOf(chapter, "With a pencil").matchAll(/^\*\*(\d+)\.\*\*/gm)];
  return [
    { kind: "chapter", name, number: 0, line: `${name}: chapter` },
    ...problems.map(([, number]) => ({
      ...{ kind: "problem" as const, name, number: Number(number) },
      line: `${name}: problem ${number}`,
    })),
    ...layers.flatMap((layer) =>
      LEVELS.map((number) => ({
        ...{ kind: "exercise" as const, name: layer, number },
        line: exerciseLine(layer, number),
      })),
    ),
  ];
}

/** How an exercise's line begins. */
export function exerciseLine(layer: string, level: number): string {
  return `${layer}: exercise, level ${level}`;
}
