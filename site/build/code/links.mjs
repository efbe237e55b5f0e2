/** Highlighted code with the links of the page on which it stands. */
import { highlightText } from "./highlight.mjs";

/**
 * @typedef {object} PageOptions
 * @property {string} [root] the way from the page to the site's folder: "", "../"; "../" if left
 *   out
 * @property {string} [page] the chapter that the page shows: its own equations are near, and its
 *   symbols are marked
 */

/**
 * @typedef {object} LinesOptions
 * @property {string} [path] of the file, from which imports are resolved; none for a block of a
 *   page
 * @property {readonly string[]} [tags] equations to which every line belongs
 * @property {ReadonlySet<string>} [symbols] in place of the page's, or else of the file's
 * @property {boolean} [ids] whether lines can be linked to
 */

/**
 * @param {import("./project.mjs").Project} project
 * @param {string} text TypeScript
 * @param {PageOptions & LinesOptions} [options]
 * @returns {readonly string[]} a `<span class="line">` each
 * @throws Error when a comment cites an equation that no chapter has
 */
export function highlightLinesOf(project, text, options = {}) {
  const { root = "../", page, path, tags = [], ids = false } = options;
  const symbols = options.symbols ?? symbolsFor(project, page, path);
  const linkOfTag = (tag) => {
    const chapter = project.pagesOfTags.get(tag);
    if (chapter === undefined) throw unknownTag(text, tag, path ?? `derivations/${page}.md`);
    return chapter === page ? `#${tag}` : `${root}chapters/${chapter}.html#${tag}`;
  };
  const linkOfChapter = (name) =>
    project.chapters.has(name) ? `${root}chapters/${name}.html` : null;
  const linkOfImport = (specifier) => {
    const file = project.imported(path ?? "", specifier);
    return file === null ? null : `${root}${file}.html`;
  };
  const linkOfName = (name) => {
    const found = path === undefined ? null : project.declarationOf(path, name);
    if (found === null) return null;
    const { file, declaration } = found;
    return file === path && ids
      ? `#L${declaration.line}`
      : `${root}${file}.html#L${declaration.line}`;
  };
  const links = { linkOfTag, linkOfChapter, linkOfImport, linkOfName };
  const isFile = path !== undefined && project.text(path) === text;
  const tree = isFile ? { tree: project.tree(path) } : {};
  const lines = highlightText(text, { symbols, ids, ...links, ...tree });
  return tags.length === 0 ? lines : lines.map((line) => withTags(line, tags));
}

function symbolsFor(project, page, path) {
  if (page !== undefined) return project.symbols(page);
  return path === undefined ? new Set() : project.symbolsOfSource(path);
}

function withTags(line, tags) {
  const own = /^<span[^>]*? data-tags="([^"]*)"/.exec(line)?.[1];
  const all = [...new Set([...(own?.split(" ") ?? []), ...tags])].join(" ");
  return own === undefined
    ? line.replace(">", ` data-tags="${all}">`)
    : line.replace(` data-tags="${own}"`, ` data-tags="${all}"`);
}

function unknownTag(text, tag, where) {
  const line = text.slice(0, text.indexOf(`(${tag})`)).split("\n").length;
  return new Error(`${where}:${line}: no chapter has an equation (${tag})`);
}
