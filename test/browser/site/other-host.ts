/** The site under a sub-path of a host that knows nothing of it, and without its headers. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import sirv from "sirv";
import { openPage } from "./site-page.js";

/** Everything that loads something more: an engine, an equation, the search, a file. */
const TAG = "conv2d.7";
const CHAPTER = "chapters/conv2d-gradients.html";
const SOON_MS = 15_000;

/**
 * What of it does not hold, a line each.
 *
 * @param parent the folder in which the site's folder lies
 * @param name of the site's folder
 */
export async function otherHostComplaints(
  browser: Browser,
  parent: string,
  name: string,
): Promise<string[]> {
  const server = createServer(sirv(parent, { dev: true }));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const site = `http://127.0.0.1:${port}/${name}/`;
  try {
    return [
      ...(await homeComplaints(browser, site)),
      ...(await chapterComplaints(browser, site)),
      ...(await laboratoryComplaints(browser, site)),
    ];
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Does it come soon? */
const comes = (seen: Promise<unknown>): Promise<boolean> =>
  seen.then(
    () => true,
    () => false,
  );

async function homeComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const { page, context, trouble } = await openPage(browser, site);
  await page.locator("[data-action='draw']").click();
  const four = page.locator(".own .verdict", { hasText: /^a 4/ });
  if (!(await comes(four.waitFor({ timeout: SOON_MS }))))
    found.push("other host: the engine says nothing of the digit on the home page");
  await page.locator("main .door").first().click();
  const { pathname } = new URL(page.url());
  if (!pathname.startsWith(new URL(site).pathname)) found.push(`other host: a door to ${pathname}`);
  await context.close();
  return [...found, ...trouble];
}

async function chapterComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const { page, context, trouble } = await openPage(browser, `${site}${CHAPTER}#${TAG}`);
  await page.locator(`.mark[data-run="${TAG}"] button`).first().click();
  const passed = page.locator(`.mark[data-run="${TAG}"][data-state="pass"]`);
  if (!(await comes(passed.waitFor({ timeout: SOON_MS }))))
    found.push(`other host: (${TAG}) does not run`);
  await page.locator(`.lines[data-tags~="${TAG}"] .where a`).first().click();
  if (!(await comes(page.locator(".panel .line").first().waitFor({ timeout: SOON_MS }))))
    found.push("other host: the file does not open");
  await page.keyboard.press("Escape");
  await page.locator("[data-action='search']").first().click();
  await page.locator("dialog.search input").fill("affine.3");
  const formula = page.locator("dialog.search li math").first();
  if (!(await comes(formula.waitFor({ timeout: SOON_MS }))))
    found.push("other host: the search shows no formula");
  await page.keyboard.press("Enter");
  if (!(await comes(page.waitForURL(`${site}chapters/affine.html#affine.3`, { timeout: SOON_MS }))))
    found.push(`other host: the search leads to ${page.url()}`);
  await context.close();
  return [...found, ...trouble];
}

async function laboratoryComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const { page, context, trouble } = await openPage(browser, `${site}labs/im2col.html`);
  // without script, and until the engine has answered, there is nothing to type into
  const control = page.locator("leibniz-lab input").first();
  if (!(await comes(control.waitFor({ timeout: SOON_MS }))))
    found.push("other host: the laboratory does not start");
  await context.close();
  return [...found, ...trouble];
}
