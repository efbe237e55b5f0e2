/** How soon a page of the site is there, by Chromium's own figures, on a slowed processor. */
import type { Browser, Page } from "playwright-core";
import { type Shares, traced } from "./trace.js";

/** As Chromium measures it; times from the start of the navigation. */
export interface PageSpeed {
  readonly firstPaintMs: number;
  readonly largestPaintMs: number;
  /** When the page and all that it starts with have been read. */
  readonly loadedMs: number;
  /** Of all that moved unasked. */
  readonly layoutShift: number;
  readonly longestTaskMs: number;
  /** Bytes of script before anything is asked for, as they are sent. */
  readonly scriptBytes: number;
  readonly elements: number;
}

interface Seen {
  largest: number;
  shift: number;
  longest: number;
}

/** Watches from before the page's first line. It runs in the page. */
function watch(): void {
  const seen: Seen = { largest: 0, shift: 0, longest: 0 };
  (globalThis as unknown as { seen: Seen }).seen = seen;
  const observe = (type: string, take: (entry: PerformanceEntry) => void): void =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
      type,
      buffered: true,
    });
  observe("largest-contentful-paint", ({ startTime }) => (seen.largest = startTime));
  observe("layout-shift", (entry) => (seen.shift += (entry as unknown as { value: number }).value));
  observe("longtask", ({ duration }) => (seen.longest = Math.max(seen.longest, duration)));
}

/** How a page is opened. */
export interface SpeedOptions {
  /** The processor is slower by this factor. */
  readonly slowdown: number;
  /** Of the window, in pixels. */
  readonly width?: number;
}

/** What a page does after it has been read belongs to it as well. */
const AFTERWARDS_MS = 1500;

/** Opens a page in a fresh context, without a cache, and looks when it is there. */
export async function speedOf(
  browser: Browser,
  address: string,
  options: SpeedOptions,
): Promise<PageSpeed> {
  const { page, close } = await slowPage(browser, options);
  await page.addInitScript(watch);
  await page.goto(address, { waitUntil: "load" });
  await page.waitForTimeout(AFTERWARDS_MS);
  const speed = await page.evaluate(() => {
    const { seen } = globalThis as unknown as { seen: Seen };
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    const [load] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const scripts = (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
      .filter(({ initiatorType }) => initiatorType === "script")
      .reduce((total, { encodedBodySize }) => total + encodedBodySize, 0);
    return {
      firstPaintMs: paint?.startTime ?? Infinity,
      largestPaintMs: seen.largest,
      loadedMs: load!.loadEventEnd,
      layoutShift: seen.shift,
      longestTaskMs: seen.longest,
      scriptBytes: scripts,
      elements: document.querySelectorAll("*").length,
    };
  });
  await close();
  return speed;
}

/** Opens a page as `speedOf` does, and says what the processor did for it. */
export async function workOf(
  browser: Browser,
  address: string,
  options: SpeedOptions,
): Promise<Shares> {
  const { page, close } = await slowPage(browser, options);
  const shares = await traced(browser, page, async () => {
    await page.goto(address, { waitUntil: "load" });
    await page.waitForTimeout(AFTERWARDS_MS);
  });
  await close();
  return shares;
}

async function slowPage(
  browser: Browser,
  { slowdown, width = 1440 }: SpeedOptions,
): Promise<{ readonly page: Page; readonly close: () => Promise<void> }> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  return { page, close: () => context.close() };
}

/** The median of each figure. */
export function medians<K extends string>(
  runs: readonly Readonly<Record<K, number>>[],
): Record<K, number> {
  const names = Object.keys(runs[0]!) as K[];
  return Object.fromEntries(
    names.map((name) => {
      const sorted = runs.map((run) => run[name]).sort((a, b) => a - b);
      return [name, sorted[sorted.length >> 1]!];
    }),
  ) as Record<K, number>;
}
