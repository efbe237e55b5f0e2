/**
 * `npm run reference`, on a package of two folders and two chapters: what is wrong is found, and
 * pages lead to each other. The whole of src takes typedoc 20 s, so that is for the command.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { root } from "./project.js";

// Loaded from where they lie: they are plain JavaScript.
const load = (file: string): Promise<unknown> =>
  import(pathToFileURL(join(root, "reference", file)).href);
const { makeReference } = (await load(
  "reference.mjs",
)) as typeof import("../../reference/reference.mjs");
const { mentionsIn, readChapters, rowsOf, wrongMention } = (await load(
  "chapters.mjs",
)) as typeof import("../../reference/chapters.mjs");

const temporary = mkdtempSync(join(tmpdir(), "leibniz-test-"));
process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));

type Texts = Readonly<Record<string, string>>;

const RIGHT: Texts = {
  "package.json": JSON.stringify({
    name: "tiny",
    exports: { ".": {}, "./numbers": {}, "./layers": {}, "./layers/*": {} },
  }),
  "tsconfig.build.json": JSON.stringify({
    compilerOptions: { target: "es2022", module: "nodenext", lib: ["es5"], types: [] },
    include: ["src"],
  }),
  "src/index.ts": `/** Tiny: two numbers. */

// start here: what adds with \`add\`
export { add, type Pair } from "./layers/index.js";
`,
  "src/numbers/index.ts": `/** Numbers. */
export { type One } from "./one.js";
`,
  "src/numbers/one.ts": `/** A number, see {@link One.value}. */
export interface One {
  /** [N]: rows */
  readonly value: number;
}
`,
  "src/layers/index.ts": `/** What adds. */
export { add, type Pair } from "./add.js";
`,
  "src/layers/add.ts": `/** Addition. Derived in \`derivations/sum.md\`. */
import type { One } from "../numbers/index.js";

/** Two numbers. More about them. */
export interface Pair {
  /** The first; half of (sum.2). */
  readonly a: One;
  /** The second, as in (2.5). */
  readonly b: One;
}

/** Adds a {@link Pair}, as \`derivations/later.md\` does. It says so. */
export function add({ a, b }: Pair, { twice = false } = {}): number {
  return (twice ? 2 : 1) * (a.value + b.value); // (sum.1) s = a + b
}
`,
  "derivations/notation.md": `# Notation

## The chapters in reading order

| chapter | what it shows |
| --- | --- |
| [notation](notation.md) | signs |
| [sum](sum.md) | sums |
| [later](later.md) | what is left |
`,
  "derivations/later.md": `# What is left

After [the sum](sum.md#where-it-is-in-the-code), and [a file](../src/layers/add.ts).
`,
  "derivations/sum.md": `# Sums

With $a_1 * b_1 * c$ as in (later.1):

$$
s = a + \\frac{b}{2}
\\tag{sum.1}
$$

$$
t = s_{1} \\tag{sum.2}
$$

## Where it is in the code

| tag | as the code says it | file | function |
| --- | --- | --- | --- |
| sum.1 | \`s = a \\| b\` | \`src/layers/add.ts\` | \`add\` |
| sum.2 | step | | |
`,
  "docs/README.md": "# Documentation\n\nSee [sums](../derivations/sum.md).\n",
};

function makePackage(name: string, changes: Texts = {}): string {
  const folder = join(temporary, name);
  for (const [path, text] of Object.entries({ ...RIGHT, ...changes })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return `${folder}/`;
}

test("pages lead from the code to the chapters and back", async () => {
  const folder = makePackage("right");
  const out = join(folder, "out");
  assert.equal(await makeReference({ root: folder, out }), []);
  const page = (path: string): string => readFileSync(join(out, path), "utf8");
  const says = (path: string, ...texts: string[]): void => {
    const html = page(path);
    for (const text of texts) assert.ok(html.includes(text), `${path}: ${text}`);
  };

  says("index.html", "Start here: what adds with add", '<a href="functions/layers.add.html"');
  says("index.html", ">Pair</code></a>: Two numbers.</li>", "Tiny: two numbers.");
  const start = page("index.html");
  const links = ["modules/numbers", "modules/layers", "derivations/notation", "derivations/sum"];
  const at = [...links, "derivations/later"].map((link) =>
    start.lastIndexOf(`href="${link}.html"`),
  );
  assert.equal(
    at,
    [...at].sort((a, b) => a - b),
    "folders and chapters in reading order",
  );
  assert.ok(at.every((index) => index > 0));

  says("modules/layers.html", "What adds.", "Two numbers.");
  says(
    "functions/layers.add.html",
    '<a href="../derivations/later.html"><code>derivations/later.md',
  );
  says("functions/layers.add.html", '<a href="../derivations/sum.html#sum.1">(sum.1)</a>');
  says("functions/layers.add.html", '-parameter">pair</span>', '-parameter">options</span>');
  says("interfaces/layers.Pair.html", 'half of <a href="../derivations/sum.html#sum.2">(sum.2)');
  says("interfaces/layers.Pair.html", "as in (2.5)");
  says("interfaces/numbers.One.html", "[N]: rows");

  says("derivations/sum.html", 'id="sum.1"', "<mfrac>", "<msub><mi>a</mi><mn>1</mn></msub>");
  says("derivations/sum.html", '<a href="../functions/layers.add.html"><code>add</code></a>');
  says("derivations/later.html", '<a href="sum.html#where-it-is-in-the-code">the sum</a>');
  says("derivations/later.html", "and a file.");
  says("docs/README.html", '<a href="../derivations/sum.html">sums</a>');
  assert.not(existsSync(join(out, "media")), "files that pages only name are not copied");
});

test("what is missing or leads nowhere is named, each in one line", async () => {
  const folder = makePackage("wrong", {
    "src/index.ts": 'export { add, none, type Pair } from "./layers/index.js";\n',
    "src/numbers/index.ts": 'export { type One } from "./one.js";\n',
    "src/layers/index.ts": `/** What adds. */
export { add, Kept, type Pair } from "./add.js";
`,
    "src/layers/add.ts": `import type { One } from "../numbers/index.js";

/** Not exported. */
interface Hidden {
  /** A number. */
  readonly h: number;
}

/** Two numbers, (sum.2) and (sum.9). */
export interface Pair {
  readonly a: One;
  /** {@link Nothing} */
  readonly b: Hidden;
}

export function add(pair: Pair): number {
  return pair.a.value + pair.b.h;
}

/** Keeps. As in derivations/none.md. */
export class Kept {
  constructor() {}
  keep(): void {}
  #hidden(): void {}
}
`,
  });
  const problems = await makeReference({ root: folder, out: null });
  const expected = [
    /^Failed to resolve link to "Nothing" in comment for tiny\/layers\.Pair\.b$/,
    /^Hidden, defined in .*src\/layers\/add\.ts, is referenced by tiny\/layers\.Pair\.b/,
    /^The comment for tiny\/layers\.Kept: derivations\/none\.md is no chapter$/,
    /^The comment for tiny\/layers\.Pair: \(sum\.9\) is no equation of its chapter$/,
    /^src\/index\.ts: none is not in the reference of layers$/,
    /^tiny\/layers\.Kept\.constructor .*does not have any documentation$/,
    /^tiny\/layers\.Kept\.keep .*does not have any documentation$/,
    /^tiny\/layers\.Pair\.a .*does not have any documentation$/,
    /^tiny\/layers\.add .*does not have any documentation$/,
    /^tiny\/numbers: its index does not begin with a comment$/,
  ];
  for (const [i, pattern] of expected.entries()) assert.match(problems[i] ?? "", pattern);
  assert.is(problems.length, expected.length, problems.join("\n"));
});

test("a place that another page does not have is found when pages are written", async () => {
  const folder = makePackage("anchor", {
    "derivations/later.md": "# What is left\n\n[the sum](sum.md#nowhere)\n",
  });
  const problems = await makeReference({ root: folder, out: join(folder, "out") });
  assert.is(problems.length, 1, problems.join("\n"));
  assert.match(problems[0]!, /sum\.md#nowhere/);
});

test("mentions of chapters and of equations", () => {
  const chapters = new Map([["sum", "\\tag{sum.1}"]]);
  const found = mentionsIn(
    "derivations/sum.md, (sum.1), (sum.1a) and x/derivations/sum.md",
    chapters,
  );
  assert.equal(
    found.map(({ text, tag }) => [text, tag]),
    [
      ["derivations/sum.md", null],
      ["(sum.1)", "sum.1"],
      ["(sum.1a)", "sum.1a"],
    ],
  );
  assert.equal(
    found.map((mention) => wrongMention(mention, chapters)),
    [null, null, "(sum.1a) is no equation of its chapter"],
  );
  const parts = new Map([...chapters, ["sum-again", "\\tag{sum.2}"]]);
  assert.equal(
    mentionsIn("(sum.1), (sum.2), (sum.3), derivations/sum-again.md", parts).map((mention) => [
      mention.chapter,
      wrongMention(mention, parts),
    ]),
    [
      ["sum", null],
      ["sum-again", null],
      ["sum", "(sum.3) is no equation of its chapter"],
      ["sum-again", null],
    ],
  );
});

test("every row of the real chapters that names a function is read", () => {
  const chapters = readChapters(join(root, "derivations"));
  assert.equal([...chapters.keys()].slice(0, 4), [
    "notation",
    "why-convolution",
    "chain-rule",
    "affine",
  ]);
  const rows = [...chapters.values()].flatMap(rowsOf);
  assert.ok(rows.length > 200, `${rows.length}`);
  for (const { file } of rows) assert.ok(existsSync(join(root, file)), file);
  assert.ok(rows.some(({ tag, name }) => tag === "conv2d.7" && name === "conv2dBackward"));
});

test.run();
