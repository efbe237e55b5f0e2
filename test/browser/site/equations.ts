/** The equations of a chapter's page, run as a reader runs them. */
import type { Page } from "playwright-core";

/** Each mark that does not come to what the chapter says. */
export async function equationComplaints(page: Page): Promise<string[]> {
  const marks = await page.locator(".mark[data-run]").count();
  if (marks === 0) return [];
  const all = page.locator("[data-action='run-all']");
  const one = page.locator(".mark[data-run]").first();
  await one.locator(".run").click();
  await settled(page, 1);
  await all.click();
  await settled(page, marks);
  const said = await page.locator(".facts output").textContent();
  const wrong = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".mark[data-run]")]
      .filter(({ dataset }) => dataset["state"] !== "pass")
      .map(({ dataset, textContent }) => `(${dataset["run"]}) ${dataset["state"]}: ${textContent}`),
  );
  const expected = `${marks} of ${marks} right`;
  return said?.startsWith(expected) ? wrong : [...wrong, `expected "${expected} …", got "${said}"`];
}

/** Waits until as many marks have a result. */
async function settled(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (count) =>
      document.querySelectorAll(".mark:is([data-state='pass'], [data-state='wrong'])").length >=
        count && document.querySelector(".mark[data-state='running']") === null,
    count,
    { timeout: 120_000 },
  );
  // the line for all of them comes after the last one
  await page.waitForFunction(
    () => document.querySelector<HTMLButtonElement>("[data-action='run-all']")?.disabled !== true,
  );
}

/** The first equation's mistakes: a switch makes the number red, and turned back, green again. */
export async function breakComplaints(page: Page): Promise<string[]> {
  const mark = page.locator(".mark[data-run]:has(.break)").first();
  const found: string[] = [];
  const state = (): Promise<string | null> => mark.getAttribute("data-state");
  const becomes = async (expected: string): Promise<void> => {
    await page
      .waitForFunction(
        (expected) =>
          document.querySelector<HTMLElement>(".mark[data-run]:has(.break)")?.dataset["state"] ===
          expected,
        expected,
        { timeout: 20_000 },
      )
      .catch(async () => found.push(`expected ${expected}, got ${await state()}`));
  };
  await mark.locator(".break").click();
  const change = page.locator(".changes li:not([hidden]) .change").first();
  await change.click();
  await becomes("wrong");
  await change.click();
  await becomes("pass");
  await change.click();
  await becomes("wrong");
  await mark.locator(".break").click();
  await becomes("pass");
  if ((await page.locator(".changes").count()) > 0) found.push("the mistakes do not close");
  return found;
}
