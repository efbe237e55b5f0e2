import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { emptyBackward } from "leibniz/checks";
import { leibniz, type Outcome, root, temporaryFolder } from "../helpers/cli.js";

const STUB =
  "  // Yours. Hints, one after the other: node check.mjs --hint 1, --hint 2, …\n" +
  "  return {} as never;";

/** An exercise outside the project, and its checker, as a reader runs it. */
function exercise(layer: string): { file: string; check: (...args: string[]) => Outcome } {
  const folder = join(temporaryFolder(), "mine");
  const { status, stderr } = leibniz("exercise", layer, "--out", folder);
  assert.equal([status, stderr], [0, ""]);
  const file = join(folder, `${layer}.ts`);
  return {
    file,
    check: (...args) =>
      spawnSync(process.execPath, [join(folder, "check.mjs"), ...args], {
        encoding: "utf8",
        timeout: 60_000,
      }),
  };
}

/**
 * The lines that the last hints give away, in the order of the functions; the last one is asked for
 * as a reader does.
 */
function solutions(layer: string, check: (...args: string[]) => Outcome): string[] {
  const { functions } = emptyBackward(
    readFileSync(join(root, "src/backprop", `${layer}.ts`), "utf8"),
  );
  const parts = functions.map(({ lines }) => lines.join("\n"));
  const { hints } = JSON.parse(check("--hint", "1", "--json").stdout) as { hints: number };
  const last = check("--hint", String(hints));
  assert.is(
    last.stdout,
    `hint ${hints} of ${hints}: ${functions.at(-1)!.name}, as leibniz has it\n\n${parts.at(-1)}\n`,
  );
  return parts;
}

for (const [layer, gradients] of [
  ["relu", ["dX"]],
  ["affine", ["dX", "dWeight", "dBias"]],
  ["conv2d", ["dX", "dWeight", "dBias"]],
] as const) {
  test(`${layer}: nothing is written, then what the hints say, and that is right`, () => {
    const { file, check } = exercise(layer);
    const before = check();
    assert.is(before.status, 1);
    for (const gradient of gradients)
      assert.match(before.stdout, new RegExp(`^${gradient} +not written yet$`, "m"));
    assert.match(before.stdout, `0 of ${gradients.length} gradients are right`);
    const parts = solutions(layer, check);
    let text = readFileSync(file, "utf8");
    for (const part of parts) text = text.replace(STUB, () => part);
    assert.not.match(text, "as never");
    writeFileSync(file, text);
    const after = check();
    assert.equal([after.status, after.stderr], [0, ""]);
    for (const gradient of gradients)
      assert.match(
        after.stdout,
        new RegExp(
          `^${gradient} +right in \\d\\d geometries; largest relative error \\d\\.\\de-\\d+$`,
          "m",
        ),
      );
    assert.match(after.stdout, `all of ${layer} is right`);
  });
}

test(
  "one gradient is graded while the other is not written yet, " +
    "and a wrong one is shown with numbers",
  () => {
    const { file, check } = exercise("affine");
    const [all] = solutions("affine", check) as [string];
    const text = readFileSync(file, "utf8");
    const parameters = all
      .replace(/^.*affine\.12.*\n.*\n/m, "")
      .replace("dX: dX as DX<Wanted>, ", "");
    assert.not.match(parameters, "dX");
    writeFileSync(
      file,
      text.replace(STUB, () => parameters),
    );
    const half = check();
    assert.is(half.status, 1);
    assert.match(half.stdout, /^dX +nothing came back under this name/m);
    assert.match(half.stdout, /^dWeight +right in/m);
    assert.match(half.stdout, "2 of 3 gradients are right");
    writeFileSync(
      file,
      text.replace(STUB, () =>
        parameters
          .replace("matmul(dOut, x", "matmul(dOut, dOut.slice([0, 1]) && x")
          .replace("sumPerChannel(dOut)", "sumPerChannel(x)"),
      ),
    );
    const wrong = check();
    assert.is(wrong.status, 1);
    assert.match(wrong.stdout, /^dBias +wrong: its shape should be \[3\], yours is \[7\]$/m);
    const rows = check("--json")
      .stdout.trim()
      .split("\n")
      .filter((line) => line !== "");
    for (const row of rows)
      assert.type((JSON.parse(row) as { gradient: string }).gradient, "string");
  },
);

test("what is no gradient is told by what it is, and the others are graded beside it", () => {
  const { file, check } = exercise("affine");
  const text = readFileSync(file, "utf8");
  const [all] = solutions("affine", check) as [string];
  const told = (...changes: readonly [string | RegExp, string][]): string => {
    const written = changes.reduce((lines, [from, to]) => {
      const changed = lines.replace(from, to);
      assert.is.not(changed, lines, `nothing to replace: ${String(from)}`);
      return changed;
    }, all);
    writeFileSync(
      file,
      text.replace(STUB, () => written),
    );
    const { status, stdout, stderr } = check();
    assert.equal([status, stderr], [1, ""]);
    return stdout;
  };
  const transposed = told(
    ["matmul(dOut, x,", "matmul(x, dOut,"],
    ["await backend.sumPerChannel(dOut)", "dOut"],
    ["dX: dX as DX<Wanted>", "dX: { dX: dOut }"],
  );
  assert.match(
    transposed,
    /^dWeight +wrong: its shape should be \[3, 7\], yours is \[7, 3\]: the transposed one$/m,
  );
  assert.match(
    transposed,
    new RegExp(
      "^dBias +wrong: its shape should be \\[3\\], yours is \\[5, 3\\]: something is not " +
        "summed yet, such as the batch$",
      "m",
    ),
  );
  assert.match(
    transposed,
    /^dX +wrong: expected a tensor of shape \[5, 7\], got an object with dX$/m,
  );
  const careless = told(
    ["= await backend.matmul", "= backend.matmul"],
    [/hasBias \? .*;/, "null;"],
    [
      "await backend.matmul(dOut, weight)",
      '(await backend.matmul(dOut, weight)).astype("float32")',
    ],
  );
  assert.match(careless, /^dWeight +wrong: a Promise came back; there is an `await` missing/m);
  assert.match(careless, /^dBias +wrong: null came back/m);
  assert.match(
    careless,
    new RegExp(
      "^dX +wrong: it should be of float64 .* yours is of float32: " +
        "Tensor\\.zeros\\(x\\.shape, x\\.dtype\\)$",
      "m",
    ),
  );
});

test(
  "a gradient under another name is not taken for one that is not written, " +
    "and an error names its line",
  () => {
    const { file, check } = exercise("relu");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(STUB, "  return { dx: dOut };"));
    assert.match(
      check().stdout,
      /^dX +nothing came back under this name; the function's type says what it returns$/m,
    );
    writeFileSync(file, text.replace(STUB, "  return null;")); // what fails is the caller
    assert.match(
      check().stderr,
      new RegExp(
        "relu\\.ts: expected a backward pass that runs, but it stopped: Cannot read " +
          "properties of null",
      ),
    );
  },
);

test("code that is no TypeScript, code that stops, and a missing file are one line each", () => {
  const { file, check } = exercise("relu");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(STUB, "  return { dX: ;"));
  const line = text.slice(0, text.indexOf(STUB)).split("\n").length;
  const broken = check();
  assert.is(broken.status, 2);
  assert.match(
    broken.stderr,
    new RegExp(
      `^leibniz: .*relu\\.ts:${line}: expected TypeScript, ` +
        `but Unexpected ";" \\(return \\{ dX: ;\\)\\n$`,
    ),
  );
  writeFileSync(file, text.replace(STUB, "  return zip(dOut, x);"));
  const stopped = check();
  assert.is(stopped.status, 1);
  assert.match(
    stopped.stderr,
    new RegExp(
      `^leibniz: .*relu\\.ts:${line}: expected a backward pass that runs, but it stopped: ` +
        `zip is not defined\\n$`,
    ),
  );
  const nowhere = leibniz(
    "exercise",
    "relu",
    "--check",
    "--out",
    join(temporaryFolder(), "nowhere"),
  );
  assert.is(nowhere.status, 2);
  assert.match(
    nowhere.stderr,
    /^leibniz: cannot read .*relu\.ts: there is no such file or folder\n$/,
  );
});

test("folders that cannot be made, or are files, are refused in one line", () => {
  const { file } = exercise("relu");
  const onFile = leibniz("exercise", "relu", "--out", file);
  assert.equal(
    [onFile.status, onFile.stderr],
    [2, `leibniz: ${file}: expected a folder, got ${file}, which is a file\n`],
  );
  // where mkdir says "no such file" for ever
  const below = leibniz("exercise", "relu", "--out", "/proc/leibniz/exercise");
  assert.equal(
    [below.status, below.stderr],
    [
      2,
      "leibniz: cannot make the folder /proc/leibniz/exercise: there is no such file or folder\n",
    ],
  );
});

test("--json prints objects and nothing else, whatever the code prints", () => {
  const folder = join(temporaryFolder(), "mine");
  const written = JSON.parse(leibniz("exercise", "relu", "--out", folder, "--json").stdout) as {
    functions: string[];
    hints: number;
  };
  assert.equal(written.functions, ["reluBackward"]);
  const file = join(folder, "relu.ts");
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(STUB, '  console.log("here");\n  return { dX: dOut };'),
  );
  const { status, stdout } = leibniz("exercise", "relu", "--check", "--out", folder, "--json");
  assert.is(status, 1);
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(
    rows.map(({ gradient, isRight }) => [gradient, isRight]),
    [["dX", false]],
  );
  assert.equal(Object.keys(rows[0]!), [
    "layer",
    "gradient",
    "isRight",
    "problem",
    "cases",
    "options",
    "shape",
    "maxRelativeError",
    "worstIndex",
    "analytic",
    "numeric",
    "hint",
  ]);
});

test("nothing is overwritten; unknown layers and hints are refused", () => {
  const { file } = exercise("relu");
  const text = "// my work\n";
  writeFileSync(file, text);
  const again = leibniz("exercise", "relu", "--out", join(file, ".."));
  assert.is(again.status, 2);
  assert.match(
    again.stderr,
    new RegExp(
      "^leibniz: --out: expected a folder without this exercise in it, got .*which holds " +
        "relu\\.ts; nothing was overwritten; choose another folder, or delete that one\\n$",
    ),
  );
  assert.is(readFileSync(file, "utf8"), text);
  const unknown = leibniz("exercise", "perceptron");
  assert.is(unknown.status, 2);
  assert.match(
    unknown.stderr,
    /^leibniz: exercise: expected a layer out of affine, .*, got "perceptron"\n$/,
  );
  const hint = leibniz("exercise", "relu", "--hint", "99");
  assert.is(hint.status, 2);
  assert.match(hint.stderr, /^leibniz: --hint: expected a hint from 1 to \d+, got 99\n$/);
});

test.run();
