/**
 * Builds the reading site:
 *
 *     npm run site:build     writes dist/site, which any host can serve from any folder; with
 *                            `-- --base /leibniz/`, its place there, for links of 404.html
 *     npm run site           writes it, and writes anew what changes, until it is stopped
 *
 * A tag, a link or a place that leads nowhere is named with its file and line, and the build fails.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { brokenLinks } from "./build/check-links.mjs";
import { target } from "./build/places.mjs";
import { Site } from "./build/site.mjs";
import { sizeTable } from "./build/sizes.mjs";
import { watchAndServe } from "./build/watch.mjs";

const started = performance.now();
const site = new Site();
const base = process.argv.indexOf("--base");
if (base > 0) site.base = baseOf(process.argv[base + 1]);
await site.build();
const errors = new Set([
  ...site.errors,
  ...brokenLinks(site.pages, site.files, undefined, site.labState),
]);
for (const error of errors) console.error(error);
const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
if (process.argv.includes("--watch")) {
  console.log(`${site.pages.size} pages in ${seconds()}`);
  await watchAndServe(site);
} else {
  console.log(sizeTable(site.pages, site.assets));
  console.log(`${site.pages.size} pages in ${target}, ${seconds()}`);
  if (errors.size > 0 || !statSync(join(target, "index.html")).isFile()) process.exitCode = 1;
}

/** A path that begins and ends with a slash. */
function baseOf(path) {
  if (path === undefined || !/^(?:\/[\w.~-]+)*\/?$/.test(path))
    throw new Error(`site: expected --base to be a path as /leibniz/, got ${path}`);
  return path.endsWith("/") ? path : `${path}/`;
}
