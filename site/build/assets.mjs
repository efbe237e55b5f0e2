/** What the pages load: script, style, fonts and the index of the search, all made of the pages as they are. */
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleClient } from "./client.mjs";
import { cutFonts } from "./fonts.mjs";
import { searchIndex } from "./search.mjs";

/**
 * @param {string} site the folder of the site, with its pages
 * @param {string} styles what the formulas add to the style sheet
 */
export async function writeAssets(site, styles) {
  const folder = join(site, "assets");
  const paths = readdirSync(site, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".html"))
    .sort();
  /** @type {(readonly [string, string])[]} */
  const pages = paths.map((path) => [path, readFileSync(join(site, path), "utf8")]);
  const used = new Set(pages.flatMap(([, html]) => [...html]));
  const [, , index] = await Promise.all([
    bundleClient(folder),
    cutFonts(join(folder, "fonts"), [...used].join("")),
    searchIndex(pages.filter(([path]) => !path.startsWith("404"))),
  ]);
  appendFileSync(join(folder, "site.css"), styles.replace(/\n/g, ""));
  writeFileSync(join(folder, "search.json"), index);
  return Object.fromEntries(
    ["site.js", "site.css", "search.js", "search.json"].map((name) => [
      name,
      statSync(join(folder, name)).size,
    ]),
  );
}
