import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { transform } from "esbuild";
import { catalog, layerFile } from "leibniz/gradcheck";
import {
  emptyBackward,
  type EmptiedFunction,
  type Exercise,
  type Graded,
  leaveOutLine,
  scopeOf,
  stepsOf,
  toolboxOf,
  Variants,
} from "leibniz/checks";
import * as tensors from "leibniz/tensor";
import { root } from "../../helpers/cli.js";

const folder = join(root, "src/backprop");
const sources = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));

interface Made {
  readonly exercise: Exercise;
  readonly comment: string;
}

/** Both levels of an exercise, all of the backward pass first. */
function madeOf(layer: string): readonly [Made, Made] {
  const source = readFileSync(join(folder, `${layerFile(layer)}.ts`), "utf8");
  const { line } = stepsOf[layer]!;
  const [all, one] = [emptyBackward(source), leaveOutLine(source, line)];
  return [
    { exercise: all, comment: toolboxOf(all, { sources }) },
    { exercise: one, comment: toolboxOf(one, { sources, line }) },
  ];
}

/** The names that the comment says a function can use, as they are written. */
function namesFor({ name }: EmptiedFunction, comment: string): readonly string[] {
  const parts = comment.split(/^ \* (?=(?:In )?\w+ (?:is yours|one line is))/m);
  const own = parts.find((part) => new RegExp(`^(?:In )?${name} `).test(part))!;
  const tools = /Imported to write it with:[\s\S]*/.exec(comment)?.[0] ?? "";
  const above = /already: ([\s\S]*?)\.\n/.exec(own)?.[1];
  const defined = above === undefined ? [] : above.replace(/\n \* /g, " ").split(", ");
  const rows = [...`${own}\n${tools}`.matchAll(/^ \* {3}(?!a\.)([A-Za-z][\w.]*(?:, \w+)*)/gm)];
  return [...new Set([...defined, ...rows.flatMap(([, names]) => names!.split(", "))])];
}

test("the comment fits its lines, and offers what there is, once", () => {
  for (const { layer } of catalog)
    for (const { exercise, comment } of madeOf(layer)) {
      for (const line of comment.split("\n")) assert.ok(line.length <= 100, `${layer}: ${line}`);
      const [, offered] = /import \{ (.+) \} from\s+(?:\* )?"leibniz\/tensor"/.exec(comment)!;
      for (const name of offered!.split(", ")) {
        assert.ok(name in tensors, `${layer}: ${name}`);
        for (const one of exercise.functions) {
          const scope = scopeOf(exercise.text, one, sources);
          const held = [
            ...scope.tensors,
            ...scope.above,
            ...scope.given.map((given) => given.name),
          ];
          assert.not.ok(held.includes(name), `${layer}: ${name} is there already`);
        }
      }
      for (const one of exercise.functions) {
        assert.match(comment, new RegExp(`\\b${one.name}\\b`));
        const names = namesFor(one, comment);
        const hasBackend = one.signature.join().includes("backend: Backend");
        assert.is(names.includes("backend"), hasBackend, `${layer}, ${one.name}: ${names.join()}`);
      }
    }
});

test("what only some shapes ask for is offered there, and nowhere else", () => {
  const [loss, norm, pool] = ["softmaxCrossEntropy", "batchNorm2d", "maxPool2d"].map(
    (layer) => madeOf(layer)[1].comment,
  ) as [string, string, string];
  assert.match(loss, /^ \* {3}a\.item\(\) +the number in a tensor of one entry, such as dOut$/m);
  assert.match(norm, /^ \* {3}a\.reshape\(\[C, 1, 1\]\) +a number for each channel/m);
  assert.not.match(norm, "a.item()");
  assert.not.match(pool, /a\.item\(\)|\[C, 1, 1\]/);
});

test("what a function is given is told by docstrings, how it is used by its type", () => {
  const [all, line] = madeOf("conv2d");
  const [one] = all.exercise.functions as [EmptiedFunction];
  const { given, above, returns } = scopeOf(all.exercise.text, one, sources);
  assert.equal(
    given.map(({ name }) => name),
    ["dOut", "cols", "weight", "outShape", "hasBias", "backend", "wantsDX"],
  );
  assert.is(given[0]!.says, "[N, K, outH, outW]");
  assert.match(given[1]!.says, /^the windows of x, .*; .*cols\.layOut\(\) is a tensor$/);
  assert.equal(above, ["N", "G", "R", "P", "dOutRows"]);
  assert.match(returns, /^dX \[N, C, H, W\] or null/);
  assert.match(
    line.comment,
    /^\/\*\n \* In conv2dBackward one line is yours to write, that of \(con/,
  );
  assert.match(line.comment, "Above your place stand already: N, G, R, P, dOutRows, dBias.");
});

test("variables of a loop are above the reader's place inside it, and not behind it", () => {
  const one = (lines: readonly string[]): readonly string[] =>
    scopeOf(
      "",
      {
        name: "gainBackward",
        equations: [],
        lines: [],
        signature: ["export function gainBackward(dOut: Tensor): Tensor {"],
        before: lines.slice(0, -1),
        stub: lines.slice(-1),
      },
      [],
    ).above;
  const loop = [
    "  const [a, , b] = pair;",
    "  for (let n = 0; n < 3; n++) {",
    "    const { c, d: e } = at(n);",
  ];
  assert.equal(one([...loop, "    // Yours"]), ["a", "b", "n", "c", "e"]);
  assert.equal(one([...loop, "  }", "  // Yours"]), ["a", "b"]);
});

test("helpers of the file come with their arguments, numbers are called numbers", () => {
  const [all] = madeOf("gelu");
  const [slope, backward] = all.exercise.functions as [EmptiedFunction, EmptiedFunction];
  const { given, helpers } = scopeOf(all.exercise.text, slope, sources);
  assert.equal(given, [{ name: "x", says: "a number" }]);
  assert.equal(
    helpers.map(({ name }) => name),
    ["probabilityBelow(x)", "density(x)"],
  );
  const ofBackward = scopeOf(all.exercise.text, backward, sources);
  assert.equal(
    ofBackward.given.map(({ name }) => name),
    ["dOut", "cache.slope", "backend"],
  );
});

test("the last hint, pasted, is right on every layer; the comment's names are there", async () => {
  const variants = new Variants();
  const grader = new URL("checks/exercises/grade.js", `file://${root}/dist/`).href;
  const graded = async (layer: string): Promise<void> => {
    const [all, line] = madeOf(layer);
    let text = all.exercise.text;
    const paste = (one: EmptiedFunction, comment: string, place: string): void => {
      const lines = one.lines.join("\n");
      assert.ok(text.includes(place), `${layer}: ${place}`);
      text = text.replace(place, () => `void [${namesFor(one, comment).join(", ")}];\n${lines}`);
    };
    for (const one of all.exercise.functions) paste(one, all.comment, one.stub.join("\n"));
    // with the other places filled, that is the file in which one line is left out
    for (const one of line.exercise.functions) paste(one, line.comment, one.lines.join("\n"));
    const { code } = await transform(text, { loader: "ts", format: "esm" });
    const module = new URL(`backprop/${layerFile(layer)}.js`, `file://${root}/dist/`).href;
    const { grades } = (await variants.run({
      texts: new Map([[module, code]]),
      module: grader,
      input: { layer },
    })) as Graded;
    assert.ok(grades.length > 0 && grades.every(({ isRight }) => isRight === true), layer);
  };
  try {
    const half = Math.ceil(catalog.length / 2);
    const inTurn = async (some: typeof catalog): Promise<void> => {
      for (const { layer } of some) await graded(layer);
    };
    await Promise.all([inTurn(catalog.slice(0, half)), inTurn(catalog.slice(half))]);
  } finally {
    variants.end();
  }
});

test.run();
