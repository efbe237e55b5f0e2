/** One page of the site after another, each looked at in every way that does not need its own. */
import type { Browser, Page } from "playwright-core";
import { axeFindings } from "./axe.js";
import { breakComplaints, equationComplaints } from "./equations.js";
import { layoutComplaints, settleScrollers, WIDTHS } from "./layout.js";
import { layOutAll, look } from "./look.js";
import { listen } from "./site-page.js";

/** Tabs that look at pages at once. */
const AT_ONCE = 2;

/**
 * Looks at pages, each tab at one after the other: a tab of its own for each would cost as much as
 * most pages do.
 *
 * @param site its address
 * @param report is called for each page with what is wrong with it
 */
export async function visitAll(
  browser: Browser,
  site: string,
  paths: readonly string[],
  report: (path: string, complaints: readonly string[], ms: number) => void,
): Promise<void> {
  const waiting = [...paths];
  const work = async (): Promise<void> => {
    const context = await browser.newContext({ viewport: { width: WIDTHS[0], height: 900 } });
    const page = await context.newPage();
    const trouble = listen(page);
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const started = performance.now();
      trouble.length = 0;
      const found: string[] = [];
      try {
        const answer = await page.goto(`${site}${path}`);
        if (answer?.status() !== 200) found.push(`status ${answer?.status()}`);
        found.push(...(await pageComplaints(page)));
      } catch (error) {
        found.push(String(error));
        if (page.isClosed()) throw error;
        await page.emulateMedia({ colorScheme: "light", media: "screen" });
        await page.setViewportSize({ width: WIDTHS[0], height: 900 });
      }
      report(path, [...found, ...trouble], performance.now() - started);
    }
    await context.close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** What is wrong with the page that is open. Folded code belongs to it. */
async function pageComplaints(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    for (const fold of document.querySelectorAll("details")) fold.open = true;
  });
  await layOutAll(page);
  await settleScrollers(page);
  const found = await axeFindings(page);
  await page.keyboard.press("Tab"); // from now on the focus shows where it is
  found.push(...(await look(page, "focusComplaints")), ...(await look(page, "lightingComplaints")));
  if ((await page.locator(".mark[data-run]").count()) > 0)
    found.push(...(await equationComplaints(page)), ...(await breakComplaints(page)));
  return [...found, ...(await layoutComplaints(page))];
}
