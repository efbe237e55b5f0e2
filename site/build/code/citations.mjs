/**
 * Which lines of a file an equation belongs to: the comment that cites it, and the statement below.
 */

/** A mention of an equation: (conv2d.7). */
export const CITATION = /\(([a-z][a-z0-9]*(?:-[a-z0-9]+)*\.\d+[a-z]?)\)/g;

/** A declaration longer than that is marked by its first line alone. */
const LONGEST = 24;

/**
 * A place that cites an equation. Lines are counted from 1.
 *
 * @typedef {object} Citation
 * @property {string} tag
 * @property {boolean} says whether the formula follows, which a mere mention leaves out
 * @property {number} line of the comment
 * @property {number} first line of all comments in a row
 * @property {number} last line of the statement; of a long one, its first
 * @property {number} end line in which it ends, however long
 * @property {string} owner the function, constant or class of the file that has the comment
 */

/**
 * @param {string} text TypeScript
 * @param {import("@lezer/common").Tree} tree
 * @returns {readonly Citation[]} from top to bottom
 */
export function citationsOf(text, tree) {
  const starts = lineStarts(text);
  const lineAt = (at) => lineOf(starts, at);
  const found = [];
  tree.iterate({
    enter(node) {
      if (node.name !== "LineComment" && node.name !== "BlockComment") return;
      const comment = text.slice(node.from, node.to);
      for (const citation of comment.matchAll(CITATION)) {
        const says = / *[^\s*]/y;
        says.lastIndex = citation.index + citation[0].length;
        const line = lineAt(node.from + citation.index);
        const isFormula = comment[says.lastIndex] === " " && says.test(comment);
        const lines = reach(node.node, text, lineAt);
        found.push({
          ...{ tag: citation[1], says: isFormula, line, ...lines },
          owner: ownerOf(node.node, text),
        });
      }
    },
  });
  return found;
}

/** The lines of a comment, its neighbours, and what they are about. */
function reach(comment, text, lineAt) {
  const lineStart = text.lastIndexOf("\n", comment.from - 1) + 1;
  if (text.slice(lineStart, comment.from).trim() !== "") {
    // behind code: it is about the statement that ends here
    const line = lineAt(comment.from);
    const before = comment.prevSibling;
    const first = before === null ? line : lineAt(before.from);
    return { first: line - first < LONGEST ? first : line, last: line, end: line };
  }
  let [top, below] = [comment, comment.nextSibling];
  while (isAdjacent(top.prevSibling, top, lineAt)) top = top.prevSibling;
  while (below !== null && isComment(below)) below = below.nextSibling;
  const first = lineAt(top.from);
  // what is only punctuation, such as a closing brace, is no statement
  const isStatement = below !== null && text.slice(below.from, below.to).length > 1;
  if (!isStatement) return { first, last: lineAt(comment.to), end: lineAt(comment.to) };
  const [begins, end] = [lineAt(below.from), lineAt(below.to)];
  return { first, last: end - begins < LONGEST ? end : begins, end };
}

/** The name of the declaration on the outermost level that a comment is in, or stands above. */
function ownerOf(comment, text) {
  let node = comment;
  while (node.parent?.parent) node = node.parent;
  while (node !== null && isComment(node)) node = node.nextSibling;
  const start = node === null ? "" : text.slice(node.from, node.to);
  return /\b(?:function\*?|class|const|let|interface|type)\s+([\w$]+)/.exec(start)?.[1] ?? "";
}

const isComment = (node) => node.name === "LineComment" || node.name === "BlockComment";

/** Whether a comment ends on the line above, with nothing in front of it there. */
function isAdjacent(before, comment, lineAt) {
  if (before === null || !isComment(before)) return false;
  if (before.prevSibling !== null && lineAt(before.prevSibling.to) === lineAt(before.from))
    return false;
  return lineAt(before.to) === lineAt(comment.from) - 1;
}

/** @param {string} text */
export function lineStarts(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/**
 * @param {readonly number[]} starts of all lines
 * @param {number} at
 * @returns the line in which a position lies, from 1
 */
export function lineOf(starts, at) {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= at) low = middle;
    else high = middle;
  }
  return low + 1;
}

/**
 * The equations of each line: those that its comment cites, and those that its statement computes.
 *
 * @param {readonly Citation[]} citations
 * @returns {Map<number, readonly string[]>} tags by line
 */
export function tagsOfLines(citations) {
  const lines = new Map();
  const add = (line, tag) => {
    const tags = lines.get(line) ?? [];
    if (!tags.includes(tag)) lines.set(line, [...tags, tag]);
  };
  for (const { tag, says, line, first, last } of citations) {
    add(line, tag);
    if (!says) continue;
    const others = citations.filter((one) => one.first === first && one.last === last);
    // other equations' comments stay theirs alone
    const belongs = (one) =>
      one >= line && !others.some((other) => other.line === one && other.tag !== tag);
    for (let one = first; one <= last; one++) if (belongs(one)) add(one, tag);
  }
  return lines;
}
