/** How soon a page of the site is there, by Chromium's own figures, on a slowed processor. */
import type { Browser } from "playwright-core";

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

/** @param slowdown of the processor */
export async function speedOf(
  browser: Browser,
  address: string,
  slowdown: number,
): Promise<PageSpeed> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  await page.addInitScript(watch);
  await page.goto(address, { waitUntil: "load" });
  await page.waitForTimeout(1500);
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
    };
  });
  await context.close();
  return speed;
}
