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

/** What is left out of the index: words without which every sentence is still found. */
const COMMON = new Set(
  "a an the of and or to in is are it its that this as by for with on be".split(" "),
);

/** Lower case; null drops the word. */
export const term = (word: string): string | null => {
  const low = word.toLowerCase();
  return COMMON.has(low) ? null : low;
};
