import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  describeGiven,
  emptyLoops,
  type Exercise,
  given,
  type Hint,
  hintsForLoops,
  lettersOf,
  Variants,
} from "leibniz/checks";
import { catalog, layerFile } from "leibniz/gradcheck";
import { type Nested, Random, tensor } from "leibniz/tensor";
import { root } from "../../helpers/cli.js";
import { errorsOf } from "./loops-work.js";

type Nest = number[][];

const sourceOf = (layer: string): string =>
  readFileSync(join(root, "src/checks/exercises/loops", `${layerFile(layer)}.ts`), "utf8");
const exerciseOf = (layer: string): Exercise => emptyLoops(layer, sourceOf(layer));
const compiled = (path: string): string => pathToFileURL(join(root, path)).href;

for (const { layer } of catalog) {
  test(`${layer}: its loops come to what the layer's own backward does`, async () => {
    const { backward } = (await import(
      compiled(`dist/checks/exercises/loops/${layerFile(layer)}.js`)
    )) as { backward: unknown };
    const errors = Object.entries(await errorsOf(layer, backward));
    assert.ok(errors.length > 0);
    for (const [name, error] of errors) assert.ok(Number(error) < 1e-12, `${name}: ${error}`);
  });
}

test("the last hint, written into the file, is right for every layer", async () => {
  const variants = new Variants();
  const module = compiled(".test-build/checks/exercises/loops-work.js");
  const learner = compiled("dist/checks/exercises/learner.js");
  try {
    for (const { layer } of catalog) {
      const exercise = exerciseOf(layer);
      const { about, text } = hintsForLoops(exercise, []).at(-1)!;
      assert.is(about, "backward, as leibniz has it");
      const written = exercise.text.replace(/^ {2}\/\/ Yours\..*\n.*return \{\};$/m, () => text);
      assert.not.match(written, "return {}");
      const { code } = await transform(written, { loader: "ts" });
      const task = { texts: new Map([[learner, code]]), module, input: layer };
      const errors = (await variants.run(task)) as Record<string, number | string>;
      for (const name of Object.keys(errors))
        assert.ok(Number(errors[name]) < 1e-12, `${layer}, ${name}: ${errors[name]}`);
    }
  } finally {
    variants.end();
  }
});

test("an untouched file has no gradients, and one without backward is refused", async () => {
  const { text } = exerciseOf("affine");
  const { code } = await transform(text, { loader: "ts", format: "esm" });
  const untouched = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    backward: unknown;
  };
  assert.equal(Object.values(await errorsOf("affine", untouched.backward, 0)), [
    "no gradient: undefined",
    "no gradient: undefined",
    "no gradient: undefined",
  ]);
  await errorsOf("affine", undefined).then(
    () => assert.unreachable(),
    (error: Error) =>
      assert.is(
        error.message,
        "affine: expected a file with export function backward, got one without",
      ),
  );
});

test("the file has what it takes to write it, and none of the answer", async () => {
  for (const { layer } of catalog) {
    const { text, functions } = exerciseOf(layer);
    const { given: names, returned } = lettersOf(layer);
    const signature = /export function backward\(\{([^}]*)\}\) \{/.exec(text)![1]!;
    assert.equal(
      signature.split(",").flatMap((name) => name.trim() || []),
      Object.keys(names),
    );
    const [{ lines, equations }] = functions as [Exercise["functions"][0]];
    assert.not.match(text, lines.join("\n"));
    assert.ok(equations.length > 0, layer);
    for (const { formula } of equations) assert.not.match(text, formula);
    for (const line of text.split("\n")) assert.ok(line.length <= 100, `${layer}: ${line}`);
    for (const line of describeGiven(layer)) assert.ok(text.includes(line), line);
    for (const gradient of Object.keys(returned)) assert.match(text, `${gradient} [`);
    assert.is(lines.at(-1), `  return { ${Object.keys(returned).join(", ")} };`);
    // the names that are used are given, imported, or there
    const { warnings } = await transform(text, { loader: "ts" });
    assert.equal(warnings, []);
  }
});

test("where all arrays are flat, the file does not speak of nested ones", () => {
  for (const { layer } of catalog) {
    const { given: names, returned } = lettersOf(layer);
    const shapes = [...Object.values(names).map(({ axes }) => axes), ...Object.values(returned)];
    const isFlat = shapes.every((axes) => axes.length <= 1);
    const { text } = exerciseOf(layer);
    assert.is(text.includes("Given. [M] is an array of M numbers, read as x[i]:"), isFlat, layer);
    assert.is(text.includes("zeros(M) makes such an array"), isFlat, layer);
    assert.is(
      text.includes("Given. [N, C] are nested arrays, read as dOut[n][c]:"),
      !isFlat,
      layer,
    );
    // what it is said of is there
    assert.is(isFlat && !("M" in names), false, layer);
  }
});

test("hints: steps, equations, which loops, the loops with gaps, the loops", () => {
  const steps: readonly Hint[] = [{ about: "backward, (conv2d.5b)", text: "What moves?" }];
  for (const { layer } of catalog) {
    const exercise = exerciseOf(layer);
    const hints = hintsForLoops(exercise, steps);
    assert.equal(
      hints.map(({ about }) => about),
      [
        "backward, (conv2d.5b)",
        "backward, in short",
        "backward, which loops",
        "backward, all but the lines that matter",
        "backward, as leibniz has it",
      ],
    );
    const [, , loops, blanked, whole] = hints.map(({ text }) => text) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const gaps = [...blanked.matchAll(/^.* (d[A-Z]\w*)\[.* \+?= …;$/gm)].map(([, name]) => name!);
    for (const name of Object.keys(lettersOf(layer).returned)) {
      assert.ok(gaps.includes(name), `${layer}: nothing is left out for ${name}`);
      assert.match(loops, new RegExp(`^${name}\\[.*\\n +inside of loops over \\w+ < `, "m"));
    }
    assert.not.match(loops, /undefined|\bover$/m);
    // the rest stands as it is
    const rest = blanked.split("\n").filter((line) => !line.includes("…"));
    for (const line of rest) assert.ok(whole.includes(line), line);
  }
  // the search for a winner is what a max pooling is about
  const [short, , blanked] = hintsForLoops(exerciseOf("maxPool2d"), []).map(({ text }) => text) as [
    string,
    string,
    string,
  ];
  assert.match(short, "(pooling.4)");
  assert.match(blanked, /^ +if \(…\) \{$/m);
  assert.is(blanked.match(/^ +(?:let )?\[largest, winnerH, winnerW\] = …;$/gm)?.length, 2);
  const loops = hintsForLoops(exerciseOf("conv2d"), [])[1]!.text;
  assert.is(
    loops,
    [
      "dBias[k] += …",
      "    inside of loops over n < N, k < K, p < outH, q < outW",
      "dWeight[k][c][i][j] += …",
      "    inside of loops over n < N, k < K, p < outH, q < outW, c < C / G, i < kH, j < kW",
      "dX[n][first + c][h][w] += …",
      "    inside of loops over n < N, k < K, p < outH, q < outW, c < C / G, i < kH, j < kW",
      "An index that has a loop and is not on the left is summed over, hence +=.",
      "No loop runs over first, h, w: the loops' indices decide.",
      "first is the first channel of the filter's group.",
    ].join("\n"),
  );
});

test("what comes back and is no gradient is told in a line, and the others are read", async () => {
  const right = (row: Given): Record<string, unknown> => ({
    dX: row.x.map((values) => values.map(() => 0)),
    dWeight: row.weight.map((values) => values.map(() => 0)),
    dBias: row.weight.map(() => 0),
  });
  const told = async (change: (answer: Record<string, unknown>, row: Given) => unknown) =>
    (await errorsOf("affine", (row: Given) => change(right(row), row), 0))["weight"];
  const first = (value: unknown) => (answer: Record<string, unknown>) => {
    (answer["dWeight"] as unknown[][])[1]![2] = value;
    return answer;
  };
  const instead = (value: unknown) => (answer: Record<string, unknown>) => ({
    ...answer,
    dWeight: value,
  });
  const transposed = (answer: Record<string, unknown>): unknown => {
    const rows = answer["dWeight"] as Nest;
    return { ...answer, dWeight: rows[0]!.map((_, i) => rows.map((row) => row[i])) };
  };
  const inItself: unknown[] = [];
  inItself.push(inItself);
  const outside = "; an index outside of an array reads undefined, and sums with that are NaN";
  for (const [change, expected] of [
    [transposed, "its shape should be [3, 7], yours is [7, 3]: the transposed one"],
    [instead([1, 2]), "its shape should be [3, 7], yours is [2]"],
    [instead([[1, 2], [3]]), "its rows are of different length: [1] has 1, others have 2"],
    [instead([[1, 2], 3]), "its rows are of different depth: [1] is 3"],
    [instead([1, [2]]), "its rows are of different depth: [1] is an array"],
    [first(Number.NaN), `its entries should be finite numbers, [1][2] is NaN${outside}`],
    [first(undefined), `its entries should be finite numbers, [1][2] is undefined${outside}`],
    [first("2"), 'its entries should be finite numbers, [1][2] is "2"'],
    [first(Number.POSITIVE_INFINITY), "its entries should be finite numbers, [1][2] is Infinity"],
    [instead(inItself), `its rows are of different depth: ${"[0]".repeat(10)} is an array`],
    [instead("none"), 'expected nested arrays of shape [3, 7], got "none"'],
    [instead(5), "expected nested arrays of shape [3, 7], got 5"],
    [instead(null), "null came back, though it is asked for"],
    [instead(Promise.resolve()), "a Promise came back; loops need neither async nor await"],
    [
      ({ dWeight, ...answer }: Record<string, unknown>) => ({ ...answer, dw: dWeight }),
      "nothing came back under this name, but under dw",
    ],
    [() => undefined, "nothing came back; the last line has to be return { dX, dWeight, dBias };"],
    [() => [1], "expected return { dX, dWeight, dBias }; got an array"],
    [
      (answer: Record<string, unknown>, row: Given) => {
        row.dOut[0]![0]! *= 2;
        return answer;
      },
      "dOut was changed in place; it belongs to others, so write into new arrays",
    ],
  ] as const)
    assert.is(await told(change), expected);
  assert.is(await told(({ dWeight: _, ...answer }) => answer), "no gradient: undefined");
  assert.is(typeof (await told((answer) => answer)), "number");
  // rows of another kind are rows, too
  const typed = (answer: Record<string, unknown>): unknown => ({
    ...answer,
    dWeight: (answer["dWeight"] as Nest).map((row) => Float64Array.from(row)),
  });
  assert.is(typeof (await told(typed)), "number");
});

test("a gradient of a bias that is not there is handed on, for the check to refuse", async () => {
  const invented = (row: Given): unknown => ({ dBias: row.weight.map(() => 0) });
  assert.is((await errorsOf("affine", invented, 0))["dBias"], "a gradient of what is not there");
  const none = (): unknown => ({ dBias: null });
  assert.is((await errorsOf("affine", none, 0))["dBias"], undefined);
});

test("every layer is given all that is described, by its letters", async () => {
  const random = new Random("given");
  for (const { layer, cases, differentiable } of catalog) {
    assert.ok(existsSync(join(root, "src/checks/exercises/loops", `${layerFile(layer)}.ts`)));
    const [one] = cases(random) as [ReturnType<typeof cases>[0]];
    const { out } = await differentiable(one.options)(one.inputs);
    const values = await given(layer, one, random.uniform(out.shape, -1, 1, "float64"));
    const { given: names } = lettersOf(layer);
    assert.equal(Object.keys(values), Object.keys(names));
    for (const [name, { axes, entry, mayBeNull }] of Object.entries(names)) {
      const value = values[name];
      if (value === null && mayBeNull) continue;
      if (axes.length === 0) {
        assert.is(typeof value, entry === "mode" ? "string" : entry, `${layer}: ${name}`);
        continue;
      }
      const { shape } = tensor(value as Nested);
      const extents = axes.map((axis) =>
        axis === "C/G"
          ? Number(values["C"]) / Number(values["G"])
          : axis.split("·").reduce((size, letter) => size * Number(values[letter]), 1),
      );
      if (axes[0] === "size of out") assert.is(shape.length, 1);
      else assert.equal(shape, extents, `${layer}: ${name}`);
    }
  }
});

interface Given {
  readonly dOut: Nest;
  readonly x: Nest;
  readonly weight: Nest;
}

test.run();
