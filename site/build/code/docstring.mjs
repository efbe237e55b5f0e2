/**
 * Docstrings as HTML: paragraphs, indented tables, and what `@param`, `@returns`, `@throws` say.
 */
import { escaped } from "../html.mjs";
import { sentenceHtml } from "./sentence.mjs";

const WORDS = { returns: "Returns", throws: "Throws", see: "See", example: "Example" };

/**
 * @param {string} doc without marks
 * @param {(text: string) => string} inline a sentence as HTML
 * @returns {string}
 */
export function docHtml(doc, inline = sentenceHtml) {
  const [text, ...tags] = doc.split(/^@(?=\w)/m);
  return [...blocksOf(text).map((block) => blockHtml(block, inline)), tagsHtml(tags, inline)]
    .filter((part) => part !== "")
    .join("\n");
}

/** Paragraphs; lines that are indented by two spaces or more keep their form. */
function blocksOf(text) {
  return text
    .split(/\n[ \t]*\n/)
    .map((block) => block.replace(/\s+$/, ""))
    .filter((block) => block.trim() !== "");
}

function blockHtml(block, inline) {
  const lines = block.split("\n");
  if (lines.every((line) => /^ {2}/.test(line)))
    return `<pre class="code"><code>${escaped(withoutIndent(lines).join("\n"))}</code></pre>`;
  const isList = /^- /.test(lines[0]);
  if (!isList) return `<p>${inline(block.replace(/\s+/g, " ").trim())}</p>`;
  const items = block.split(/^- /m).slice(1);
  const html = items.map((item) => `<li>${inline(item.replace(/\s+/g, " ").trim())}</li>`);
  return `<ul>${html.join("")}</ul>`;
}

/** Lines without the spaces that all of them begin with. */
function withoutIndent(lines) {
  const indent = Math.min(...lines.map((line) => /^ */.exec(line)[0].length));
  return lines.map((line) => line.slice(indent));
}

function tagsHtml(tags, inline) {
  const rows = tags.map((tag) => {
    const words = tag.replace(/\s+/g, " ").trim();
    const [, name, rest] = /^param ([\w.[\]]+) ?(.*)$/.exec(words) ?? [];
    if (name !== undefined) return `<dt><code>${escaped(name)}</code></dt><dd>${inline(rest)}</dd>`;
    const [, word, said] = /^(\w+) ?(.*)$/.exec(words);
    return `<dt>${WORDS[word] ?? escaped(word)}</dt><dd>${inline(said)}</dd>`;
  });
  return rows.length === 0 ? "" : `<dl class="parameters">\n${rows.join("\n")}\n</dl>`;
}
