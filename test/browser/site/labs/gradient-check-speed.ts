/** How soon the gradient check is there on a slow processor, and how soon it answers. */
import type { Browser, Page } from "playwright-core";
import { openPage } from "../site-page.js";
import { openLab, settled } from "./lab-page.js";

const SLOWDOWN = 4;
const SOON_MS = 1500;
const ANSWER_MS = 50;

/** The largest that is offered, in the views that compute most. */
const LARGEST =
  "v1&images=1&channels=2&filters=2&size=5x5&kernel=3x3&padding=1x1&mistake=overwritten";

const SLIDERS = [
  ["maps", "h"],
  ["maps", "seed"],
  ["step", "h"],
  ["checks", "h"],
  ["checks", "seed"],
  ["balance", "seed"],
] as const;

/** What else runs on the machine only adds to a time: the shortest of several is the page's own. */
const shortest = (values: readonly number[]): number => Math.min(...values);

/** How many times longer than alone a program takes that shares this machine, at least 1. */
function crowding(): number {
  const [started, before] = [performance.now(), process.cpuUsage()];
  let used = 0;
  while (used < 200_000) {
    const { user, system } = process.cpuUsage(before);
    used = user + system;
  }
  return Math.max(1, (1000 * (performance.now() - started)) / used);
}

async function interactiveMs(browser: Browser, site: string): Promise<number> {
  const { page, context } = await openPage(browser, "about:blank");
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  const started = performance.now();
  await page.goto(`${site}labs/gradient-check.html`, { waitUntil: "commit" });
  await page.waitForSelector(".verdicts td");
  const ms = performance.now() - started;
  await context.close();
  return ms;
}

/** The Worker's time for each of several steps of the slider. */
async function answersMs(page: Page, field: "h" | "seed"): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < 15; i++) {
    const change = field === "h" ? { h: -8 - i } : { seed: 2 + i };
    await page.evaluate((change) => {
      const { lab } = document.querySelector("leibniz-lab") as unknown as {
        lab: { set(change: object): void };
      };
      lab.set(change);
    }, change);
    await settled(page);
    times.push(
      await page.evaluate(() => {
        const { lab } = document.querySelector("leibniz-lab") as unknown as {
          lab: { shown: { ms: number } };
        };
        return lab.shown.ms;
      }),
    );
  }
  return times;
}

export async function speedComplaints(browser: Browser, site: string): Promise<string[]> {
  const complaints: string[] = [];
  const loads: number[] = [];
  for (let i = 0; i < 3; i++) loads.push(await interactiveMs(browser, site));
  const soon = shortest(loads);
  let crowd = crowding();
  if (soon > SOON_MS * crowd) complaints.push(`interactive after ${Math.round(soon)} ms`);
  for (const [view, field] of SLIDERS) {
    const { page, close } = await openLab(
      browser,
      site,
      "gradient-check",
      `${LARGEST}&view=${view}`,
    );
    crowd = Math.max(crowd, crowding());
    const ms = shortest(await answersMs(page, field));
    console.log(`  ${view}, ${field}: an answer after ${ms.toFixed(1)} ms`);
    if (ms > ANSWER_MS * crowd)
      complaints.push(`${view}, ${field}: an answer after ${ms.toFixed(0)} ms`);
    await close();
  }
  console.log(
    `  interactive after ${Math.round(soon)} ms at ${SLOWDOWN} times slower; what else runs on ` +
      `the machine makes that ${crowd.toFixed(1)} times as long`,
  );
  return complaints;
}
