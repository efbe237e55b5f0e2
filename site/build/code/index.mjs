/**
 * Code on the pages of the site, over the files of this project. `refresh()` after a file changed.
 */
import { excerptOfTag, placesOfTag } from "./excerpts.mjs";
import { highlightLinesOf } from "./links.mjs";
import { Project } from "./project.mjs";

export { symbolOfIdentifier, symbolsOfFormula } from "./symbols.mjs";

/** The project that this file is in. */
export const project = new Project();

/** Reads all files again when they are next needed. */
export const refresh = () => project.refresh();

/**
 * @param {string} text TypeScript
 * @param {import("./links.mjs").PageOptions & import("./links.mjs").LinesOptions} [options]
 * @returns {readonly string[]} `<span class="line" …>` each, to be joined by line ends
 * @throws Error when a comment cites an equation that no chapter has
 */
export const highlightLines = (text, options) => highlightLinesOf(project, text, options);

/**
 * @param {string} tag `conv2d.7`
 * @param {import("./links.mjs").PageOptions} [page] on which the lines are to stand: the tag's own
 *   chapter, one folder down, if left out
 * @returns {import("./excerpts.mjs").Excerpt | null} null where no code cites it
 */
export const linesOfTag = (tag, page) => excerptOfTag(project, tag, page);

/** @param {string} tag all places that say an equation, in the order of the chapter's table */
export const placesOf = (tag) => placesOfTag(project, tag);

/** @param {string} chapter the symbols of its formulas: dOut, x̂, ρ */
export const symbolsOf = (chapter) => project.symbols(chapter);
