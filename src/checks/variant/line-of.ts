/** Where in a reader's file something went wrong. */

/**
 * Where in the file that a new text was made from it happened: the innermost call there, by the
 * text's source map.
 *
 * @param source the path of that file, as the source map names it; undefined for none
 * @returns null where it happened elsewhere, and for what throws when it is looked at
 */
export function lineOf(error: unknown, source: string | undefined): number | null {
  const [, behind] = source === undefined ? [] : stackOf(error).split(`${source}:`);
  const line = Number.parseInt(behind ?? "", 10);
  return Number.isNaN(line) ? null : line;
}

function stackOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.stack ?? "") : "";
  } catch {
    return "";
  }
}
