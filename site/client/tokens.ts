/**
 * How texts are cut into words, for the index and for what is typed alike. A tag (`conv2d.7`) and a
 * name (`dCols`) stay whole, and can be found by their parts as well: "cols", "conv2d", "grad
 * input" for `grad_input`.
 */
export function tokens(text: string): string[] {
  const found: string[] = [];
  for (const [word] of text.matchAll(/[\p{L}\p{N}_]+(?:[.\-'][\p{L}\p{N}_]+)*/gu)) {
    found.push(word);
    const parts = word
      .split(/[.\-'_]|(?<=[\p{Ll}\d])(?=\p{Lu})/u)
      .filter((part) => part.length > 1 && part !== word);
    if (/[.\-'_]|\p{Ll}\p{Lu}/u.test(word)) found.push(...parts);
  }
  return found;
}

/**
 * Words that say nothing about a part, whatever a reader asks: "why is the filter turned round?"
 * is about filter, turned and round.
 */
const COMMON = new Set(
  (
    "a about after all also an and any are as at be because been before between both but by " +
    "can could did do does each every for from given has have here how i if in into is it its " +
    "itself made make makes many may more most much no not now of on one only or other our " +
    "over own same says see should so such takes than that the their them then there these " +
    "they this those to too under up us very was we were what when where which while who " +
    "whose why will with without would yet you your"
  ).split(" "),
);

/** A number has no meaning of its own: `0.125`, `1e-5`, `1,024`. */
const NUMBER = /^\d+(?:[.\-e]\d+)*$/;

/**
 * A word as it is kept: in lower case, and without the ending of a genitive, a plural or a verb, so
 * that "flip", "flipped" and "flipping" are one word, and so are "rotate" and "rotating", and
 * "laboratory" and "laboratories". null drops it.
 */
export const term = (word: string): string | null => {
  const low = word.toLowerCase().replace(/'s?$/, "");
  if (COMMON.has(low) || NUMBER.test(low)) return null;
  if (!/^\p{L}+$/u.test(low)) return low;
  const stem = low.replace(/(?<=...)ies$/, "y").replace(/(?<=...[^aious])s$/, "");
  return stem
    .replace(/(?<=....)(?:ing|ed)$/, "")
    .replace(/(?<=..)([bdfgmnprt])\1$/, (pair) => (stem.endsWith(pair) ? pair : pair[0]!))
    .replace(/(?<=....)e$/, "");
};
