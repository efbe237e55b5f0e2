/** What a page's markdown has besides markdown: mathematics, and names that become links. */
import temml from "temml";
import { mentionsIn, wrongMention } from "./chapters.mjs";

/**
 * Teaches markdown-it formulas, as GitHub writes them, and links from names to places.
 *
 * @param places `chapters`; `chapterUrl(name)`, `entryUrl(file, name)` and `known(href)`, as seen
 *   from the page that is being written; null where there is no such page
 */
export function extendMarkdown(parser, places) {
  // `[N]: rows` is a shape with an explanation, not a link's definition
  parser.disable("reference");
  parser.block.ruler.before("fence", "formula", displayFormula, {
    alt: ["paragraph", "reference", "blockquote", "list"],
  });
  parser.inline.ruler.before("escape", "formula", inlineFormula);
  parser.renderer.rules.display_formula = (tokens, at) => displayHtml(tokens[at].content);
  parser.renderer.rules.inline_formula = (tokens, at) => formulaHtml(tokens[at].content, false);
  parser.core.ruler.push("links", ({ tokens, Token }) => {
    linkRows(tokens, places, Token);
    for (const token of tokens)
      if (token.type === "inline") {
        dropDeadLinks(token, places);
        linkMentions(token, places, Token);
      }
  });
}

const formulaHtml = (tex, displayMode) =>
  temml.renderToString(tex, {
    displayMode,
    throwOnError: true,
    wrap: displayMode ? "none" : "tex",
  });

/** A formula on lines of its own: its tag is a place on the page, and a link to it. */
function displayHtml(tex) {
  const [, tag] = /\\tag\{([^}]*)\}/.exec(tex) ?? [];
  const formula = formulaHtml(tex.replace(/\\tag\{[^}]*\}/, ""), true);
  if (tag === undefined) return `<div class="formula"><div>${formula}</div></div>\n`;
  const link = `<a href="#${tag}">(${tag})</a>`;
  return `<div class="formula" id="${tag}"><div>${formula}</div>${link}</div>\n`;
}

function displayFormula(state, startLine, endLine, silent) {
  const textOf = (line) =>
    state.src.slice(state.bMarks[line] + state.tShift[line], state.eMarks[line]);
  const first = textOf(startLine);
  if (!first.startsWith("$$")) return false;
  const lines = [first.slice(2)];
  let line = startLine;
  while (!lines.at(-1).trimEnd().endsWith("$$")) {
    if (++line >= endLine) return false;
    lines.push(textOf(line));
  }
  if (silent) return true;
  const token = state.push("display_formula", "", 0);
  token.content = lines.join("\n").trimEnd().slice(0, -2).trim();
  state.line = line + 1;
  return true;
}

function inlineFormula(state, silent) {
  const found = /^\$(?!\s)((?:\\.|[^$\\])+?)(?<!\s)\$(?!\d)/.exec(
    state.src.slice(state.pos, state.posMax),
  );
  if (found === null) return false;
  if (!silent) state.push("inline_formula", "", 0).content = found[1];
  state.pos += found[0].length;
  return true;
}

/** Puts a link around tokens. */
function linked(tokens, href, Token) {
  const open = new Token("link_open", "a", 1);
  open.attrs = [["href", href]];
  return [open, ...tokens, new Token("link_close", "a", -1)];
}

/** In the tables that say where an equation is in the code: links to it and to the code's entry. */
function linkRows(tokens, { entryUrl, chapters, chapterUrl }, Token) {
  let cells = [];
  for (const token of tokens) {
    if (token.type === "tr_open") cells = [];
    if (token.type === "inline") cells.push(token);
    if (token.type !== "tr_close" || cells.length !== 4) continue;
    const [tag, , file, name] = cells.map(({ content }) => content.replaceAll("`", ""));
    const [mention] = mentionsIn(`(${tag})`, chapters);
    if (mention === undefined || wrongMention(mention, chapters) !== null) continue;
    const href = entryUrl(file, name);
    const page = chapterUrl(mention.chapter);
    if (page !== null) cells[0].children = linked(cells[0].children, `${page}#${tag}`, Token);
    if (href !== null) cells[3].children = linked(cells[3].children, href, Token);
  }
}

/** A link to a file that is not among the pages keeps its words alone. */
function dropDeadLinks(inline, { known }) {
  const kept = [];
  let dead = false;
  for (const token of inline.children) {
    if (token.type === "link_open") dead = !known(token.attrGet("href"));
    if (!dead || !token.type.startsWith("link_")) kept.push(token);
    if (token.type === "link_close") dead = false;
  }
  inline.children = kept;
}

/** Chapters and equations become links wherever a text names them. */
function linkMentions(inline, { chapters, chapterUrl }, Token) {
  let depth = 0;
  inline.children = inline.children.flatMap((token) => {
    if (token.type === "link_open") depth++;
    if (token.type === "link_close") depth--;
    if (depth > 0 || (token.type !== "text" && token.type !== "code_inline")) return [token];
    const mentions = mentionsIn(token.content, chapters).filter(
      (mention) => wrongMention(mention, chapters) === null && chapterUrl(mention.chapter) !== null,
    );
    const hrefOf = ({ chapter, tag }) => chapterUrl(chapter) + (tag === null ? "" : `#${tag}`);
    if (token.type === "code_inline") {
      const [only] = mentions;
      return only?.text === token.content ? linked([token], hrefOf(only), Token) : [token];
    }
    const parts = [];
    let end = 0;
    const textToken = (content) => Object.assign(new Token("text", "", 0), { content });
    for (const mention of mentions) {
      parts.push(textToken(token.content.slice(end, mention.at)));
      parts.push(...linked([textToken(mention.text)], hrefOf(mention), Token));
      end = mention.at + mention.text.length;
    }
    return [...parts, textToken(token.content.slice(end))];
  });
}
