/** The longest name that is shown whole, in characters. */
const LONGEST = 60;

/**
 * A name from a file or a folder as a terminal may show it: on one line, and without the characters
 * that a terminal obeys, or that turn the direction of writing.
 */
export function shownName(name: string): string {
  const harmless = name.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, "?");
  return harmless.length > LONGEST ? `${harmless.slice(0, LONGEST)}…` : harmless;
}
