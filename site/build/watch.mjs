/** Writes anew what changes, and serves the site meanwhile. */
import { spawn } from "node:child_process";
import { existsSync, watch } from "node:fs";
import { join, sep } from "node:path";
import { brokenLinks } from "./check-links.mjs";
import { experimentPages } from "./experiments.mjs";
import { chapterPage, texts } from "./pages.mjs";
import { placeOf, read, root } from "./places.mjs";
import { blocksOf, runAgain } from "./run-again.mjs";
import { searchIndex } from "./search.mjs";

/** The folders whose files become pages, style or script. */
const FOLDERS = ["derivations", "docs", "results/experiments", "site/client", "site/labs", "src"];

/** What pages are made of; editors write other files beside it while they save. */
const IS_OURS = /^(?!.*\/\.).*\.(?:md|[mc]?ts|[mc]?js|json|css|svg|jpg)$/;

/** Files are often saved in two or three steps. */
const QUIET_MS = 30;

export async function watchAndServe(site) {
  const command = [join(root, "dist/cli/main.js"), "site"];
  const server = spawn(process.execPath, command, { stdio: "inherit" });
  process.once("SIGTERM", () => {
    server.kill();
    process.exit(143);
  });
  const changed = updates(site);
  for (const folder of FOLDERS)
    watch(join(root, folder), { recursive: true }, (_, name) => {
      if (name !== null) changed(join(folder, name).split(sep).join("/"));
    });
}

/**
 * Takes names of files that have changed, builds what depends on them, one update after the other,
 * and says what was built and what is wrong. An update that cannot be made, because a style or a
 * script is not complete, is tried again with the next file that is saved.
 *
 * @param {import("./site.mjs").Site} site
 * @param {object} [by] stand-ins for tests
 * @returns {(file: string) => void}
 */
export function updates(site, by = {}) {
  const { build = rebuild, say = console.log, complain = console.error } = by;
  const changed = new Set();
  let timer;
  let isBusy = false;
  const take = (file) => {
    if (!IS_OURS.test(file)) return;
    changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(work, QUIET_MS);
  };
  const runEdited = runner(site, take, by);
  const update = async (files) => {
    const started = performance.now();
    const built = await build(site, files);
    const errors = [
      ...site.errors,
      ...brokenLinks(site.pages, site.files, built ?? undefined, site.labState),
    ];
    for (const error of new Set(errors)) complain(error);
    const what = built === null ? "everything" : built.join(", ") || "style and scripts";
    say(`${what} in ${Math.round(performance.now() - started)} ms`);
    if (files.some((file) => /^src\/.*\.ts$/.test(file)))
      say("equations still run what npm run build compiled before");
    void runEdited();
  };
  const work = async () => {
    if (isBusy) return;
    isBusy = true;
    let hasFailed = false;
    while (changed.size > 0 && !hasFailed) {
      const files = [...changed];
      changed.clear();
      try {
        await update(files);
      } catch (error) {
        complain(error.message);
        hasFailed = changed.size === 0;
        for (const file of files) changed.add(file);
      }
    }
    isBusy = false;
  };
  return take;
}

/** Runs the equations of chapters whose blocks were edited, and then writes their pages anew. */
function runner(site, take, { again = runAgain, say = console.log, complain = console.error }) {
  let isRunning = false;
  return async () => {
    if (isRunning) return;
    isRunning = true;
    for (let [name] = site.edited; name !== undefined; [name] = site.edited) {
      site.edited.delete(name);
      const started = performance.now();
      const wrong = await again(site, name).catch((error) => error.message);
      if (site.edited.has(name)) continue; // edited once more meanwhile
      if (wrong !== null) complain(wrong);
      else {
        site.stale.delete(name);
        say(`${name}: equations run again in ${Math.round(performance.now() - started)} ms`);
        take(`derivations/${name}.md`);
      }
    }
    isRunning = false;
  };
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
  const chapterOf = (file) => site.chapters.find((one) => one.file === file);
  const isPlain = (file) => {
    const chapter = chapterOf(file);
    if (chapter === undefined) return true;
    site.code.changed(site, file);
    const now = read(file);
    if (now === "") return true; // it is being written
    if (blocksOf(now) !== blocksOf(chapter.text)) {
      site.stale.add(chapter.name);
      site.edited.add(chapter.name);
    }
    const isSame = outline(now) === outline(chapter.text);
    chapter.text = now;
    return isSame;
  };
  const isKnown = (file) =>
    chapterOf(file) !== undefined ||
    texts().some((one) => one.file === file) ||
    (file.startsWith("results/experiments/") && site.pages.has(placeOf(file))) ||
    file.startsWith("site/client/") ||
    isSource(site, file);
  // of all chapters it has to be seen what was edited
  const arePlain = files.filter(isPlain).length === files.length;
  if (!arePlain || !files.every(isKnown)) {
    await site.build();
    return null;
  }
  const pages = [];
  for (const file of files) {
    const chapter = chapterOf(file);
    const text = texts().find((one) => one.file === file);
    if (chapter !== undefined) {
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
    } else if (file.startsWith("site/client/")) await rebuildClient(site, file);
    else {
      const { page, chapters } = site.code.changed(site, file);
      site.page(...page);
      for (const one of chapters) site.page(one.path, chapterPage(site, one));
      pages.push(page[0], ...chapters.map(({ path }) => path));
    }
  }
  return pages;
}

/** Style, script, or a piece of what runs the equations. */
async function rebuildClient(site, file) {
  if (file.endsWith(".css")) return site.buildStyle();
  await site.buildScripts();
  if (file.startsWith("site/client/run/")) await site.buildRuns();
  // how texts are cut into words, and what is made of them
  if (/\/(?:tokens|search-index)\.ts$/.test(file))
    site.asset("assets/search.json", await searchIndex(site.pages));
}

/** A source that has a page already, and so was neither added nor removed. */
const isSource = (site, file) =>
  site.pages.has(`${file}.html`) && /^src\/.+\.\w+$/.test(file) && existsSync(join(root, file));

/** What other pages may show of a chapter. */
const outline = (text) =>
  [...text.matchAll(/^#.*$|\\tag\{[^}]*\}/gm)].map(([found]) => found).join("\n");
