/** The pages of the built site, and which of them stand for the others. */
import { readdirSync } from "node:fs";

/** All pages in a folder, by their paths in it. */
export const pagesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".html"))
    .sort();

/** A page of each kind that has the most that its kind can have. */
const EXAMPLES = [
  ...["api/backprop.html", "docs/measured.html", "examples/recipe.json.html"],
  ...["experiments/filters.html", "src/backprop/conv2d.ts.html"],
];

/**
 * All chapters and laboratories, the pages that are alone of their kind, the tables of contents,
 * and an example of each other kind.
 *
 * @throws Error when a kind has no example
 */
export function samplePages(pages: readonly string[]): string[] {
  const isWanted = (path: string): boolean =>
    /^(chapters|labs)\/|^[^/]*$|\/index\.html$/.test(path) || EXAMPLES.includes(path);
  const chosen = pages.filter(isWanted);
  const isKnown = (path: string): boolean =>
    chosen.some((one) => !one.endsWith("/index.html") && kindOf(one) === kindOf(path));
  const forgotten = pages.find((path) => !isWanted(path) && !isKnown(path));
  if (forgotten !== undefined)
    throw new Error(`samplePages: expected an example of the kind of ${forgotten}, got none`);
  return chosen;
}

const kindOf = (path: string): string => path.split("/")[0]!;
