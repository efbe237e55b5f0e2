import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeNpy } from "leibniz/cli";
import { type NpyArray, parseNpy } from "leibniz/data";
import { Tensor } from "leibniz/tensor";
import { leibnizHere, temporaryFolder } from "../helpers/cli.js";
import { npyBytes } from "../helpers/memory-tree.js";

/** An exercise in a folder of its own. */
async function exercise(layer: string, ...more: string[]): Promise<string> {
  const folder = join(temporaryFolder(), "mine");
  const { status, stderr } = await leibnizHere(
    "exercise",
    layer,
    "--python",
    "--out",
    folder,
    ...more,
  );
  assert.equal([status, stderr], [0, ""]);
  return folder;
}

/** What a case is given, read as any language reads it. */
function givenIn(folder: string, number: number): Readonly<Record<string, NpyArray>> {
  const files = unzipSync(new Uint8Array(readFileSync(join(folder, "given", `${number}.npz`))));
  return Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name.slice(0, -4), parseNpy(bytes, name)]),
  );
}

const countOf = (folder: string): number =>
  readdirSync(join(folder, "given")).filter((name) => name.endsWith(".npz")).length;

const numbers = (values: readonly number[], shape: readonly number[]): Uint8Array =>
  encodeNpy(Tensor.from(values, shape, "float64"));

const bytesOf = ({ buffer }: { readonly buffer: ArrayBufferLike }): Uint8Array =>
  new Uint8Array(buffer);

interface AffineAnswer {
  readonly dX: number[];
  readonly dWeight: number[];
  readonly dBias: number[];
  readonly N: number;
  readonly I: number;
  readonly O: number;
  readonly hasBias: boolean;
}

/** The gradients of an affine layer in loops, from nothing but the case's file. */
function affine(folder: string, number: number): AffineAnswer {
  const given = givenIn(folder, number);
  const one = (name: string): number => given[name]!.data[0]!;
  const [N, I, O] = [one("N"), one("I"), one("O")];
  const [dOut, x, weight] = [given["dOut"]!.data, given["x"]!.data, given["weight"]!.data];
  const dX = Array<number>(N * I).fill(0);
  const dWeight = Array<number>(O * I).fill(0);
  const dBias = Array<number>(O).fill(0);
  for (let n = 0; n < N; n++)
    for (let o = 0; o < O; o++) {
      dBias[o]! += dOut[n * O + o]!;
      for (let i = 0; i < I; i++) {
        dX[n * I + i]! += dOut[n * O + o]! * weight[o * I + i]!;
        dWeight[o * I + i]! += dOut[n * O + o]! * x[n * I + i]!;
      }
    }
  return { dX, dWeight, dBias, N, I, O, hasBias: one("hasBias") === 1 };
}

/** Answers every case of an affine layer rightly. */
function answerAffine(folder: string): void {
  for (let number = 1; number <= countOf(folder); number++) {
    const { dX, dWeight, dBias, N, I, O, hasBias } = affine(folder, number);
    mkdirSync(join(folder, "answers", String(number)), { recursive: true });
    writeFileSync(answer(folder, number, "dX"), numbers(dX, [N, I]));
    writeFileSync(answer(folder, number, "dWeight"), numbers(dWeight, [O, I]));
    if (hasBias) writeFileSync(answer(folder, number, "dBias"), numbers(dBias, [O]));
  }
}

const answer = (folder: string, number: number, gradient: string): string =>
  join(folder, "answers", String(number), `${gradient}.npy`);

test("nothing is written, then loops from the files alone are right", async () => {
  const folder = await exercise("affine");
  const before = await leibnizHere("check", "affine", folder);
  assert.equal([before.status, before.stderr], [1, ""]);
  assert.is(
    before.stdout,
    "dX           not written yet\ndWeight      not written yet\ndBias        not written yet\n\n" +
      "0 of 3 gradients are right\n",
  );
  answerAffine(folder);
  const after = await leibnizHere("check", "affine", folder);
  assert.equal([after.status, after.stderr], [0, ""]);
  for (const gradient of ["dX", "dWeight", "dBias"])
    assert.match(after.stdout, new RegExp(`^${gradient} +right in \\d+ geometries`, "m"));
  assert.match(after.stdout, /^all of affine is right$/m);
});

test("float32, Fortran's order and big-endian numbers are right, too", async () => {
  const folder = await exercise("affine");
  answerAffine(folder);
  for (let number = 1; number <= countOf(folder); number++) {
    const { dX, dWeight, dBias, N, I, O, hasBias } = affine(folder, number);
    const columns = Float64Array.from({ length: N * I }, (_, at) => {
      const [n, i] = [at % N, Math.floor(at / N)];
      return dX[n * I + i]!;
    });
    writeFileSync(
      answer(folder, number, "dX"),
      npyBytes("<f8", [N, I], bytesOf(columns), { order: "True", version: 2 }),
    );
    writeFileSync(
      answer(folder, number, "dWeight"),
      npyBytes("<f4", [O, I], bytesOf(Float32Array.from(dWeight))),
    );
    const turned = bytesOf(Float64Array.from([...dBias].reverse())).reverse();
    if (hasBias) writeFileSync(answer(folder, number, "dBias"), npyBytes(">f8", [O], turned));
  }
  const { status, stdout } = await leibnizHere("check", "affine", folder);
  assert.is(status, 0, stdout);
  assert.match(stdout, /^dWeight +right in \d\d geometries; largest relative error \d\.\de-[78]$/m);
});

test("what is no gradient is told by what it is, and the others are graded beside it", async () => {
  const cut = ({ dX, N, I }: AffineAnswer): Uint8Array => numbers(dX, [N, I]).slice(0, -3);
  const hostile: readonly [
    gradient: string,
    bytes: (right: AffineAnswer) => Uint8Array,
    told: RegExp,
  ][] = [
    ["dX", cut, /1\/dX\.npy: expected 280 bytes for 5×7 of float64, got 277$/m],
    ["dX", () => npyBytes("<f8", [1], new Uint8Array()).slice(0, 9), /got 9 bytes; .* cut short$/m],
    ["dX", () => new Uint8Array(), /1\/dX\.npy: expected a NumPy array, which starts with/],
    [
      "dX",
      () => npyBytes("<f8", [1e9, 1e9, 1e9], new Uint8Array(8)),
      /expected 8e\+27 bytes for 1000000000×1000000000×1000000000 of float64, got 8$/m,
    ],
    [
      "dBias",
      ({ dBias, O }) => npyBytes("<i8", [O], bytesOf(BigInt64Array.from(dBias, () => 1n))),
      /1\/dBias\.npy: expected float64 or float32, got int64; save it \.astype\("float64"\)$/m,
    ],
    ["dBias", ({ O }) => npyBytes("|O", [O], new Uint8Array(9)), /got Python objects/],
    ["dBias", () => npyBytes("<f2", [3], new Uint8Array(6)), /got <f2; save it .*'float64'/],
    [
      "dWeight",
      ({ dWeight, O, I }) =>
        numbers(
          dWeight.map((value, at) => (at === I + 2 ? NaN : value)),
          [O, I],
        ),
      /1\/dWeight\.npy: expected finite numbers, got NaN at \[1, 2\]$/m,
    ],
    [
      "dWeight",
      ({ dWeight, O, I }) => numbers(dWeight, [I, O]),
      /its shape should be \[3, 7\], yours is \[7, 3\]: the transposed one$/m,
    ],
  ];
  const folder = await exercise("affine");
  answerAffine(folder);
  for (const [gradient, bytes, told] of hostile) {
    const path = answer(folder, 1, gradient);
    const before = readFileSync(path);
    writeFileSync(path, bytes(affine(folder, 1)));
    const { status, stdout, stderr } = await leibnizHere("check", "affine", folder);
    writeFileSync(path, before);
    assert.equal([status, stderr], [1, ""]);
    assert.match(stdout, told);
    assert.match(stdout, new RegExp(`^${gradient} +wrong: .*answers/1/`, "m"));
    assert.is(stdout.match(/ right in /g)!.length, 2, stdout);
    assert.match(stdout, "2 of 3 gradients are right");
  }
});

test("a file that is missing, no file, too large or one too many is one line", async () => {
  const folder = await exercise("affine");
  answerAffine(folder);
  rmSync(answer(folder, 2, "dX"));
  rmSync(answer(folder, 3, "dWeight"));
  mkdirSync(answer(folder, 3, "dWeight"));
  writeFileSync(answer(folder, 2, "dBias"), numbers([0, 0, 0, 0, 0], [5])); // case 2 has no bias
  rmSync(join(folder, "answers", "4"), { recursive: true });
  writeFileSync(join(folder, "answers", "4"), "a file in place of a folder");
  const { status, stdout } = await leibnizHere("check", "affine", folder);
  assert.is(status, 1);
  assert.match(stdout, /^dX +wrong: there is no .*answers\/2\/dX\.npy$/m);
  assert.match(stdout, /^dWeight +wrong: .*answers\/3\/dWeight\.npy: it is a folder, not a file$/m);
  assert.match(
    stdout,
    /^dBias +wrong: there is no bias in case 2, and so no dBias; yours has a file$/m,
  );

  rmSync(answer(folder, 2, "dBias"));
  truncateSync(answer(folder, 1, "dBias"), 2 ** 24 + 1);
  writeFileSync(answer(folder, 1, "dx"), "");
  const large = await leibnizHere("check", "affine", folder);
  assert.match(large.stdout, /^dBias +wrong: .*a file of at most 16777216 bytes, got 16777217/m);
  assert.match(
    large.stderr,
    /answers: expected dX\.npy, dWeight\.npy, dBias\.npy for each case, got dx\.npy as well\n$/,
  );
});

test("a file in place of all answers is one line", async () => {
  const folder = await exercise("relu");
  writeFileSync(join(folder, "answers"), "");
  const { status, stderr } = await leibnizHere("check", "relu", folder);
  assert.is(status, 2);
  assert.match(stderr, /^leibniz: cannot read .*answers\/1: [^;]+\n$/);
});

test("a wrong gradient is shown with its numbers, its case and what it looks like", async () => {
  const folder = await exercise("affine", "--seed", "Ada Lovelace");
  answerAffine(folder);
  for (let number = 1; number <= countOf(folder); number++) {
    const { dX, N, I } = affine(folder, number);
    writeFileSync(
      answer(folder, number, "dX"),
      numbers(
        dX.map((value) => -value),
        [N, I],
      ),
    );
  }
  const { status, stdout } = await leibnizHere("check", "affine", folder);
  assert.is(status, 1);
  assert.match(stdout, /^dX +wrong: .*sign/m);
  assert.match(stdout, /^ +at \[\d, \d\] of \[5, 7\] yours is -?\d/m);
  assert.match(stdout, /^ +in case 1: .*given\/1\.npz, .*answers\/1$/m);
  const { stdout: json } = await leibnizHere("check", "affine", folder, "--json");
  const rows = json
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(
    rows.map(({ layer, gradient, isRight, seed }) => [layer, gradient, isRight, seed]),
    [
      ["affine", "dX", false, "Ada Lovelace"],
      ["affine", "dWeight", true, "Ada Lovelace"],
      ["affine", "dBias", true, "Ada Lovelace"],
    ],
  );
  assert.is(rows[0]!["case"], 1);
});

test("a place is named in the array that was given, even if it was made flat", async () => {
  const folder = await exercise("meanSquaredError");
  for (let number = 1; number <= countOf(folder); number++) {
    const { prediction, target, dOut, M } = givenIn(folder, number);
    const [entries, upstream] = [M!.data[0]!, dOut!.data[0]!];
    const dPrediction = Array.from(
      { length: entries },
      (_, m) => 2 * upstream * (prediction!.data[m]! - target!.data[m]!), // 1/M is forgotten
    );
    mkdirSync(join(folder, "answers", String(number)), { recursive: true });
    writeFileSync(answer(folder, number, "dPrediction"), numbers(dPrediction, [entries]));
  }
  const { stdout } = await leibnizHere("check", "meanSquaredError", folder);
  assert.match(stdout, /^dPrediction +wrong: .*times too large/m);
  assert.match(stdout, /^ +at \[\d+\] of \[24\] yours is/m);
});

test("a kink is among the cases, and what is returned there has its own line", async () => {
  const folder = await exercise("relu");
  const last = countOf(folder);
  assert.equal(Array.from(givenIn(folder, last)["x"]!.data), [-1, 0, 2, 0, 3, -2]);
  for (let number = 1; number <= last; number++) {
    const { x, dOut } = givenIn(folder, number);
    const dX = Array.from(dOut!.data, (upstream, m) => (x!.data[m]! >= 0 ? upstream : 0));
    mkdirSync(join(folder, "answers", String(number)), { recursive: true });
    writeFileSync(answer(folder, number, "dX"), numbers(dX, [dX.length]));
  }
  const { status, stdout } = await leibnizHere("check", "relu", folder);
  assert.is(status, 1);
  assert.match(stdout, /^dX +wrong: where x is exactly 0, the slope is taken as 0 \(relu\.8\)$/m);
  assert.match(stdout, new RegExp(`^ +in case ${last}: `, "m"));
});

test("each student has numbers and geometries of their own, the same every time", async () => {
  const [ada, again, alan] = [
    await exercise("affine", "--seed", "Ada"),
    await exercise("affine", "--seed", "Ada"),
    await exercise("affine", "--seed", "Alan"),
  ];
  const bytes = (folder: string, number: number): string =>
    readFileSync(join(folder, "given", `${number}.npz`)).toString("base64");
  for (const number of [1, 2, 9]) {
    assert.is(bytes(ada, number), bytes(again, number));
    assert.is.not(bytes(ada, number), bytes(alan, number));
  }
  const shapes = (folder: string): string =>
    JSON.stringify([3, 4, 5, 6, 7].map((number) => givenIn(folder, number)["x"]!.shape));
  assert.is.not(shapes(ada), shapes(alan));
});

test("files have the types that NumPy indexes and computes with", async () => {
  const types = (given: Readonly<Record<string, NpyArray>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(given).map(([name, { type, shape }]) => [name, `${type} ${shape.length}`]),
    );
  const loss = await exercise("softmaxCrossEntropy");
  assert.equal(types(givenIn(loss, 2)), {
    dOut: "float64 0",
    logits: "float64 2",
    labels: "int64 1",
    labelSmoothing: "float64 0",
    N: "int64 0",
    C: "int64 0",
  });
  const conv = await exercise("conv2d");
  const { hasBias, x, strideH } = types(givenIn(conv, 1));
  assert.equal([hasBias, x, strideH], ["bool 0", "float64 4", "int64 0"]);
  const text = readFileSync(join(conv, "conv2d.py"), "utf8");
  assert.match(text, /^ {4}weight +\[K, C\/G, kH, kW\] +the filters$/m);
  assert.match(text, /^ {4}hasBias +True or False +whether .* dBias is None$/m);
  assert.match(text, /^ {4}dOut, x, weight, hasBias, N, C, H, W, K, G, kH, kW,/m);
  const readme = readFileSync(join(conv, "README.txt"), "utf8");
  assert.match(readme, /^ {4}python3 conv2d\.py +runs it/m);
  assert.match(readme, /^ {4}npx leibniz check conv2d \. +says/m);
  assert.match(readme, /^ {4}npx leibniz exercise conv2d --python --hint 1 {2}the first hint/m);
  const hint = await leibnizHere("exercise", "conv2d", "--python", "--hint", "1");
  assert.equal([hint.status, hint.stderr], [0, ""]);
});

test("words are given, and null is left out and has a default", async () => {
  const norm = await exercise("batchNorm2d");
  const file = readFileSync(join(norm, "given", "1.npz"));
  const { "mode.npy": mode } = unzipSync(new Uint8Array(file));
  assert.match(
    new TextDecoder("latin1").decode(mode),
    /^.NUMPY.{4}\{'descr': '<U5', .* 'shape': \(\)/s,
  );
  assert.is(
    new TextDecoder("latin1").decode(mode!.subarray(-20)),
    "t\0\0\0r\0\0\0a\0\0\0i\0\0\0n\0\0\0",
  );
  const residual = await exercise("residual");
  assert.not.ok("throughShortcut" in givenIn(residual, 1));
  assert.ok("throughShortcut" in givenIn(residual, 3));
  assert.match(
    readFileSync(join(residual, "residual.py"), "utf8"),
    "def backward(dOut, throughBody, M, throughShortcut=None):",
  );
});

test("no two extents of a convolution are equal in all cases", async () => {
  const folder = await exercise("conv2d");
  const names = ["N", "C", "K", "H", "W", "kH", "kW", "outH", "outW", "strideH", "strideW"];
  const cases = Array.from({ length: countOf(folder) }, (_, i) => givenIn(folder, i + 1));
  for (const [i, a] of names.entries())
    for (const b of names.slice(0, i))
      assert.ok(
        cases.some((given) => given[a]!.data[0] !== given[b]!.data[0]),
        `${a} is ${b}`,
      );
});

test("nothing is overwritten", async () => {
  const folder = await exercise("affine");
  writeFileSync(join(folder, "affine.py"), "# my work\n");
  const again = await leibnizHere("exercise", "affine", "--python", "--out", folder);
  assert.is(again.status, 2);
  assert.match(again.stderr, /^leibniz: --out: expected a folder without this exercise in it/);
  assert.is(readFileSync(join(folder, "affine.py"), "utf8"), "# my work\n");
});

test("another layer, another version, and a garbled or missing list are refused", async () => {
  const folder = await exercise("affine");
  const list = join(folder, "given", "cases.json");
  const text = readFileSync(list, "utf8");
  const refused = async (content: string, layer = "affine"): Promise<string> => {
    writeFileSync(list, content);
    const { status, stderr } = await leibnizHere("check", layer, folder);
    assert.is(status, 2);
    return stderr;
  };
  assert.match(await refused(text, "relu"), /expected an exercise of relu, got one of affine/);
  assert.match(await refused("{"), /cases\.json: expected what .* wrote there, got .*no JSON\n$/);
  assert.match(await refused("null"), /got other JSON\n$/);
  assert.match(await refused(text.replace('"seed": ""', '"seed": 3')), /got another seed\n$/);
  const old = text
    .replace(/"version": ".*"/, '"version": "0.0.9"')
    .replace(/"1\.npz": "../, '"1.npz": "zz');
  assert.match(
    await refused(old),
    /expected the cases of leibniz \S+, got those of leibniz 0\.0\.9; let that version check/,
  );
  rmSync(list);
  const missing = await leibnizHere("check", "affine", folder);
  assert.equal(
    [missing.status, missing.stderr],
    [2, `leibniz: cannot read ${list}: there is no such file or folder\n`],
  );
  const unknown = await leibnizHere("check", "perceptron", folder);
  assert.match(unknown.stderr, /^leibniz: check: expected a layer out of affine, /);
});

test("a case that was changed since is told, and does not change what is right", async () => {
  const folder = await exercise("affine");
  answerAffine(folder);
  writeFileSync(join(folder, "given", "1.npz"), "mine");
  rmSync(join(folder, "given", "2.npz"));
  const { status, stdout, stderr } = await leibnizHere("check", "affine", folder);
  assert.is(status, 0);
  assert.match(stdout, "all of affine is right");
  assert.match(stderr, /given\/1\.npz: it is not as leibniz wrote it; answers are compared/);
  assert.match(stderr, /cannot read .*given\/2\.npz: there is no such file or folder\n$/);
});

test.run();
