/** One page of the reading site in Chromium, and all that it says while it is looked at. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";

/** A page, with what went wrong on it. */
export interface SitePage {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, and requests that failed. */
  readonly trouble: string[];
}

/**
 * Opens a page of the site in a context of its own.
 *
 * @param address the whole address
 */
export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<SitePage & { readonly context: BrowserContext }> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  const trouble = listen(page);
  const answer = await page.goto(address);
  if (answer !== null && answer.status() !== 200) trouble.push(`status ${answer.status()}`);
  return { page, trouble, context };
}

/** What goes wrong on a page from now on. */
export function listen(page: Page): string[] {
  const trouble: string[] = [];
  page
    .on("console", (message) => {
      if (["error", "warning"].includes(message.type()))
        trouble.push(`console: ${message.text().slice(0, 300)}`);
    })
    .on("pageerror", (error) => trouble.push(`error: ${error.message}`))
    .on("requestfailed", (request) => {
      const why = request.failure()?.errorText ?? "";
      // a page that is left takes its requests with it
      if (why !== "net::ERR_ABORTED") trouble.push(`request: ${request.url()} ${why}`);
    })
    .on("response", (response) => {
      if (response.status() >= 400) trouble.push(`${response.status()}: ${response.url()}`);
    });
  return trouble;
}
