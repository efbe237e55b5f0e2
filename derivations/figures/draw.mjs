/**
 * Draws the chapters' pictures, each from what the engine computes:
 *
 *     npm run build && npm run figures                    draws all anew
 *     npm run build && npm run figures -- conv2d-window   draws one
 *
 * A picture is a program of its own, NAME.mjs, which exports
 *
 *     default   the function that returns what becomes NAME.svg
 *     breaks    a mistake in the engine that changes the picture: the name of one of the catalog
 *               (`leibniz mistakes --list`), or { file, find, replace }, as the catalog has them
 *
 * The tests draw each picture and compare, plant the mistake and see the picture change.
 */
import { readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("./", import.meta.url);
const chapters = new URL("../", folder);

/** The names of all pictures, in alphabetical order. */
export function names() {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".mjs") && file !== "draw.mjs")
    .map((file) => file.slice(0, -".mjs".length))
    .sort();
}

/** @returns {Promise<{ default: () => Promise<string>, breaks: unknown }>} */
export function program(name) {
  return import(new URL(`${name}.mjs`, folder).href);
}

/**
 * The page that shows all pictures, chapter by chapter in reading order, each with the words that
 * its chapter has for those who cannot see it.
 */
export function gallery() {
  const notation = readFileSync(new URL("notation.md", chapters), "utf8");
  const order = [...notation.matchAll(/^\| \[[^\]]*\]\(([\w-]+)\.md\)/gm)].map((row) => row[1]);
  const files = readdirSync(chapters).filter((file) => file.endsWith(".md"));
  const place = (file) => {
    const at = order.indexOf(file.slice(0, -".md".length));
    return at < 0 ? order.length : at;
  };
  const sections = files
    .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
    .flatMap((file) => {
      const text = readFileSync(new URL(file, chapters), "utf8");
      const pictures = [...text.matchAll(/^!\[[^\]]+\]\(figures\/[\w-]+\.svg\)$/gm)];
      if (pictures.length === 0) return [];
      const [, title] = /^# (.*)$/m.exec(text);
      const shown = pictures.map(([picture]) => picture.replace("(figures/", "("));
      return [`## [${title}](../${file})`, ...shown];
    });
  const about =
    "All pictures of the chapters. Each is drawn from numbers that the engine computes: " +
    "`npm run figures` draws them anew, and this page with them.";
  return `${["# Pictures", wrapped(about), ...sections].join("\n\n")}\n`;
}

/** Lines of at most 100 characters. */
function wrapped(text) {
  return text.replace(/(.{1,100})(?: |$)/g, "$1\n").trimEnd();
}

async function main(chosen) {
  const known = names();
  const unknown = chosen.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    console.error(`figures: expected one of ${known.join(", ")}, got ${unknown}`);
    process.exitCode = 2;
    return;
  }
  for (const name of chosen.length === 0 ? known : chosen) {
    const { default: draw } = await program(name);
    writeFileSync(new URL(`${name}.svg`, folder), await draw());
    console.log(`derivations/figures/${name}.svg`);
  }
  writeFileSync(new URL("README.md", folder), gallery());
}

if (realpathSync(process.argv[1] ?? "") === fileURLToPath(import.meta.url))
  await main(process.argv.slice(2));
