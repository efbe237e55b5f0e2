/**
 * The reading site as a reader has it, in Chromium:
 *
 *     npm run check:site                     every page, and all that can be done on it
 *     npm run check:site -- --sample         every chapter, and one page of each other kind
 *     npm run check:site -- affine search    pages and steps whose names have one of these words
 *
 * The steps are links, linking, home, reading, other-host, speed, a laboratory each
 * (`lab-im2col`), and for each page `page`.
 */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { startSite } from "../../../dist/cli/site-server.js";
import { root } from "../../helpers/cli.js";
import { findChromium, HOW_TO_GET_IT, startChromium } from "../chromium.js";
import { homeComplaints } from "./home.js";
import { labs } from "./labs/index.js";
import { pagesOf, samplePages } from "./kinds.js";
import { brokenLinks } from "./links.js";
import { linkingComplaints } from "./linking.js";
import { otherHostComplaints } from "./other-host.js";
import { readingComplaints } from "./reading.js";
import { speedOf } from "./speed.js";
import { visitAll } from "./visit.js";

const folder = join(root, "dist", "site");
const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const isNamed = (name: string): boolean =>
  words.length === 0 || words.some((word) => name.includes(word));

/** On a processor that is four times slower, a page is there within a second and nothing jumps. */
const SLOWDOWN = 4;
const SOON_MS = 1000;
const LONG_TASK_MS = 50;

const pages = pagesOf(folder);
const chosen = process.argv.includes("--sample") ? samplePages(pages) : pages;

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
  const report = (name: string, complaints: readonly string[], ms: number): void => {
    console.log(`${complaints.length === 0 ? "ok  " : "FAIL"} ${name} ${(ms / 1000).toFixed(1)} s`);
    for (const complaint of complaints) console.log(`       ${complaint}`);
    if (complaints.length === 0) passed++;
    else failed++;
  };
  const steps: Record<string, () => Promise<string[]>> = {
    links: () => brokenLinks(folder, pages),
    linking: () => linkingComplaints(browser, site),
    home: () => homeComplaints(browser, site),
    reading: () => readingComplaints(browser, site, folder),
    "other-host": () => otherHostComplaints(browser, join(root, "dist"), "site"),
    speed: () => speedComplaints(browser, site),
    ...Object.fromEntries(
      Object.entries(labs).map(([name, lab]) => [`lab-${name}`, () => lab.all(browser, site)]),
    ),
  };
  const attempt = async (name: string, run: () => Promise<string[]>): Promise<void> => {
    const started = performance.now();
    try {
      report(name, await run(), performance.now() - started);
    } catch (error) {
      report(name, [String(error)], performance.now() - started);
    }
  };
  try {
    for (const [name, run] of Object.entries(steps)) if (isNamed(name)) await attempt(name, run);
    await visitAll(browser, site, chosen.filter(isNamed), report);
  } finally {
    await browser.close();
    await server.close();
  }
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

await main();
