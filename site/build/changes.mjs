/** The small mistakes of a block, as a page shows them: what is changed, where, and its kind. */
import { mutationsOf } from "leibniz/checks";

/**
 * @typedef {object} Change
 * @property {string} source the whole block with the mistake in it
 * @property {string} kind `sign`, `factor`, `number`, `order` of two indices, `arguments` in
 *   another order, or `transpose`
 * @property {string} before a piece of the line in front of the change
 * @property {string} was
 * @property {string} becomes
 * @property {string} after a piece of the line behind it
 */

/** What loops count with: `n`, `kH`, `r2`; exchanged, they lead to a number that is wrong. */
const INDEX = /^[a-z][\dA-Z]?$/;

/** How much of a line is shown on either side. */
const AROUND = 28;

/**
 * All changes of a block, in the order in which they stand in it.
 *
 * @param {string} block
 * @returns {Change[]}
 */
export function changesOf(block) {
  return mutationsOf(block)
    .map(({ source, at }) => ({ at, change: describe(block, source) }))
    .sort((a, b) => a.at - b.at)
    .map(({ change }) => change);
}

/** What differs between the two, widened to whole words. */
function describe(block, source) {
  let start = 0;
  while (block[start] === source[start]) start++;
  let end = 0; // from behind
  while (
    end < Math.min(block.length, source.length) - start &&
    block.at(-1 - end) === source.at(-1 - end)
  )
    end++;
  const isWord = (sign) => sign !== undefined && /[\w.$]/.test(sign);
  while (isWord(block[start - 1]) && isWord(block[start])) start--;
  while (end > 0 && isWord(block[block.length - end]) && isWord(block[block.length - end - 1]))
    end--;
  const was = block.slice(start, block.length - end);
  const becomes = source.slice(start, source.length - end);
  const line = block.slice(0, start).split("\n").at(-1).trimStart();
  const rest = block.slice(block.length - end).split("\n")[0];
  return {
    source,
    kind: kindOf(was.trim(), becomes.trim()),
    before: line.length > AROUND ? `…${line.slice(-AROUND)}` : line,
    was,
    becomes,
    after: rest.length > AROUND ? `${rest.slice(0, AROUND)}…` : rest,
  };
}

function kindOf(was, becomes) {
  if (was.includes("transpose")) return "transpose";
  if (/^2 [*/]|[*/] 2\b/.test(becomes) && !/^\d/.test(was)) return "factor";
  if (/^[+-]?$/.test(was) || /^-\w/.test(was)) return "sign";
  if (/^[\d.e-]+$/.test(was)) return "number";
  if (!was.includes(",")) return "sign";
  return was.split(",").every((word) => INDEX.test(word.trim())) ? "order" : "arguments";
}
