/**
 * The project's Markdown: what GitHub reads, with formulas, folded parts, links that follow a file
 * to its page, and equations that are named in a text as links to them.
 */
import MarkdownIt from "markdown-it";
import { plainFormula } from "../../dist/checks/exercises/plain.js";
import { formula } from "./formula.mjs";
import { escaped, plain } from "./html.mjs";
import { comment, detailsBlock, displayFormula, inlineFormula } from "./markdown-rules.mjs";
import { linkTo } from "./places.mjs";
import { structure } from "./structure.mjs";

/**
 * What a text is turned into a page with.
 *
 * @typedef {object} Setting
 * @property {string} file the text's file, from the project's root; errors name it
 * @property {string} page the page that is written
 * @property {(tag: string) => string | null} placeOfTag where an equation is
 * @property {ReadonlySet<string>} prefixes of all tags: `conv2d`
 * @property {(target: string, from: string) => string | null} placeOfLink where a link of the
 *   Markdown leads
 * @property {(place: string) => { width: number, height: number } | null} sizeOf a picture
 * @property {(code: string, language: string) => string} codeHtml lines of a block of code
 * @property {(tag: string, page: string) => string} linesHtml what stands beside an equation
 * @property {(tag: string) => string} recorded what is known of an equation without running it
 * @property {(error: string) => void} report a mistake in the text
 */

/**
 * @param {string} text
 * @param {Setting} setting
 * @returns {{ title: string, html: string,
 *   headings: { level: number, slug: string, html: string }[],
 *   equations: string[], words: number, description: string }}
 */
export function renderMarkdown(text, setting) {
  const env = { setting, headings: [], equations: [], slugs: new Map(), title: "", lead: "" };
  const html = parser.render(text, env);
  const words = plain(html.replace(/<pre[\s\S]*?<\/pre>|<math[\s\S]*?<\/math>/g, " "));
  return {
    title: env.title,
    html,
    headings: env.headings,
    equations: env.equations,
    words: words.split(/\s+/).length,
    description: env.lead,
  };
}

const parser = new MarkdownIt({ html: false, typographer: false });
// `[N]: rows` is a shape with an explanation, not a link's definition
parser.disable("reference");
const alt = ["paragraph", "reference", "blockquote", "list"];
parser.block.ruler.before("fence", "formula", displayFormula, { alt });
parser.block.ruler.before("fence", "details", detailsBlock, { alt });
parser.block.ruler.before("fence", "comment", comment, { alt });
parser.inline.ruler.before("escape", "formula", inlineFormula);
parser.core.ruler.push("structure", structure);
parser.core.ruler.push("references", references);

const { rules } = parser.renderer;
rules.inline_formula = (tokens, at, _, env) => {
  const { line, before = "", after = "" } = tokens[at].meta ?? {};
  return kept(before, typeset(tokens[at].content, false, env.setting, line), after);
};
rules.display_formula = (tokens, at, _, env) => equationHtml(tokens[at], env);
rules.fence = (tokens, at, _, env) => codeBlock(tokens[at], env.setting);
rules.code_block = (tokens, at, _, env) => codeBlock(tokens[at], env.setting);
// a number and its per cent stay on one line
rules.text = (tokens, at) => escaped(tokens[at].content).replace(/(?<=\d) (?=%)/g, "\u00a0");
rules.laboratory = (tokens, at, _, { setting }) => {
  const { name, link, words } = tokens[at].meta;
  const place = linkTo(setting.page, `labs/${name}.html${link === "" ? "" : `#${link}`}`);
  return (
    `<aside class="try" data-lab="${name}" data-state="${escaped(link)}">` +
    `<p><a href="${escaped(place)}">${escaped(words)}</a></p>` +
    `<button type="button" class="needs-script" data-action="lab">Try it here</button></aside>\n`
  );
};
rules.details_open = () => `<details class="fold">`;
rules.summary_open = () => "<summary>";
rules.summary_close = () => "</summary>\n";
rules.details_close = () => "</details>\n";
rules.raw = (tokens, at) => tokens[at].content;
// an option stays in one piece: browsers break a line after each of its hyphens
rules.code_inline = (tokens, at) => {
  const whole = '<span class="whole">$&</span>';
  const text = escaped(tokens[at].content).replace(/(?<!\S)--?\w[\w-]{0,20}/g, whole);
  return `<code>${text}</code>`;
};
rules.table_open = () => `<div class="table"><table>\n`;
// a header without a word is no header
rules.th_open = (tokens, at) => cell(tokens[at + 1].content === "" ? "td" : "th", tokens[at]);
rules.td_open = (tokens, at) =>
  /^(step|definition)$/.test(tokens[at + 1].content)
    ? `<td class="quiet">`
    : cell("td", tokens[at]);
rules.th_close = (tokens, at) => (tokens[at - 1].content === "" ? "</td>" : "</th>\n");
/** A cell, aligned by a class: the site allows no style in its pages. */
function cell(name, token) {
  const side = /text-align:(right|center)/.exec(token.attrGet("style") ?? "")?.[1];
  return side === undefined ? `<${name}>` : `<${name} class="${side}">`;
}

rules.table_close = () => "</table></div>\n";
rules.image = (tokens, at, options, env, self) => {
  const token = tokens[at];
  const { setting } = env;
  const place = resolved(token.attrGet("src"), setting, token.meta?.line);
  const size = place === null ? null : setting.sizeOf(place);
  const extent = size === null ? "" : ` width="${size.width}" height="${size.height}"`;
  const alt = escaped(self.renderInlineAsText(token.children, options, env));
  const source = place === null ? "" : linkTo(setting.page, place);
  return `<img src="${source}" alt="${alt}"${extent} loading="lazy" decoding="async">`;
};

function typeset(tex, display, { file, report }, line) {
  try {
    return formula(tex, display);
  } catch (error) {
    report(`${file}:${line ?? "?"}: formula: ${error.message}`);
    return escaped(tex);
  }
}

/** A formula on lines of its own; one with a tag is a place on the page, with its mark. */
function equationHtml(token, { setting }) {
  const { tag, tex } = token.meta;
  const math = typeset(tex, true, setting, token.map?.[0] + 1);
  if (tag === null)
    return `<div class="equation untagged"><div class="formula">${math}</div></div>\n`;
  return `<div class="equation" id="${tag}" data-tag="${tag}" tabindex="-1">
<div class="formula">${math}</div>
<a class="tag" href="#${tag}">(${tag})</a>
${markHtml(tag, setting.recorded(tag))}
</div>
`;
}

/** What an equation came to, and the buttons that run and break it; a definition has none. */
function markHtml(tag, recorded) {
  const result = `<span class="result">${escaped(recorded)}</span>`;
  if (recorded === "a definition") return `<span class="mark">${result}</span>`;
  const button = (name, word, more) =>
    `<button type="button" class="${name} needs-script" aria-label="${word} (${tag})"${more}>` +
    `${word}</button>`;
  return `<span class="mark" data-run="${tag}">${button("run", "Run", "")} ${result} ${button(
    "break",
    "Break it",
    ' aria-expanded="false"',
  )}</span>`;
}

function codeBlock(token, { codeHtml }) {
  const [language = "", use = ""] = (token.info ?? "").split(/\s+/);
  const pre = `<pre class="code" data-language="${escaped(language)}"><code>${codeHtml(
    token.content.replace(/\n$/, ""),
    language,
  )}</code></pre>\n`;
  if (use !== "equation") return use === "example" ? pre.replace("code", "code example") : pre;
  const tag = token.meta?.tag;
  const names = tag === undefined ? "" : ` data-equation="${tag}"`;
  const summary = "<summary>The same in TypeScript</summary>";
  return `<details class="fold"${names}>${summary}\n${pre}</details>\n`;
}

/** Where a link or a picture of the Markdown is on the site; null, and reported, if nowhere. */
function resolved(target, { file, placeOfLink, report }, line) {
  const place = placeOfLink(target, file);
  if (place === null) report(`${file}:${line ?? "?"}: the link ${target} leads to no page`);
  return place;
}

/** Links follow files to their pages; equations and files that a text names become links. */
function references(state) {
  const { setting } = state.env;
  for (const [at, token] of state.tokens.entries()) {
    if (token.type !== "inline" || token.children === null) continue;
    const around = state.tokens[at - 1]?.type;
    if (around === "th_open") spellFormulas(token, state.Token);
    // what folds when it is pressed cannot hold a link
    if (around === "summary_open") continue;
    const line = (token.map?.[0] ?? 0) + 1;
    let depth = 0;
    token.children = token.children.flatMap((child) => {
      child.meta = { ...child.meta, line };
      if (child.type === "link_open") {
        depth++;
        followLink(child, setting, line);
      }
      if (child.type === "link_close") depth--;
      if (depth > 0) return [child];
      if (child.type === "text") return withEquations(child, setting, line, state.Token);
      if (child.type === "code_inline") return withFile(child, setting, state.Token);
      return [child];
    });
    keepPunctuation(token.children);
    if (around === "td_open") token.children = withTag(token, setting, state.Token);
  }
}

/**
 * A line may break between a formula and the stop after it, since a formula is no letter: the
 * formula takes the signs that no space parts from it.
 */
function keepPunctuation(children) {
  for (const [at, child] of children.entries()) {
    if (child.type !== "inline_formula") continue;
    const [previous, next] = [children[at - 1], children[at + 1]];
    if (next?.type === "text") {
      child.meta.after = /^[.,;:!?)\]’”]*/.exec(next.content)[0];
      next.content = next.content.slice(child.meta.after.length);
    }
    if (previous?.type === "text") {
      child.meta.before = /[([‘“]*$/.exec(previous.content)[0];
      previous.content = previous.content.slice(
        0,
        previous.content.length - child.meta.before.length,
      );
    }
  }
}

/** A formula with what has to stay in its line: its last piece, if it may break. */
function kept(before, html, after) {
  const whole = (text) => `<span class="whole">${text}</span>`;
  const pieces = html.split("<wbr>");
  if (before !== "") pieces[0] = escaped(before) + pieces[0];
  if (after !== "") pieces.push(pieces.pop() + escaped(after));
  return pieces
    .map((piece) => (piece.startsWith("<math") && piece.endsWith("</math>") ? piece : whole(piece)))
    .join("<wbr>");
}

/** A cell that is a tag alone, as the tables of a chapter's code have it, leads to the equation. */
function withTag({ content, children }, setting, Token) {
  const [, prefix] = /^([a-z][\w-]*)\.\d+[a-z]?$/.exec(content) ?? [];
  const place = setting.prefixes.has(prefix) ? setting.placeOfTag(content) : null;
  if (place === null) return children;
  const href = linkTo(setting.page, place);
  const link = `<a class="ref" href="${href}" data-ref="${content}">${content}</a>`;
  return [Object.assign(new Token("raw", "", 0), { content: link })];
}

/**
 * A header of a formula alone says it in plain signs: MathML is no text to those who look for one.
 */
function spellFormulas(token, Token) {
  if (token.children.some(({ type }) => type !== "inline_formula")) return;
  token.children = token.children.map(({ content }) => text(plainFormula(content), Token));
}

function followLink(link, setting, line) {
  const href = link.attrGet("href");
  if (/^[a-z]+:/i.test(href)) {
    link.attrSet("rel", "external");
    return;
  }
  const place = resolved(decodeURI(href), setting, line);
  if (place !== null) link.attrSet("href", linkTo(setting.page, place));
}

const TAG = /\(([a-z][\w-]*)\.(\d+[a-z]?)\)/g;

/** The equations that a text names, `(conv2d.7)`, as links. */
function withEquations(token, setting, line, Token) {
  const parts = [];
  let end = 0;
  for (const { index, 0: all, 1: prefix, 2: number } of token.content.matchAll(TAG)) {
    if (!setting.prefixes.has(prefix)) continue;
    const tag = `${prefix}.${number}`;
    const place = setting.placeOfTag(tag);
    if (place === null) {
      setting.report(`${setting.file}:${line}: there is no equation ${all}`);
      continue;
    }
    parts.push(text(token.content.slice(end, index), Token));
    const href = linkTo(setting.page, place);
    const link = `<a class="ref" href="${href}" data-ref="${tag}">${all}</a>`;
    parts.push(Object.assign(new Token("raw", "", 0), { content: link }));
    end = index + all.length;
  }
  if (parts.length === 0) return [token];
  return [...parts, text(token.content.slice(end), Token)];
}

const text = (content, Token) => Object.assign(new Token("text", "", 0), { content });

/** The name of a source file, `src/backprop/conv2d.ts`, as a link to its page. */
function withFile(token, setting, Token) {
  if (!/^src\/[\w./-]+$/.test(token.content)) return [token];
  const place = setting.placeOfLink(`/${token.content}`, setting.file);
  if (place === null) return [token];
  const name = `<code>${escaped(token.content)}</code>`;
  const link = `<a href="${linkTo(setting.page, place)}">${name}</a>`;
  return [Object.assign(new Token("raw", "", 0), { content: link })];
}
