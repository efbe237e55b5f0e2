/** What a reader does besides reading: search, go back, turn it dark, print, have no script. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { layOutAll, look } from "./look.js";
import { openPage } from "./site-page.js";

/** What a reader types, and an address that has to be among the first three. */
const SEARCHES: readonly (readonly [words: string, expected: RegExp])[] = [
  ["conv2d.7", /conv2d-gradients\.html#conv2d\.7$/],
  ["(affine.3)", /affine\.html#affine\.3$/],
  ["dCols", /conv2d-gradients\.html#conv2d\.8$/],
  ["conv2dBackwrad", /conv2d\.ts\.html#L\d+$/],
  ["why is the filter turned round", /conv2d\.html#the-half-turn$/],
  ["softmax gradient", /softmax-cross-entropy\.html/],
  ["batchnorm", /normalisation\.html$/],
  ["lerning rate", /schedules\.html/],
  ["he initialisation", /initialisation\.html#forward-through-rectifiers-he$/],
  ["mistake sign", /mistakes\.html#decay-that-grows$/],
  ["stride padding output size", /conv2d\.html#padding-stride-dilation$/],
  ["backpropogation", /backpropagation\.html/],
  ["img2col", /conv2d-im2col\.html/],
  ["how do I train", /docs\/readme\.html#train-a-network$/],
];

/** A page of each kind, to be read without script. */
const PLAIN = [
  ...["index.html", "chapters/affine.html", "exercises.html", "pictures.html"],
  ...["src/backprop/affine.ts.html", "api/im2col.html", "experiments/filters.html"],
];

/** What of it does not hold, a line each. */
export async function readingComplaints(
  browser: Browser,
  site: string,
  folder: string,
): Promise<string[]> {
  return [
    ...(await searchComplaints(browser, site)),
    ...(await backAndDarkComplaints(browser, site)),
    ...(await printComplaints(browser, site)),
    ...(await plainComplaints(browser, site)),
    ...(await fileComplaints(browser, folder)),
  ];
}

async function searchComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const { page, context, trouble } = await openPage(browser, `${site}chapters/affine.html`);
  await page.keyboard.press("/");
  const field = page.locator("dialog.search input");
  await field.waitFor({ timeout: 10_000 }).catch(() => found.push("search: / opens it"));
  for (const [words, expected] of SEARCHES) {
    if (found.length > 0) break;
    await field.fill(words);
    const links = page.locator("dialog.search a");
    await links
      .first()
      .waitFor({ timeout: 5000 })
      .catch(() => {});
    await page.waitForTimeout(200);
    const addresses = await links.evaluateAll((all) =>
      all.slice(0, 3).map((link) => (link as HTMLAnchorElement).href),
    );
    if (!addresses.some((address) => expected.test(address)))
      found.push(`search: "${words}": expected ${expected}, got ${addresses.join(" ")}`);
  }
  if (found.length === 0) {
    await field.fill("conv2d.7");
    const shown = page.locator("dialog.search li").first().locator("math");
    await shown.waitFor({ timeout: 5000 }).catch(() => found.push("search: no formula is shown"));
    await page.keyboard.press("Enter");
    await page.waitForURL(/conv2d-gradients\.html#conv2d\.7$/, { timeout: 5000 }).catch(() => {
      found.push(`search: Enter opens the first, got ${page.url()}`);
    });
  }
  await context.close();
  return [...found, ...trouble];
}

async function backAndDarkComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const { page, context, trouble } = await openPage(browser, site);
  await page.locator("main a[href*='chapters/']").first().click();
  await page.waitForURL(/chapters\//);
  await page.locator("a[rel='next']").click();
  const second = page.url();
  await page.goBack();
  await page.goBack();
  if (page.url() !== site) found.push(`back: expected ${site}, got ${page.url()}`);
  await page.goForward();
  await page.goForward();
  if (page.url() !== second) found.push(`forward: expected ${second}, got ${page.url()}`);
  const ground = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.locator("[data-action='theme']").first().click();
  const dark = await ground();
  if (light === dark) found.push(`theme: expected another ground than ${light}`);
  await page.goto(`${site}chapters/affine.html`);
  if ((await ground()) !== dark) found.push("theme: the next page has forgotten it");
  await context.close();
  return [...found, ...trouble];
}

async function printComplaints(browser: Browser, site: string): Promise<string[]> {
  const { page, context } = await openPage(browser, `${site}chapters/conv2d.html`);
  const pdf = await page.pdf({ format: "A4" });
  await context.close();
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  return pages >= 3 && pages < 60 ? [] : [`print: expected a chapter on some pages, got ${pages}`];
}

/** Without script all is there to read, with what `leibniz derive` found. */
async function plainComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const address = `${site}chapters/conv2d-gradients.html`;
  const { page, context, trouble } = await openPage(browser, address, { javaScriptEnabled: false });
  const mark = await page.locator(".mark[data-run='conv2d.7'] .result").textContent();
  if (!/^both sides (agree|equal)/.test(mark ?? "")) found.push(`without script: got "${mark}"`);
  if (await page.locator(".needs-script").first().isVisible())
    found.push("without script: a button that does nothing");
  if (!(await page.locator(".lines .code").first().isVisible()))
    found.push("without script: the lines beside an equation");
  for (const path of PLAIN) {
    await page.goto(`${site}${path}`);
    await layOutAll(page);
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      for (const one of [
        ...(await look(page, "fitComplaints")),
        ...(await look(page, "textComplaints")),
      ])
        found.push(`without script: ${path}, ${width} px: ${one}`);
    }
  }
  await context.close();
  return [...found, ...trouble];
}

/**
 * From a folder on disk it can be read, with its style and its fonts: Chromium refuses to load them
 * ahead and says so, and loads them when they are used.
 */
async function fileComplaints(browser: Browser, folder: string): Promise<string[]> {
  const found: string[] = [];
  const address = `file://${join(folder, "chapters", "conv2d.html")}`;
  const { page, context, trouble } = await openPage(browser, address);
  const title = /<h1[^>]*>([^<]*)/.exec(readFileSync(address.slice("file://".length), "utf8"))?.[1];
  const shown = await page.locator("h1").textContent();
  if (shown?.trim() !== title?.trim()) found.push(`from a file: expected ${title}, got ${shown}`);
  const face = await page.evaluate(() => getComputedStyle(document.body).fontFamily);
  if (!face.includes("Leibniz")) found.push(`from a file: no style, got ${face}`);
  const missing = await page.evaluate(async () => {
    await document.fonts.ready;
    return [...document.fonts].filter(({ status }) => status !== "loaded").map(nameOf);
    function nameOf({ family, style, weight }: FontFace): string {
      return `${family} ${style} ${weight}`;
    }
  });
  if (missing.length > 0) found.push(`from a file: no ${missing.join(", ")}`);
  const isPreload = /\.woff2|net::ERR_FAILED$/;
  found.push(...trouble.filter((one) => !isPreload.test(one)));
  await context.close();
  return found;
}
