import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { catalog, layerFile } from "leibniz/gradcheck";
import {
  emptyBackward,
  type EmptiedFunction,
  emptyLoops,
  type Hint,
  hintsFor,
  hintsForLoops,
  leaveOutLine,
  stepHints,
  stepsOf,
  stepsToLoops,
  toolsOf,
} from "leibniz/checks";
import { root } from "../../helpers/cli.js";

const chapters = new Map(
  readdirSync(join(root, "derivations"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => [name.slice(0, -3), readFileSync(join(root, "derivations", name), "utf8")]),
);

/** Of every layer, at both levels, what is to be written in each function and its hints. */
const everything = catalog.flatMap(({ layer }) => {
  const source = readFileSync(join(root, "src/backprop", `${layerFile(layer)}.ts`), "utf8");
  const { line, steps } = stepsOf[layer]!;
  return [emptyBackward(source), leaveOutLine(source, line)].flatMap(({ functions }, i) => {
    const all = hintsFor(functions, { steps, chapters });
    const own = functions.map((one) => ({
      where: `${layer}, level ${2 - i}, ${one.name}`,
      one,
      steps: steps[one.name]!,
      hints: all.filter(({ about }) => about.startsWith(`${one.name},`)),
    }));
    assert.is(own.flatMap(({ hints }) => hints).length, all.length, layer);
    return own;
  });
});

const tagOf = ({ about }: Hint): string | undefined => /: \((.+)\)$/.exec(about)?.[1];

/** Lines that say something of their own. */
const codeOf = ({ lines }: EmptiedFunction): readonly string[] =>
  lines.map((line) => line.trim()).filter((line) => line.length > 12 && !line.startsWith("//"));

/** A question ends with its mark, and has nothing of the answer's equation but the left side. */
function noGiveaway(asked: Hint, told: Hint, where: string): void {
  const [question, ...known] = asked.text.split(/\n+/);
  assert.match(question!, /\?$/, where);
  const formula = told.text
    .split("\n")
    .find((line) => /^ {4}\S/.test(line))!
    .trim();
  for (const side of formula.split(/ = | {3}/).slice(1))
    assert.not.ok(side.length > 3 && question!.includes(side), `${where}: ${question}: ${side}`);
  const answer = formula.slice(formula.indexOf(" = ") + 3);
  for (const equation of known)
    assert.not.ok(equation.endsWith(answer), `${where}: "${equation}" is the answer`);
}

test("each step is a question, then its answer; at the end is what leibniz has", () => {
  for (const { where, one, hints } of everything) {
    assert.ok(hints.length >= 5 && hints.length % 2 === 1, `${where}: ${hints.length} hints`);
    const count = (hints.length - 3) / 2;
    for (let i = 0; i < count; i++) {
      const [asked, told] = [hints[2 * i]!, hints[2 * i + 1]!];
      const about = `${one.name}, step ${i + 1} of ${count}`;
      assert.is(asked.about, about, where);
      assert.is(told.about, `${about}: (${tagOf(told)})`, where);
      noGiveaway(asked, told, where);
    }
    assert.equal(
      hints.slice(-3).map(({ about }) => about),
      ["in short", "what it takes", "as leibniz has it"].map((what) => `${one.name}, ${what}`),
    );
    assert.is(hints.at(-1)!.text, one.lines.join("\n"), where);
  }
});

test("the steps get to every equation that is to be written, and end with one of them", () => {
  for (const { where, one, hints } of everything) {
    const tags = hints.flatMap((hint) => tagOf(hint) ?? []);
    const written = one.equations.map(({ tag }) => tag);
    for (const tag of written) assert.ok(tags.includes(tag), `${where} does not get to (${tag})`);
    assert.ok(written.includes(tags.at(-1)!), `${where} ends with (${tags.at(-1)})`);
  }
});

test("no hint but the last has a line of the solution in it", () => {
  for (const { where, one, hints } of everything)
    for (const { about, text } of hints.slice(0, -1))
      for (const line of codeOf(one))
        assert.not.ok(text.includes(line), `${where}: "${about}" has ${line}`);
});

test("no hint shows LaTeX", () => {
  for (const { where, hints } of everything)
    for (const { about, text } of hints.slice(0, -1))
      assert.not.match(text, /\\[a-zA-Z]|\$\$|[_^]\{|pmatrix|thinspace/, `${where}, ${about}`);
});

test("where one line is left out, what leads to the equations above it is not asked again", () => {
  const tagsOf = (where: string): readonly (string | undefined)[] =>
    everything
      .find((one) => one.where === where)!
      .hints.filter((_, i) => i % 2 === 1)
      .map(tagOf);
  const [whole, line] = [2, 1].map((level) => tagsOf(`affine, level ${level}, affineBackward`));
  assert.equal(line!.slice(0, -1), ["affine.6", "affine.7", "affine.8", "affine.9"]);
  assert.equal(whole!.slice(0, 4), ["affine.3", "affine.4", "affine.5", "affine.6"]);
});

test("in loops, too, each step is asked, then told, up to every equation of theirs", () => {
  for (const { layer } of catalog) {
    const file = join(root, "src/checks/exercises/loops", `${layerFile(layer)}.ts`);
    const exercise = emptyLoops(layer, readFileSync(file, "utf8"));
    const written = exercise.functions.flatMap(({ equations }) => equations.map(({ tag }) => tag));
    const steps = stepsToLoops(layer, stepsOf[layer]!, written);
    const hints = hintsForLoops(exercise, stepHints("backward", steps, chapters));
    const tags = steps.map(({ tag }) => tag);
    for (const tag of written) assert.ok(tags.includes(tag), `${layer} does not get to (${tag})`);
    assert.ok(written.includes(tags.at(-1)!), `${layer} ends with (${tags.at(-1)})`);
    assert.is(new Set(tags).size, tags.length, layer);
    for (const [i, { tag }] of steps.entries()) {
      const [asked, told] = [hints[2 * i]!, hints[2 * i + 1]!];
      assert.is(tagOf(told), tag);
      noGiveaway(asked, told, `${layer}, level 3`);
    }
    assert.is(hints.at(-1)!.text, exercise.functions[0]!.lines.join("\n"));
  }
});

const gain = [
  "# Gain",
  "Start.",
  "",
  "$$",
  "a",
  "\\tag{gain.1}",
  "$$",
  "",
  "```ts equation",
  "equals(1, 1);",
  "```",
  "",
  "The slope $\\mathrm{dX} \\cdot \\sum_i x$ is *two*, see [there](there.md), and (gain.1):",
  "",
  "$$",
  "b",
  "\\tag{gain.2}",
  "$$",
  "",
  "```ts equation",
  "equals(slope(f, 1), 2);",
  "```",
  "",
  "<details><summary>The stage</summary>",
  "",
  "</details>",
  "",
  "Sum up:",
  "",
  "![A sum of three numbers](figures/gain.svg)",
  "",
  "$$ c \\tag{gain.3} $$",
].join("\n");

test("an answer has the chapter's words, equation and block, and what they refer to", () => {
  const steps = [
    { ask: "From (gain.1), what next?", tag: "gain.2" },
    { ask: "And then?", tag: "gain.3" },
  ];
  assert.equal(stepHints("gainBackward", steps, new Map([["gain", gain]])), [
    { about: "gainBackward, step 1 of 2", text: "From (gain.1), what next?\n\n(gain.1) is  a" },
    {
      about: "gainBackward, step 1 of 2: (gain.2)",
      text:
        "The slope dX · Σ_i x is two, see there, and (gain.1):\n\n    b\n\n(gain.1) is  a\n\n" +
        "(derivations/gain.md, line 15)\n\nThe same as `leibniz derive gain` runs it:\n\n" +
        "    equals(slope(f, 1), 2);",
    },
    { about: "gainBackward, step 2 of 2", text: "And then?" },
    {
      about: "gainBackward, step 2 of 2: (gain.3)",
      text: "Sum up:\n\n    c\n\n(derivations/gain.md, line 32)",
    },
  ]);
  // the same in two parts, whose names are in another order
  const end = gain.indexOf("The slope");
  const parts = new Map([
    ["gain-back", gain.slice(end)],
    ["gain", gain.slice(0, end)],
  ]);
  const [, told] = stepHints("gainBackward", steps, parts);
  assert.match(told!.text, "\n\n(gain.1) is  a\n\n(derivations/gain-back.md, line 3)\n\n");
  assert.match(told!.text, "`leibniz derive gain-back` runs it");
});

test("the hint about tools names what is called, and not what the lines define themselves", () => {
  const { hints } = everything.find(({ where }) => where === "conv2d, level 2, conv2dBackward")!;
  const { text } = hints.find(({ about }) => about.endsWith("what it takes"))!;
  assert.is(
    text.split("\n")[0],
    "backend.sumPerChannel, backend.matmulSum, .reshape, backend.productOntoImages",
  );
  assert.match(text, "filtersᵀ · dOut, and col2im of it");
  assert.not.match(text, "import");
});

test("every tool that leibniz uses is explained, or stands in the exercise's file", () => {
  for (const { where, one, hints } of everything) {
    const [names, ...rest] = hints.at(-2)!.text.split("\n");
    if (rest.length === 0) continue;
    for (const name of names!.split(", ").filter((one) => !one.startsWith("Math."))) {
      const isExplained = rest.some((line) => line.includes(`${name.replace(/^\./, "")}(`));
      const isBeside = new RegExp(`\\b${name}\\b`).test(one.signature.join() + sourceOf(where));
      assert.ok(isExplained || isBeside, `${where}: ${name}`);
    }
  }
});

/** The functions that a layer's file defines or imports from beside it. */
function sourceOf(where: string): string {
  const file = `${layerFile(where.split(",")[0]!)}.ts`;
  const source = readFileSync(join(root, "src/backprop", file), "utf8");
  return [...source.matchAll(/^(?:export )?(?:async )?function \w+|^import [^;]*;/gm)].join("\n");
}

test("names that stand above the lines are no tools", () => {
  const lines = [
    "  // (a.1) backend.no()",
    "  const s = await backend.add(round(1), zip(a, b, f));",
  ];
  assert.is(toolsOf(lines, ["round"]).split("\n")[0], "backend.add, zip");
  assert.is(toolsOf(["  return { dX };"]), "nothing but arithmetic");
});

test.run();
