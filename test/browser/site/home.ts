/** The digit on the home page: alive by mouse, finger and keyboard, still without script. */
import type { Browser, Page } from "playwright-core";
import { openPage } from "./site-page.js";

/** Strokes of a 7, as parts of the pad's width and height. */
const SEVEN = [
  [0.3, 0.2],
  [0.7, 0.2],
  [0.45, 0.85],
] as const;

/** Script that the page may load before anything is asked for, in bytes as they are sent. */
const SCRIPT_BUDGET = 15_000;

/** What of it does not hold, a line each. */
export async function homeComplaints(browser: Browser, site: string): Promise<string[]> {
  return [
    ...(await drawnComplaints(browser, site)),
    ...(await keyboardComplaints(browser, site)),
    ...(await stillComplaints(browser, site)),
  ];
}

const verdict = (page: Page): Promise<string | null> =>
  page.locator(".own .verdict").textContent({ timeout: 5000 });

async function saysSoon(page: Page, expected: RegExp): Promise<string | null> {
  for (let tries = 0; tries < 50; tries++) {
    if (expected.test((await verdict(page)) ?? "")) return null;
    await page.waitForTimeout(100);
  }
  return `home: expected ${expected}, got "${await verdict(page)}"`;
}

async function drawnComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const { page, context, trouble } = await openPage(browser, site, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
  });
  const engine: string[] = [];
  page.on("request", (request) => {
    if (/assets\/(run|home)\//.test(request.url())) engine.push(request.url());
  });
  const asked = await page.evaluate(() =>
    (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
      .filter(({ initiatorType }) => initiatorType === "script")
      .reduce((total, { encodedBodySize }) => total + encodedBodySize, 0),
  );
  // the server of the tests sends them as they lie there: a third of that when compressed
  if (asked > 3 * SCRIPT_BUDGET)
    found.push(`home: ${asked} bytes of script before it is asked for`);
  const foot = await page.locator(".stages:not([hidden]) .bars:visible").boundingBox();
  if (foot === null || foot.y + foot.height > 664)
    found.push(
      `home: the first result ends ${foot === null ? "nowhere" : foot.y + foot.height} px`,
    );
  if (engine.length > 0) found.push(`home: loaded unasked: ${engine.join(", ")}`);
  await page.locator("[data-action='draw']").click();
  const soon = await saysSoon(page, /^a 4/);
  if (soon !== null) found.push(soon);
  await page.locator("[data-action='draw']").click();
  const cleared = await saysSoon(page, /^nothing yet/);
  if (cleared !== null) found.push(cleared);
  const box = (await page.locator(".pad canvas").boundingBox())!;
  for (const [at, [x, y]] of SEVEN.entries()) {
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 6 });
    if (at === 0) await page.mouse.down();
  }
  await page.mouse.up();
  const seven = await saysSoon(page, /^a 7/);
  if (seven !== null) found.push(seven);
  const marked = page.locator(".digits input:checked");
  if ((await marked.count()) !== 0) found.push("home: a digit is marked, and one's own is shown");
  // the one that was on the pad before it was cleared
  await page.getByLabel("4", { exact: true }).click({ force: true });
  const four = await saysSoon(page, /^a 4/);
  if (four !== null) found.push(`${four}, chosen again`);
  if ((await marked.getAttribute("id")) !== "digit-4") found.push("home: 4 is not marked");
  await page.getByLabel("3", { exact: true }).check({ force: true });
  const three = await saysSoon(page, /^a 3/);
  if (three !== null) found.push(three);
  const ways = await page.locator(".stages:visible").count();
  if (ways !== 1) found.push(`home: expected one way to be shown, got ${ways}`);
  await context.close();
  return [...found, ...trouble];
}

/** A 1 by arrow keys alone; what a key has done is said. */
async function keyboardComplaints(browser: Browser, site: string): Promise<string[]> {
  const { page, context, trouble } = await openPage(browser, site);
  const found: string[] = [];
  await page.locator("[data-action='draw']").focus();
  await page.keyboard.press("Enter");
  await saysSoon(page, /^a 4/);
  await page.keyboard.press("Delete");
  for (let i = 0; i < 10; i++) await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Space");
  const said = await page.locator(".live").textContent();
  if (said !== "pen down") found.push(`home: expected "pen down" to be said, got "${said}"`);
  for (let i = 0; i < 19; i++) await page.keyboard.press("ArrowDown");
  const one = await saysSoon(page, /^a 1/);
  if (one !== null) found.push(one);
  await context.close();
  return [...found, ...trouble];
}

/** Without script there is the digit, other digits, and no button that does nothing. */
async function stillComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const { page, context, trouble } = await openPage(browser, site, { javaScriptEnabled: false });
  if (await page.locator("[data-action='draw']").isVisible())
    found.push("home: without script a button that does nothing");
  await page.getByLabel("7", { exact: true }).check({ force: true });
  const shown = await page.locator(".stages:visible .verdict").textContent();
  if (!/^a 7/.test(shown ?? "")) found.push(`home: without script, expected a 7, got "${shown}"`);
  await context.close();
  return [...found, ...trouble];
}
