/**
 * MathML that is read aloud as a person would read it. Temml's looks right, but has signs that are
 * no names as names, sums with an index that is no limit, and two primes for one.
 */

/** A bar around a value, which Temml takes for a name. */
const BAR = /<mi>\|<\/mi>/g;

/** `<msub>` around a sign that has limits, up to the element that closes it. */
const SUM = /<msub>(?=<mo[^>]*>[∑∏]<\/mo>)/g;

/** @param {string} math what Temml wrote of one formula */
export function spoken(math) {
  return withLimits(withBars(math))
    .replaceAll("<mi>/</mi>", '<mo lspace="0em" rspace="0em">/</mo>')
    .replace(/(<mo[^>]*>)′<\/mo><mo[^>]*>′<\/mo>/g, "$1″</mo>");
}

/** Bars in pairs, |x|, open and close; a single one stands between what it separates. */
function withBars(math) {
  const count = math.match(BAR)?.length ?? 0;
  let seen = 0;
  return math.replace(BAR, () => {
    const form = seen++ % 2 === 0 ? "prefix" : "postfix";
    const fence = count % 2 === 0 ? ` fence="true" form="${form}"` : "";
    return `<mo${fence} stretchy="false" lspace="0em" rspace="0em">|</mo>`;
  });
}

/** The index of a sum is what it runs over, wherever it is set: to the right of it in a line. */
function withLimits(math) {
  let result = "";
  let end = 0;
  for (const { index } of math.matchAll(SUM)) {
    if (index < end) continue;
    const close = closing(math, index);
    const inner = math.slice(index + "<msub>".length, close);
    const sign = inner.replace(/^<mo[^>]*>/, '<mo movablelimits="true">');
    result += `${math.slice(end, index)}<munder>${sign}</munder>`;
    end = close + "</msub>".length;
  }
  return result + math.slice(end);
}

/** Where the `<msub>` at `start` is closed. */
function closing(math, start) {
  let depth = 0;
  for (const { index, 0: tag } of math.slice(start).matchAll(/<\/?msub>/g)) {
    depth += tag === "<msub>" ? 1 : -1;
    if (depth === 0) return start + index;
  }
  return math.length;
}
