/** Links that ask for what cannot be: one line of answer, and a laboratory that works. */
import type { Browser } from "playwright-core";
import { openLab, problemOf } from "./lab-page.js";

/** A link, and the line that it is answered with; null for one that needs none. */
export type HostileLink = readonly [link: string, says: RegExp | null];

export interface HostileSetting {
  readonly browser: Browser;
  readonly site: string;
  /** The laboratory. */
  readonly name: string;
  /** What is there as long as the laboratory works, as a selector. */
  readonly shows: string;
}

/** What of them does not hold, a line each. */
export async function hostileComplaints(
  { browser, site, name, shows }: HostileSetting,
  links: readonly HostileLink[],
): Promise<string[]> {
  const complaints: string[] = [];
  for (const [link, says] of links) {
    const short = link.slice(0, 60);
    const { page, trouble, close } = await openLab(browser, site, name, link);
    const problem = await problemOf(page);
    if (says === null ? problem !== null : !says.test(problem ?? ""))
      complaints.push(`${short}: says ${String(problem)}`);
    if ((await page.locator(shows).count()) === 0) complaints.push(`${short}: shows no ${shows}`);
    complaints.push(...trouble.map((one) => `${short}: ${one}`));
    await close();
  }
  return complaints;
}
