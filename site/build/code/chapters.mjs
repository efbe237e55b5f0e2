/**
 * What the chapters say about the code: which page has which tag, and the rows of the tables *Where
 * it is in the code*. `test/meta/derivations.test.ts` checks that they are true.
 */
import { wholeOf } from "../../../src/checks/derive/build.mjs";

/**
 * A row of a chapter's table: the function that says an equation.
 *
 * @typedef {{ tag: string, formula: string, file: string, declaration: string }} Row
 */

/**
 * @typedef {object} Chapter
 * @property {string} name of its file, without the ending
 * @property {string} title
 * @property {string} text
 * @property {string} prefix what its tags begin with; `conv2d` in its parts as well
 * @property {readonly string[]} tags in the order in which they appear
 * @property {readonly Row[]} rows without definitions and steps
 */

const ROW = /^\| (\S+) \| (`+)(.+?)\2 \| `([^`]+)` \| `([^`]+)` \|$/gm;

/**
 * @param {ReadonlyMap<string, string>} texts Markdown by name
 * @returns {ReadonlyMap<string, Chapter>}
 */
export function readChapters(texts) {
  const names = [...texts.keys()];
  return new Map(
    [...texts].map(([name, text]) => {
      const start = text.lastIndexOf("\n## Where it is in the code\n");
      const table = start < 0 ? "" : text.slice(start);
      const rows = [...table.matchAll(ROW)].map(([, tag, , formula, file, declaration]) => ({
        tag,
        formula: formula.trim().replaceAll("\\|", "|"),
        file,
        declaration,
      }));
      const tags = [...text.matchAll(/\\tag\{([^}]+)\}/g)].map(([, tag]) => tag);
      const title = /^# (.+)$/m.exec(text)?.[1] ?? name;
      return [name, { name, title, text, prefix: wholeOf(name, names) ?? name, tags, rows }];
    }),
  );
}

/**
 * Finds the page of each tag.
 *
 * @param {ReadonlyMap<string, Chapter>} chapters
 * @returns {ReadonlyMap<string, string>} name of the chapter by tag
 */
export function pagesOfTags(chapters) {
  return new Map(
    [...chapters.values()].flatMap(({ name, tags }) => tags.map((tag) => [tag, name])),
  );
}
