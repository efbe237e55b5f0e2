/**
 * The reading site as a reader has it, in Chromium:
 *
 *     npm run check:site                     every page, and all that can be done on it
 *     npm run check:site -- --sample         every chapter, and one page of each other kind
 *     npm run check:site -- affine search    pages and steps whose names have one of these words
 *
 * The steps are links, linking, home, reading, speed, and for each page `page`.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { startSite } from "../../../dist/cli/site-server.js";
import { root } from "../../helpers/cli.js";
import { findChromium, HOW_TO_GET_IT, startChromium } from "../chromium.js";
import { axeFindings } from "./axe.js";
import { breakComplaints, equationComplaints } from "./equations.js";
import { homeComplaints } from "./home.js";
import { layoutComplaints } from "./layout.js";
import { brokenLinks } from "./links.js";
import { linkingComplaints } from "./linking.js";
import { readingComplaints } from "./reading.js";
import { openPage } from "./site-page.js";
import { speedOf } from "./speed.js";

const folder = join(root, "dist", "site");
const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const isSample = process.argv.includes("--sample");
const isNamed = (name: string): boolean =>
  words.length === 0 || words.some((word) => name.includes(word));

/** Pages that are looked at at once. */
const AT_ONCE = 2;

/** On a processor that is four times slower, a page is there within a second and nothing jumps. */
const SLOWDOWN = 4;
const SOON_MS = 1000;
const LONG_TASK_MS = 50;

const pages = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".html"))
  .map((path) => path.replaceAll("\\", "/"))
  .sort();

/** The pages to look at: with `--sample` one of each kind, and all chapters. */
function chosenPages(): readonly string[] {
  const kinds = new Set<string>();
  return pages.filter((path) => {
    if (!isNamed(path)) return false;
    const kind = path.split("/")[0]!;
    if (!isSample || kind === "chapters") return true;
    if (kinds.has(kind)) return false;
    kinds.add(kind);
    return true;
  });
}

async function pageComplaints(browser: Browser, site: string, path: string): Promise<string[]> {
  const { page, context, trouble } = await openPage(browser, `${site}${path}`);
  try {
    // folded code belongs to the page, and so does what is laid out when a reader comes to it
    await page.evaluate(() => {
      for (const fold of document.querySelectorAll("details")) fold.open = true;
      for (const part of document.querySelectorAll<HTMLElement>(".part"))
        part.style.contentVisibility = "visible";
    });
    await page.waitForTimeout(500); // boxes that scroll become tab stops when there is time
    const found = [...(await layoutComplaints(page)), ...(await axeFindings(page))];
    if (path.startsWith("chapters/") && (await page.locator(".mark[data-run]").count()) > 0) {
      found.push(...(await equationComplaints(page)), ...(await breakComplaints(page)));
    }
    return [...found, ...trouble];
  } finally {
    await context.close();
  }
}

async function speedComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  for (const path of ["index.html", "chapters/conv2d-gradients.html", "chapters/affine.html"]) {
    const speed = await speedOf(browser, `${site}${path}`, { slowdown: SLOWDOWN });
    const { firstPaintMs, largestPaintMs, loadedMs, layoutShift, longestTaskMs } = speed;
    console.log(
      `  ${path}: first paint ${Math.round(firstPaintMs)} ms, largest ` +
        `${Math.round(largestPaintMs)} ms, loaded ${Math.round(loadedMs)} ms, shift ` +
        `${layoutShift.toFixed(3)}, longest task ${Math.round(longestTaskMs)} ms, script ` +
        `${(speed.scriptBytes / 1000).toFixed(1)} kB as it lies there`,
    );
    if (loadedMs > SOON_MS) found.push(`${path}: loaded after ${Math.round(loadedMs)} ms`);
    if (layoutShift > 0) found.push(`${path}: layout shift ${layoutShift.toFixed(4)}`);
    if (longestTaskMs > LONG_TASK_MS)
      found.push(`${path}: a task of ${Math.round(longestTaskMs)} ms`);
  }
  return found;
}

async function main(): Promise<void> {
  const chromium = findChromium();
  if (chromium === null)
    throw new Error(`check:site: expected Chromium, got none; ${HOW_TO_GET_IT}`);
  const server = await startSite({ folder, port: 0 });
  const browser = await startChromium(chromium);
  const site = server.address;
  let failed = 0;
  let passed = 0;
  const report = (name: string, complaints: readonly string[], started: number): void => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${complaints.length === 0 ? "ok  " : "FAIL"} ${name} ${seconds} s`);
    for (const complaint of complaints) console.log(`       ${complaint}`);
    if (complaints.length === 0) passed++;
    else failed++;
  };
  const steps: Record<string, () => string[] | Promise<string[]>> = {
    links: () => brokenLinks(folder, pages),
    linking: () => linkingComplaints(browser, site),
    home: () => homeComplaints(browser, site),
    reading: () => readingComplaints(browser, site, folder),
    speed: () => speedComplaints(browser, site),
  };
  const attempt = async (name: string, run: () => string[] | Promise<string[]>): Promise<void> => {
    const started = performance.now();
    try {
      report(name, await run(), started);
    } catch (error) {
      report(name, [String(error).split("\n").slice(0, 3).join(" ")], started);
    }
  };
  try {
    for (const [name, run] of Object.entries(steps)) if (isNamed(name)) await attempt(name, run);
    const waiting = [...chosenPages()];
    const work = async (): Promise<void> => {
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
        const chosen = path;
        await attempt(chosen, () => pageComplaints(browser, site, chosen));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    await browser.close();
    await server.close();
  }
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

await main();
