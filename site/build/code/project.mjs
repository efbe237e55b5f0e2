/** The files of the project and what ties chapters and code together, read when first needed. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { pagesOfTags, readChapters } from "./chapters.mjs";
import { citationsOf } from "./citations.mjs";
import { declarationsOf, importsOf, summaryOf } from "./declarations.mjs";
import { parseCode } from "./highlight.mjs";
import { sharedLetters, symbolsOfChapter } from "./symbols.mjs";

/** The folder that holds package.json. */
export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/** Chapters and sources of one folder. */
export class Project {
  #folder;
  #files = new Map();
  #kept = new Map();

  /** @param {string} folder that holds `derivations` and `src` */
  constructor(folder = projectRoot) {
    this.#folder = folder;
  }

  /** Reads again what has changed. */
  refresh() {
    this.#files.clear();
    this.#kept.clear();
  }

  /**
   * Reads one file again. What follows from its text alone is forgotten, and for a chapter what
   * follows from all of them; whoever adds or removes a file or an export refreshes all.
   *
   * @param {string} path from the project's root, with `/`
   */
  changed(path) {
    this.#files.delete(path);
    const isChapter = path.startsWith("derivations/");
    for (const key of this.#kept.keys())
      if (key.endsWith(` ${path}`) || (isChapter && !key.includes("src/"))) this.#kept.delete(key);
    this.#kept.delete("importers");
  }

  /**
   * The chapters that show lines of a source.
   *
   * @param {string} path
   * @returns {readonly string[]} their names
   */
  chaptersWithLinesOf(path) {
    return [...this.chapters.values()]
      .filter(({ rows }) => rows.some(({ file }) => file === path))
      .map(({ name }) => name);
  }

  /**
   * @param {string} path from the project's root, with `/`
   * @returns {string} its text, with line ends of one character
   */
  text(path) {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const text = readFileSync(join(this.#folder, path), "utf8").replaceAll("\r\n", "\n");
    this.#files.set(path, text);
    return text;
  }

  /** @returns {readonly string[]} the paths of all sources, sorted */
  get sources() {
    return this.#once("sources", () =>
      readdirSync(join(this.#folder, "src"), { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile() && /\.(?:ts|mts|mjs)$/.test(entry.name))
        .map(({ parentPath, name }) => relative(this.#folder, join(parentPath, name)))
        .map((path) => path.split(sep).join("/"))
        .filter((path) => !path.includes("/generated/"))
        .sort(),
    );
  }

  /** @returns {readonly string[]} the folders of src in reading order */
  get folders() {
    const house = /^ {4}(tensor(?: < [\w-]+)+)$/m.exec(this.text("CONTRIBUTING.md"))?.[1] ?? "";
    const found = new Set(this.sources.map((path) => path.split("/")[1]));
    const ordered = house.split(" < ").filter((name) => found.has(name));
    const others = [...found].filter((name) => !name.includes(".") && !ordered.includes(name));
    return [...ordered, ...others];
  }

  /** @returns {ReadonlyMap<string, import("./chapters.mjs").Chapter>} */
  get chapters() {
    return this.#once("chapters", () => {
      const names = readdirSync(join(this.#folder, "derivations"))
        .filter((name) => name.endsWith(".md"))
        .map((name) => name.slice(0, -".md".length));
      return readChapters(
        new Map(names.map((name) => [name, this.text(`derivations/${name}.md`)])),
      );
    });
  }

  /** @returns {ReadonlyMap<string, string>} name of the chapter by tag */
  get pagesOfTags() {
    return this.#once("pages of tags", () => pagesOfTags(this.chapters));
  }

  /**
   * @param {string} path of a source
   * @returns {readonly import("./citations.mjs").Citation[]}
   */
  citations(path) {
    return this.#once(`citations ${path}`, () => citationsOf(this.text(path), this.tree(path)));
  }

  /**
   * @param {string} path of a source
   * @returns {import("@lezer/common").Tree}
   */
  tree(path) {
    return this.#once(`tree ${path}`, () => parseCode(this.text(path)));
  }

  /**
   * @param {string} path of a source
   * @returns {readonly import("./declarations.mjs").Declaration[]}
   */
  declarations(path) {
    return this.#once(`declarations ${path}`, () =>
      declarationsOf(this.text(path), this.tree(path)),
    );
  }

  /**
   * @param {string} path of a source
   * @returns {string} what it is about, in a sentence
   */
  summary(path) {
    return summaryOf(this.text(path), this.declarations(path));
  }

  /**
   * @param {string} path of a source
   * @returns {readonly import("./declarations.mjs").Imported[]}
   */
  imports(path) {
    return this.#once(`imports ${path}`, () => importsOf(this.text(path)));
  }

  /**
   * Where a name of a file is declared, in it or, through any number of files, in another.
   *
   * @param {string} path of a source
   * @param {string} name
   * @returns {{ file: string, declaration: import("./declarations.mjs").Declaration } | null}
   */
  declarationOf(path, name) {
    const declaration = this.declarations(path).find((one) => one.name === name);
    if (declaration !== undefined) return { file: path, declaration };
    for (const one of this.imports(path)) {
      if (one.local !== name && one.name !== "*") continue;
      const file = this.imported(path, one.specifier);
      if (file === null) continue;
      const found = this.declarationOf(file, one.name === "*" ? name : one.name);
      if (found !== null) return found;
    }
    return null;
  }

  /**
   * The sources that import something of each source.
   *
   * @returns {ReadonlyMap<string, readonly string[]>}
   */
  get importers() {
    return this.#once("importers", () => {
      const importers = new Map();
      for (const path of this.sources) {
        const files = this.imports(path).map(({ specifier }) => this.imported(path, specifier));
        for (const file of new Set(files))
          if (file !== null) importers.set(file, [...(importers.get(file) ?? []), path]);
      }
      return importers;
    });
  }

  /**
   * The symbols of a chapter's formulas, and the sizes and options that all chapters share.
   *
   * @param {string} name
   * @returns {ReadonlySet<string>}
   */
  symbols(name) {
    const textOf = (chapter) => this.chapters.get(chapter)?.text ?? "";
    const shared = this.#once("shared letters", () => sharedLetters(textOf("notation")));
    return this.#once(
      `symbols ${name}`,
      () => new Set([...symbolsOfChapter(textOf(name)), ...shared]),
    );
  }

  /**
   * The chapters whose equations a source cites, the most cited first.
   *
   * @param {string} path
   * @returns {readonly string[]}
   */
  chaptersOf(path) {
    const counts = new Map();
    for (const { tag } of this.citations(path)) {
      const page = this.pagesOfTags.get(tag);
      if (page !== undefined) counts.set(page, (counts.get(page) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1]).map(([page]) => page);
  }

  /**
   * The symbols of all chapters that a source cites.
   *
   * @param {string} path
   * @returns {ReadonlySet<string>}
   */
  symbolsOfSource(path) {
    return new Set(this.chaptersOf(path).flatMap((name) => [...this.symbols(name)]));
  }

  /**
   * The source that an import names.
   *
   * @param {string} from path of the importing file
   * @param {string} specifier `"./layer.js"`, or `"leibniz/backprop"` in an example
   * @returns {string | null}
   */
  imported(from, specifier) {
    if (!/^\.|^leibniz\b/.test(specifier)) return null;
    const bare = specifier.startsWith("leibniz")
      ? posix.join("src", specifier.slice("leibniz".length), "index")
      : posix.join(posix.dirname(from), specifier.replace(/\.js$/, ""));
    const known = this.#once("known sources", () => new Set(this.sources));
    // AssemblyScript names no ending
    return [`${bare}.ts`, bare].find((path) => known.has(path)) ?? null;
  }

  #once(key, make) {
    if (!this.#kept.has(key)) this.#kept.set(key, make());
    return this.#kept.get(key);
  }
}
