/** What --weights and --init take: a file, a checkpoint, a run's folder; and weights of others. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeSafetensors, encodeSafetensors } from "leibniz/network";
import { Tensor } from "leibniz/tensor";
import { leibnizHere, smallDataFolder, temporaryFolder } from "../helpers/cli.js";

const data = ["--data", smallDataFolder({ train: 64, test: 50 })];
const folder = temporaryFolder();
const run = join(folder, "run");

async function evaluated(weights: string): Promise<{ hash: unknown; said: string }> {
  const { status, stdout, stderr } = await leibnizHere(
    ...["evaluate", ...data, "--weights", weights, "--json"],
  );
  assert.is(status, 0, stderr);
  const { weightsSha256 } = JSON.parse(stdout) as Record<string, unknown>;
  return { hash: weightsSha256, said: stderr };
}

test("a run's folder, its checkpoint and its weights are the same weights", async () => {
  const { status, stdout, stderr } = await leibnizHere(
    ...["train", ...data, "--epochs", "1", "--out", run, "--json"],
  );
  assert.is(status, 0, stderr);
  const { weightsSha256 } = JSON.parse(stdout.trim().split("\n").at(-1)!) as Record<
    string,
    unknown
  >;
  const only = join(folder, "only");
  mkdirSync(only);
  const [weights, checkpoint] = ["weights", "checkpoint"].map((n) => join(run, `${n}.safetensors`));
  copyFileSync(checkpoint!, join(only, "checkpoint.safetensors"));
  for (const path of [run, weights!, checkpoint!, only])
    assert.equal(await evaluated(path), { hash: weightsSha256, said: "" }, path);
});

test("weights under PyTorch's names are taken, and it says how", async () => {
  const path = join(run, "weights.safetensors");
  const { tensors } = decodeSafetensors(readFileSync(path), path);
  const foreign = join(folder, "foreign.safetensors");
  const renamed = new Map([...tensors].map(([name, x]) => [`module.${name}`, x]));
  writeFileSync(foreign, encodeSafetensors({ tensors: renamed, metadata: {} }));
  const [own, theirs] = [await evaluated(run), await evaluated(foreign)];
  assert.is(theirs.hash, own.hash);
  assert.is(theirs.said, `${foreign}: module. left out\n`);
});

test("what a file calls its tensors is printed without escapes", async () => {
  const path = join(run, "weights.safetensors");
  const { tensors } = decodeSafetensors(readFileSync(path), path);
  const part = join(folder, "escapes.safetensors");
  const names = new Map([...tensors, ["\u001b]0;owned\u0007", Tensor.zeros([1])] as const]);
  writeFileSync(part, encodeSafetensors({ tensors: names, metadata: {} }));
  const { status, stderr } = await leibnizHere(
    ...["train", ...data, "--epochs", "1", "--subset", "32", "--init", part, "--init-part"],
  );
  assert.is(status, 0, stderr);
  assert.match(stderr, "not used: \ufffd]0;owned\ufffd");
});

test("--logits does not overwrite the weights, by whatever name", async () => {
  const path = join(run, "weights.safetensors");
  const before = readFileSync(path);
  const { status, stderr } = await leibnizHere(
    ...["evaluate", ...data, "--weights", run, "--logits", join(run, ".", "weights.safetensors")],
  );
  assert.is(status, 2);
  assert.match(stderr, "--logits: expected another file than --weights");
  assert.equal(readFileSync(path), before);
});

test("what are no weights is named", async () => {
  const [checkpoint, empty] = [join(folder, "model.pt"), temporaryFolder()];
  writeFileSync(checkpoint, Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(100)]));
  for (const [weights, piece] of [
    [checkpoint, `${checkpoint}: expected a safetensors file, got a zip archive`],
    [empty, `--weights: expected a file, or a folder with weights.safetensors in it, got ${empty}`],
  ] as const) {
    const { status, stderr } = await leibnizHere("evaluate", ...data, "--weights", weights);
    assert.is(status, 2);
    assert.ok(stderr.includes(piece) && stderr.trim().split("\n").length === 1, stderr);
  }
});

test("--init-part takes what fits, says what was left, and wants --init", async () => {
  const path = join(run, "weights.safetensors");
  const { tensors } = decodeSafetensors(readFileSync(path), path);
  const part = join(folder, "part.safetensors");
  const [first] = tensors;
  writeFileSync(part, encodeSafetensors({ tensors: new Map([first!]), metadata: {} }));
  const train = ["train", ...data, "--epochs", "1", "--subset", "32", "--json"];
  const { status, stderr } = await leibnizHere(...train, "--init", part, "--init-part");
  assert.is(status, 0, stderr);
  assert.match(stderr, `${part}: 1 of ${tensors.size} taken; as initialised: `);
  const whole = await leibnizHere(...train, "--init", part);
  assert.is(whole.status, 2);
  assert.match(whole.stderr, "expected the weights of this network, got no ");
  const alone = await leibnizHere(...train, "--init-part");
  assert.is(alone.status, 2);
  assert.match(alone.stderr, "--init-part: expected --init FILE along with it, got none");
});

test.run();
