/** Every kind of page that leibniz writes, as people see it: see look-at-page.ts. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { leibnizHere, smallDataFolder, temporaryFolder } from "../helpers/cli.js";
import { findChromium, HOW_TO_GET_IT, startChromium } from "./chromium.js";
import { lookAtPage } from "./look-at-page.js";

const path = findChromium();
export const skipped = path === null ? `pages in a browser; ${HOW_TO_GET_IT}` : null;

const folder = temporaryFolder();
const [first, second] = ["first", "second"].map((name) => join(folder, name)) as [string, string];

async function write(...args: string[]): Promise<void> {
  const { status, stderr } = await leibnizHere(...args);
  assert.is(status, 0, stderr);
}

/** A network with few maps, since a browser takes its time over thousands of shapes. */
const SMALL = {
  ...{ name: "small", description: "a small network", epochs: 2, batchSize: 20 },
  network: {
    layers: {
      conv: { kind: "conv2d", outChannels: 3, kernelSize: 3 },
      relu: { kind: "relu" },
      pool: { kind: "maxPool2d", kernelSize: 2 },
      flatten: { kind: "flatten" },
      out: { kind: "affine", outFeatures: 10 },
    },
  },
  optimizer: { kind: "adam" },
};

let browser: Browser;
let page: Page;
test.before(async () => {
  browser = await startChromium(path!);
  page = await browser.newPage();
  const data = smallDataFolder({ train: 60, test: 30 });
  const recipe = join(folder, "recipe.json");
  writeFileSync(recipe, JSON.stringify(SMALL));
  const how = ["--data", data, "--recipe", recipe, "--threads", "1", "--json"];
  await write("train", ...how, "--out", first);
  await write("train", ...how, "--seed", "1", "--no-report", "--out", second);
});
test.after(() => browser.close());

/** @param figures how many it has at least, so that an empty page is no success */
async function assertIsFine(file: string, figures: number): Promise<void> {
  const seen = await lookAtPage(page, file);
  assert.equal(seen.complaints, []);
  assert.ok(seen.figures >= figures, `${seen.figures} figures`);
}

test("the report of a run", () => assertIsFine(join(first, "report.html"), 20));

test("a comparison of two runs", async () => {
  const file = join(folder, "comparison.html");
  await write("report", first, second, "--out", file);
  await assertIsFine(file, 5);
});

test("the slides of a chapter", async () => {
  const file = join(folder, "slides.html");
  await write("slides", "conv2d-gradients", "--out", file);
  await assertIsFine(file, 6);
});

test("one picture's way through a network", async () => {
  const file = join(folder, "show.html");
  await write("show", first, "3", "--out", file);
  await assertIsFine(file, 8);
});

test("the gradient check", async () => {
  const file = join(folder, "gradcheck.html");
  await write("gradcheck", "maxPool2d", "--geometries", "2", "--html", file);
  await assertIsFine(file, 4);
});

test("a bad page is complained of", async () => {
  const file = join(folder, "bad.html");
  const body = [
    '<h1 style="width:400px;color:#777">wide</h1><p style="font-size:9px">tiny</p>',
    '<script>console.log("said")</script><img src="none.png">',
    '<svg viewBox="0 0 200 40" width="200" height="40" role="img"><title>a figure</title>',
    '<text x="5" y="20">left</text><text x="12" y="20">right</text>',
    '<text x="190" y="20">beyond</text></svg>',
  ];
  writeFileSync(file, `<!DOCTYPE html><html><body style="background:#888">${body.join("")}`);
  const { complaints } = await lookAtPage(page, file);
  for (const pattern of [
    ...[/^console: said$/, /^asks for file:.*none\.png$/, /^390.*pixels wider than the screen$/],
    ...[/"left" on "right"$/, /"beyond" leaves its figure$/, /9\.0 px: tiny$/],
    ...[/^1280 pixels, light: image-alt:/, /^1280 pixels, dark: color-contrast:/],
  ])
    assert.ok(
      complaints.some((one) => pattern.test(one)),
      `${pattern}\n${complaints.join("\n")}`,
    );
});

test.run();
