/** A laboratory's page, opened, with words for what a person does on it and sees. */
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { openPage, type SitePage } from "../site-page.js";

/** A laboratory that is open. */
export interface LabPage extends SitePage {
  close(): Promise<void>;
}

/**
 * @param hash the state, as in a link: `v1&stride=2`
 * @throws Error when the laboratory has not answered within 10 s
 */
export async function openLab(
  browser: Browser,
  site: string,
  name: string,
  hash = "",
  options: BrowserContextOptions = {},
): Promise<LabPage> {
  const address = `${site}labs/${name}.html${hash === "" ? "" : `#${hash}`}`;
  const { page, trouble, context } = await openPage(browser, address, options);
  await settled(page);
  return { page, trouble, close: () => context.close() };
}

/** Waits until the engine has answered the newest question, and the page shows it. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const { lab } = document.querySelector("leibniz-lab") as unknown as {
        lab: { isBusy: boolean; shown: unknown } | null;
      };
      return lab !== null && !lab.isBusy && lab.shown !== null;
    },
    null,
    { timeout: 10_000 },
  );
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(null))));
}

/** The grid of a name, as it stands in its caption. */
export const grid = (page: Page, name: string): Locator =>
  page.locator("number-grid").filter({ has: page.locator("caption", { hasText: exactly(name) }) });

/** One cell of it. */
export const cell = (page: Page, name: string, row: number, column: number): Locator =>
  grid(page, name).locator(`[data-cell="${row},${column}"]`);

/** The numbers that a grid shows, row by row, as they are written there. */
export async function shownNumbers(page: Page, name: string): Promise<number[][]> {
  const rows = await grid(page, name)
    .locator("tr")
    .evaluateAll((found) =>
      found.map((row) => [...row.children].map((one) => (one.textContent ?? "").trim())),
    );
  return rows.map((row) => row.map((text) => Number(text.replaceAll("−", "-"))));
}

/** The list of a name, of which one is chosen. */
export const select = (page: Page, name: string): Locator =>
  page.getByRole("combobox", { name: exactly(name) });

/** What stands in an element, in one line. */
export const wordsOf = async (element: Locator): Promise<string> =>
  ((await element.textContent()) ?? "").replace(/\s+/g, " ").trim();

/** The state in the address bar, once it has been written there. */
export async function hashOf(page: Page): Promise<string> {
  await page.waitForTimeout(250);
  return new URL(page.url()).hash.slice(1);
}

/** The one line of what is wrong; null where nothing is. */
export async function problemOf(page: Page): Promise<string | null> {
  const found = page.locator(".bench > .problem:visible");
  return (await found.count()) === 0 ? null : await wordsOf(found.first());
}

const exactly = (name: string): RegExp =>
  new RegExp(`^\\s*${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);
