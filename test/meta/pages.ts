/** What pages of text and code say, taken apart for the tests that compare them. */

/** A block of code: fenced, or indented by four columns after an empty line. */
const FENCED = /^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1[ \t]*$/gm;
const INDENTED = /(?<=\n\n)(?: {4}[^\n]*(?:\n|$)|\n(?= {4}))+/g;
const BLOCK = new RegExp(`${FENCED.source}|${INDENTED.source}`, "gm");

/** The blocks of code, without the space around them. */
export function codeBlocks(markdown: string): string[] {
  return [...markdown.matchAll(BLOCK)].map(([block]) => block.trim());
}

/** What is left without blocks of code. Of a link or a picture, what is read: its text. */
export function proseOf(markdown: string): string {
  return markdown.replace(BLOCK, "\n").replace(/!?\[((?:[^[\]]|\[[^\]]*\])*)\]\([^)]*\)/g, "$1");
}

/** How many words a text has; a sign alone, such as `<` or `·`, is none. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** The numbers in a text, sorted; those inside of names, such as `conv2d`, do not count. */
export function figuresOf(text: string): string[] {
  return [...text.matchAll(/(?<![A-Za-z\d_.])\d+(?:[.,]\d+)*/g)].map(([figure]) => figure).sort();
}

/** Where a page's links lead, sorted, each once. */
export function linkTargets(markdown: string): string[] {
  const prose = markdown.replace(BLOCK, "\n");
  return [...new Set([...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!))].sort();
}

/** The cells of the rows of every table, without their heads. */
export function tableRows(markdown: string): string[][] {
  const tables = markdown.matchAll(/^\|.*\|\n\| ?:?-{3,}.*\|\n((?:\|.*\|\n?)+)/gm);
  return [...tables].flatMap(([, rows]) =>
    rows!
      .trim()
      .split("\n")
      .map((row) =>
        row
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
  );
}
