/** `--recipe FILE.json`, and descriptions in the files that training leaves behind. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  decodeSafetensors,
  encodeSafetensors,
  loadNetwork,
  readDescription,
  weightsSha256,
} from "leibniz/network";
import { findRecipe, readRecipe } from "leibniz/training";
import { leibnizHere, root, smallDataFolder, temporaryFolder } from "../helpers/cli.js";

const example = join(root, "examples/recipe.json");
const recipe = readRecipe(readFileSync(example, "utf8"), example);
const data = ["--data", smallDataFolder()];

const last = (text: string): Record<string, unknown> =>
  JSON.parse(text.trimEnd().split("\n").at(-1)!) as Record<string, unknown>;
async function done(...args: string[]): Promise<Record<string, unknown>> {
  const { status, stdout, stderr } = await leibnizHere(
    ...args,
    ...data,
    "--json",
    "--threads",
    "1",
  );
  assert.is(status, 0, stderr);
  return last(stdout);
}
async function refused(args: readonly string[], ...pieces: string[]): Promise<void> {
  const { status, stdout, stderr } = await leibnizHere(...args, ...data);
  assert.is(status, 2, `${stdout}${stderr}`);
  assert.is(stderr.trimEnd().split("\n").length, 1, stderr);
  for (const piece of pieces) assert.ok(stderr.includes(piece), `expected "${piece}" in ${stderr}`);
}
/** A file with a changed copy of the example. */
function fileOf(text: string): string {
  const path = join(temporaryFolder(), "recipe.json");
  writeFileSync(path, text);
  return path;
}
const changed = (changes: object): string => fileOf(JSON.stringify({ ...recipe, ...changes }));

/** The example trained for an epoch, and kept. */
async function trained(file = example): Promise<string> {
  const out = join(temporaryFolder(), "run");
  await done("train", "--recipe", file, "--epochs", "1", "--out", out);
  return out;
}

test("a recipe by its file trains as the one of that name", async () => {
  const file = fileOf(JSON.stringify(findRecipe("default")));
  const named = await done("train", "--recipe", "default", "--epochs", "1");
  const read = await done("train", "--recipe", file, "--epochs", "1");
  assert.is(read["weightsSha256"], named["weightsSha256"]);
  const people = await leibnizHere("train", "--recipe", example, ...data);
  assert.is(people.status, 0, people.stderr);
  assert.match(people.stdout, "recipe wide: one wide convolution");
  assert.match(people.stdout, "inChannels 1, outChannels 24, kernelSize 5, stride 2");
  assert.match(people.stdout, " training images (augmented: shift, rotation), ");
  assert.match(people.stdout, "epoch 2/2");
});

test("what training keeps holds network and recipe, and goes on without the file", async () => {
  const file = changed({ schedule: undefined });
  const out = await trained(file);
  const path = join(out, "weights.safetensors");
  const bytes = new Uint8Array(readFileSync(path));
  const network = loadNetwork(bytes, path);
  const evaluated = await done("evaluate", "--weights", path);
  assert.is(evaluated["weightsSha256"], await weightsSha256(network));
  const { conv, classes } = network.description!.layers;
  assert.equal([conv!["inChannels"], classes!["inFeatures"]], [1, 24 * 6 * 6]);
  const { metadata } = decodeSafetensors(bytes, path);
  const { schedule: _, ...plain } = recipe;
  assert.equal(readRecipe(metadata["wholeRecipe"]!, path), plain);
  // a file of the network alone, as a reader of its own would write it
  writeFileSync(path, encodeSafetensors({ ...decodeSafetensors(bytes, path), metadata: {} }));
  await refused(["evaluate", "--weights", path], "expected the weights of this network");
  assert.equal(
    (await done("evaluate", "--weights", path, "--recipe", file))["weightsSha256"],
    evaluated["weightsSha256"],
  );
  const rest = await done("train", "--resume", out, "--epochs", "3");
  const whole = await done("train", "--recipe", file, "--epochs", "3");
  assert.is(rest["weightsSha256"], whole["weightsSha256"]);
});

test("images are augmented as the file says, and a run goes on as it began", async () => {
  const augment = [
    { kind: "shear", degrees: 10 },
    { kind: "elastic", strength: 20, smoothness: 3 },
  ];
  const file = changed({ schedule: undefined, augment });
  const out = await trained(file);
  const config = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as Record<string, object>;
  assert.equal((config["wholeRecipe"] as { augment?: object }).augment, augment);
  const rest = await done("train", "--resume", out, "--epochs", "2");
  const whole = await done("train", "--recipe", file, "--epochs", "2");
  assert.is(rest["weightsSha256"], whole["weightsSha256"]);
  const bare = changed({ schedule: undefined, augment: [] });
  const other = await done("train", "--recipe", bare, "--epochs", "2");
  assert.is.not(other["weightsSha256"], whole["weightsSha256"]);
  const help = await leibnizHere("train", "--help");
  assert.match(help.stdout.replace(/\s+/g, " "), "augment its images: shift, rotation, scale, ");
  await refused(
    ["train", "--recipe", changed({ augment: [{ kind: "rotate", degrees: 5 }] })],
    "recipe.json: augment: augmentation: expected a kind among shift, rotation, scale",
  );
});

test("weights of another network are refused by the option that differs", async () => {
  const path = join(await trained(), "weights.safetensors");
  await refused(
    ["evaluate", "--weights", path, "--recipe", "default"],
    `${path}: conv1: expected {"kind":"conv2d"`,
    "got none; the file belongs to another network",
  );
  const layers = { ...recipe.network.layers, pool: { kind: "averagePool2d", kernelSize: 2 } };
  await refused(
    [
      "evaluate",
      "--weights",
      path,
      "--recipe",
      changed({ network: { ...recipe.network, layers } }),
    ],
    `${path}: pool.kind: expected "averagePool2d", got "maxPool2d"`,
  );
});

test("weights whose description asks for more than the file holds are refused", async () => {
  const path = join(await trained(), "weights.safetensors");
  const { tensors, metadata } = decodeSafetensors(new Uint8Array(readFileSync(path)), path);
  const spoil = (from: string, to: string): void =>
    writeFileSync(
      path,
      encodeSafetensors({
        tensors,
        metadata: { ...metadata, network: metadata["network"]!.replace(from, to) },
      }),
    );
  spoil('"outFeatures":10', '"outFeatures":100000');
  await refused(["evaluate", "--weights", path], `${path}: classes: network: expected at most`);
  spoil('"kind":"affine"', '"kind":"afine"');
  await refused(["evaluate", "--weights", path], "classes: layer: expected a kind", "mean affine?");
  spoil("{", "");
  await refused(["evaluate", "--weights", path], `${path}: metadata network: expected JSON`);
});

test("a run whose recipe was changed by hand does not go on", async () => {
  const out = await trained(changed({ schedule: undefined }));
  const file = join(out, "run.json");
  const before = readFileSync(file, "utf8");
  const resume = ["train", "--resume", out];
  writeFileSync(file, before.replace('"learningRate":0.05', '"learningRate":0.5'));
  await refused(
    resume,
    "run.json: wholeRecipe.optimizer.learningRate: expected 0.05, got 0.5; " +
      "the file belongs to another run",
  );
  writeFileSync(file, before.replace('"kernelSize":5', '"kernelSize":3'));
  await refused(resume, "run.json: wholeRecipe.network.layers.conv.kernelSize: expected 5, got 3");
  writeFileSync(file, before.replace('"kind":"sgd"', '"kind":"sdg"'));
  await refused(resume, "run.json: wholeRecipe: optimizer: ", "did you mean sgd?");
  writeFileSync(file, before);
  assert.is((await done(...resume, "--epochs", "2"))["done"], true);
});

test("a run of before recipes were data goes on as it did", async () => {
  const out = join(temporaryFolder(), "run");
  await done("train", "--epochs", "1", "--out", out);
  const config = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as object;
  const young = { wholeRecipe: undefined, data: undefined, backend: undefined };
  writeFileSync(join(out, "run.json"), JSON.stringify({ ...config, ...young }));
  const path = join(out, "checkpoint.safetensors");
  const { tensors, metadata } = decodeSafetensors(new Uint8Array(readFileSync(path)), path);
  assert.is.not(readDescription({ metadata }, path), null);
  const { network: _, wholeRecipe: __, run: ___, sha256: ____, ...rest } = metadata;
  const old = { ...rest, format: "leibniz checkpoint 1" };
  writeFileSync(path, encodeSafetensors({ tensors, metadata: old }));
  const whole = await done("train", "--resume", out, "--epochs", "2");
  assert.is(whole["weightsSha256"], (await done("train", "--epochs", "2"))["weightsSha256"]);
});

test("what is no recipe is refused in one line", async () => {
  const text = JSON.stringify(recipe);
  const layer = (description: object): string =>
    changed({ network: { input: [1, 28, 28], layers: { a: description } } });
  const files: [file: string, ...pieces: string[]][] = [
    ["there/is/none.json", "cannot read there/is/none.json"],
    [fileOf(text.slice(0, 90)), "recipe.json: expected JSON, got "],
    [fileOf(`${text}${" ".repeat(2e6)}`), "expected a recipe of at most 1000000 characters"],
    [fileOf("[1]"), "expected a JSON object, got an array"],
    [changed({ epochs: 2.5 }), "expected epochs to be a whole number ≥ 1, got 2.5"],
    [changed({ optimiser: 1 }), "did you mean optimizer?"],
    [layer({ kind: "conv3d" }), "a: layer: expected a kind among", "did you mean conv2d?"],
    [layer({ kind: "affine", outFeatures: 2 }), "a: affine: expected"],
    [
      layer({ kind: "conv2d", outChannels: 2 ** 29, kernelSize: 1 }),
      "a: network: expected at most 268435456 numbers",
    ],
  ];
  for (const [file, ...pieces] of files) await refused(["train", "--recipe", file], ...pieces);
  await refused(
    ["train", "--recipe", "wide"],
    "one of default, notebook, tuned, best, or a file",
    '"wide"',
  );
});

test.run();
