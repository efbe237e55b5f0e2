/** Puts a chapter's tokens into sections, pairs of equation and code, and figures. */
import { plain } from "./html.mjs";
import { slugOf } from "./places.mjs";

/** A rule of markdown-it: sections from heading to heading, and a pair around each equation. */
export function structure(state) {
  const { env, tokens, md, Token } = state;
  const raw = (content) => Object.assign(new Token("raw", "", 0), { content });
  const out = [];
  let isOpen = false;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token.type === "heading_open") {
      const level = Number(token.tag.slice(1));
      const heading = headingOf(tokens[at + 1], env, md);
      if (level === 1) env.title = plain(heading.html);
      else env.headings.push({ level, ...heading });
      if (level === 2) {
        out.push(
          raw(`${isOpen ? "</section>\n" : ""}<section class="part" id="${heading.slug}">\n`),
        );
        isOpen = true;
      } else if (level > 2) token.attrSet("id", heading.slug);
      out.push(token, tokens[at + 1]);
      at++;
    } else if (token.type === "display_formula" && token.meta.tag !== null) {
      const { tag } = token.meta;
      env.equations.push(tag);
      const next = tokens[at + 1];
      const hasBlock = next?.type === "fence" && /^ts equation\b/.test(next.info);
      out.push(raw('<div class="pair">\n<div class="step">\n'), token);
      if (hasBlock) {
        next.meta = { tag };
        out.push(next);
        at++;
      }
      out.push(raw(`</div>\n${env.setting.linesHtml(tag, env.setting.page)}</div>\n`));
    } else if (isPicture(tokens, at)) {
      const [inline, after] = [tokens[at + 1], captionAfter(tokens, at + 3)];
      const caption = after ?? captionOf(inline, Token);
      out.push(raw('<figure class="picture">\n'), inline);
      if (caption !== null) out.push(raw("\n<figcaption>"), caption, raw("</figcaption>"));
      out.push(raw("\n</figure>\n"));
      at += after === null ? 2 : 5;
    } else {
      if (env.lead === "" && token.type === "paragraph_open" && env.title !== "")
        env.lead = leadOf(tokens[at + 1].content);
      out.push(token);
    }
  }
  if (isOpen) out.push(raw("</section>\n"));
  state.tokens = out;
}

/** A heading's name as a place, each once, and its HTML without links. */
function headingOf(inline, env, md) {
  const html = md.renderer
    .renderInline(inline.children, md.options, { ...env })
    .replace(/<\/?a\b[^>]*>| data-symbol="[^"]*"/g, "");
  const base = slugOf(inline.children.map(({ content }) => content).join(""));
  const count = env.slugs.get(base) ?? 0;
  env.slugs.set(base, count + 1);
  return { slug: count === 0 ? base : `${base}-${count}`, html };
}

/** A paragraph that is a picture, with a line in italics below it or nothing else. */
const isPicture = (tokens, at) => {
  if (tokens[at].type !== "paragraph_open") return false;
  const { children } = tokens[at + 1];
  const isCaption = children[1]?.type === "softbreak" && isEmphasis(children.slice(2));
  return children[0]?.type === "image" && (children.length === 1 || isCaption);
};

const isEmphasis = (children) =>
  children[0]?.type === "em_open" &&
  children.findIndex(({ type }) => type === "em_close") === children.length - 1;

/** The line below a picture, which is taken out of its paragraph. */
function captionOf(inline, Token) {
  if (inline.children.length === 1) return null;
  const caption = Object.assign(new Token("inline", "", 0), { map: inline.map });
  caption.children = inline.children.splice(1).slice(2, -1);
  return caption;
}

/** A paragraph in italics below a picture says what it shows. */
function captionAfter(tokens, at) {
  if (tokens[at - 2]?.children?.length !== 1 || tokens[at]?.type !== "paragraph_open") return null;
  const inline = tokens[at + 1];
  if (!isEmphasis(inline.children)) return null;
  inline.children = inline.children.slice(1, -1);
  return inline;
}

/** The first paragraph, without marks, for search engines. */
function leadOf(markdown) {
  const words = markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\\mathrm\{([^}]*)\}|[$*`]/g, "$1")
    .replace(/\s+/g, " ");
  return words.length <= 200 ? words : `${words.slice(0, 197).replace(/\s\S*$/, "")} …`;
}
