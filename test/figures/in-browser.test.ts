/** Figures as Chromium draws them: its fonts, not our estimate of them. */
import fc from "fast-check";
import type { Browser } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { htmlPage } from "leibniz/figures";
import { findChromium, HOW_TO_GET_IT, startChromium } from "../browser/chromium.js";
import { type Box, overlaps } from "../helpers/markup.js";
import { figures } from "./random-figures.js";

const path = findChromium();
export const skipped = path === null ? `figures in a browser; ${HOW_TO_GET_IT}` : null;

let browser: Browser;
test.before(async () => {
  browser = await startChromium(path!);
});
test.after(() => browser.close());

/** Every text of every figure of the page, in the figure's own pixels. */
function measure(): { size: [number, number]; boxes: Box[] }[] {
  return [...document.querySelectorAll("svg")].map((svg) => ({
    size: [svg.width.baseVal.value, svg.height.baseVal.value],
    boxes: [...svg.querySelectorAll("text")].map((text) => {
      const [own, box] = [svg.getBoundingClientRect(), text.getBoundingClientRect()];
      const scale = svg.viewBox.baseVal.width / own.width;
      // letters fill about three quarters of their line
      const slack = text.hasAttribute("transform") ? 0 : 0.12 * box.height * scale;
      return {
        text: text.textContent,
        left: (box.left - own.left) * scale,
        right: (box.right - own.left) * scale,
        top: (box.top - own.top) * scale + slack,
        bottom: (box.bottom - own.top) * scale - slack,
      };
    }),
  }));
}

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
  const measured = await page.evaluate(measure);
  assert.is(measured.length, drawn.length);
  assert.equal(complaints, []);
  for (const { size, boxes } of measured) {
    assert.equal(overlaps(boxes), []);
    for (const { text, left, right, top, bottom } of boxes)
      assert.ok(
        left >= -1 && top >= -1 && right <= size[0] + 1 && bottom <= size[1] + 1,
        `"${text}" leaves its figure: ${[left, right, top, bottom]} of ${size}`,
      );
  }
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
