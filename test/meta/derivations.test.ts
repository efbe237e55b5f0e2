import { test } from "uvu";
import * as assert from "uvu/assert";
import { derivationViolations } from "./derivations.js";
import { anchorsOf, linkViolations, programViolations } from "./links.js";
import { assertNone, type Files, listFiles, readFiles } from "./project.js";

const paths = listFiles();
const known = new Set(
  paths.flatMap((path) => path.split("/").map((_, i, parts) => parts.slice(0, i + 1).join("/"))),
);
const pages = readFiles(
  paths.filter(
    (path) =>
      /^(?:derivations|docs)\/[^/]+\.md$/.test(path) ||
      /^(?:README|README\.ja|CONTRIBUTING|CHANGELOG)\.md$/.test(path),
  ),
);
const sources = readFiles(paths.filter((path) => path.startsWith("src/") && path.endsWith(".ts")));

test("derivations and code are tied to each other by tags, in both directions", () => {
  assert.ok(
    pages.has("derivations/conv2d.md") && sources.has("src/backprop/conv2d.ts"),
    "expected chapters and code",
  );
  assertNone(derivationViolations(new Map([...pages, ...sources])));
});

test("no formula in the code can change by one sign without being noticed", () => {
  const chapters = [...pages].filter(([path]) => path.startsWith("derivations/"));
  let formulas = 0;
  for (const [path, text] of sources) {
    // One file at a time, which is fast: what the tables say of the others is then missing before
    // and after alike.
    const violations = (changed: string): number =>
      derivationViolations(new Map([...chapters, [path, changed]])).length;
    const before = violations(text);
    for (const { index, 0: citation } of text.matchAll(/\([a-z][a-z0-9-]*\.\d+[a-z]?\) (?=\S)/g)) {
      const at = index + citation.length;
      formulas++;
      assert.ok(
        violations(`${text.slice(0, at)}−${text.slice(at)}`) > before,
        `${path}: a sign before the formula of ${citation}went unnoticed`,
      );
    }
  }
  assert.ok(formulas >= 40, `expected the formulas of the whole engine, got ${formulas}`);
});

test("every relative link leads to a file of the project, and every anchor to a heading", () => {
  assert.ok(
    ["README.md", "README.ja.md", "CONTRIBUTING.md", "docs/README.md"].every((path) =>
      pages.has(path),
    ),
    "expected README, CONTRIBUTING and the pages of docs",
  );
  assertNone(linkViolations(pages, (path) => known.has(path)));
});

test("every program that a page says to run is part of the project", () => {
  assertNone(programViolations(pages, (path) => known.has(path)));
});

test("a program that is not there is found, and what is built is not looked for", () => {
  const check = (text: string): string[] =>
    programViolations(new Map([["README.md", text]]), (path) => path === "bench/speed.mjs");
  assert.equal(check("`node --expose-gc bench/speed.mjs 3` and `node dist/cli/main.js`"), []);
  assert.equal(check("\n    node bench/sped.mjs"), ["README.md:2: bench/sped.mjs does not exist"]);
  assert.equal(check("`python3 test/all.py`"), ["README.md:1: test/all.py does not exist"]);
});

/** A small project in which all is well. Its layer is `double`: out = 2·x, so dX = 2·dOut. */
const healthy: Files = new Map([
  [
    "derivations/notation.md",
    `# Notation

## Tags

An equation such as (notation.1) has a tag; code repeats it: \`// (double.2) dX = 2 · dOut\`.

$$
y = f(x)
\\tag{notation.1}
$$

\`\`\`ts example
1 + 1; // → 2
\`\`\`

## The chapters in reading order

| chapter | needs |
| --- | --- |
| [double](double.md) | [notation](notation.md#tags) |

## Where it is in the code

Nowhere; it is all definitions.

| tag | as the code says it | file | function |
| --- | --- | --- | --- |
| notation.1 | definition | | |
`,
  ],
  [
    "derivations/double.md",
    `# Doubling

It needs [notation](notation.md).

$$ \\mathrm{out} = 2 \\cdot x \\tag{double.1} $$

By (double.1),

$$
\\mathrm{dX} = \\mathrm{dOut} \\cdot \\frac{\\partial \\mathrm{out}}{\\partial x}
\\tag{double.1a}
$$

and so

$$
\\mathrm{dX} = 2 \\cdot \\mathrm{dOut}
\\tag{double.2}
$$

The size is

$$
|x| = x
\\tag{double.10}
$$

\`\`\`ts example
2 * 3; // → 6
\`\`\`

## Where it is in the code

| tag | as the code says it | file | function |
| --- | --- | --- | --- |
| double.1 | \`out = 2 · x\` | \`src/backprop/double.ts\` | \`doubleForward\` |
| double.1a | step | | |
| double.2 | \`dX = 2 · dOut\` | \`src/backprop/double.ts\` | \`doubleInputBackward\` |
| double.10 | \`\\|x\\| = max(x, −x)\` | \`src/backprop/double.ts\` | \`Double.size\` |
`,
  ],
  [
    "src/backprop/double.ts",
    `/** Doubles. Derived in derivations/double.md; for the notation see (notation.1). */
import type { Tensor } from "../tensor/index.js";

export async function doubleForward(x: Tensor): Promise<{ out: Tensor; cache: { x: Tensor } }> {
  // (double.1) out = 2 · x, for every entry
  return { out: multiply(x, 2), cache: { x } };
}

export async function doubleBackward(dOut: Tensor): Promise<{ dX: Tensor }> {
  return { dX: await doubleInputBackward(dOut) };
}

/** The whole of it. */
export async function doubleInputBackward(dOut: Tensor): Promise<Tensor> {
  return multiply(dOut, 2); // (double.2) dX = 2 · dOut
}

export class Double {
  forward(x: Tensor): number {
    return this.size(
      x,
    );
  }

  /** (double.10) |x| = max(x, −x) */
  size(x: Tensor): number {
    return x.size;
  }
}
`,
  ],
]);

/** The healthy project after one change in one file. */
function planted(path: string, from: string, to: string): Files {
  const text = healthy.get(path)!;
  if (text.split(from).length !== 2)
    throw new Error(`expected ${JSON.stringify(from)} once in ${path}`);
  return new Map([...healthy, [path, text.replace(from, () => to)]]);
}

test("a formula may go on in the next lines of its comment, and is compared as a whole", () => {
  const path = "src/backprop/double.ts";
  const line = "  return multiply(dOut, 2); // (double.2) dX = 2 · dOut";
  const broken = (rest: string): Files =>
    new Map([
      ...healthy,
      [path, healthy.get(path)!.replace(line, `  // (double.2) dX =\n${rest}\n  return 2;`)],
    ]);
  assertNone(derivationViolations(broken("  //   2 ·\n  //   dOut")));
  for (const rest of ["  //   2 ·\n  //   dX", "  // 2 · dOut", "  //  2 · dOut"])
    assert.match(derivationViolations(broken(rest)).join("\n"), "double.md:38: expected", rest);
});

test("a project in which all is well passes", () => {
  assert.equal(derivationViolations(healthy), []);
});

test("a formula may go on in the next line of its comment, and columns may be aligned", () => {
  const comment = "// (double.1) out = 2 · x, for every entry";
  const wrapped = (rest: string): Files =>
    planted("src/backprop/double.ts", comment, `// (double.1) out = 2 ·\n  //   ${rest}`);
  assert.equal(derivationViolations(wrapped("x, for every entry")), []);
  const [violation] = derivationViolations(wrapped("y, for every entry"));
  assert.match(violation!, "double.md:36: expected doubleForward");
  assert.match(violation!, "says (double.1) out = 2 · y");
  const header = "| tag | as the code says it | file | function |";
  const aligned = "| tag  | as the code says it | file   | function |";
  assert.equal(derivationViolations(planted("derivations/double.md", header, aligned)), []);
});

test("every mistake is found, with file and line", () => {
  const [notation, chapter, code] = [
    "derivations/notation.md",
    "derivations/double.md",
    "src/backprop/double.ts",
  ];
  const mistakes: [
    what: string,
    path: string,
    from: string,
    to: string,
    ...complaints: string[],
  ][] = [
    [
      "formula changed in the code",
      code,
      "(double.2) dX = 2 · dOut",
      "(double.2) dX = 3 · dOut",
      "double.md:38: expected doubleInputBackward",
      "says (double.2) dX = 3 · dOut",
    ],
    [
      "formula changed in the table",
      chapter,
      "`dX = 2 · dOut`",
      "`dX = dOut · 2`",
      "double.md:38: expected doubleInputBackward",
      "to say (double.2) dX = dOut · 2",
    ],
    [
      "formula cut short in the table",
      chapter,
      "`dX = 2 · dOut`",
      "`dX = 2`",
      "double.md:38: expected",
    ],
    [
      "formula cut off inside a bracket",
      chapter,
      "`\\|x\\| = max(x, −x)`",
      "`\\|x\\| = max(x`",
      "double.md:39: expected",
    ],
    [
      "formula goes on in the code",
      code,
      "(double.1) out = 2 · x, for",
      "(double.1) out = 2 · x + 1, for",
      "double.md:36: expected",
    ],
    [
      "formula in code only, not in a comment",
      code,
      "// (double.2) dX = 2 · dOut",
      '|| "(double.2) dX = 2 · dOut"',
      "does not cite (double.2)",
      "doubleInputBackward cites no equation",
      "doubleBackward cites no equation",
    ],
    [
      "formula moved to another function",
      code,
      "  return { dX: await doubleInputBackward(dOut) };",
      "  // (double.2) dX = 2 · dOut\n  return { dX: await doubleInputBackward(dOut) };",
      "double.ts:10: says (double.2) dX = 2 · dOut, " +
        "but the chapter's table has no row for it in this function",
    ],
    [
      "second, different wording in one function",
      code,
      "  return multiply(dOut, 2);",
      "  // (double.2) dX = dOut + dOut\n  return multiply(dOut, 2);",
      "double.ts:15: says (double.2) dX = dOut + dOut",
    ],
    [
      "row missing",
      chapter,
      "| double.2 | `dX = 2 · dOut` | `src/backprop/double.ts` | `doubleInputBackward` |\n",
      "",
      "double.md:18: (double.2) has no row",
      "double.ts:15: says (double.2)",
    ],
    ["step without a row", chapter, "| double.1a | step | | |\n", "", "(double.1a) has no row"],
    [
      "definition that code cites",
      chapter,
      "| double.1 | `out = 2 · x` | `src/backprop/double.ts` | `doubleForward` |",
      "| double.1 | definition | | |",
      "double.ts:5: says (double.1)",
    ],
    [
      "definition with a file",
      chapter,
      "| double.1a | step | | |",
      "| double.1a | step | `src/backprop/double.ts` | |",
      "double.md:37: a step has neither file nor function",
    ],
    [
      "definition and row at once",
      chapter,
      "| double.1a | step | | |",
      "| double.1a | step | | |\n| double.2 | step | | |",
      "(double.2) is a definition or a step, and yet",
    ],
    [
      "row without a tag",
      chapter,
      "| double.1a | step | | |",
      "| double.1a | step | | |\n| double.3 | step | | |",
      "double.md:38: the table has a row for (double.3)",
    ],
    [
      "row of too few cells",
      chapter,
      "| double.1a | step | | |",
      "| double.1a | step | |",
      "double.md:37: expected a row of four cells",
      "(double.1a) has no row",
    ],
    [
      "formula without backticks",
      chapter,
      "`out = 2 · x`",
      "out = 2 · x",
      "double.md:36: expected three cells in backticks",
      "(double.1) has no row",
      "double.ts:5: says (double.1)",
    ],
    [
      "unknown tag in the code",
      code,
      "(notation.1)",
      "(notation.7)",
      "double.ts:1: cites (notation.7), but derivations/notation.md has no such equation",
    ],
    [
      "unknown chapter in the code",
      code,
      "(notation.1)",
      "(halving.1)",
      "double.ts:1: cites (halving.1), but there is no chapter",
    ],
    [
      "unknown tag in prose",
      chapter,
      "By (double.1),",
      "By (double.11),",
      "double.md:7: cites (double.11)",
    ],
    [
      "unknown tag in the code of a page",
      notation,
      "`// (double.2) dX = 2 · dOut`",
      "`// (double.3) dX = 2 · dOut`",
      "notation.md:5: cites (double.3)",
    ],
    [
      "function missing",
      chapter,
      "`doubleInputBackward`",
      "`doubleInputsBackward`",
      "double.md:38: src/backprop/double.ts has no doubleInputsBackward",
      "double.ts:15: says",
    ],
    [
      "row for another function of the file",
      chapter,
      "`doubleInputBackward`",
      "`doubleBackward`",
      "double.md:38: expected doubleBackward in src/backprop/double.ts to say (double.2) dX = " +
        "2 · dOut, but it does not cite (double.2)",
      "double.ts:15: says",
    ],
    [
      "method missing",
      chapter,
      "`Double.size`",
      "`Double.sizes`",
      "has no Double.sizes",
      "double.ts:25: says",
    ],
    [
      "file missing",
      chapter,
      "`src/backprop/double.ts` | `Double.size`",
      "`src/backprop/doubles.ts` | `Double.size`",
      "there is no file src/backprop/doubles.ts",
      "double.ts:25: says",
    ],
    [
      "tag defined twice",
      chapter,
      "\\tag{double.10}",
      "\\tag{double.2}",
      "double.md:25: (double.2) is defined twice",
      "row for (double.10)",
      "double.ts:25: cites (double.10)",
    ],
    [
      "numbers that do not ascend",
      chapter,
      "\\tag{double.1a}",
      "\\tag{double.11}",
      "(double.2) comes after (double.11)",
      "double.md:11: (double.11) has no row",
      "row for (double.1a)",
    ],
    [
      "tag of another chapter",
      chapter,
      "\\tag{double.1a}",
      "\\tag{notation.2}",
      "double.md:11: expected a tag such as",
      "row for (double.1a)",
    ],
    [
      "two tags in one display",
      chapter,
      "\\tag{double.1} $$",
      "\\tag{double.1} \\tag{double.1b} $$",
      "(double.1a) comes after (double.1b)",
      "double.md:5: a displayed equation has one tag at most",
      "(double.1b) has no row",
    ],
    [
      "tag outside a display",
      chapter,
      "By (double.1),",
      "By $x \\tag{double.1b}$,",
      "(double.1a) comes after (double.1b)",
      "double.md:7: \\tag{double.1b} stands outside",
      "(double.1b) has no row",
    ],
    [
      "display inside a paragraph",
      chapter,
      "and so\n\n$$",
      "and so\n$$",
      "a displayed equation needs an empty line",
    ],
    ["macro", chapter, "|x| = x", "\\def\\y{x} |x| = \\y", "no macros"],
    ["thin space", chapter, "|x| = x", "|x| = \\, x", "GitHub drops the backslash of \\,"],
    ["a link in a display", chapter, "|x| = x", "|x| = f[j](x)", "GitHub takes ]( for a link"],
    ["italics in a display", chapter, "|x| = x", "\\hat{x}_0 = \\hat{x}_{1}", "for italics"],
    [
      "table missing",
      chapter,
      "## Where it is in the code",
      "## Where it is",
      "does not end with ## Where it is in the code",
      "(double.1) has no row",
      "(double.1a) has no row",
      "(double.2) has no row",
      "(double.10) has no row",
      "double.ts:5: says",
      "double.ts:15: says",
      "double.ts:25: says",
    ],
    [
      "section without a table",
      notation,
      "| tag | as the code says it | file | function |\n| --- | --- | --- | --- |\n" +
        "| notation.1 | definition | | |\n",
      "",
      "notation.md:22: the section has no table",
      "(notation.1) has no row",
    ],
    [
      "something after the table",
      notation,
      "| notation.1 | definition | | |\n",
      "| notation.1 | definition | | |\n\nThe end.\n",
      "notation.md:29: expected a row of four cells and nothing after the table",
      "notation.md:30: expected a row",
    ],
    [
      "other columns",
      notation,
      "| tag | as the code says it | file | function |",
      "| tag | file | function | as the code says it |",
      "notation.md:26: expected | tag | as the code says it",
    ],
    [
      "no example",
      chapter,
      "```ts example\n2 * 3; // → 6",
      "```ts\n2 * 3; // → 6",
      "double.md:1: the chapter has no ```ts example block",
    ],
    [
      "pass without a citation",
      code,
      "  // (double.1) out = 2 · x, for every entry\n",
      "",
      "does not cite (double.1)",
      "src/backprop/double.ts: doubleForward cites no equation",
    ],
    [
      "composed pass that calls nothing that cites",
      code,
      "await doubleInputBackward(dOut)",
      "multiply(dOut, 2)",
      "src/backprop/double.ts: doubleBackward cites no equation",
    ],
    [
      "composed pass that calls itself",
      code,
      "await doubleInputBackward(dOut)",
      "await doubleBackward(dOut)",
      "src/backprop/double.ts: doubleBackward cites no equation",
    ],
    [
      "composed pass of which one part does not cite",
      code,
      "await doubleInputBackward(dOut) };\n}",
      "await doubleInputBackward(await otherBackward(dOut)) };\n}\n\n" +
        "export async function otherBackward(dOut: Tensor): Promise<Tensor> {\n  return dOut;\n}",
      ": otherBackward cites no equation",
      ": doubleBackward cites no equation",
    ],
    [
      "passes that only call each other",
      code,
      "await doubleInputBackward(dOut) };\n}",
      "await otherBackward(dOut) };\n}\n\n" +
        "export async function otherBackward(dOut: Tensor): Promise<Tensor> {\n" +
        "  return (await doubleBackward(dOut)).dX;\n}",
      ": otherBackward cites no equation",
      ": doubleBackward cites no equation",
    ],
    [
      "reading order without a chapter",
      notation,
      "[double](double.md)",
      "double",
      "notation.md: the reading order leaves out derivations/double.md",
    ],
    [
      "reading order with a chapter too many",
      notation,
      "[double](double.md)",
      "[double](double.md), [half](half.md)",
      "the reading order names derivations/half.md, which does not exist",
    ],
    [
      "reading order with a chapter twice",
      notation,
      "[double](double.md)",
      "[double](double.md), [double](double.md)",
      "names derivations/double.md twice",
    ],
    [
      "no reading order",
      notation,
      "## The chapters in reading order",
      "## The chapters",
      "no section with the reading order",
    ],
  ];
  for (const [what, path, from, to, ...complaints] of mistakes) {
    assert.ok(complaints.length > 0, what);
    const violations = derivationViolations(planted(path!, from!, to!));
    const missing = complaints.filter(
      (complaint) => !violations.some((violation) => violation.includes(complaint)),
    );
    const unexpected = violations.filter(
      (violation) => !complaints.some((complaint) => violation.includes(complaint)),
    );
    assert.ok(
      missing.length === 0 && unexpected.length === 0,
      `${what}: expected ${JSON.stringify(complaints)}, got ${JSON.stringify(violations, null, 1)}`,
    );
  }
});

test("a page that tells of results is read for what it cites, and may have no equation", () => {
  const story = "derivations/experiments.md";
  const told = (text: string): string[] =>
    derivationViolations(new Map([...healthy, [story, text]]));
  assert.equal(told("# Experiments\n\nBy (double.1), twice as much.\n"), []);
  assert.match(told("# Experiments\n\nBy (double.77).\n").join(), /double\.77/);
  assert.equal(told("# Experiments\n\n$$\na = b\n$$\n"), [
    `${story}: has an equation, which belongs into a chapter`,
  ]);
});

test("a part of a chapter goes on with the chapter's numbers, in a table of its own", () => {
  const part = (tag: string, row = tag, text = "(double.2) and (double.12)"): Files =>
    new Map([
      ...healthy,
      [
        "derivations/notation.md",
        healthy
          .get("derivations/notation.md")!
          .replace("(double.md) |", "(double.md), [its end](double-end.md) |"),
      ],
      [
        "derivations/double-end.md",
        `# The end\n\nBy ${text}:\n\n$$ x = x \\tag{${tag}} $$\n\n\`\`\`ts example\n1; // → 1\n` +
          "```\n\n## Where it is in the code\n\n| tag | as the code says it | file | function |\n" +
          `| --- | --- | --- | --- |\n| ${row} | step | | |\n`,
      ],
    ]);
  assert.equal(derivationViolations(part("double.12")), []);
  const end = "derivations/double-end.md";
  assert.equal(derivationViolations(part("double.2", "double.2", "(double.2)")), [
    `${end}:5: derivations/double.md has a (double.2) already`,
  ]);
  assert.match(
    derivationViolations(part("double-end.1")).join("\n"),
    `${end}:5: expected a tag such as \\tag{double.7}, got \\tag{double-end.1}`,
  );
  assert.match(
    derivationViolations(part("double.12", "double.10")).join("\n"),
    `${end}:15: the table has a row for (double.10), which no equation of the chapter bears`,
  );
  assert.equal(derivationViolations(part("double.12", "double.12", "(double.13)")), [
    `${end}:3: cites (double.13), but derivations/double.md and ${end} have no such equation`,
  ]);
  const alone = new Map(part("double.12"));
  alone.delete("derivations/double.md");
  assert.match(
    derivationViolations(alone).join("\n"),
    `${end}:5: expected a tag such as \\tag{double-end.7}`,
  );
});

test("GitHub's anchors: lower case, no punctuation, dashes for spaces, repeats numbered", () => {
  const page =
    "# The chain rule: why `dX` adds up?\n## A_b – c-d\n## Same\n## Same\n" +
    '### [A link](x.md) again ##\n```\n# no heading\n```\n<a id="by-hand"></a>\n## 日本語 と ∂\n';
  assert.equal(
    [...anchorsOf(page)],
    [
      "the-chain-rule-why-dx-adds-up",
      "a_b--c-d",
      "same",
      "same-1",
      "a-link-again",
      "日本語-と-",
      "by-hand",
    ],
  );
});

test("every kind of broken link is found, and good links are let through", () => {
  const target = ["derivations/double.md", "# Doubling\n\n## In numbers\n"] as const;
  const there = new Set([
    "README.md",
    "derivations",
    "derivations/double.md",
    "derivations/notation.md",
    "src",
    "src/backprop",
    "src/backprop/double.ts",
    "docs/curve.svg",
    "LICENSE",
  ]);
  const check = (text: string): string[] =>
    linkViolations(new Map([["README.md", text], target]), (path) => there.has(path));
  const good = [
    "[a](derivations/double.md) [b](derivations/double.md#in-numbers) [c](src/backprop/) " +
      '[d](#here) ![e](docs/curve.svg "A curve")\n\n# Here\n',
    '[a](https://example.org/nowhere.md#x) <img src="docs/curve.svg" width="80%"> <a ' +
      'href="LICENSE">licence</a>\n\n[ref]: derivations/notation.md\n',
    "`[a](nowhere.md)` and $x[n](c)$\n\n$$\nx[n](c)\n$$\n\n```md\n[a](nowhere.md)\n```\n",
  ];
  for (const text of good) assert.equal(check(text), [], text);
  const broken: [text: string, complaint: string][] = [
    [
      "\n[a](nowhere.md)",
      "README.md:2: the link nowhere.md leads to nowhere.md, which does not exist",
    ],
    ["![a](docs/curves.svg)", "leads to docs/curves.svg, which does not exist"],
    ["[![a](docs/curve.svg)](nowhere.md)", "leads to nowhere.md"],
    ["[a\nb](nowhere.md)", "leads to nowhere.md"],
    ["[ref]: derivations/none.md", "leads to derivations/none.md"],
    ['<img alt="x" src="nowhere.svg">', "leads to nowhere.svg"],
    [
      "[a](derivations/double.md#in-letters)",
      "names a heading that derivations/double.md does not have",
    ],
    ["[a](#nowhere)\n\n# Somewhere", "names a heading that README.md does not have"],
    ["[a](src/backprop/double.ts#L7)", "line numbers drift"],
    ["[a](/derivations/double.md)", "is not relative"],
    ["[a](../other/README.md)", "leaves the project"],
    ["[a](derivations/Double.md)", "does not exist"],
  ];
  for (const [text, complaint] of broken) {
    const violations = check(text);
    assert.is(
      violations.length,
      1,
      `${text}: expected one violation, got ${JSON.stringify(violations)}`,
    );
    assert.ok(
      violations[0]!.includes(complaint),
      `expected ${JSON.stringify(complaint)}, got ${JSON.stringify(violations[0])}`,
    );
  }
});

test.run();
