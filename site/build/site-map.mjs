/** What all pages of a build share: the chapters with their tags, and where links lead. */
import { posix, join } from "node:path";
import { readFileSync, existsSync } from "node:fs";
import { chapterNames, isFile, placeOf, read, root } from "./places.mjs";

/**
 * The chapters in reading order, and each equation's place. A tag that is used twice is reported.
 *
 * @param {(error: string) => void} report
 */
export function readChapters(report) {
  const chapters = chapterNames().map((name) => {
    const file = `derivations/${name}.md`;
    const text = read(file);
    return { name, file, text, path: `chapters/${name}.html`, title: /^# (.+)$/m.exec(text)[1] };
  });
  const tags = new Map();
  for (const { file, text, path } of chapters)
    for (const [line, words] of text.split("\n").entries())
      for (const [, tag] of words.matchAll(/\\tag\{([^}]*)\}/g)) {
        if (tags.has(tag)) report(`${file}:${line + 1}: (${tag}) is a tag already`);
        tags.set(tag, `${path}#${tag}`);
      }
  const prefixes = new Set([...tags.keys()].map((tag) => tag.split(".")[0]));
  return { chapters, tags, prefixes };
}

/**
 * Where a link of a Markdown file leads: `figures/x.svg`, `../docs/library.md#…`, `#…`, `/src/…`.
 */
export function placeOfLink(target, from) {
  const [path, anchor] = target.split("#");
  const file = path === "" ? from : path.startsWith("/") ? path.slice(1) : join2(from, path);
  const place = placeOf(file);
  if (place === null) return null;
  return anchor === undefined ? place : `${place.split("#")[0]}#${anchor}`;
}

const join2 = (from, path) => posix.join(posix.dirname(from), path);

/** The size of a picture on the site, from its file. */
export function sizeOf(place) {
  const file = place.startsWith("figures/experiments/")
    ? place.replace("figures/", "results/")
    : `derivations/${place}`;
  if (!isFile(join(root, file)) || !file.endsWith(".svg")) return null;
  const [head] = /<svg[^>]*>/.exec(readFileSync(join(root, file), "utf8")) ?? [""];
  const numbers = ["width", "height"].map((name) =>
    Math.round(Number(new RegExp(` ${name}="([\\d.]+)`).exec(head)?.[1])),
  );
  return numbers.every((number) => number > 0) ? { width: numbers[0], height: numbers[1] } : null;
}

/** What `leibniz derive` found, by tag, as a text for an equation's mark. */
export function recordedResults() {
  const file = join(root, "dist", "site-data", "derive.json");
  const found = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  return (tag) => (typeof found[tag] === "string" ? found[tag] : "not run yet");
}
