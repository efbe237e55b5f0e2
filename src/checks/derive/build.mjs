/**
 * Turns the blocks `ts setting` and `ts equation` of every chapter into a module that
 * `leibniz derive` runs:
 *
 *     node src/checks/derive/build.mjs
 *
 * writes .derivations/<chapter>.ts and .derivations/index.ts, for tsc.
 *
 * A setting opens a scope that lasts to the end of the chapter. Each line keeps the number that it
 * has on the page, so that the compiler's messages point there.
 */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const WORDS =
  "{ random, randomIn, indexed, each, sum, product, largest, delta, indicator, derivative, " +
  "slope, equals, atMost }";

/**
 * The chapter that a page is a part of: `conv2d-gradients` is a part of `conv2d` if there is such a
 * page; null if there is none.
 *
 * @param {string} name
 * @param {readonly string[]} names of all pages
 * @returns {string | null}
 */
export function wholeOf(name, names) {
  const wholes = names.filter((other) => name.startsWith(`${other}-`));
  return wholes.sort((a, b) => a.length - b.length)[0] ?? null;
}

/**
 * The module of one chapter.
 *
 * @param {string} path of the chapter from the project's root; errors name it
 * @param {string} markdown
 * @param {string | null} partOf the chapter that this page is a part of
 * @returns {{ name: string, text: string, errors: string[] }}
 */
export function chapterModule(path, markdown, partOf = null) {
  const name = basename(path, ".md");
  const errors = [];
  const imports = new Map();
  const tags = [];
  const body = [];
  const definitions = new Set(
    [...markdown.matchAll(/^\| ([\w-]+\.\d+[a-z]?) \| definition \|/gm)].map((row) => row[1]),
  );
  const lines = markdown.split(/\r?\n/);
  let depth = 0;
  let display = null; // the displayed equation that is being read
  let above = null; // the tag that a block here would belong to
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    const report = (what) => errors.push(`${path}:${i + 1}: ${what}`);
    const fence = /^(`{3,}|~{3,})\s*(.*?)\s*$/.exec(line);
    if (fence === null) {
      body.push("");
      for (const _ of line.matchAll(/\$\$/g)) {
        if (display === null) display = { line: i + 1, tag: null };
        else [above, display] = [display.tag, null];
      }
      const tag = /\\tag\{([^}]*)\}/.exec(line);
      if (tag !== null) {
        tags.push({
          tag: tag[1],
          line: i + 1,
          isDefinition: definitions.has(tag[1]),
          hasBlock: false,
        });
        if (display !== null) display.tag = tag[1];
        else above = tag[1]; // a display on one line
      } else if (display === null && line.trim() !== "" && !line.includes("$$")) above = null;
      continue;
    }
    const start = i;
    let end = i + 1;
    while (
      end < lines.length &&
      !(lines[end].startsWith(fence[1]) && /^[`~]+$/.test(lines[end].trim()))
    )
      end++;
    if (end === lines.length) report("the block has no end");
    const code = lines.slice(start + 1, end);
    i = end;
    if (fence[2] === "ts setting") {
      depth++;
      body.push(
        "{",
        ...withoutImports(code, imports, (at, what) =>
          errors.push(`${path}:${start + 2 + at}: ${what}`),
        ),
        "",
      );
    } else if (fence[2] === "ts equation") {
      const equation = tags.find(({ tag }) => tag === above);
      if (equation === undefined)
        errors.push(
          `${path}:${start + 1}: expected a displayed equation with a tag directly above the block`,
        );
      else if (equation.hasBlock)
        errors.push(`${path}:${start + 1}: (${above}) has a block already`);
      else {
        equation.hasBlock = true;
        body.push(
          `await equation(${JSON.stringify(above)}, async () => {`,
          ...code,
          "}, (source) => eval(source));",
        );
        above = null;
        continue;
      }
    } else body.push(...Array(end - start + 1).fill(""));
    above = null;
  }
  return { name, text: moduleOf({ name, partOf, body, imports, tags, depth }), errors };
}

/** The text of a module, line for line as in the chapter: what comes in front shares the first. */
function moduleOf({ name, partOf, body, imports, tags, depth }) {
  const imported = [...imports].map(
    ([from, names]) => `import { ${[...names].join(", ")} } from ${from};`,
  );
  const parameters = `${WORDS}: Vocabulary, equation: TakeEquation`;
  const signature = `export async function derive(${parameters}): Promise<void> {`;
  const head = [
    'import type { TakeEquation, Vocabulary } from "leibniz/checks";',
    ...imported,
    signature,
  ].join(" ");
  const [first = "", ...rest] = body;
  const foot = [
    "}".repeat(depth + 1),
    `export const name = ${JSON.stringify(name)};`,
    `export const partOf = ${JSON.stringify(partOf)};`,
    `export const tags = ${JSON.stringify(tags)};`,
  ];
  return [head + first, ...rest, ...foot, ""].join("\n");
}

/**
 * The lines of a setting with its imports blanked, which go to the top of the module, each name
 * once.
 */
function withoutImports(code, imports, report) {
  const kept = [...code];
  for (let i = 0; i < kept.length; i++) {
    if (!/^import\b/.test(kept[i])) continue;
    const first = i;
    while (i < kept.length - 1 && !/;\s*$/.test(kept[i])) i++;
    const statement = kept.slice(first, i + 1).join(" ");
    const parts = /^import \{([^}]*)\} from ("[^"]+");\s*$/.exec(statement);
    if (parts === null) report(first, `expected import { … } from "…";, got ${statement}`);
    else {
      const names = imports.get(parts[2]) ?? imports.set(parts[2], new Set()).get(parts[2]);
      for (const name of parts[1]
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== ""))
        names.add(name);
    }
    kept.fill("", first, i + 1);
  }
  return kept;
}

/** The chapters in the order in which notation.md reads them. */
function readingOrder(names, notation) {
  const linked = [...notation.matchAll(/^\| \[[^\]]*\]\(([\w-]+)\.md\)/gm)].map((row) => row[1]);
  const place = (name) => (linked.includes(name) ? linked.indexOf(name) : linked.length);
  return [...names].sort((a, b) => place(a) - place(b));
}

function main() {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const folder = join(root, "derivations");
  const target = join(root, ".derivations");
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  // a page without equations tells of results, and has nothing to run
  const hasEquations = (file) => readFileSync(join(folder, file), "utf8").includes("\\tag{");
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".md") && hasEquations(file))
    .map((file) => basename(file, ".md"));
  const failures = [];
  for (const name of names) {
    const { text, errors } = chapterModule(
      `derivations/${name}.md`,
      readFileSync(join(folder, `${name}.md`), "utf8"),
      wholeOf(name, names),
    );
    failures.push(...errors);
    writeFileSync(join(target, `${name}.ts`), text);
  }
  const ordered = readingOrder(names, readFileSync(join(folder, "notation.md"), "utf8"));
  const imports = ordered.map((name, i) => `import * as chapter${i} from "./${name}.js";`);
  const list =
    `export const chapters: readonly Chapter[] = ` +
    `[${ordered.map((_, i) => `chapter${i}`).join(", ")}];`;
  writeFileSync(
    join(target, "index.ts"),
    ['import type { Chapter } from "leibniz/checks";', ...imports, list, ""].join("\n"),
  );
  // tsc does not copy what is declared by hand
  const declared = "checks/derive/chapters/index.d.ts";
  mkdirSync(join(root, "dist", "checks", "derive", "chapters"), { recursive: true });
  copyFileSync(join(root, "src", declared), join(root, "dist", declared));
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
)
  main();
