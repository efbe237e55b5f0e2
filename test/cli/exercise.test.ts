import { openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { emptyBackward } from "leibniz/checks";
import { leibnizHere, type Outcome, root, temporaryFolder } from "../helpers/cli.js";

const STUB =
  "  // Yours. Hints, one after the other: node check.mjs --hint 1, --hint 2, …\n" +
  "  return {} as never;";

interface Exercise {
  readonly file: string;
  /** What check.mjs does, in this process. */
  readonly check: (...args: string[]) => Promise<Outcome>;
  /** check.mjs itself, as a reader runs it. */
  readonly run: (...args: string[]) => Outcome;
}

/** An exercise outside the project, and its checker. */
async function exercise(layer: string): Promise<Exercise> {
  const folder = join(temporaryFolder(), "mine");
  const { status, stderr } = await leibnizHere("exercise", layer, "--out", folder);
  assert.equal([status, stderr], [0, ""]);
  const file = join(folder, `${layer}.ts`);
  return {
    file,
    check: (...args) => {
      const what = args.includes("--hint") ? args : ["--check", ...args];
      return leibnizHere("exercise", layer, "--out", folder, ...what);
    },
    run: (...args) =>
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
async function solutions(layer: string, check: Exercise["check"]): Promise<string[]> {
  const { functions } = emptyBackward(
    readFileSync(join(root, "src/backprop", `${layer}.ts`), "utf8"),
  );
  const parts = functions.map(({ lines }) => lines.join("\n"));
  const { hints } = JSON.parse((await check("--hint", "1", "--json")).stdout) as { hints: number };
  const last = await check("--hint", String(hints));
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
  test(`${layer}: nothing is written, then what the hints say, and that is right`, async () => {
    const { file, check, run } = await exercise(layer);
    const before = await check();
    assert.is(before.status, 1);
    for (const gradient of gradients)
      assert.match(before.stdout, new RegExp(`^${gradient} +not written yet$`, "m"));
    assert.match(before.stdout, `0 of ${gradients.length} gradients are right`);
    const parts = await solutions(layer, check);
    let text = readFileSync(file, "utf8");
    for (const part of parts) text = text.replace(STUB, () => part);
    assert.not.match(text, "as never");
    writeFileSync(file, text);
    // a process more for one layer is enough
    const after = layer === "relu" ? run() : await check();
    assert.equal([after.status, after.stderr], [0, ""]);
    for (const gradient of gradients)
      assert.match(
        after.stdout,
        new RegExp(
          `^${gradient} +right in \\d+ geometries; largest relative error \\d\\.\\de-\\d+$`,
          "m",
        ),
      );
    assert.match(after.stdout, `all of ${layer} is right`);
  });
}

test(
  "one gradient is graded while the other is not written yet, " +
    "and a wrong one is shown with numbers",
  async () => {
    const { file, check } = await exercise("affine");
    const [all] = (await solutions("affine", check)) as [string];
    const text = readFileSync(file, "utf8");
    const parameters = all
      .replace(/^.*affine\.12.*\n.*\n/m, "")
      .replace("dX: dX as DX<Wanted>, ", "");
    assert.not.match(parameters, "dX");
    writeFileSync(
      file,
      text.replace(STUB, () => parameters),
    );
    const half = await check();
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
    const wrong = await check("--json");
    assert.is(wrong.status, 1);
    const rows = wrong.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(
      rows.map(({ gradient, isRight, problem }) => [gradient, isRight, problem]),
      [
        ["dX", null, null],
        ["dWeight", true, null],
        ["dBias", false, "its shape should be [3], yours is [7]"],
      ],
    );
  },
);

test("what is no gradient is told by what it is, and the others are graded beside it", async () => {
  const { file, check } = await exercise("affine");
  const text = readFileSync(file, "utf8");
  const [all] = (await solutions("affine", check)) as [string];
  const told = async (...changes: readonly [string | RegExp, string][]): Promise<string> => {
    const written = changes.reduce((lines, [from, to]) => {
      const changed = lines.replace(from, to);
      assert.is.not(changed, lines, `nothing to replace: ${String(from)}`);
      return changed;
    }, all);
    writeFileSync(
      file,
      text.replace(STUB, () => written),
    );
    const { status, stdout, stderr } = await check();
    assert.equal([status, stderr], [1, ""]);
    return stdout;
  };
  const transposed = await told(
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
  const careless = await told(
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
  async () => {
    const { file, check } = await exercise("relu");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(STUB, "  return { dx: dOut };"));
    assert.match(
      (await check()).stdout,
      /^dX +wrong: nothing came back under this name, but dx did: it is called dX$/m,
    );
    writeFileSync(file, text.replace(STUB, "  return null;")); // what fails is the caller
    assert.match(
      (await check()).stderr,
      new RegExp(
        "relu\\.ts: expected a backward pass that runs, but it stopped: Cannot read " +
          "properties of null .*; is the return missing\\?\n$",
      ),
    );
  },
);

test(
  "code that is no TypeScript, code that stops, and a missing file are " + "one line each",
  async () => {
    const { file, check } = await exercise("relu");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(STUB, "  return { dX: ;"));
    const line = text.slice(0, text.indexOf(STUB)).split("\n").length;
    const broken = await check();
    assert.is(broken.status, 2);
    assert.match(
      broken.stderr,
      new RegExp(
        `^leibniz: .*relu\\.ts:${line}: expected TypeScript, ` +
          `but (Unexpected ";"|Expression expected) \\(return \\{ dX: ;\\)\\n$`,
      ),
    );
    writeFileSync(file, text.replace(STUB, "  return concat([dOut, x], 0);"));
    const stopped = await check();
    assert.is(stopped.status, 1);
    assert.match(
      stopped.stderr,
      new RegExp(
        `^leibniz: .*relu\\.ts:${line}: expected a backward pass that runs, but it stopped: ` +
          `concat is not defined; import \\{ concat \\} from "leibniz/tensor"\\n$`,
      ),
    );
    const nowhere = await leibnizHere(
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
  },
);

test("a check that does not end is ended", async () => {
  const { file, check } = await exercise("relu");
  // it hears as little as an endless loop, and leaves the processor to others
  const wait = "  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);";
  writeFileSync(file, readFileSync(file, "utf8").replace(STUB, wait));
  const { status, stdout, stderr } = await check("--seconds", "1", "--json");
  assert.is(status, 1);
  assert.match(
    stderr,
    /relu\.ts: expected a backward .*, but it stopped: it had not ended after 1 s.*\n$/,
  );
  const row = JSON.parse(stdout) as Record<string, unknown>;
  assert.equal([row["gradient"], row["isRight"]], ["dX", false]);
  assert.match(String(row["problem"]), /^it stopped: it had not ended after 1 s/);
});

test("code that changes what the check computes with stops there", async () => {
  const { file, check } = await exercise("relu");
  const text = readFileSync(file, "utf8");
  const wrong = text.replace(STUB, "  return { dX: dOut };");
  for (const [change, name] of [
    ["Math.abs = () => 0;", "abs"],
    ["Tensor.prototype.get = () => 0;", "get"],
    ["globalThis.Float64Array = Array as never;", "Float64Array"],
  ] as const) {
    writeFileSync(file, `${wrong}\n${change}\n`);
    const { status, stdout, stderr } = await check();
    assert.is(status, 1);
    assert.match(stdout, /^dX +wrong: it stops before any geometry\n/);
    const line = wrong.split("\n").length + 1;
    assert.match(
      stderr,
      new RegExp(`relu\\.ts:${line}: .* but it stopped: Cannot assign to read only .*${name}`),
    );
  }
});

test("what a file imports and the exercise did not is named", async () => {
  const { file, check } = await exercise("relu");
  const text = readFileSync(file, "utf8");
  const foreign =
    'import { exp } from "leibniz/tensor";\nimport "node:fs";\nimport "leibniz/kernels";\n' +
    "const more = () => import('leibniz/gradcheck');\n";
  writeFileSync(file, foreign + text.replace(STUB, "  return { dX: dOut };"));
  assert.match(
    (await check()).stdout,
    /^it imports node:fs, leibniz\/gradcheck, which the exercise did not$/m,
  );
});

test("a function that was renamed is asked for by its name", async () => {
  const { file, check } = await exercise("relu");
  writeFileSync(file, readFileSync(file, "utf8").replaceAll("reluBackward", "reluBackwards"));
  assert.match(
    (await check()).stderr,
    /relu\.ts: expected .* stopped: it no longer exports reluBackward, which the exercise as it/,
  );
});

test("a file that is no exercise, and output that cannot be written, are one line", async () => {
  const { file, check } = await exercise("relu");
  writeFileSync(file, " ".repeat(2 ** 20 + 1));
  const { status, stderr } = await check();
  assert.equal(
    [status, stderr.split(": ").slice(2).join(": ")],
    [2, "expected a file of at most 1048576 bytes, got 1048577 bytes\n"],
  );
  const stdio = ["ignore", openSync("/dev/full", "w"), "pipe"] as const;
  const hint = [join(dirname(file), "check.mjs"), "--hint", "1"];
  const full = spawnSync(process.execPath, hint, { encoding: "utf8", stdio: [...stdio] });
  assert.equal(
    [full.status, full.stderr],
    [2, "leibniz: cannot write to standard output: the disk is full\n"],
  );
});

test("folders that cannot be made, or are files, are refused in one line", async () => {
  const { file } = await exercise("relu");
  const onFile = await leibnizHere("exercise", "relu", "--out", file);
  assert.equal(
    [onFile.status, onFile.stderr],
    [
      2,
      `leibniz: ${file}: expected a folder, which need not be there yet, got ${file}, which is a ` +
        "file; choose another name\n",
    ],
  );
  // where mkdir says "no such file" for ever
  const below = await leibnizHere("exercise", "relu", "--out", "/proc/leibniz/exercise");
  assert.equal(
    [below.status, below.stderr],
    [
      2,
      "leibniz: cannot make the folder /proc/leibniz/exercise: there is no such file or folder\n",
    ],
  );
});

test("--json prints objects and nothing else, whatever the code prints", async () => {
  const { file, run } = await exercise("relu");
  const folder = join(temporaryFolder(), "mine");
  const written = JSON.parse(
    (await leibnizHere("exercise", "relu", "--out", folder, "--json")).stdout,
  ) as {
    functions: string[];
    hints: number;
  };
  assert.equal(written.functions, ["reluBackward"]);
  const hint = JSON.parse(run("--hint", "1", "--json").stdout) as { hint: number };
  assert.is(hint.hint, 1);
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(STUB, '  console.log("here");\n  return { dX: dOut };'),
  );
  const { status, stdout } = run("--json");
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
    "diagnosis",
    "cases",
    "wrong",
    "stops",
    "options",
    "shape",
    "maxRelativeError",
    "worstIndex",
    "analytic",
    "numeric",
    "imports",
  ]);
});

test("one line, or loops: not written yet, then the last hint, and that is right", async () => {
  for (const [layer, level, file] of [
    ["gelu", "1", "gelu.ts"], // the slope's stub is no number, but nothing is wrong yet
    ["affine", "3", "affine.ts"],
  ] as const) {
    const folder = join(temporaryFolder(), "mine");
    const began = await leibnizHere("exercise", layer, "--level", level, "--out", folder, "--json");
    const written = JSON.parse(began.stdout) as { level: number; hints: number };
    assert.is(written.level, Number(level));
    const check = (...words: string[]): Promise<Outcome> =>
      leibnizHere("exercise", layer, "--level", level, "--out", folder, ...words);
    const before = await check("--check");
    assert.match(before.stdout, /^dX +not written yet$/m);
    assert.not.match(before.stdout, "wrong");
    const last = await check("--hint", String(written.hints), "--json");
    const { text } = JSON.parse(last.stdout) as { text: string };
    const path = join(folder, file);
    const stub = / *\/\/ Yours[\s\S]*?return \{\}(?: as never)?;/;
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace(stub, () => text),
    );
    // what is in loops is seen from the file
    const after = await leibnizHere("exercise", layer, "--out", folder, "--check");
    assert.equal([after.status, after.stderr], [0, ""], layer);
    assert.match(after.stdout, `all of ${layer} is right`);
  }
});

/** What the checker says of bodies of an exercise in loops, one after the other. */
async function loops(
  layer: string,
  level = "3",
): Promise<(body: string, ...words: string[]) => Promise<Outcome>> {
  const folder = join(temporaryFolder(), "mine");
  await leibnizHere("exercise", layer, "--level", level, "--out", folder);
  const file = join(folder, `${layer}.ts`);
  const text = readFileSync(file, "utf8");
  return (body, ...words) => {
    writeFileSync(
      file,
      text.replace(/ {2}\/\/ Yours.*\n.*return \{\};/, () => body),
    );
    const check = ["--level", level, "--out", folder, "--check"];
    return leibnizHere("exercise", layer, ...check, ...words);
  };
}

test("numbers that are right are not shown as an example of what is wrong", async () => {
  const check = await loops("affine");
  const body = (dX: string, more = ""): string => `
    const [dX, dWeight, dBias] = [zeros(N, I), zeros(O, I), zeros(O)];
    ${more}
    for (let n = 0; n < N; n++)
      for (let o = 0; o < O; o++) {
        dBias[o] += dOut[n][o];
        for (let i = 0; i < I; i++) {
          ${dX};
          dWeight[o][i] += dOut[n][o] * x[n][i];
        }
      }
    return { dX, dWeight, dBias };`;
  const right = "dX[n][i] += dOut[n][o] * weight[o][i]";
  const always = await check(body(right)); // dBias where there is none
  assert.match(
    always.stdout,
    /^dBias +wrong: there is no bias in this geometry, so dBias is null there; yours is not\n\n/m,
  );
  const stops = await check(body(right, "if (O > N) missing();"));
  assert.match(
    stops.stdout,
    new RegExp(
      "^dX +wrong: it stops before this comes back, in \\d+ of \\d+ geometries\\n" +
        "dWeight +wrong: it stops before this comes back, in \\d+ of \\d+ geometries\\ndBias",
      "m",
    ),
  );
  const json = await check(body(right, "if (O > N) missing();"), "--json");
  assert.not.match(json.stdout, "analytic");
  const exchanged = await check(body("dX[n][i] += dOut[n][o] * x[n][i]"));
  assert.match(exchanged.stdout, /^dX +wrong: x stands where weight has to: .*\n +at \[/m);
});

test("what is wrong is followed by the geometry in which that was seen", async () => {
  const check = await loops("conv2d");
  const without = await check(`
    if (padH > 0 || G > 1) throw new Error("where?");
    const dX = zeros(N, C, H, W);
    if (strideH > 1) dX[0][0][0][0] = NaN;
    return { dX };`);
  assert.match(
    without.stderr,
    /it stopped: where\?, with kernelSize .*(padding \[[1-9]|groups [2-9]).*\n$/,
  );
  assert.match(
    without.stdout,
    new RegExp(
      "^dX +wrong: its entries should be finite numbers, \\[0\\]\\[0\\]\\[0\\]\\[0\\] is NaN.*\\n" +
        " +with kernelSize .*stride \\[[2-9],.*\\ndWeight",
      "m",
    ),
  );
});

test("an entry is named by its place in the learner's own array", async () => {
  const check = await loops("relu");
  const ones = await check("  return { dX: x.map((v: number) => (v > 0 ? 1 : 0)) };");
  assert.match(ones.stdout, /^ +at \[\d+\] of \[120\] yours is 1, it should be/m);
  const atZero = await check(
    "  return { dX: dOut.map((d: number, i: number) => x[i] < 0 ? 0 : d) };",
  );
  assert.match(atZero.stdout, /^ +at \[\d\] of \[6\] yours is [-.\d]+, it should be 0$/m);
});

test("a return left in the file is told, and so is one of too little", async () => {
  const check = await loops("affine");
  const left = await check("  const dX = zeros(N, I);\n  return {};");
  assert.match(
    left.stdout,
    /^dX +nothing came back under this name; `return \{\};` still stands in the file$/m,
  );
  const little = await check("  return { dBias: hasBias ? zeros(O) : null };");
  assert.match(
    little.stdout,
    /^dX +nothing came back under this name; the file's comment says what to return$/m,
  );
});

test("a check without the level is told the level that has a folder here", async () => {
  const there = process.cwd();
  process.chdir(temporaryFolder());
  try {
    await leibnizHere("exercise", "relu", "--level", "3");
    const { status, stderr } = await leibnizHere("exercise", "relu", "--check");
    assert.equal(
      [status, stderr],
      [
        2,
        "leibniz: --check: expected the exercise in exercise-relu, got none there, but one in " +
          "exercise-relu-3; add --level 3\n",
      ],
    );
  } finally {
    process.chdir(there);
  }
});

test("each student has numbers of their own, the same every time", async () => {
  const numbers = async (...seed: string[]): Promise<unknown> => {
    const folder = join(temporaryFolder(), "mine");
    await leibnizHere("exercise", "relu", "--out", folder, ...seed);
    const file = join(folder, "relu.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace(STUB, "  return { dX: dOut };"));
    const words = /^const words = (.*);$/m.exec(
      readFileSync(join(folder, "check.mjs"), "utf8"),
    )![1]!;
    const { stdout } = await leibnizHere(
      ...(JSON.parse(words) as string[]),
      ...["--out", folder, "--check", "--json"],
    );
    return (JSON.parse(stdout) as { analytic: unknown }).analytic;
  };
  const [nobody, anna, again, bert] = [
    await numbers(),
    await numbers("--seed", "anna"),
    await numbers("--seed", "anna"),
    await numbers("--seed", "-b e'rt"),
  ];
  assert.is(anna, again);
  assert.is(new Set([nobody, anna, bert]).size, 3);
});

test("a layer is found as people type it, and asked back where it could be two", async () => {
  const named = async (name: string): Promise<string> => {
    const { stdout, stderr } = await leibnizHere("exercise", name, "--hint", "1", "--json");
    if (stderr !== "") return stderr;
    return (JSON.parse(stdout) as { about: string }).about.split(",")[0]!;
  };
  for (const [names, backward] of [
    ["max-pool2d maxpool MaxPool2d MAX_POOL", "maxPool2dBackward"],
    ["conv Conv2d conv2", "conv2dBackward"],
    ["softmax-cross-entropy cross-entropy softmaxCE", "softmaxCrossEntropyBackward"],
    ["linear Dense fc", "affineBackward"],
    ["batch-norm-1d BatchNorm1d", "batchNorm1dBackward"],
    ["avgpool average-pool", "averagePool2dBackward"],
    ["leaky lrelu", "leakyReluBackward"],
    ["elu", "eluBackward"],
    ["mse", "meanSquaredErrorBackward"],
  ] as const)
    for (const name of names.split(" ")) assert.is(await named(name), backward, name);
  for (const name of ["batchnorm", "bn"])
    assert.is(
      await named(name),
      `leibniz: exercise: expected one layer, got "${name}"; did you mean batchNorm2d or ` +
        "batchNorm1d?\n",
    );
  assert.match(await named("con2d"), /expected a layer, got "con2d"; did you mean conv2d\?\n$/);
  const gradcheck = await leibnizHere("gradcheck", "flat", "--geometries", "0", "--json");
  assert.match(gradcheck.stdout, '"layer":"flatten"');
});

test("a level is 1, 2 or 3, and NumPy has one", async () => {
  for (const [words, message] of [
    [["--level", "4"], /^leibniz: --level: expected a whole number from 1 to 3, got "4"\n$/],
    [
      ["--level", "1", "--python"],
      /^leibniz: --level: expected no --python along with it, got both/,
    ],
  ] as const) {
    const { status, stderr } = await leibnizHere("exercise", "relu", ...words);
    assert.is(status, 2);
    assert.match(stderr, message);
  }
  const hint = await leibnizHere("exercise", "relu", "--python", "--hint", "1");
  assert.match(hint.stdout, /^hint 1 of \d+: backward, step 1 of \d+\n/);
});

test("nothing is overwritten; unknown layers and hints are refused", async () => {
  const { file } = await exercise("relu");
  const text = "// my work\n";
  writeFileSync(file, text);
  const again = await leibnizHere("exercise", "relu", "--out", join(file, ".."));
  assert.is(again.status, 2);
  assert.match(
    again.stderr,
    new RegExp(
      "^leibniz: --out: expected a folder without this exercise in it, got .*which holds " +
        "relu\\.ts; nothing was overwritten; choose another folder, or delete that one\\n$",
    ),
  );
  assert.is(readFileSync(file, "utf8"), text);
  const unknown = await leibnizHere("exercise", "perceptron");
  assert.is(unknown.status, 2);
  assert.match(
    unknown.stderr,
    /^leibniz: exercise: expected a layer out of affine, .*, got "perceptron"\n$/,
  );
  const hint = await leibnizHere("exercise", "relu", "--hint", "99");
  assert.is(hint.status, 2);
  assert.match(hint.stderr, /^leibniz: --hint: expected a hint from 1 to \d+, got 99\n$/);
});

test.run();
