/** What was thrown, in words. Whoever wrote the code may throw anything. */

/** Longer messages say no more. */
const LONGEST = 500;

/** Control characters and line breaks, which a terminal would obey. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;

/** @returns one line, also for what throws when it is looked at */
export function messageOf(error: unknown): string {
  try {
    const said = String(error instanceof Error ? error.message : error).replace(CONTROLS, " ");
    return said.length > LONGEST ? `${said.slice(0, LONGEST)} …` : said;
  } catch {
    return "it threw something that cannot be shown";
  }
}
