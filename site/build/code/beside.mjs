/** Blocks of code on the pages of Markdown, and the lines that stand beside their equations. */
import { escaped } from "../html.mjs";
import { rootOf } from "../places.mjs";
import { excerptOfTag } from "./excerpts.mjs";
import { highlightLinesOf } from "./links.mjs";

/** Languages that the highlighter reads. */
const TYPESCRIPT = new Set(["ts", "typescript", "js", "javascript", "mjs"]);

/** The chapter that a Markdown file is. */
const chapterOf = (file) => /^derivations\/([\w-]+)\.md$/.exec(file ?? "")?.[1];

/**
 * A block of code as HTML, a line an element.
 *
 * @param {import("./project.mjs").Project} project
 * @param {string} code
 * @param {string} language of the fence
 * @param {string} file the Markdown that has the block
 * @param {string} page on the site that shows it
 */
export function blockHtml(project, code, language, file, page) {
  if (!TYPESCRIPT.has(language))
    return code
      .split("\n")
      .map((line, i) => `<span class="line" data-line="${i + 1}">${escaped(line)}</span>`)
      .join("\n");
  const chapter = chapterOf(file);
  const path = file.endsWith(".md") ? {} : { path: file };
  const options = chapter === undefined ? path : { page: chapter };
  return highlightLinesOf(project, code, { ...options, root: rootOf(page) }).join("\n");
}

/**
 * What stands beside an equation: the lines that compute it, and links to all other places; nothing
 * where no code cites it.
 *
 * @param {import("./project.mjs").Project} project
 * @param {string} tag
 * @param {string} page on the site that shows it
 */
export function besideEquation(project, tag, page) {
  const root = rootOf(page);
  const found = excerptOfTag(project, tag, { root });
  if (found === null) return "";
  const href = ({ file, line }) => `${root}${file}.html#L${line}`;
  const also = found.others.map(
    (place) => `<a href="${href(place)}">${place.file.slice(place.file.lastIndexOf("/") + 1)}</a>`,
  );
  const others = also.length === 0 ? "" : `<p class="also">also ${also.join(", ")}</p>\n`;
  return `<div class="lines" role="group" aria-label="Code of ${tag}"
data-file="${found.file}" data-tags="${tag}">
<p class="where"><a href="${href(found)}">${found.file}</a></p>
<pre class="code"><code>${found.html}</code></pre>
${others}</div>
`;
}
