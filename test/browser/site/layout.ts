/** What does not fit on a page of the site, at each width that readers have, and on paper. */
import type { Page } from "playwright-core";
import { roomFindings } from "./axe.js";
import { look } from "./look.js";

/** From a desktop to a small telephone. */
export const WIDTHS = [1440, 820, 390, 320] as const;
/** Where fingers are. */
const OF_PHONES = 390;
/** A4 between its margins, in pixels of CSS. */
const PAPER = 612;

async function fits(page: Page): Promise<string[]> {
  return [...(await look(page, "fitComplaints")), ...(await look(page, "textComplaints"))];
}

/** The complaints at every width, with the width in front. */
export async function layoutComplaints(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const one of await fits(page)) found.push(`${width} px: ${one}`);
    if (width === OF_PHONES) {
      await settleScrollers(page);
      found.push(...(await roomFindings(page, `${width} px`)));
    }
  }
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: PAPER, height: 900 });
  found.push(...(await look(page, "paperComplaints")));
  await page.emulateMedia({ media: "screen" });
  await page.setViewportSize({ width: WIDTHS[0], height: 900 });
  return found;
}

/** Boxes that scroll become tab stops when there is time; axe says which did not. */
export async function settleScrollers(page: Page): Promise<void> {
  await page
    .waitForFunction(
      () =>
        [...document.querySelectorAll("main :is(.formula, .code, .table)")].every(
          (box) => box.scrollWidth <= box.clientWidth + 1 || box.hasAttribute("tabindex"),
        ),
      null,
      { timeout: 5000 },
    )
    .catch(() => {});
}
