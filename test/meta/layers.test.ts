import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { catalog } from "leibniz/gradcheck";
import { Random } from "leibniz/tensor";
import { readChapter } from "./derivations.js";
import { assertNone, listFiles, readFiles, root } from "./project.js";
import { exportedFunctions, separate } from "./source-text.js";

/** The files of src/backprop that hold a layer or a loss: those that export a forward pass. */
const files = [...readFiles(listFiles("src/backprop"))]
  .filter(([, text]) => exportedFunctions(separate(text)).some((name) => name.endsWith("Forward")))
  .map(([path]) => path);
const chapters = [
  ...readFiles(listFiles("derivations").filter((path) => path.endsWith(".md"))),
].map(([path, text]) => readChapter(path, text));
const fixtures = [
  ...readFiles(listFiles("test/fixtures").filter((path) => path.endsWith("layers.json"))),
];

/** `src/backprop/max-pool2d.ts` → `maxPool2d` */
function layerName(path: string): string {
  return basename(path, ".ts").replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

test("every layer is in the catalog under its file's name, and nothing else is", () => {
  assert.ok(files.length >= 10, `expected all layers, got ${files.join(", ")}`);
  assert.equal(catalog.map(({ layer }) => layer).sort(), files.map(layerName).sort());
});

test("every layer exports both passes under its name", () => {
  assertNone(
    files.filter((path) => {
      const exported = exportedFunctions(separate(readFiles([path]).get(path)!));
      return !["Forward", "Backward"].every((pass) => exported.includes(layerName(path) + pass));
    }),
  );
});

/**
 * What is symmetric in a case, so that height and width could be exchanged without anyone noticing.
 */
function symmetries(
  layer: string,
  options: Readonly<Record<string, unknown>>,
  shapes: Readonly<Record<string, readonly number[]>>,
): string[] {
  const pairs = ["kernelSize", "stride", "padding", "dilation"]
    .filter((name) => options[name] !== undefined)
    .map((name) => [name, options[name]] as const);
  const images = Object.entries(shapes)
    .filter(([, shape]) => shape.length === 4)
    .map(([name, shape]) => [`the last axes of ${name}`, shape.slice(2)] as const);
  return [...pairs, ...images]
    .filter(([, value]) => !Array.isArray(value) || value.length !== 2 || value[0] === value[1])
    .map(([name, value]) => `${layer}: ${name} ${JSON.stringify(value)}`);
}

test("every layer has a case to be checked on, and none is the same on both axes", () => {
  for (const { layer, cases } of catalog) {
    const all = cases(new Random("meta"));
    assert.ok(all.length > 0, `${layer} has no case`);
    assertNone(
      all.flatMap(({ options, inputs }) =>
        symmetries(
          layer,
          options,
          Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.shape])),
        ),
      ),
    );
  }
});

test("random geometries are never the same on both axes, and every layer takes them", async () => {
  const drawn = new Map<string, Set<string>>();
  for (const { layer, sample, differentiable } of catalog) {
    const random = new Random(`sample ${layer}`);
    for (let i = 0; i < 40; i++) {
      const { options, inputs } = sample(random);
      const shapes = Object.fromEntries(
        Object.entries(inputs).map(([name, input]) => [name, input.shape]),
      );
      const pairs = Object.fromEntries(
        Object.entries(shapes).filter(([name]) => name !== "weight"),
      );
      assertNone(symmetries(layer, options, pairs));
      const { out } = await differentiable(options)(inputs);
      assert.ok(
        out.size > 0 && out.data.every(Number.isFinite),
        `${layer} ${JSON.stringify(options)}`,
      );
      drawn.set(layer, (drawn.get(layer) ?? new Set()).add(JSON.stringify([options, shapes])));
    }
  }
  for (const [layer, different] of drawn)
    assert.ok(different.size >= 15, `${layer}: only ${different.size} different geometries of 40`);
});

test("a case that is the same on both axes is found", () => {
  assert.equal(
    symmetries("conv2d", { stride: [2, 1], groups: 2 }, { x: [2, 2, 3, 4], bias: [3] }),
    [],
  );
  assert.equal(symmetries("conv2d", { stride: [2, 2] }, { x: [2, 2, 3, 4] }), [
    "conv2d: stride [2,2]",
  ]);
  assert.equal(symmetries("conv2d", { padding: 1 }, { x: [2, 2, 3, 4] }), ["conv2d: padding 1"]);
  assert.equal(symmetries("relu", {}, { x: [2, 3, 4, 4] }), ["relu: the last axes of x [4,4]"]);
});

test("with windows, each option differs from its default in some case", () => {
  for (const { layer, cases } of catalog.filter((entry) =>
    entry.cases(new Random(0)).some(({ options }) => "kernelSize" in options),
  )) {
    const used = cases(new Random("meta")).flatMap(({ options }) => Object.keys(options));
    assertNone(
      ["stride", "padding"]
        .filter((name) => !used.includes(name))
        .map((name) => `${layer}: no case has a ${name}`),
    );
  }
});

test("every layer has a chapter of its own, or rows in another's, and its own tests", () => {
  const inTables = new Set(chapters.flatMap(({ rows }) => rows.map((row) => row.file)));
  assertNone(
    files
      .filter(
        (path) =>
          !chapters.some(({ name }) => name === basename(path, ".ts")) && !inTables.has(path),
      )
      .map((path) => `${path}: no chapter`),
  );
  assertNone(
    files
      .filter(
        (path) => !existsSync(join(root, "test/backprop", `${basename(path, ".ts")}.test.ts`)),
      )
      .map((path) => `${path}: no test file`),
  );
});

test("every layer is compared with recorded results of another engine", () => {
  assert.ok(fixtures.length > 0, "expected recorded layers in test/fixtures");
  const recorded = new Set(
    fixtures.flatMap(([, text]) =>
      (JSON.parse(text) as { layers: { layer: string }[] }).layers.map(({ layer }) => layer),
    ),
  );
  const exceptions = new Set([
    "flatten", // moves no number, so no engine's numbers say more about it than its own test does
    // draws its mask, and no two engines draw alike; with the mask given, it is one product
    "dropout",
    // is given its branches; what it adds is one sum, and the branches are layers that are compared
    "residual",
  ]);
  assertNone(
    catalog
      .filter(({ layer }) => !exceptions.has(layer) && !recorded.has(layer))
      .map(({ layer }) => `${layer}: no recorded case`),
  );
});

test.run();
