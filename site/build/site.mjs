/** The whole site, page by page, in memory and on disk. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { scripts, styleSheet } from "./assets.mjs";
import { code } from "./code.mjs";
import { cutFonts } from "./fonts.mjs";
import { homePage } from "./home.mjs";
import { labFiles, labPages, labStates } from "./labs.mjs";
import { lettersPage } from "./letters.mjs";
import { liveFiles } from "./live.mjs";
import { examplePages } from "./examples.mjs";
import { experimentPages, experimentsPage } from "./experiments.mjs";
import { chapterPage, notFoundPage, textPage, texts } from "./pages.mjs";
import { experimentNames, placeOf, root, target } from "./places.mjs";
import { searchIndex } from "./search.mjs";
import { isRecorded, record } from "./record.mjs";
import { writeRuns } from "./run.mjs";
import { readChapters, recordedResults } from "./site-map.mjs";
import { symbols } from "./symbols.mjs";

export class Site {
  /** The HTML of every page, by its path on the site. */
  pages = new Map();
  /** Style, script and data that pages share, by path. */
  assets = new Map();
  /** All other files. */
  files = new Set();
  /** What is wrong with the texts, a line each. */
  errors = [];
  /** Where the site is on its host, such as `/leibniz/`; null if that is not known. */
  base = null;
  /** Names of chapters whose blocks were edited and have not been run again. */
  stale = new Set();
  /** Those of them whose run has not begun. */
  edited = new Set();

  /** What is wrong with a link to a laboratory in some state; see check-links.mjs. */
  labState = undefined;

  report = (error) => this.errors.push(error);

  /** What a function returns; null, and a report, where it throws a mistake in a text. */
  attempt(make) {
    try {
      return make();
    } catch (error) {
      this.report(error.message);
      return null;
    }
  }

  /** Builds everything anew. */
  async build() {
    rmSync(target, { recursive: true, force: true });
    this.errors.length = 0;
    for (const kept of [this.pages, this.assets, this.files]) kept.clear();
    if (!isRecorded()) await record();
    this.recorded = recordedResults();
    this.readTexts();
    this.code = await code(this);
    for (const chapter of this.chapters) this.page(chapter.path, chapterPage(this, chapter));
    for (const text of texts()) this.text(text);
    this.page("404.html", notFoundPage(this, this.base));
    this.page("index.html", await homePage(this));
    this.page("experiments/index.html", experimentsPage(this));
    for (const [path, html] of experimentPages(this)) this.page(path, html);
    this.page("letters.html", lettersPage(this));
    for (const [path, html] of examplePages(this)) this.page(path, html);
    this.labState = await labStates();
    for (const [path, html] of await labPages(this)) this.page(path, html);
    this.attempt(() => {
      for (const [path, html] of this.code.pages(this)) this.page(path, html);
    });
    this.copyPictures();
    await this.buildAssets();
    await this.buildRuns();
    for (const [path, content] of await liveFiles()) this.picture(path, content);
    for (const [path, content] of await labFiles()) this.picture(path, content);
  }

  /** Reads the chapters, their titles and their tags. */
  readTexts() {
    Object.assign(this, readChapters(this.report));
  }

  /** Writes the page of a text that is no chapter. */
  text({ file, kind }) {
    this.page(placeOf(file), textPage(this, file, kind));
  }

  /** Writes a page. */
  page(path, html) {
    this.pages.set(path, html);
    this.write(path, html);
  }

  /** Writes a file that is no page, such as a picture that a page has drawn. */
  picture(path, content) {
    this.files.add(path);
    this.write(path, content);
  }

  /** Writes style, script or data that pages share. */
  asset(path, content) {
    this.assets.set(path, content);
    this.files.add(path);
    this.write(path, content);
  }

  async buildAssets() {
    await this.buildScripts();
    await this.buildStyle();
    // the code of src has letters of its own, which are left to the reader's fonts
    const texts = [...this.pages].flatMap(([path, html]) =>
      /^(src|api)\//.test(path) ? [] : [html],
    );
    for (const [path, font] of await cutFonts(charactersOf(texts))) this.asset(path, font);
    this.asset("assets/search.json", await searchIndex(this.pages));
    this.asset("assets/symbols.json", JSON.stringify(symbols()));
    this.asset("assets/icon.svg", readFileSync(join(root, "site/build/icon.svg"), "utf8"));
  }

  async buildStyle() {
    this.asset("assets/site.css", await styleSheet());
  }

  async buildScripts() {
    for (const [path, content] of await scripts()) this.asset(path, content);
  }

  /** The Workers that run the equations. */
  async buildRuns() {
    for (const path of await writeRuns(target)) this.files.add(path);
  }

  copyPictures() {
    this.copy("derivations/figures", "figures");
    for (const name of experimentNames())
      this.copy(`results/experiments/${name}`, `figures/experiments/${name}`);
    this.files.add("docs/license.txt");
    this.write("docs/license.txt", readFileSync(join(root, "LICENSE"), "utf8"));
  }

  copy(folder, to) {
    for (const file of readdirSync(join(root, folder)))
      if (/\.(svg|jpg)$/.test(file)) {
        const path = `${to}/${file}`;
        this.files.add(path);
        mkdirSync(join(target, to), { recursive: true });
        cpSync(join(root, folder, file), join(target, path));
      }
  }

  write(path, content) {
    const file = join(target, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** All characters of the pages, once each; those of ASCII are in every font. */
function charactersOf(pages) {
  const found = new Set();
  for (const html of pages)
    for (const [character] of html.matchAll(/[^\0-~]/gu)) found.add(character);
  return [...found].sort().join("");
}
