/** The files of the project and what ties chapters and code together, read when first needed. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { pagesOfTags, readChapters } from "./chapters.mjs";
import { citationsOf } from "./citations.mjs";
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
        .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
        .map(({ parentPath, name }) => relative(this.#folder, join(parentPath, name)))
        .map((path) => path.split(sep).join("/"))
        .filter((path) => !path.includes("/generated/"))
        .sort(),
    );
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
    return this.#once(`citations ${path}`, () => {
      const text = this.text(path);
      return citationsOf(text, parseCode(text));
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
    const path = specifier.startsWith("leibniz")
      ? posix.join("src", specifier.slice("leibniz".length), "index.ts")
      : posix.join(posix.dirname(from), specifier.replace(/\.js$/, ".ts"));
    return this.sources.includes(path) ? path : null;
  }

  #once(key, make) {
    if (!this.#kept.has(key)) this.#kept.set(key, make());
    return this.#kept.get(key);
  }
}
