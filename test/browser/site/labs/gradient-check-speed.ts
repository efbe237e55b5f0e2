/** How soon the gradient check is there on a slow processor, and how soon it answers. */
import type { Browser, Page } from "playwright-core";
import { openPage } from "../site-page.js";
import { openLab, settled } from "./lab-page.js";

const SLOWDOWN = 4;
const SOON_MS = 1500;
const ANSWER_MS = 50;

/** The largest that is offered, in the views that compute most. */
const LARGEST =
  "v1&images=2&channels=2&filters=2&size=5x5&kernel=3x3&padding=1x1&mistake=overwritten";

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

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
async function answersMs(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < 15; i++) {
    await page.evaluate((h) => {
      const { lab } = document.querySelector("leibniz-lab") as unknown as {
        lab: { set(change: object): void };
      };
      lab.set({ h });
    }, -8 - i);
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
  const soon = median(loads);
  if (soon > SOON_MS) complaints.push(`interactive after ${Math.round(soon)} ms`);
  for (const view of ["maps", "step", "checks", "balance"]) {
    const { page, close } = await openLab(browser, site, "gradient-check", `${LARGEST}&view=${view}`);
    const ms = median(await answersMs(page));
    console.log(`  ${view}: an answer after ${ms.toFixed(1)} ms`);
    if (ms > ANSWER_MS) complaints.push(`${view}: an answer after ${ms.toFixed(0)} ms`);
    await close();
  }
  console.log(`  interactive after ${Math.round(soon)} ms at ${SLOWDOWN} times slower`);
  return complaints;
}
