/**
 * kill -9 at random moments and at each change on the disk: what goes on comes to the same weights
 * and the same log as a run that nothing disturbed.
 *
 *     node test/durability/kills.mjs [MOMENTS] [EVERY]     20 moments, each 1st change if left out
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataFolder, epochsOf, finish, hashOf, leibniz, scratch, Tally, wait } from "./common.mjs";
import { start } from "./common.mjs";

const [moments = 20, every = 1] = process.argv.slice(2).map(Number);

const folder = join(scratch, "run");

async function undisturbed(train) {
  rmSync(folder, { recursive: true, force: true });
  const outcome = await leibniz(["train", ...train, "--out", folder]);
  return { hash: hashOf(outcome), log: epochsOf(folder) };
}

/** Says how a run that died went on. */
async function compare(tally, kind, train, right, more) {
  const isThere = existsSync(join(folder, "checkpoint.safetensors"));
  const outcome = await finish(folder, train, more);
  const isDone = outcome.stderr.includes("expected more epochs than");
  const left = readdirSync(folder).filter((name) => name.startsWith(".leibniz-"));
  const hash = isDone ? await weightsOf() : hashOf(outcome);
  const same = hash === right.hash && epochsOf(folder) === right.log && left.length === 0;
  const how = isDone ? "had been done" : isThere ? "went on" : "started again by --out";
  tally.add(`${kind}: ${how}, ${same ? "same" : `OTHER: ${outcome.stderr.trim()}`}`, same);
}

async function weightsOf() {
  const { createHash } = await import("node:crypto");
  const { decodeSafetensors, encodeSafetensors } = await import("../../dist/network/index.js");
  const { tensors } = decodeSafetensors(readFileSync(join(folder, "weights.safetensors")), "");
  return createHash("sha256")
    .update(encodeSafetensors({ tensors, metadata: {} }))
    .digest("hex");
}

/** The default recipe, with augmentations that draw. */
async function augmented() {
  const { findRecipe } = await import("../../dist/training/index.js");
  const { elastic, erasing, shift } = await import("../../dist/data/index.js");
  const path = join(scratch, "augmented.json");
  const augment = [
    shift({ pixels: 2 }),
    elastic({ strength: 34, smoothness: 4 }),
    erasing({ probability: 0.5, area: [0.1, 0.3] }),
  ];
  writeFileSync(path, JSON.stringify({ ...findRecipe("default"), name: "augmented", augment }));
  return path;
}

const tally = new Tally();
const data = dataFolder("data", 3200, 500);
for (const recipe of ["default", await augmented()]) {
  const train = [
    ...["--data", data, "--epochs", "3", "--threads", "1", "--checkpoint-every", "1"],
    ...["--recipe", recipe],
  ];
  const right = await undisturbed(train);
  const kind = recipe === "default" ? "" : ", augmented";
  for (let n = 0; n < moments; n++) {
    rmSync(folder, { recursive: true, force: true });
    // twice each, so that what went on dies as well
    for (let times = 0; times < 2; times++) {
      const isThere = existsSync(join(folder, "checkpoint.safetensors"));
      const rest = isThere ? ["--resume", folder] : [...train, "--out", folder];
      const { child, ended } = start(["train", ...rest]);
      await wait(300 + 2500 * Math.random());
      child.kill("SIGKILL");
      await ended;
    }
    await compare(tally, `at a random moment, twice${kind}`, train, right);
  }
}
{
  const data = dataFolder("small", 96, 40);
  const train = ["--data", data, "--epochs", "2", "--threads", "1"];
  const right = await undisturbed(train);
  const counted = join(scratch, "count");
  rmSync(folder, { recursive: true, force: true });
  await leibniz(["train", ...train, "--out", folder], { DIE_AT: "0", DIE_COUNT: counted });
  const changes = Number(readFileSync(counted, "utf8"));
  console.log(`${changes} changes on the disk in a run of two epochs`);
  for (const when of ["before", "half", "after"])
    for (let at = 1; at <= changes; at += every) {
      rmSync(folder, { recursive: true, force: true });
      const more = { DIE_AT: String(at), DIE_WHEN: when };
      const { signal } = await leibniz(["train", ...train, "--out", folder], more);
      if (signal !== "SIGKILL") tally.add(`change ${at} did not come`, false);
      else await compare(tally, `${when} a change`, train, right);
    }
}
tally.print("kill -9");
