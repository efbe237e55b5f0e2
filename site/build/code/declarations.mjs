/** What a source declares, exports and imports, by name. */
import { lineOf, lineStarts } from "./citations.mjs";

/**
 * A declaration on the outermost level of a file.
 *
 * @typedef {object} Declaration
 * @property {string} name
 * @property {"function" | "class" | "interface" | "type" | "const" | "enum"} kind
 * @property {boolean} isExported
 * @property {number} line from 1
 * @property {number} from where it begins in the text, behind its docstring
 * @property {number} to
 * @property {number} head where its body begins; a class's and a function's signature ends there
 * @property {string} doc its docstring, without marks; "" if it has none
 */

/**
 * A name that a file takes from another: `local` is what the file calls it, `name` what the other
 * does. `at` is where the name stands in the text.
 *
 * @typedef {object} Imported
 * @property {string} local
 * @property {string} name `*` for everything
 * @property {string} specifier
 * @property {number} at
 * @property {boolean} isExport whether it is handed on
 */

const KINDS = {
  FunctionDeclaration: "function",
  AmbientFunctionDeclaration: "function",
  ClassDeclaration: "class",
  InterfaceDeclaration: "interface",
  TypeAliasDeclaration: "type",
  VariableDeclaration: "const",
  EnumDeclaration: "enum",
};
const BODIES = new Set(["Block", "ClassBody", "ObjectType", "EnumBody"]);

/**
 * @param {string} text
 * @param {import("@lezer/common").Tree} tree
 * @returns {readonly Declaration[]} from top to bottom
 */
export function declarationsOf(text, tree) {
  const starts = lineStarts(text);
  const found = [];
  for (let node = tree.topNode.firstChild; node !== null; node = node.nextSibling) {
    let own = node;
    const isExported = node.name === "ExportDeclaration";
    if (isExported || own.name === "AmbientDeclaration")
      own = childrenOf(own).find((child) => child.name in KINDS || /^Ambient/.test(child.name));
    if (own?.name === "AmbientDeclaration")
      own = childrenOf(own).find((child) => child.name in KINDS);
    if (own === undefined || own === null || !(own.name in KINDS)) continue;
    const inside = childrenOf(own);
    const doc = docAbove(node, text);
    for (const name of inside.filter(({ name }) => /^(Variable|Type)Definition$/.test(name))) {
      const body = inside.find((child) => BODIES.has(child.name) && child.from > name.from);
      found.push({
        name: text.slice(name.from, name.to),
        kind: KINDS[own.name],
        isExported,
        line: lineOf(starts, own.name === "VariableDeclaration" ? name.from : node.from),
        ...{ from: node.from, to: node.to, head: body?.from ?? node.to, doc },
      });
    }
  }
  return found;
}

/** @returns all children of a node of the tree */
export function childrenOf(node) {
  const children = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

/** The docstring directly above a node, without its marks. */
export function docAbove(node, text) {
  const above = node.prevSibling;
  if (above?.name !== "BlockComment" || !text.startsWith("/**", above.from)) return "";
  if (/\n[ \t]*\n/.test(text.slice(above.to, node.from))) return "";
  return docText(text.slice(above.from, above.to));
}

/** @param {string} comment with its marks */
export function docText(comment) {
  return comment
    .replace(/^\/\*\*[ \t]?|[ \t]*\*\/$/g, "")
    .replace(/^[ \t]*\*[ \t]?/gm, "")
    .trim();
}

const FROM =
  /^(import|export)\b(?:\s+type\b)?\s*(?:\{([^}]*)\}|\*(?:\s+as\s+([\w$]+))?)\s*from\s*"([^"]+)"/gm;
const NAMES = /(?:\btype\s+)?\b([\w$]+)(?:\s+as\s+([\w$]+))?/g;

/**
 * What a file imports and hands on. The parser does not know `export { type A }`.
 *
 * @param {string} text
 * @returns {readonly Imported[]}
 */
export function importsOf(text) {
  return [...text.matchAll(FROM)].flatMap((statement) => {
    const { 0: all, 1: word, 2: names, 3: whole, 4: specifier, index } = statement;
    const isExport = word === "export";
    if (names === undefined)
      return [{ local: whole ?? "", name: "*", specifier, at: index, isExport }];
    const start = index + all.indexOf("{") + 1;
    return [...names.matchAll(NAMES)].map((found) => {
      const at =
        start + found.index + found[0].indexOf(found[1], found[0].startsWith("type ") ? 5 : 0);
      return { local: found[2] ?? found[1], name: found[1], specifier, at, isExport };
    });
  });
}

/**
 * The first sentence of what a file says about itself: of the comment at its top, or else of the
 * docstring of its largest export.
 *
 * @param {string} text
 * @param {readonly Declaration[]} declarations
 */
export function summaryOf(text, declarations) {
  // above an import, or with an empty line below it, it is about the file
  const header =
    /^(?:\/\/[^\n]*\n|\s)*(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\n(?:\n|import\b|export (?:type )?[{*]|$)/;
  const top = header.exec(text)?.[1];
  if (top !== undefined) return firstSentence(docText(top));
  const size = ({ from, to, isExported }) => (isExported ? to - from : 0);
  const [largest] = declarations
    .filter(({ doc }) => /^[^@]/.test(doc))
    .sort((a, b) => size(b) - size(a));
  return firstSentence(largest?.doc ?? "");
}

/** @param {string} doc */
export function firstSentence(doc) {
  const [paragraph = ""] = doc.split(/\n\s*\n|\n@/);
  const line = paragraph.replace(/\s+/g, " ").trim();
  return (/^.*?[.:](?=\s[A-Z(`{]|$)/.exec(line)?.[0] ?? line).replace(/[:,]$/, ".");
}
