/** The types of `check-links.mjs`. */
export function brokenLinks(
  pages: ReadonlyMap<string, string>,
  files: ReadonlySet<string>,
  from?: Iterable<string>,
): string[];
