/** Where a file of the project is on the site: every page and picture has one place. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where the site is written. */
export const target = join(root, "dist", "site");

/** Texts outside derivations, docs and experiments that have a page: their file, and the page. */
const SINGLE = {
  "README.md": "docs/readme.html",
  "README.ja.md": "docs/readme-ja.html",
  "CONTRIBUTING.md": "docs/contributing.html",
  "CHANGELOG.md": "docs/changelog.html",
  "THIRD-PARTY.md": "docs/third-party.html",
  "docs/README.md": "docs/index.html",
  "bench/README.md": "docs/benchmarks.html",
  "results/speed/README.md": "docs/speed-measured.html",
  "test/fixtures/README.md": "docs/fixtures.html",
  "test/fixtures/record/README.md": "docs/fixtures-record.html",
  "derivations/figures/README.md": "pictures.html",
  derivations: "chapters/notation.html",
  src: "src/index.html",
  LICENSE: "docs/license.txt",
};

/** How a file or folder of the project maps to a page, by pattern, in this order. */
const PATTERNS = [
  [/^derivations\/([\w-]+)\.md$/, "chapters/$1.html"],
  [/^derivations\/figures\/([\w-]+\.svg)$/, "figures/$1"],
  [/^docs\/([\w-]+)\.md$/, "docs/$1.html"],
  [/^results\/experiments\/([\w-]+)(?:\/README\.md)?$/, "experiments/$1.html"],
  [/^results\/experiments\/([\w-]+)\/([\w-]+\.(?:svg|jpg))$/, "figures/experiments/$1/$2"],
  [/^results\/experiments$/, "experiments/index.html"],
  [/^src\/(.+\.(?:ts|mjs|mts))$/, "src/$1.html"],
  [/^src\/(.+)$/, "src/index.html#$1"],
  [/^(examples)\/([\w-]+\.\w+)$/, "$1/$2.html"],
  [/^examples$/, "examples/index.html"],
];

/**
 * The place of a file of the project, as seen from the site's root, with an anchor where a folder
 * is a part of a page; null if it has none.
 *
 * @param {string} file from the project's root
 * @returns {string | null}
 */
export function placeOf(file) {
  const path = file.replace(/\/$/, "");
  if (path in SINGLE) return SINGLE[path];
  if (!existsSync(join(root, path))) return null;
  const found = PATTERNS.find(([pattern]) => pattern.test(path));
  return found === undefined ? null : path.replace(...found);
}

/**
 * A link from a page to a place, relative, so that the site works under any address.
 *
 * @param {string} page such as `chapters/conv2d.html`
 * @param {string} place such as `src/backprop/conv2d.ts.html#L9`
 */
export function linkTo(page, place) {
  const [path, anchor] = place.split("#");
  const hash = anchor === undefined ? "" : `#${anchor}`;
  if (path === page) return hash === "" ? posix.basename(page) : hash;
  return posix.relative(posix.dirname(page), path) + hash;
}

/** What leads from a page to the site's root: "", "../" or "../../". */
export const rootOf = (page) => "../".repeat(page.split("/").length - 1);

/** A file of the project, as text. */
export const read = (file) => readFileSync(join(root, file), "utf8");

/** The names of the chapters, in the order of the table in notation.md; what it leaves out last. */
export function chapterNames() {
  const names = readdirSync(join(root, "derivations"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => file.slice(0, -".md".length));
  const rows = read("derivations/notation.md").matchAll(/^\| \[[^\]]*\]\(([\w-]+)\.md\)/gm);
  const ordered = [...rows].map(([, name]) => name).filter((name) => names.includes(name));
  return [...new Set([...ordered, ...names])];
}

/** The names of the experiments with a report. */
export function experimentNames() {
  const folder = join(root, "results", "experiments");
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, "README.md")));
}

/** Whether a file is there. */
export const isFile = (path) => existsSync(path) && statSync(path).isFile();

/** GitHub's name for the place of a heading. */
export const slugOf = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
    .replaceAll(" ", "-");
