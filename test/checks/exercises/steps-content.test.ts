/**
 * The steps that lead to a layer's backward: in the order of the chapter, none skipped, and asked
 * before they are told.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { catalog, layerFile } from "leibniz/gradcheck";
import { plain, plainFormula, stepsOf } from "leibniz/checks";
import { root } from "../../helpers/cli.js";

const layers = Object.entries(stepsOf);

/** An equation of a chapter, and where it stands. */
interface Equation {
  readonly tag: string;
  /** The page and the heading above it. */
  readonly section: string;
  /** In plain signs. */
  readonly formula: string;
  /** Whether the chapter's table says that it leads to another and no code is it. */
  readonly isStep: boolean;
}

const equations: readonly Equation[] = readdirSync(join(root, "derivations"))
  .filter((name) => name.endsWith(".md"))
  .flatMap((name) => {
    const markdown = readFileSync(join(root, "derivations", name), "utf8");
    const isStep = (tag: string): boolean => markdown.includes(`| ${tag} | step | | |`);
    return markdown.split(/^#+ /m).flatMap((text) =>
      [...text.matchAll(/\$\$([^$]*?)\\tag\{([^}]+)\}\s*\$\$/g)].map(([, latex, tag]) => ({
        tag: tag!,
        section: `${name}: ${text.split("\n", 1)[0]!}`,
        formula: plainFormula(latex!),
        isStep: isStep(tag!),
      })),
    );
  });

function equationOf(tag: string): Equation {
  const found = equations.find((equation) => equation.tag === tag);
  assert.ok(found, `no chapter has (${tag})`);
  return found!;
}

/** What the functions of a layer's file implement that lead back, by function. */
function implemented(layer: string): ReadonlyMap<string, readonly string[]> {
  const source = readFileSync(join(root, "src/backprop", `${layerFile(layer)}.ts`), "utf8");
  const bodies = source.matchAll(
    /^export (?:async )?function (\w+(?:Backward|Slope))[<(][\s\S]*?^}$/gm,
  );
  return new Map(
    [...bodies].map(([body, name]) => [
      name!,
      [...body.matchAll(/\/\/ \(([\w-]+\.\d+[a-z]?)\) /g)].map(([, tag]) => tag!),
    ]),
  );
}

test("every function that leads back has its steps, and they end with what it implements", () => {
  assert.equal(new Set(layers.map(([layer]) => layer)), new Set(catalog.map(({ layer }) => layer)));
  for (const [layer, { line, steps }] of layers) {
    const functions = implemented(layer);
    assert.equal(Object.keys(steps), [...functions.keys()], layer);
    for (const [name, written] of functions) {
      const tags = steps[name]!.map(({ tag }) => tag);
      assert.ok(written.length > 0, name);
      for (const tag of written) assert.ok(tags.includes(tag), `${name} does not get to (${tag})`);
      assert.is(tags.at(-1), written.at(-1), name);
      assert.is(new Set(tags).size, tags.length, `${name} has a step twice`);
    }
    assert.ok([...functions.values()].flat().includes(line), `${layer} has no line (${line})`);
  }
});

test("in each section the steps follow the chapter, and skip none of its steps", () => {
  for (const [, { steps }] of layers)
    for (const [name, list] of Object.entries(steps)) {
      const taken = list.map(({ tag }) => equationOf(tag));
      for (const section of new Set(taken.map((equation) => equation.section))) {
        const there = equations.filter((equation) => equation.section === section);
        const places = taken
          .filter((equation) => equation.section === section)
          .map((equation) => there.indexOf(equation));
        assert.equal(
          places,
          [...places].sort((a, b) => a - b),
          `${name} goes through "${section}" in another order`,
        );
        const skipped = there
          .slice(places[0], places.at(-1))
          .filter((equation) => equation.isStep && !taken.includes(equation));
        assert.equal(
          skipped.map(({ tag }) => tag),
          [],
          `${name} skips`,
        );
      }
    }
});

/** A formula's parts, without those that are a name alone: `σ²[n]`. */
const sidesOf = (formula: string): readonly string[] =>
  formula.split(/ = | {3}|, {2,}/).filter((side) => /[·⊙/Σ∂+-]/.test(side));

test("a question ends with its mark, and does not give its answer away", () => {
  for (const [, { steps }] of layers)
    for (const [name, list] of Object.entries(steps))
      for (const [i, { ask, tag }] of list.entries()) {
        const where = `${name}, (${tag}): ${ask}`;
        assert.match(ask, /^[^\n]+\?$/, where);
        for (const side of sidesOf(equationOf(tag).formula))
          assert.not.ok(ask.includes(side), `${where} has ${side}`);
        const toCome = list.slice(i).map((step) => step.tag);
        for (const other of named(ask)) {
          equationOf(other);
          assert.not.ok(toCome.includes(other), `${where} names what is still to come`);
        }
      }
});

function named(text: string): readonly string[] {
  return [...text.matchAll(/\(([\w-]+\.\d+[a-z]?)\)/g)].map(([, tag]) => tag!);
}

test("no name of LaTeX is left in the formulas of the steps, and no mark in their words", () => {
  for (const [, { steps }] of layers)
    for (const { ask, tag } of Object.values(steps).flat()) {
      assert.not.match(equationOf(tag).formula, /[\\{}$]|thinspace|mathrm|frac/, tag);
      assert.is(plain(ask), ask, tag);
    }
});

test.run();
