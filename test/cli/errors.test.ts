import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeSafetensors, initialise, networkWeights, notebookNetwork } from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import {
  idxBytes,
  leibniz,
  leibnizHere,
  type Outcome,
  root,
  smallDataFolder,
  temporaryFolder,
} from "../helpers/cli.js";

/**
 * Requires exit code 2, nothing on standard output but what was asked for, and one line with every
 * piece.
 */
async function assertRefused(args: readonly string[], ...pieces: string[]): Promise<void> {
  assertRefusal(await leibnizHere(...args), args, pieces);
}

function assertRefusal(
  { status, stdout, stderr }: Outcome,
  args: readonly string[],
  pieces: readonly string[],
): void {
  const seen = `leibniz ${args.join(" ")} → ${status}: ${stderr}`;
  assert.is(status, 2, seen);
  assert.is(stderr.trimEnd().split("\n").length, 1, seen);
  assert.not.match(stderr, /^\s+at /m);
  for (const piece of pieces) assert.ok(stderr.includes(piece), `expected "${piece}" in ${seen}`);
  assert.not.match(stdout, /"epoch"|done/);
}

const IMAGES = "train-images-idx3-ubyte";
const LABELS = "train-labels-idx1-ubyte";

/** A small data set in which one file was changed. */
function spoiled(file: string, change: (bytes: Uint8Array) => Uint8Array): string {
  const folder = smallDataFolder();
  writeFileSync(join(folder, file), change(new Uint8Array(readFileSync(join(folder, file)))));
  return folder;
}

test("a refusal ends the process, with threads or without, and its exit code is 2", () => {
  const garbled = join(temporaryFolder(), "weights.safetensors");
  writeFileSync(garbled, "garbled");
  for (const [args, piece] of [
    [["train", "--data", "/no/such/folder"], "/no/such/folder"],
    [["train", "--data", smallDataFolder(), "--threads", "2", "--init", garbled], garbled],
  ] as const)
    assertRefusal(leibniz(...args), args, [piece]);
});

test("usage: unknown commands, options and values", async () => {
  await assertRefused(["trian"], "unknown command 'trian'", "train");
  await assertRefused(["help", "trian"], "unknown command 'trian' (Did you mean train?)");
  await assertRefused(["help", "cake"], "unknown command 'cake'; see leibniz --help");
  await assertRefused(
    ["train", "--epoch", "2"],
    "unknown option '--epoch'",
    "--epochs",
    "leibniz train --help",
  );
  await assertRefused(["train", "--epochs", "0"], "--epochs", "a whole number ≥ 1", '"0"');
  await assertRefused(["train", "--epochs", "1e3"], '"1e3"');
  await assertRefused(["train", "--seed", "-1"], "--seed", '"-1"');
  await assertRefused(["train", "--seed"], "--seed <N>", "argument missing");
  await assertRefused(["train", "--recipe", "cake"], "one of default, notebook", '"cake"');
  await assertRefused(["train", "--backend", "abacus"], "wasm, reference, gpu", '"abacus"');
  await assertRefused(["train", "--backend", "gpu", "--mode", "steam"], "cpu", "webasm", "steam");
  await assertRefused(["train", "extra"], "too many arguments");
  await assertRefused(["gradcheck", "conv3d"], "conv2d", '"conv3d"');
  await assertRefused(["evaluate"], "--weights");
  await assertRefused(["parity"], "FILE");
});

test("options: values of a wrong kind are one line with the way out", async () => {
  const train = ["train", "--data", smallDataFolder()];
  const file = join(temporaryFolder(), "a-file");
  writeFileSync(file, "text");
  for (const [args, ...pieces] of [
    [["--epochs", "three"], '--epochs: expected a whole number ≥ 1, got "three"'],
    [["--seed", "-1"], '--seed: expected a whole number ≥ 0, got "-1"'],
    [["--threads", "99"], '--threads: expected a whole number from 1 to 64, got "99"'],
    [["--threads", "2", "--backend", "reference"], "--threads: expected 1, all that the referenc"],
    [["--mode", "cpu"], "--mode: expected no mode along with --backend wasm", "--backend gpu --m"],
    [["--out", file], `${file}, which is a file; choose another name`],
    [["--out", join(file, "run")], `${file}, which is a file; choose another name`],
    [["--batch-size", "0"], "unknown option '--batch-size'; a recipe says it: --recipe FILE.json"],
    [["--no-shuffle"], "unknown option '--no-shuffle'; a recipe says it: --recipe FILE.json"],
    [["--subset", "-3"], "--subset: expected a number from 1 to ", "or a file, got -3"],
    [["--subset", "1.5"], "--subset: expected a number from 1 to ", "or a file, got 1.5"],
    [["extra", "words"], "too many arguments for 'train': expected 0, got 2; see leibniz train"],
  ] as const)
    await assertRefused([...train, ...args], ...pieces);
});

test("weights: a file of another kind is told by how it starts", async () => {
  const folder = temporaryFolder();
  const written = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const code = written("file.mjs", "export default 3;\n");
  const picture = written("0.png", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0));
  const cut = written("cut", Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22));
  const way = "; saveNetwork and train --out write them";
  for (const [path, got] of [
    [code, `expected a safetensors file, got text that starts with "export default 3"${way}`],
    [picture, `expected a safetensors file, got a file that starts with 89 50 4e 47${way}`],
    [cut, "expected a safetensors header that fits into the file's 10 bytes, got a header of 200"],
  ] as const)
    await assertRefused(["evaluate", "--weights", path], `${path}: ${got}`);
});

test("data: missing folders and files, and files in place of folders", async () => {
  await assertRefused(["train", "--data", "/no/such/folder"], "/no/such/folder");
  const missing = smallDataFolder();
  rmSync(join(missing, LABELS));
  await assertRefused(["train", "--data", missing], LABELS);
  await assertRefused(["train", "--data", join(missing, IMAGES)], IMAGES);
  const folder = smallDataFolder();
  rmSync(join(folder, IMAGES));
  mkdirSync(join(folder, IMAGES));
  await assertRefused(["train", "--data", folder], IMAGES);
});

test("data: truncated, over-long, garbled and mismatched files", async () => {
  await assertRefused(
    ["train", "--data", spoiled(IMAGES, () => new Uint8Array())],
    IMAGES,
    "0 bytes",
  );
  await assertRefused(["train", "--data", spoiled(IMAGES, (bytes) => bytes.slice(0, 10))], IMAGES);
  await assertRefused(["train", "--data", spoiled(IMAGES, (bytes) => bytes.slice(0, -1))], IMAGES);
  await assertRefused(
    ["train", "--data", spoiled(IMAGES, (bytes) => Uint8Array.from([...bytes, 0]))],
    IMAGES,
  );
  await assertRefused(
    ["train", "--data", spoiled(IMAGES, (bytes) => bytes.map((byte, i) => (i === 2 ? 9 : byte)))],
    IMAGES,
  );
  await assertRefused(
    [
      "train",
      "--data",
      spoiled(IMAGES, () =>
        Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      ),
    ],
    IMAGES,
    "zip",
  );
  await assertRefused(
    ["train", "--data", spoiled(LABELS, (bytes) => bytes.map((byte, i) => (i === 20 ? 77 : byte)))],
    LABELS,
    "77",
  );
  await assertRefused(
    ["train", "--data", spoiled(LABELS, () => idxBytes([95], new Uint8Array(95)))],
    "95",
    "96",
  );
});

test("data: images that the network cannot take name the layer and both shapes", async () => {
  await assertRefused(
    ["train", "--data", smallDataFolder({ height: 2, width: 9 })],
    "expected images [1, 28, 28] and 10 classes, which the network of recipe default takes",
    "got images [1, 2, 9] and 10 classes; it cannot be sized to them: conv1: conv2d",
    "2×9",
    "3×3",
  );
});

test("--subset: numbers and files that make no sense", async () => {
  const data = smallDataFolder();
  const file = (text: string): string => {
    const path = join(temporaryFolder(), "subset.json");
    writeFileSync(path, text);
    return path;
  };
  await assertRefused(["train", "--data", data, "--subset", "0"], "--subset", "from 1 to 96");
  await assertRefused(["train", "--data", data, "--subset", "97"], "from 1 to 96", "97");
  await assertRefused(
    ["train", "--data", data, "--subset", "nowhere.json"],
    "nowhere.json",
    "no such file",
  );
  for (const text of ["", "{", "{}", "[]", "[1.5]", "[-1]", "[96]", '["1"]', "[1, 1]"]) {
    await assertRefused(["train", "--data", data, "--subset", file(text)], "subset.json");
  }
});

test("weights of another network, cut short, garbled, or not finite", async () => {
  const data = smallDataFolder();
  const folder = temporaryFolder();
  const file = join(folder, "weights.safetensors");
  const network = notebookNetwork();
  initialise(network, new Random(0));
  const good = encodeSafetensors({ tensors: networkWeights(network), metadata: {} });
  const refused = async (bytes: Uint8Array, ...pieces: string[]): Promise<void> => {
    writeFileSync(file, bytes);
    await assertRefused(["train", "--data", data, "--init", file], file, ...pieces);
    await assertRefused(["evaluate", "--data", data, "--weights", file], file, ...pieces);
  };
  await refused(good.slice(0, 5), "5 bytes");
  await refused(good.slice(0, 1000), "cut short");
  await refused(good.slice(0, -4), "cut short");
  await refused(
    good.map((byte, i) => (i === 9 ? 0xff : byte)),
    "JSON",
  );
  await refused(
    encodeSafetensors({ tensors: new Map([["fc.weight", Tensor.zeros([2, 3])]]), metadata: {} }),
    "conv1.weight",
    "fc.weight",
    "another network",
  );
  const tensors = new Map(networkWeights(network));
  await refused(
    encodeSafetensors({
      tensors: new Map([...tensors, ["conv2.weight", Tensor.zeros([32, 8, 3, 3])]]),
      metadata: {},
    }),
    "conv2.weight",
    "[32, 16, 3, 3]",
    "[32, 8, 3, 3]",
  );
  await refused(
    encodeSafetensors({
      tensors: new Map([...tensors, ["conv2.bias", Tensor.full([32], NaN)]]),
      metadata: {},
    }),
    "conv2.bias",
    "finite",
  );
  await assertRefused(
    ["evaluate", "--data", data, "--weights", join(folder, "none.safetensors")],
    "none.safetensors",
    "no such file",
  );
});

test(
  "a loss that is not finite stops the training: epoch, step and layer are named, " +
    "nothing is left behind",
  async () => {
    const folder = temporaryFolder();
    const file = join(folder, "huge.safetensors");
    const network = notebookNetwork();
    initialise(network, new Random(0));
    network.parameters.find(({ name }) => name === "conv2.weight")!.parameter.value.data.fill(3e38);
    writeFileSync(file, encodeSafetensors({ tensors: networkWeights(network), metadata: {} }));
    const out = join(folder, "out");
    await assertRefused(
      ["train", "--data", smallDataFolder(), "--init", file, "--out", out],
      "epoch 0, step 1",
      "conv2",
    );
    assert.not.ok(existsSync(out), "a failed run leaves no folder");
  },
);

test("--out and --resume: a run is never overwritten, and only a run can go on", async () => {
  const data = smallDataFolder();
  const folder = temporaryFolder();
  const out = join(folder, "run");
  assert.is((await leibnizHere("train", "--data", data, "--epochs", "1", "--out", out)).status, 0);
  await assertRefused(["train", "--data", data, "--out", out], out, "--resume");
  await assertRefused(
    ["train", "--data", data, "--resume", folder],
    folder,
    "checkpoint.safetensors",
  );
  await assertRefused(["train", "--data", data, "--resume", out, "--epochs", "1"], "--epochs");
  await assertRefused(["train", "--data", data, "--resume", out, "--seed", "3"], "--seed");
  await assertRefused(
    ["train", "--data", data, "--resume", out, "--recipe", "default"],
    "--recipe",
  );
  writeFileSync(join(folder, "file"), "");
  await assertRefused(["train", "--data", data, "--out", join(folder, "file", "run")], "file");
  const broken = join(folder, "broken");
  mkdirSync(broken);
  for (const name of readdirSync(out)) copyFileSync(join(out, name), join(broken, name));
  writeFileSync(join(broken, "run.json"), '{"recipe": "default"');
  await assertRefused(["train", "--data", data, "--resume", broken], "run.json", "JSON");
  copyFileSync(join(out, "weights.safetensors"), join(broken, "checkpoint.safetensors"));
  await assertRefused(["train", "--data", data, "--resume", broken], "checkpoint");
});

test("a full disk is told in one line, and no half-written file stays", () => {
  const out = join(temporaryFolder(), "run");
  // files may have 200 kB at most, a checkpoint needs more
  const limited = `ulimit -f 200; exec "$0" "$@"`;
  const { status, stderr } = shell(
    limited,
    process.execPath,
    join(root, "dist/cli/main.js"),
    "train",
    "--data",
    smallDataFolder(),
    "--epochs",
    "1",
    "--out",
    out,
  );
  assert.is(status, 2, stderr);
  assert.match(
    stderr,
    /^leibniz: cannot write .*checkpoint\.safetensors: .*larger than this system allows\n$/,
  );
  assert.not.ok(existsSync(out), "it is found before the first step");
});

test("parity: files that hold no recorded results", async () => {
  const file = (text: string): string => {
    const path = join(temporaryFolder(), "recorded.json");
    writeFileSync(path, text);
    return path;
  };
  await assertRefused(["parity", "nowhere.json"], "nowhere.json", "no such file");
  await assertRefused(["parity", file("")], "recorded.json", "JSON");
  await assertRefused(["parity", file("{}")], "recorded.json", "at least one");
  await assertRefused(["parity", file('{"layers": [{"layer": "lstm"}]}')], "layers[0]", '"lstm"');
  await assertRefused(["parity", root], "it is a folder");
});

test("--debug adds where an error came from", async () => {
  const { status, stderr } = await leibnizHere("gradcheck", "conv3d", "--debug");
  assert.is(status, 2);
  assert.match(stderr, /^leibniz: .*\n/);
  assert.match(stderr, /^\s+at /m);
});

function shell(script: string, ...args: string[]): { status: number | null; stderr: string } {
  return spawnSync("bash", ["-c", script, ...args], { encoding: "utf8", timeout: 120_000 });
}

test.run();
