import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { root } from "../helpers/cli.js";
import { linesOf, shapeViolations } from "./shape.js";

const folder = join(root, "derivations");
const chapters = readdirSync(folder)
  .filter((file) => file.endsWith(".md"))
  .map((file) => [file.slice(0, -".md".length), readFileSync(join(folder, file), "utf8")] as const)
  .filter(([, text]) => text.includes("\\tag{"));

/** Still in the order of a paper. */
const NOT_YET: readonly string[] = [];

test("there are chapters", () => {
  assert.ok(chapters.length >= 23);
});

for (const [name, text] of chapters)
  test(`${name} teaches in the order of all chapters`, () => {
    const violations = shapeViolations(name, text);
    if (NOT_YET.includes(name)) assert.ok(violations.length > 0, "take it off the list");
    else assert.equal(violations, []);
  });

const HEALTHY = `# Doubling

Doubling makes everything twice as large, which is what interest does.

![A bar and another one twice as long](figures/double.svg)

## The smallest case

One number: 3 becomes 6.

## The result

> The output has the shape of the input.
>
> $$
> \\mathrm{out} = 2 x
> $$
>
> **In a hurry:** (double.1).

## Twice

By definition

$$
\\mathrm{out} = 2 x
\\tag{double.1}
$$

\`\`\`ts equation
equals(out, 2 * x);
\`\`\`

Nothing else happens.

<details><summary>The stage</summary>

\`\`\`ts setting
const x = 3;
\`\`\`

</details>

It is done.

## With a pencil

**1.** Double 4.

<details><summary>Answer</summary>

\`\`\`ts example
2 * 4; // → 8
\`\`\`

</details>

**2.** Double 5.

<details><summary>Answer</summary>

\`\`\`ts example
2 * 5; // → 10
\`\`\`

</details>

**3.** Double 6.

<details><summary>Answer</summary>

\`\`\`ts example
2 * 6; // → 12
\`\`\`

</details>

## Sources

None.

## Where it is in the code

A table.
`;

test("a chapter in order has nothing wrong", () => {
  assert.equal(shapeViolations("double", HEALTHY), []);
  assert.equal(linesOf(HEALTHY), { prose: 33, mathematics: 4, code: 3, folded: 12 });
});

const folded = (at: number): string => HEALTHY.slice(HEALTHY.indexOf("<details>", at));
const stage = folded(0).slice(0, folded(0).indexOf("</details>") + "</details>".length);

for (const [what, changed, expected] of [
  ["no picture", HEALTHY.replace(/^!.*$/m, "See below."), /picture before the first section/],
  ["a picture first", HEALTHY.replace(/^Doubling.*\n\n/m, ""), /what and why before the picture/],
  ["no smallest case", HEALTHY.replace("## The smallest case", "## A case"), /The smallest case/],
  [
    "sources first",
    HEALTHY.replace("## Sources", "## S").replace("## Twice", "## Sources"),
    /order/,
  ],
  [
    "code first",
    HEALTHY.replace("One number", "```text\nx\n```\n\nOne number"),
    /before the first eq/,
  ],
  [
    "a visible stage",
    HEALTHY.replace("<details><summary>The stage</summary>", "Now:"),
    /in <details>/,
  ],
  [
    "a fold in a sentence",
    HEALTHY.replace("else happens.", "else:"),
    /splits a sentence; it ended/,
  ],
  ["a sentence after a fold", HEALTHY.replace("It is done", "as is done"), /it goes on with/],
  ["no summary", HEALTHY.replace(stage, stage.replace(/<summary>.*<\/summary>/, "")), /<summary>/],
  ["no box", HEALTHY.replace(/^>.*\n/gm, ""), /in a box/],
  ["another formula", HEALTHY.replace("out} = 2 x", "out} = 3 x"), /to the letter/],
  ["no hurry", HEALTHY.replace("**In a hurry:**", "See"), /In a hurry/],
  ["two problems", HEALTHY.replace("**2.** Double", "Double"), /expected (?:3 problems|problem)/],
  ["an answer that is not run", HEALTHY.replace("ts example\n2 * 5", "ts\n2 * 5"), /folded answer/],
  ["no sources", HEALTHY.replace("## Sources", "## Thanks"), /Sources/],
] as const)
  test(`${what} is found`, () => {
    assert.not.equal(changed, HEALTHY);
    assert.match(shapeViolations("double", changed).join("\n"), expected);
  });

test.run();
