/** Figures as Chromium draws them: its fonts, not our estimate of them. */
import fc from "fast-check";
import type { Browser } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { htmlPage } from "leibniz/figures";
import { findChromium, HOW_TO_GET_IT, startChromium } from "../browser/chromium.js";
import { complaintsOfFigure, drawnFigures } from "../browser/look-at-page.js";
import { figures } from "./random-figures.js";

const path = findChromium();
export const skipped = path === null ? `figures in a browser; ${HOW_TO_GET_IT}` : null;

let browser: Browser;
test.before(async () => {
  browser = await startChromium(path!);
});
test.after(() => browser.close());

test("texts stay within their figure, and none lies on another", async () => {
  const drawn = figures.flatMap(([, figure]) =>
    fc.sample(figure, { numRuns: 6, seed: 5 }).map(({ draw }) => draw()),
  );
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:")) complaints.push(request.url());
  });
  await page.setContent(htmlPage({ title: "figures", body: drawn, style: "body{max-width:none}" }));
  const measured = await page.evaluate(drawnFigures);
  assert.is(measured.length, drawn.length);
  assert.equal(complaints, []);
  assert.equal(measured.flatMap(complaintsOfFigure), []);
  await page.close();
});

test("on a telephone no page of figures is wider than the screen", async () => {
  const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
  const drawn = figures.map(([, figure]) => fc.sample(figure, { numRuns: 1, seed: 6 })[0]!.draw());
  await page.setContent(htmlPage({ title: "figures", body: drawn }));
  assert.is(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await page.close();
});

test.run();
