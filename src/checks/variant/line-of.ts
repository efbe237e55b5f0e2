/** Where in a reader's file something went wrong. */

/**
 * Where in the file that a new text was made from it happened: the innermost call there, by the
 * text's source map.
 *
 * @param source the path of that file, as the source map names it; undefined for none
 * @returns null where it happened elsewhere
 */
export function lineOf(error: unknown, source: string | undefined): number | null {
  const stack = (error instanceof Error && error.stack) || "";
  const [, behind] = source === undefined ? [] : stack.split(`${source}:`);
  return behind === undefined ? null : Number.parseInt(behind, 10);
}
