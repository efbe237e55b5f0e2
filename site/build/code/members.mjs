/** What an exported name looks like from outside: its signature, and the members of a class. */
import { childrenOf, docText } from "./declarations.mjs";

/**
 * @typedef {{ name: string, signature: string, doc: string }} Member
 */

/**
 * The declaration without bodies.
 *
 * @param {string} text of the file
 * @param {import("./declarations.mjs").Declaration} declaration
 */
export function signatureOf(text, { kind, from, to, head }) {
  if (kind === "interface" || kind === "type" || kind === "enum") return text.slice(from, to);
  const whole = text.slice(from, kind === "const" ? to : head).trim();
  if (kind !== "const") return whole;
  const isLong = whole.split("\n").length > 6;
  return isLong ? `${whole.split(/ =(?= |\n)/)[0]} = …` : whole;
}

/**
 * The public members of a class, in their order.
 *
 * @param {string} text of the file
 * @param {import("@lezer/common").Tree} tree
 * @param {import("./declarations.mjs").Declaration} declaration
 * @returns {readonly Member[]}
 */
export function membersOf(text, tree, { from, to, kind }) {
  if (kind !== "class") return [];
  let body = null;
  tree.iterate({
    from,
    to,
    enter(node) {
      if (body === null && node.name === "ClassBody" && node.from >= from) body = node.node;
      return body === null;
    },
  });
  let doc = "";
  const members = [];
  for (const node of body === null ? [] : childrenOf(body)) {
    if (node.name === "BlockComment") doc = text.slice(node.from, node.to);
    if (!/^(Method|Property)Declaration$/.test(node.name)) continue;
    const inside = childrenOf(node);
    const name = inside.find((child) => child.name === "PropertyDefinition");
    const end = inside.find(({ name: one }) => one === "Block" || one === "Equals");
    const signature = text
      .slice(node.from, end?.from ?? node.to)
      .replace(/;?\s*$/, "")
      .replace(/\n {2}/g, "\n");
    if (name !== undefined && !/^(?:private|protected)\b/.test(signature))
      members.push({
        name: text.slice(name.from, name.to),
        signature,
        doc: doc.startsWith("/**") ? docText(doc) : "",
      });
    doc = "";
  }
  return members;
}
