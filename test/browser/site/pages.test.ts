/** The site as a reader has it: every chapter, and a page of each other kind. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type SiteServer, startSite } from "../../../dist/cli/site-server.js";
import { root } from "../../helpers/cli.js";
import { findChromium, HOW_TO_GET_IT, startChromium } from "../chromium.js";
import { pagesOf, samplePages } from "./kinds.js";
import { BAD_FINDINGS, badSite } from "./bad-site.js";
import { labs } from "./labs/index.js";
import { brokenLinks } from "./links.js";
import { linkingComplaints } from "./linking.js";
import { readingComplaints } from "./reading.js";
import { visitAll } from "./visit.js";

const test = suite("the site in Chromium");
const chromium = findChromium();
/** Why this file has not run; see test/run.ts. */
export const skipped = chromium === null ? `the site in a browser; ${HOW_TO_GET_IT}` : null;

const folder = join(root, "dist", "site");
let browser: Browser;
let server: SiteServer;

const none = (complaints: readonly string[]): void =>
  assert.is(complaints.length, 0, `\n${complaints.join("\n")}`);

test.before(async () => {
  const { status, stderr } = spawnSync(process.execPath, ["site/build.mjs"], {
    cwd: root,
    encoding: "utf8",
  });
  assert.is(status, 0, stderr);
  server = await startSite({ folder, port: 0 });
  browser = await startChromium(chromium!);
});

test.after(async () => {
  await browser.close();
  await server.close();
});

test("the check finds what is wrong with a page, and says where", async () => {
  const bad = badSite();
  const bads = await startSite({ folder: bad, port: 0 });
  const found = await brokenLinks(bad, ["index.html"]);
  try {
    await visitAll(browser, bads.address, ["index.html"], (_path, complaints) => {
      found.push(...complaints);
    });
  } finally {
    await bads.close();
  }
  for (const pattern of BAD_FINDINGS)
    assert.ok(
      found.some((one) => pattern.test(one)),
      `${pattern}\n${found.join("\n")}`,
    );
});

test("every link leads to a place", async () => {
  none(await brokenLinks(folder, pagesOf(folder)));
});

test("equation, line and symbol light each other", async () => {
  none(await linkingComplaints(browser, server.address));
});

test("it can be searched, printed, turned dark, and read without script", async () => {
  none(await readingComplaints(browser, server.address, folder));
});

for (const [name, lab] of Object.entries(labs))
  test(`the laboratory ${name}, used by a person`, async () => {
    none(await lab.sample(browser, server.address));
  });

test("every chapter and a page of each other kind", async () => {
  const paths = samplePages(pagesOf(folder));
  assert.ok(paths.length > 40);
  const found: string[] = [];
  await visitAll(browser, server.address, paths, (path, complaints) => {
    found.push(...complaints.map((one) => `${path}: ${one}`));
  });
  none(found);
});

if (chromium !== null) test.run();
