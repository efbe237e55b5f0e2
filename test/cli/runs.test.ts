import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeCheckpoint } from "leibniz/training";
import { leibnizHere, leibnizDying, smallDataFolder, temporaryFolder } from "../helpers/cli.js";

const data = smallDataFolder({ train: 70, test: 12 });
const usual = ["--data", data, "--threads", "1", "--json", "--no-report"];
const sha = (stdout: string): unknown =>
  (JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as { weightsSha256?: string }).weightsSha256;

async function refused(args: readonly string[], ...pieces: string[]): Promise<void> {
  const { status, stdout, stderr } = await leibnizHere("train", ...args);
  assert.is(status, 2, stdout + stderr);
  assert.is(stderr.trimEnd().split("\n").length, 1, stderr);
  for (const piece of pieces) assert.ok(stderr.includes(piece), `expected "${piece}" in ${stderr}`);
}

/** A run of one epoch, and its folder. */
async function finished(...more: string[]): Promise<string> {
  const out = join(temporaryFolder(), "run");
  const { status, stderr } = await leibnizHere("train", ...usual, ...more, "--out", out);
  assert.is(status, 0, stderr);
  return out;
}

/** Epochs without how long they took. */
function logOf(out: string): unknown[] {
  const lines = readFileSync(join(out, "log.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const {
      trainSeconds: _,
      imagesPerSecond: __,
      ...rest
    } = JSON.parse(line) as {
      trainSeconds: number;
      imagesPerSecond: number;
    };
    return rest;
  });
}

/** As if the process had died between metrics and checkpoint. @returns what the line holds */
function addLineAhead(out: string): string {
  const file = join(out, "metrics.jsonl");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const sizes = { gradientNorms: {}, updateRatios: {} };
  const line = { epoch: 24, step: 3, steps: 3, loss: 0.123456, learningRate: 1, ...sizes };
  writeFileSync(file, `${text}${JSON.stringify(line)}\n{"half`);
  return "0.123456";
}

const listeners = (): number => process.listenerCount("SIGINT");

/** As Ctrl-C does, within this process, as soon as a checkpoint stands within an epoch. */
async function interruptWithinEpoch(out: string, hasEnded: () => boolean): Promise<void> {
  const file = join(out, "checkpoint.safetensors");
  const before = listeners();
  for (;;) {
    assert.not.ok(hasEnded(), "it ended without a checkpoint within an epoch");
    await new Promise((resolve) => setImmediate(resolve)); // between two steps
    if (!existsSync(file)) continue;
    if (decodeCheckpoint(readFileSync(file), file).info.progress !== undefined) break;
  }
  process.listeners("SIGINT").at(-1)!("SIGINT");
  assert.is(listeners(), before, "a second one ends the process at once");
}

test("a run goes on as it was begun, and from the middle of an epoch", async () => {
  const whole = join(temporaryFolder(), "whole");
  const train = ["train", ...usual, "--subset", "66", "--epochs", "25"];
  const right = await leibnizHere(...train, "--out", whole);
  const out = join(temporaryFolder(), "run");
  const { now } = performance;
  let seconds = 0;
  performance.now = () => 1000 * seconds++; // so a checkpoint is due after as many steps each time
  try {
    let hasEnded = false;
    const run = leibnizHere(...train, "--checkpoint-every", "1", "--out", out);
    const ended = run.finally(() => (hasEnded = true));
    await interruptWithinEpoch(out, () => hasEnded);
    const stopped = await ended;
    assert.is(stopped.status, 130, stopped.stderr);
    assert.match(
      stopped.stderr,
      /^leibniz: train: stopped by SIGINT; kept as it was after .*epoch \d+; go on with .*\n$/,
    );
  } finally {
    performance.now = now;
  }
  const ahead = addLineAhead(out);
  const rest = await leibnizHere("train", "--resume", out, "--json", "--no-report");
  assert.is(rest.status, 0, rest.stderr);
  assert.is(sha(rest.stdout), sha(right.stdout));
  assert.equal(logOf(out), logOf(whole));
  const metrics = readFileSync(join(out, "metrics.jsonl"), "utf8");
  assert.is(metrics, readFileSync(join(whole, "metrics.jsonl"), "utf8"));
  assert.not.ok(metrics.includes(ahead));
  const places = metrics
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { epoch, step, steps } = JSON.parse(line) as Record<"epoch" | "step" | "steps", number>;
      return epoch * steps + step;
    });
  assert.equal(places, [1, 2, 3, 5, 7, 10, 14, 20, 28, 40, 50]);
});

test("other data, and an edited configuration, are refused by what differs", async () => {
  const out = await finished("--epochs", "1", "--subset", "40");
  const resume = ["--resume", out, "--epochs", "2", "--json"];
  const other = join(temporaryFolder(), "other");
  for (const [file, what] of [
    ["train-images-idx3-ubyte", "the training images that the run was begun with"],
    ["t10k-labels-idx1-ubyte", "the test labels that the run was begun with"],
  ] as const) {
    cpSync(data, other, { recursive: true });
    const bytes = readFileSync(join(other, file));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(join(other, file), bytes);
    await refused(
      [...resume, "--data", other],
      `--resume: expected ${what}, got others in ${other}`,
    );
  }
  await refused([...resume, "--backend", "reference"], "the backend wasm that the run was begun");
  const file = join(out, "run.json");
  const before = readFileSync(file, "utf8");
  const config = JSON.parse(before) as Record<string, unknown> & { subset: number[] };
  for (const [change, message] of [
    [{ seed: 1 }, "run.json: seed: expected 0, got 1"],
    [{ epochs: 9 }, "run.json: epochs: expected 1, got 9"],
    [{ subset: config.subset.toReversed() }, "run.json: subset: expected ["],
    [
      { backend: { name: "gpu", mode: null } },
      'run.json: backend.name: expected "wasm", got "gpu"',
    ],
  ] as const) {
    writeFileSync(file, JSON.stringify({ ...config, ...change }));
    await refused(resume, message);
  }
  writeFileSync(file, before);
  assert.equal(readdirSync(out).length, 5, "no lock is left");
  assert.is((await leibnizHere("train", ...resume)).status, 0);
});

test("a run finds its data again, also where they have moved to", async () => {
  const moved = join(temporaryFolder(), "moved");
  cpSync(data, moved, { recursive: true });
  const out = join(temporaryFolder(), "run");
  const train = ["train", "--json", "--threads", "1"];
  await leibnizHere(...train, "--data", moved, "--epochs", "1", "--out", out);
  rmSync(moved, { recursive: true });
  await refused(["--resume", out, "--epochs", "2"], moved);
  const rest = await leibnizHere(...train, "--resume", out, "--data", data, "--epochs", "2");
  assert.is(rest.status, 0, rest.stderr);
  const whole = await leibnizHere(...train, "--data", data, "--epochs", "2");
  assert.is(sha(rest.stdout), sha(whole.stdout));
});

test("--checkpoint-every without a folder is refused", () =>
  refused([...usual, "--checkpoint-every", "5"], "--checkpoint-every: expected --out or --resume"));

test("a crash between two files leaves a run that goes on, however long it is to be", async () => {
  const out = await finished("--epochs", "1");
  const file = join(out, "run.json");
  const before = readFileSync(file, "utf8");
  assert.is((await leibnizHere("train", "--resume", out, "--epochs", "2", "--json")).status, 0);
  writeFileSync(file, before); // as if the process had died in front of it
  assert.is((await leibnizHere("train", "--resume", out, "--epochs", "3", "--json")).status, 0);
  rmSync(file);
  const rest = await leibnizHere("train", "--resume", out, "--epochs", "4", "--json");
  const whole = await leibnizHere("train", ...usual, "--epochs", "4");
  assert.is(sha(rest.stdout), sha(whole.stdout));
  assert.is((JSON.parse(readFileSync(file, "utf8")) as { epochs: number }).epochs, 4);
});

test("--out overwrites nothing, and makes no mess where it cannot begin", async () => {
  const folder = temporaryFolder();
  for (const name of ["run.json", "log.jsonl", "weights.safetensors", "report.html"]) {
    const out = join(folder, `with-${name}`);
    mkdirSync(out);
    writeFileSync(join(out, name), "mine");
    await refused([...usual, "--out", out], `${out}, which holds ${name}; nothing was overwritten`);
    assert.equal(readdirSync(out), [name]);
    assert.is(readFileSync(join(out, name), "utf8"), "mine");
  }
  const linked = join(folder, "linked");
  mkdirSync(linked);
  symlinkSync("/no/such/disk/weights", join(linked, "weights.safetensors"));
  await refused([...usual, "--out", linked], `${linked}, which holds weights.safetensors`);
  assert.is(readlinkSync(join(linked, "weights.safetensors")), "/no/such/disk/weights");
  const others = join(folder, "others");
  mkdirSync(others);
  writeFileSync(join(others, "notes.txt"), "mine");
  assert.is((await leibnizHere("train", ...usual, "--epochs", "1", "--out", others)).status, 0);
  assert.is(readFileSync(join(others, "notes.txt"), "utf8"), "mine");
});

for (const [when, at, kept] of [
  ["half", 25, true], // of the metrics of the first epoch
  ["half", 30, true], // of the checkpoint of the first epoch
  ["before", 7, false], // the very first checkpoint is there
] as const)
  test(`kill -9 ${when} the ${at}th change on the disk`, async () => {
    const out = join(temporaryFolder(), "run");
    const train = ["train", ...usual, "--epochs", "2"];
    const killed = leibnizDying({ DIE_AT: String(at), DIE_WHEN: when }, ...train, "--out", out);
    assert.is(killed, "SIGKILL");
    assert.is(existsSync(join(out, "checkpoint.safetensors")), kept);
    assert.ok(readdirSync(out).some((name) => name.startsWith(".leibniz-lock-")));
    assert.ok(readdirSync(out).some((name) => name.startsWith(".leibniz-partial-")));
    const rest = kept
      ? await leibnizHere("train", "--resume", out, "--json", "--no-report")
      : await leibnizHere(...train, "--out", out);
    assert.is(sha(rest.stdout), sha((await leibnizHere(...train)).stdout), rest.stderr);
    assert.equal(readdirSync(out).sort(), [
      ...["checkpoint.safetensors", "log.jsonl", "metrics.jsonl", "run.json"],
      "weights.safetensors",
    ]);
  });

test.run();
