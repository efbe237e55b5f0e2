/** The lines of code that stand beside an equation. */
import { highlightLinesOf } from "./links.mjs";

/** A longer statement is cut off. */
const MOST_LINES = 24;

/**
 * Where an equation is computed.
 *
 * @typedef {{ file: string, declaration: string, first: number, last: number, line: number }} Place
 */

/**
 * All places whose comments say an equation, in the order of the chapter's table.
 *
 * @param {import("./project.mjs").Project} project
 * @param {string} tag
 * @returns {readonly Place[]}
 */
export function placesOfTag(project, tag) {
  const chapter = project.chapters.get(project.pagesOfTags.get(tag) ?? "");
  const rows = (chapter?.rows ?? []).filter((row) => row.tag === tag);
  return rows.flatMap(({ file, declaration, formula }) => {
    const [owner] = declaration.split(".");
    const found = project
      .citations(file)
      .filter((one) => one.tag === tag && one.says && one.owner === owner);
    // a function may say two formulas of one equation, in a row each
    const start = formula.slice(0, 12);
    const lines = project.text(file).split("\n");
    const exact = found.filter((one) => lines[one.line - 1].includes(`(${tag}) ${start}`));
    return (exact.length > 0 ? exact : found).map(({ first, end, line }) => {
      const from = Math.max(first, line - MOST_LINES / 2);
      return { file, declaration, first: from, last: Math.min(end, from + MOST_LINES - 1), line };
    });
  });
}

/**
 * An excerpt and its other places.
 *
 * @typedef {Place & { html: string, others: readonly Place[] }} Excerpt
 */

/**
 * The lines that compute an equation, as HTML for a `<code>` in a `<pre>`, without the indentation
 * that they share; null where no code cites it.
 *
 * @param {import("./project.mjs").Project} project
 * @param {string} tag
 * @param {import("./links.mjs").PageOptions} [page] on which the lines are to stand
 * @returns {Excerpt | null}
 */
export function excerptOfTag(project, tag, page = {}) {
  const [place, ...others] = placesOfTag(project, tag);
  if (place === undefined) return null;
  const { file, first, last } = place;
  const lines = highlightLinesOf(project, project.text(file), {
    ...{ page: project.pagesOfTags.get(tag), ...page },
    path: file,
  });
  const html = withoutIndent(lines.slice(first - 1, last)).join("\n");
  return { ...place, html, others };
}

/**
 * @param {readonly string[]} lines of highlighted code
 * @returns {readonly string[]} without the spaces that all of them begin with
 */
export function withoutIndent(lines) {
  const begin = /^(<span class="line"[^>]*>)( *)/;
  const indents = lines
    .filter((line) => !/>\s*<\/span>$/.test(line))
    .map((line) => begin.exec(line)?.[2].length ?? 0);
  const indent = Math.min(...indents);
  return lines.map((line) => line.replace(begin, (_, open, spaces) => open + spaces.slice(indent)));
}
