/**
 * TypeScript as HTML, a line an element: tokens in classes of one letter (k keyword, s string, n
 * number, c comment, t type, f function), symbols of the formulas, and links to the equations that
 * comments cite.
 */
import { highlightCode, styleTags, tagHighlighter, tags } from "@lezer/highlight";
import { parser } from "@lezer/javascript";
import { CITATION, citationsOf, tagsOfLines } from "./citations.mjs";
import { importsOf } from "./declarations.mjs";
import { markPlainFormula, symbolOfIdentifier } from "./symbols.mjs";

const typescript = parser.configure({
  dialect: "ts",
  props: [
    styleTags({
      // f<T>(x) is a call, as f(x) is
      "CallExpression/InstantiationExpression/VariableName": tags.function(tags.variableName),
      "CallExpression/InstantiationExpression/MemberExpression/PropertyName": tags.function(
        tags.propertyName,
      ),
      "NewExpression/InstantiationExpression/VariableName": tags.className,
      "NewExpression/VariableName": tags.className,
    }),
  ],
});

/** `v` is a name: it has no class of its own, but may be a symbol. */
const highlighter = tagHighlighter([
  { tag: tags.comment, class: "c" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp, tags.escape], class: "s" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], class: "n" },
  { tag: [tags.keyword, tags.modifier, tags.self, tags.operatorKeyword], class: "k" },
  { tag: [tags.typeName, tags.className, tags.namespace, tags.meta], class: "t" },
  {
    tag: [
      ...[tags.variableName, tags.propertyName].flatMap((name) => [
        tags.function(name),
        tags.function(tags.definition(name)),
      ]),
    ],
    class: "f",
  },
  { tag: [tags.variableName, tags.propertyName], class: "v" },
]);

/**
 * @typedef {object} HighlightOptions
 * @property {ReadonlySet<string>} [symbols] of the formulas that belong to the code
 * @property {(tag: string) => string | null} [linkOfTag] where an equation is; null where nowhere
 * @property {(name: string) => string | null} [linkOfChapter] where `derivations/NAME.md` is
 * @property {(specifier: string) => string | null} [linkOfImport] where `"./layer.js"` is
 * @property {(name: string) => string | null} [linkOfName] where `{@link NAME}` is declared, and
 *   what the file imports
 * @property {import("@lezer/common").Tree} [tree] of the text, where it has been read already
 * @property {boolean} [ids] whether lines can be linked to: `#L93`
 * @property {number} [firstLine] the number of the first line; 1 if left out
 */

/** @param {string} text */
export const escapeHtml = (text) =>
  text.replace(
    /[&<>"]/g,
    (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign],
  );

/**
 * @param {string} text TypeScript
 * @returns {import("@lezer/common").Tree}
 */
export const parseCode = (text) => typescript.parse(text);

/**
 * The lines of a text, each `<span class="line" …>…</span>`. Join them with line ends, so that a
 * page without styles breaks there too.
 *
 * @param {string} text TypeScript
 * @param {HighlightOptions} [options]
 * @returns {readonly string[]}
 */
export function highlightText(text, options = {}) {
  const { tree = parseCode(text) } = options;
  const tagged = tagsOfLines(citationsOf(text, tree));
  const { ids = false, firstLine = 1 } = options;
  const named = namesToLink(text, options);
  const lines = [""];
  let at = 0;
  const put = (piece, classes) => {
    const html = named.get(at) ?? (classes === "" && named.size > 0 && namesHtml(piece, at, named));
    lines[lines.length - 1] += html || pieceHtml(piece, classes, options);
    at += piece.length;
  };
  const putBreak = () => {
    lines.push("");
    at++;
  };
  highlightCode(text.replace(/\n$/, ""), tree, highlighter, put, putBreak);
  return lines.map((html, i) => {
    const number = firstLine + i;
    const id = ids ? ` id="L${number}"` : "";
    const own = tagged.get(i + 1);
    const data = own === undefined ? "" : ` data-tags="${own.join(" ")}"`;
    return `<span class="line"${id} data-line="${number}"${data}>${html}</span>`;
  });
}

/** The names that a file imports or hands on, as links to their declarations, by their position. */
function namesToLink(text, { linkOfName }) {
  if (linkOfName === undefined) return new Map();
  return new Map(
    importsOf(text).flatMap(({ name, local, at }) => {
      const href = name === "*" ? null : linkOfName(local);
      return href === null ? [] : [[at, `<a href="${href}">${name}</a>`]];
    }),
  );
}

/** What the parser does not read in `export { type A }`; "" where there is none. */
function namesHtml(piece, at, named) {
  let found = false;
  const html = escapeHtml(piece).replace(/[\w$]+/g, (word, index) => {
    if (named.has(at + index)) found = true;
    return named.get(at + index) ?? (word === "type" ? '<span class="k">type</span>' : word);
  });
  return found ? html : "";
}

/** A token, or a line of one. */
function pieceHtml(piece, classes, options) {
  const [, indent, rest] = /^(\s*)([\s\S]*)$/.exec(piece);
  if (rest === "") return indent;
  const span = (html, extra = "") =>
    classes === "" || classes === "v" ? html : `<span class="${classes}"${extra}>${html}</span>`;
  if (classes === "c") return indent + span(commentHtml(rest, options));
  if (classes === "s") return indent + span(stringHtml(rest, options));
  const symbol = symbolOfIdentifier(rest);
  if ((classes === "v" || classes === "f") && options.symbols?.has(symbol)) {
    const kind = classes === "f" ? ' class="f"' : "";
    return `${indent}<span${kind} data-symbol="${symbol}">${rest}</span>`;
  }
  return indent + span(escapeHtml(rest));
}

/** Links to equations and chapters; behind a tag, the symbols of its formula. */
function commentHtml(comment, { symbols, linkOfTag, linkOfChapter, linkOfName }) {
  const parts = comment.split(
    /(\([a-z][a-z0-9-]*\.\d+[a-z]?\)|derivations\/[a-z0-9-]+\.md|\{@link [\w$.]+\})/,
  );
  let isFormula = false;
  return parts
    .map((part, i) => {
      if (i % 2 === 0) return isFormula ? formulaHtml(part, symbols) : escapeHtml(part);
      const name = /^\{@link ([\w$]+)/.exec(part)?.[1];
      if (name !== undefined) {
        const href = linkOfName?.(name) ?? null;
        if (href === null) return part;
        const words = part.slice("{@link ".length, -1);
        return `{@link <a href="${href}">${words}</a>}`;
      }
      const tag = new RegExp(`^${CITATION.source}$`).exec(part)?.[1];
      if (tag === undefined) {
        const href = linkOfChapter?.(part.slice("derivations/".length, -".md".length)) ?? null;
        return href === null ? part : `<a href="${href}">${part}</a>`;
      }
      isFormula = true;
      const href = linkOfTag?.(tag) ?? null;
      if (href === null) return part;
      return `<a class="ref" href="${href}" data-ref="${tag}">${part}</a>`;
    })
    .join("");
}

function formulaHtml(plain, symbols) {
  if (symbols === undefined) return escapeHtml(plain);
  return escapeHtml(plain)
    .split(/(&\w+;)/)
    .map((part, i) =>
      i % 2 === 1
        ? part
        : markPlainFormula(part, (word, symbol) =>
            symbols.has(symbol) ? `<span data-symbol="${symbol}">${word}</span>` : word,
          ),
    )
    .join("");
}

/** Whatever a file imports of the project is a link. */
function stringHtml(text, { linkOfImport }) {
  const specifier = /^"(\.[^"]*)"$/.exec(text)?.[1];
  const href = specifier === undefined ? null : (linkOfImport?.(specifier) ?? null);
  return href === null ? escapeHtml(text) : `<a href="${href}">${escapeHtml(text)}</a>`;
}
