/** The README: short, true, and the same in Japanese. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { leibnizHere } from "../helpers/cli.js";
import { codeBlocks, countWords, figuresOf, linkTargets, proseOf } from "./pages.js";
import { root } from "./project.js";

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const [english, japanese] = [read("README.md"), read("README.ja.md")];

/** A page that is read before anything is tried. */
const MOST_WORDS = 600;

/** What is wrong with the length of a README. */
function tooLong(readme: string): string | null {
  const [prose, code] = [proseOf(readme), codeBlocks(readme).join("\n")].map(countWords);
  const sum = prose! + code!;
  return sum <= MOST_WORDS ? null : `${prose} words, and ${code} in blocks of code: ${sum}`;
}

/** How a translation differs from its original in what is the same in every language. */
function differences(original: string, translation: string): string[] {
  const parts: [what: string, of: (readme: string) => string[]][] = [
    ["code", codeBlocks],
    ["figures", (readme) => figuresOf(proseOf(readme))],
    [
      "links",
      (readme) => linkTargets(readme).filter((target) => !/^README(?:\.ja)?\.md$/.test(target)),
    ],
  ];
  return parts.flatMap(([what, of]) => {
    const [theirs, ours] = [of(original), of(translation)];
    return JSON.stringify(theirs) === JSON.stringify(ours)
      ? []
      : [`${what}: ${theirs.join(" | ")} became ${ours.join(" | ")}`];
  });
}

test("the README has at most 600 words, those in its code included", () => {
  assert.is(tooLong(english), null);
  assert.is(tooLong(`${english}${" word".repeat(MOST_WORDS)}`)?.includes("words, and"), true);
  assert.ok(tooLong(`${english}\n\n    ${"word ".repeat(MOST_WORDS)}\n`));
});

test("its two commands are what they always were", () => {
  for (const readme of [english, japanese])
    assert.equal(codeBlocks(readme).slice(0, 2), ["npm ci && npm start", "npm ci && npm test"]);
});

test("the Japanese README has the same code, figures and links", () => {
  assert.equal(differences(english, japanese), []);
  const changed = (from: string, to: string): string[] =>
    differences(
      english,
      japanese.replace(from, () => to),
    ).map((one) => one.split(":")[0]!);
  assert.equal(changed("npm ci && npm start", "npm start"), ["code"]);
  assert.equal(changed("outChannels: 8", "outChannels: 9"), ["code"]);
  assert.equal(changed("99.01", "99.1"), ["figures"]);
  assert.equal(changed("(docs/design.md)", "(docs/README.md)"), ["links"]);
});

/** A row of a gradient check: which gradient, its relative error, and where that is the worst. */
const ROW = /\b(dX|dWeight|dBias)\b.*?([\d.]+e[+-]\d+).*?(\[[\d, ]+\]).*\bpass\b/g;

interface Checked {
  readonly argument: string;
  readonly maxRelativeError: number;
  readonly worstIndex: readonly number[];
}

test("the proof that it shows is what the gradient check says", async () => {
  const { status, stdout } = await leibnizHere("gradcheck", "conv2d", "--json");
  assert.is(status, 0);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Checked);
  const said = new Set(
    lines.map(({ argument, maxRelativeError, worstIndex }) =>
      [`d${argument}`.toLowerCase(), maxRelativeError.toExponential(1), `${worstIndex}`].join(" "),
    ),
  );
  const shown = [...english.matchAll(ROW)];
  assert.ok(shown.length >= 3);
  for (const [row, gradient, error, place] of shown)
    assert.ok(said.has(`${gradient!.toLowerCase()} ${error} ${JSON.parse(place!)}`), row);
  const [, checked, wrong, worst] =
    /(\d+) gradients checked, (\d+) wrong; largest\s+relative\s+error (\S+)/.exec(english)!;
  assert.is(Number(wrong), 0);
  assert.is(Number(checked), lines.length);
  const largest = Math.max(...lines.map((one) => one.maxRelativeError));
  assert.is(largest.toExponential(1), worst);
});

test.run();
