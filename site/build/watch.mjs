/** Writes anew what changes, and serves the site meanwhile. */
import { spawn } from "node:child_process";
import { existsSync, watch } from "node:fs";
import { join, sep } from "node:path";
import { brokenLinks } from "./check-links.mjs";
import { experimentPages } from "./experiments.mjs";
import { chapterPage, texts } from "./pages.mjs";
import { placeOf, read, root } from "./places.mjs";

/** The folders whose files become pages, style or script. */
const FOLDERS = ["derivations", "docs", "results/experiments", "site/client", "src"];

/** Files are often saved in two or three steps. */
const QUIET_MS = 30;

export async function watchAndServe(site) {
  spawn(process.execPath, [join(root, "dist/cli/main.js"), "site"], { stdio: "inherit" });
  const changed = new Set();
  let timer;
  const update = async () => {
    const files = [...changed];
    changed.clear();
    const started = performance.now();
    const built = await rebuild(site, files);
    const errors = [...site.errors, ...brokenLinks(site.pages, site.files, built ?? undefined)];
    for (const error of new Set(errors)) console.error(error);
    const what = built === null ? "everything" : built.join(", ") || "style and scripts";
    console.log(`${what} in ${Math.round(performance.now() - started)} ms`);
  };
  for (const folder of FOLDERS)
    watch(join(root, folder), { recursive: true }, (_, name) => {
      if (name === null) return;
      changed.add(join(folder, name).split(sep).join("/"));
      clearTimeout(timer);
      timer = setTimeout(update, QUIET_MS);
    });
}

/**
 * Builds what depends on files that have changed. Other pages depend on a chapter by its title,
 * tags and headings only, so as long as these stay, its page alone is written.
 *
 * @param {import("./site.mjs").Site} site
 * @param {readonly string[]} files from the project's root
 * @returns {Promise<string[] | null>} the pages that were written; null if all were
 */
export async function rebuild(site, files) {
  site.errors.length = 0;
  const pages = [];
  for (const file of files) {
    const chapter = site.chapters.find((one) => one.file === file);
    const text = texts().find((one) => one.file === file);
    if (chapter !== undefined) site.code.changed(site, file);
    if (chapter !== undefined && outline(read(file)) === outline(chapter.text)) {
      chapter.text = read(file);
      site.page(chapter.path, chapterPage(site, chapter));
      pages.push(chapter.path);
    } else if (text !== undefined) {
      site.text(text);
      pages.push(placeOf(file));
    } else if (file.startsWith("results/experiments/") && placeOf(file) !== null) {
      const [page] = experimentPages(site).filter(([path]) => path === placeOf(file));
      if (page === undefined) continue;
      site.page(...page);
      pages.push(page[0]);
    } else if (file.startsWith("site/client/")) await site.buildAssets();
    else if (isSource(site, file)) {
      const { page, chapters } = site.code.changed(site, file);
      site.page(...page);
      for (const one of chapters) site.page(one.path, chapterPage(site, one));
      pages.push(page[0], ...chapters.map(({ path }) => path));
    } else {
      await site.build();
      return null;
    }
  }
  return pages;
}

/** A source that has a page already, and so was neither added nor removed. */
const isSource = (site, file) =>
  site.pages.has(`${file}.html`) && /^src\/.+\.\w+$/.test(file) && existsSync(join(root, file));

/** What other pages may show of a chapter. */
const outline = (text) =>
  [...text.matchAll(/^#.*$|\\tag\{[^}]*\}/gm)].map(([found]) => found).join("\n");
