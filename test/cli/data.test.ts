import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeSafetensors, loadNetwork, saveNetwork, type Sequential } from "leibniz/network";
import { Random } from "leibniz/tensor";
import { idxBytes, leibnizHere, smallDataFolder, temporaryFolder } from "../helpers/cli.js";
import { pngOf } from "../helpers/draw-digit.js";
import { npyBytes } from "../helpers/memory-tree.js";

const FAST = ["--backend", "reference", "--threads", "1"];
const [HEIGHT, WIDTH, CLASSES] = [12, 10, 3];

/** An image [3, H, W] of noise, in which the colour of a class is bright. */
function image(random: Random, label: number): Uint8Array {
  return Uint8Array.from({ length: 3 * HEIGHT * WIDTH }, (_, i) =>
    Math.floor(i / (HEIGHT * WIDTH)) === label ? 200 + random.integer(50) : random.integer(60),
  );
}

function colourSet(count: number): { labels: number[]; pixels: Uint8Array } {
  const random = new Random(`colours ${count}`);
  const labels = Array.from({ length: count }, (_, n) => n % CLASSES);
  return { labels, pixels: Uint8Array.from(labels.flatMap((label) => [...image(random, label)])) };
}

/** Folders train and test of PNGs by class. */
function pictureFolder(): string {
  const folder = temporaryFolder();
  const random = new Random("pictures");
  for (const [part, count] of [
    ["train", 16],
    ["test", 4],
  ] as const)
    for (const [label, name] of ["red", "green", "blue"].entries()) {
      mkdirSync(join(folder, part, name), { recursive: true });
      for (let n = 0; n < count; n++) {
        const planes = image(random, label);
        const area = HEIGHT * WIDTH;
        const pixels = Uint8Array.from(
          planes,
          (_, i) => planes[(i % 3) * area + Math.floor(i / 3)]!,
        );
        const picture = { channels: 3, height: HEIGHT, width: WIDTH, pixels } as const;
        writeFileSync(join(folder, part, name, `${n}.png`), pngOf(picture));
      }
    }
  return folder;
}

const RECIPE = {
  name: "small",
  network: {
    input: [1, 28, 28],
    layers: {
      conv: { kind: "conv2d", outChannels: 4, kernelSize: 3, stride: 2 },
      relu: { kind: "relu" },
      flat: { kind: "flatten" },
      classes: { kind: "affine", outFeatures: 10 },
    },
  },
  optimizer: { kind: "adam", learningRate: 0.03 },
  epochs: 6,
  batchSize: 8,
};

function recipeFile(change: object = {}): string {
  const path = join(temporaryFolder(), "recipe.json");
  writeFileSync(path, JSON.stringify({ ...RECIPE, ...change }));
  return path;
}

/** The same network saved by a program, which does not know of runs. */
async function ofPrograms(network: Sequential, data: string, picture: string): Promise<void> {
  const saved = join(temporaryFolder(), "saved.safetensors");
  const evaluated = async (metadata?: Record<string, string>) => {
    writeFileSync(saved, saveNetwork(network, metadata));
    return leibnizHere("evaluate", "--weights", saved, "--data", data, ...FAST);
  };
  const bare = await evaluated();
  assert.match(
    bare.stderr,
    /saved\.safetensors: does not say what its 3 classes .* order of .*: blue, green, red\n$/,
  );
  assert.match(bare.stdout, /12 of 12 test images right[\s\S]*\n +green 1 +· +4 +·/);
  const names = ["green", "blue", "red"];
  const named = await evaluated({ classNames: JSON.stringify(names) });
  assert.is(named.stderr, "");
  assert.match(named.stdout, /[^\d]4 of 12 test images right[\s\S]*\n +green 0 /); // as it says
  const predicted = await leibnizHere("predict", "--weights", saved, picture, "--raw");
  assert.match(predicted.stdout, /0\.png: blue \(\d/); // likewise
  for (const classNames of ["green", "[1, 2, 3]", "{}"]) {
    const { status, stderr } = await evaluated({ classNames });
    assert.is(status, 2);
    assert.match(stderr, /metadata classNames: expected a JSON array of texts, got "[^\n]*\n$/);
  }
  network.dispose();
}

test("pictures by class: trained, evaluated with their names, and predicted", async () => {
  const data = pictureFolder();
  const out = join(temporaryFolder(), "run");
  const trained = await leibnizHere(
    ...["train", "--data", data, "--recipe", recipeFile(), "--out", out, ...FAST],
  );
  assert.is(trained.status, 0, trained.stderr);
  assert.match(
    trained.stdout,
    /data: pictures in 3 folders in .*\/train, .*; 3 classes \(blue, green, red\)/,
  );
  assert.match(trained.stdout, /conv +conv2d +\[1, 4, 5, 4\] +112 +inChannels 3/);
  assert.match(trained.stdout, /classes +affine +\[1, 3\]/);
  const weights = join(out, "weights.safetensors");
  const { metadata } = decodeSafetensors(new Uint8Array(readFileSync(weights)), weights);
  const { network, classNames } = JSON.parse(metadata["wholeRecipe"]!) as Record<string, object>;
  assert.equal(classNames, ["blue", "green", "red"]);
  assert.equal((network as { input: number[] }).input, [3, HEIGHT, WIDTH]);
  const evaluated = await leibnizHere("evaluate", "--weights", weights, "--data", data, ...FAST);
  const ofTheRun = await leibnizHere("evaluate", "--weights", out, ...FAST);
  assert.match(ofTheRun.stdout, /12 of 12 test images right/, "the run says where its images are");
  assert.match(evaluated.stdout, /12 of 12 test images right/);
  assert.match(evaluated.stdout, /\n +green 1 +· +4 +· +100\.0 %\n/);
  const picture = join(data, "test", "green", "0.png");
  const predicted = await leibnizHere("predict", "--weights", out, picture, "--raw");
  assert.match(predicted.stdout, /0\.png: green \(\d/);
  await ofPrograms(loadNetwork(new Uint8Array(readFileSync(weights)), weights), data, picture);
  const resumed = await leibnizHere(
    ...["train", "--resume", out, "--epochs", "7", "--data", data, "--json", ...FAST],
  );
  assert.is(resumed.status, 0, resumed.stderr);
  const resume = ["train", "--resume", out, "--epochs", "9", ...FAST];
  const other = await leibnizHere(...resume, "--data", smallDataFolder({ train: 20, test: 10 }));
  assert.is(other.status, 2);
  assert.match(
    other.stderr,
    /--resume: expected the training images that the run was begun with, got others in /,
  );
  const remembered = await leibnizHere(...resume, "--json"); // where its data are
  assert.is(remembered.status, 0, remembered.stderr);
});

test("the recipe's line counts no images and no epochs, which others have", async () => {
  const folder = pictureFolder();
  const { stdout } = await leibnizHere("train", "--data", folder, "--epochs", "1", ...FAST);
  const [first] = stdout.split("\n");
  assert.is(
    first,
    "recipe default: the notes' network on all training images, shuffled; Adam 1e-3",
  );
  assert.match(stdout, /^48 training images, 12 test images; 1 epoch of 2 steps;/m);
});

test("a broken picture among good ones is named, however long the way to it is", async () => {
  const folder = join(pictureFolder(), "a".repeat(70));
  mkdirSync(folder);
  for (const part of ["train", "test"]) renameSync(join(folder, "..", part), join(folder, part));
  const broken = join(folder, "train", "green", "7.png");
  const good = readFileSync(broken);
  const small = { channels: 3, height: 5, width: 4, pixels: new Uint8Array(60) } as const;
  for (const [bytes, message] of [
    [good.subarray(0, 100), "expected a whole PNG, got one that is cut short or garbled"],
    [Buffer.from("garbage"), "expected a PNG or JPEG file, got one that starts with 67 61 72 62"],
    [
      pngOf(small),
      "expected a picture of 12×10 pixels in colour like the first test image, got 5×4",
    ],
  ] as const) {
    writeFileSync(broken, bytes);
    const { status, stderr } = await leibnizHere("train", "--data", folder, ...FAST);
    assert.is(status, 2);
    assert.ok(stderr.startsWith(`leibniz: ${broken}: ${message}`), stderr);
  }
});

test("3 channels and 3 classes from idx files and from an npz are the same data", async () => {
  const [train, testing] = [colourSet(24), colourSet(6)];
  const idx = join(temporaryFolder(), "data");
  mkdirSync(idx);
  const shape = (count: number): number[] => [count, 3, HEIGHT, WIDTH];
  for (const [name, { labels, pixels }] of [
    ["train", train],
    ["t10k", testing],
  ] as const) {
    writeFileSync(join(idx, `${name}-images-idx4-ubyte`), idxBytes(shape(labels.length), pixels));
    writeFileSync(join(idx, `${name}-labels-idx1-ubyte`), idxBytes([labels.length], labels));
  }
  const npz = join(temporaryFolder(), "data.npz");
  const arrays = Object.entries({ train, test: testing }).flatMap(([part, { labels, pixels }]) => [
    [`x_${part}.npy`, npyBytes("|u1", shape(labels.length), pixels)] as const,
    [`y_${part}.npy`, npyBytes("|u1", [labels.length], Uint8Array.from(labels))] as const,
  ]);
  writeFileSync(npz, zipSync(Object.fromEntries(arrays)));
  const recipe = recipeFile();
  const hashes: unknown[] = [];
  for (const data of [idx, npz]) {
    const { status, stdout, stderr } = await leibnizHere(
      ...["train", "--data", data, "--recipe", recipe, "--json", ...FAST],
    );
    assert.is(status, 0, stderr);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    hashes.push(lines.at(-1)!["weightsSha256"]);
    assert.ok((lines.at(-2)!["testAccuracy"] as number) > 0.9, stdout);
  }
  assert.is(hashes[0], hashes[1]);
});

test("labels from 1 are warned of, and the option sets them right", async () => {
  const folder = join(temporaryFolder(), "data");
  mkdirSync(folder);
  const pixels = Uint8Array.from({ length: 8 * 9 * 7 }, (_, i) => (31 * i) % 256);
  const labels = [1, 2, 3, 1, 2, 3, 1, 2];
  for (const name of ["train", "test"]) {
    const start = join(folder, `emnist-letters-${name}`);
    writeFileSync(`${start}-images-idx3-ubyte`, idxBytes([8, 9, 7], pixels));
    writeFileSync(`${start}-labels-idx1-ubyte`, idxBytes([8], labels));
  }
  const run = (...more: string[]) =>
    leibnizHere(
      ...["train", "--data", folder, "--recipe", recipeFile(), "--epochs", "1", ...FAST, ...more],
    );
  const { status, stdout, stderr } = await run();
  assert.is(status, 0, stderr);
  assert.match(stdout, /9×7 pixels \(height × width\), gray; 4 classes/);
  assert.match(stderr, /^warning: labels go from 1 to 3 and none is 0: add --labels-from 1/);
  assert.match(
    stderr,
    /\nwarning: EMNIST's images have rows and columns exchanged: add --transposed/,
  );
  const right = await run("--labels-from", "1", "--transposed");
  assert.match(right.stdout, /7×9 pixels \(height × width\), gray; 3 classes \(1, 2, 3\)/);
  assert.not.match(right.stderr, /warning/);
  const wrong = await run("--labels-from", "one");
  assert.match(wrong.stderr, /--labels-from: expected a whole number ≥ 0, got "one"/);
});

test("a last batch of one under batch norm: refused with a way out, which works", async () => {
  const folder = join(temporaryFolder(), "data");
  mkdirSync(folder);
  const pixels = Uint8Array.from({ length: 9 * 6 * 5 }, (_, i) => (17 * i) % 256);
  for (const name of ["train", "t10k"]) {
    writeFileSync(join(folder, `${name}-images-idx3-ubyte`), idxBytes([9, 6, 5], pixels));
    const labels = [0, 1, 0, 1, 0, 1, 0, 1, 0];
    writeFileSync(join(folder, `${name}-labels-idx1-ubyte`), idxBytes([9], labels));
  }
  const layers = {
    flat: { kind: "flatten" },
    hidden: { kind: "affine", outFeatures: 4 },
    norm: { kind: "batchNorm1d" },
    classes: { kind: "affine", outFeatures: 2 },
  };
  const run = (change: object) => {
    const recipe = recipeFile({ network: { input: [1, 6, 5], layers }, epochs: 1, ...change });
    return leibnizHere("train", "--data", folder, "--recipe", recipe, ...FAST);
  };
  const refused = await run({});
  assert.is(refused.status, 2);
  assert.match(
    refused.stderr,
    /a last batch of one example: .*; dropLast: true leaves it out, or choose another batchSize/,
  );
  for (const change of [{ dropLast: true }, { batchSize: 5 }]) {
    const done = await run(change);
    assert.is(done.status, 0, done.stderr);
  }
});

test("pictures of one class are refused before anything is trained", async () => {
  const data = pictureFolder();
  for (const part of ["train", "test"])
    for (const name of ["red", "blue"]) rmSync(join(data, part, name), { recursive: true });
  const { status, stdout, stderr } = await leibnizHere(
    ...["train", "--data", data, "--recipe", recipeFile(), ...FAST],
  );
  assert.equal([status, stdout], [2, ""]);
  assert.match(stderr, `${data}: expected images of at least two classes, got those of 1`);
});

test.run();
