/** The longest name that is shown whole, in characters. */
const LONGEST = 60;
/** The same for a path, of which the end says which file it is. */
const LONGEST_PATH = 240;

/**
 * A name from a file or a folder as a terminal may show it: on one line, and without the characters
 * that a terminal obeys, or that turn the direction of writing.
 */
export function shownName(name: string): string {
  const shown = harmless(name);
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}

/** The same for a path. */
export function shownPath(path: string): string {
  const shown = harmless(path);
  return shown.length > LONGEST_PATH ? `…${shown.slice(-LONGEST_PATH)}` : shown;
}

function harmless(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, "?");
}
