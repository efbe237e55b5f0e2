/**
 * Turns every block marked `ts example` in the README, in docs and in the derivations into a test,
 * so that no number on a page is merely believed:
 *
 *     node test/extract-examples.mjs      writes test/generated/<chapter>-<n>.test.ts
 *
 * It also puts the programs of examples/ there, since what is compiled has to lie below test/.
 *
 * A line `expression; // → VALUE` (or `const name = expression; // → VALUE`, or the expression in
 * `console.log`) becomes a check; VALUE is a number or a nested array in JSON, and may go on in
 * comments on the lines below. Other lines stay as they are, each with the line number that it has
 * on the page, so that the compiler's messages point there.
 */
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A line that shows a value. Whatever looks like one but is written otherwise would go unchecked,
 * so it is refused.
 */
const SHOWS = /^(\s*)(\S.*?);\s*\/\/ → (.+)$/;
const LOOKS_LIKE_IT = /\/\/\s*(?:→|->|=>|⇒)/;
const LOGS = /^console\.log\((.*)\)$/;
const DECLARES = /^(?:const|let)\s+([\w$]+)\s*(?::[^=]+)?=[^=]/;

/**
 * The examples of one page, as the text of a test file each.
 *
 * @param {string} path of the page from the project's root; errors name it
 * @param {string} markdown
 * @returns {{ examples: { name: string, line: number, text: string }[], errors: string[] }}
 */
export function extractExamples(path, markdown) {
  const examples = [];
  const errors = [];
  const lines = markdown.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const fence = /^\s*(`{3,}|~{3,})\s*(.*?)\s*$/.exec(lines[i]);
    if (fence === null) continue;
    const open = i;
    for (
      i++;
      i < lines.length &&
      !(lines[i].trim().startsWith(fence[1]) && /^[`~]+$/.test(lines[i].trim()));
      i++
    );
    if (fence[2] !== "ts example") continue;
    const name = `${basename(path, ".md").toLowerCase()}-${examples.length + 1}`;
    const line = open + 1;
    if (i === lines.length) errors.push(`${path}:${line}: the example has no end`);
    examples.push({
      name,
      line,
      text: testFile(path, line, lines.slice(open + 1, i), (at, what) =>
        errors.push(`${path}:${at}: ${what}`),
      ),
    });
  }
  return { examples, errors };
}

/** A test file whose line numbers, from the fence on, are those of the page. */
function testFile(path, fenceLine, block, report) {
  const imports = [
    'import { test } from "uvu";',
    'import { expectShown } from "../helpers/expect-shown.js";',
  ];
  const body = [];
  let checks = 0;
  for (let i = 0; i < block.length; i++) {
    const line = fenceLine + 1 + i;
    if (/^import\b(?!\s*[.(])/.test(block[i])) {
      const first = i;
      while (i < block.length - 1 && !/["'];?\s*(?:\/\/.*)?$/.test(block[i])) i++;
      imports.push(
        block
          .slice(first, i + 1)
          .map((part) => part.replace(/\/\/.*$/, "").trim())
          .join(" "),
      );
      body.push(...Array(i + 1 - first).fill(""));
      continue;
    }
    const shows = SHOWS.exec(block[i]);
    if (shows === null) {
      if (LOOKS_LIKE_IT.test(block[i]))
        report(line, `expected \`expression; // → VALUE\`, got ${block[i].trim()}`);
      body.push(block[i]);
      continue;
    }
    const [, indent, statement, start] = shows;
    // a reader wants to see it; a test only compares
    const expression = LOGS.exec(statement)?.[1] ?? statement;
    let value = start;
    let more = 0;
    while (openBrackets(value) > 0 && /^\s*\/\/(?! →)/.test(block[i + 1] ?? "")) {
      value += block[++i].replace(/^\s*\/\//, "");
      more++;
    }
    checks++;
    if (!isShown(value))
      report(
        line,
        `expected a number or a nested array of numbers after the arrow, got ${value.trim()}`,
      );
    const expect = (actual) =>
      `expectShown(${actual}, ${JSON.stringify(value.trim())}, ` +
      `${JSON.stringify(`${path}:${line}`)});`;
    const declared = DECLARES.exec(expression);
    if (declared === null && /^(?:const|let|return|if|for)\b/.test(expression)) {
      report(
        line,
        `expected an expression or \`const name = expression\` before the arrow, got ${expression}`,
      );
    }
    body.push(
      indent +
        (declared === null
          ? expect(`await (${expression})`)
          : `${expression}; ${expect(declared[1])}`),
      ...Array(more).fill(""),
    );
  }
  if (checks === 0) report(fenceLine, "the example checks nothing; end a line with `// → VALUE`");
  const head = [
    `// The example on line ${fenceLine} of ${path}, written by test/extract-examples.mjs.`,
    imports.join(" "),
  ];
  if (fenceLine <= head.length)
    report(fenceLine, "an example comes after the page's title and a sentence");
  const padding = Array(Math.max(0, fenceLine - 1 - head.length)).fill("");
  return [
    ...head,
    ...padding,
    `test(${JSON.stringify(`${path}, example on line ${fenceLine}`)}, async () => {`,
    ...body,
    "});",
    "test.run();",
    "",
  ].join("\n");
}

/** How many brackets of a piece of JSON are still open. */
function openBrackets(text) {
  return text.split("[").length - text.split("]").length;
}

/** Is it a number in JSON, or arrays of such? */
function isShown(text) {
  const isNested = (value) =>
    typeof value === "number" || (Array.isArray(value) && value.every(isNested));
  try {
    return isNested(JSON.parse(text));
  } catch {
    return false;
  }
}

function main() {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const pages = [
    "README.md",
    ...["derivations", "docs"].flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((file) => file.endsWith(".md"))
        .map((file) => `${folder}/${file}`),
    ),
  ];
  const target = join(root, "test", "generated");
  // What was compiled from examples and tests that no longer exist would still be found and run.
  for (const stale of [target, join(root, ".test-build")])
    rmSync(stale, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const failures = [];
  const written = new Set();
  for (const page of pages.sort()) {
    const { examples, errors } = extractExamples(page, readFileSync(join(root, page), "utf8"));
    failures.push(...errors);
    for (const { name, line, text } of examples) {
      if (written.has(name))
        failures.push(`${page}:${line}: another page has examples of its name`);
      written.add(name);
      writeFileSync(join(target, `${name}.test.ts`), text);
    }
  }
  cpSync(join(root, "examples"), join(target, "examples"), { recursive: true });
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
  else console.log(`${written.size} examples of ${pages.length} pages`);
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
)
  main();
