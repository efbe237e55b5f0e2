/** The text of each chapter, by its name, in reading order. */
export type Chapters = ReadonlyMap<string, string>;

export interface Mention {
  readonly at: number;
  readonly text: string;
  readonly chapter: string;
  readonly tag: string | null;
}

export interface CodeRow {
  readonly tag: string;
  readonly file: string;
  readonly name: string;
}

export function readChapters(folder: string): Chapters;
export function titleOf(markdown: string): string;
export function tagsOf(markdown: string): Set<string>;
export function rowsOf(markdown: string): CodeRow[];
export function mentionsIn(text: string, chapters: Chapters): Mention[];
export function wrongMention(mention: Mention, chapters: Chapters): string | null;
