/**
 * Each signal at each stage of a training: the process dies of it within a second, and what it kept
 * goes on to the same weights.
 *
 *     node test/durability/signals.mjs
 */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dataFolder, finish, hashOf, leibniz, scratch, start, Tally, wait } from "./common.mjs";

const long = dataFolder("long", 6400, 100);
const tested = dataFolder("tested", 32, 12_800);
const small = dataFolder("small", 96, 40);
const folder = join(scratch, "run");

async function begun() {
  while (!existsSync(join(folder, "run.json"))) await wait(5);
}

/** Just before a file is replaced for the n-th time. */
function replacing(name, n) {
  return { DIE_CALL: "renameSync", DIE_PATH: name, DIE_AT: String(n) };
}

/** Each sends the signal itself, or has the process send it. */
const stages = {
  loading: { data: long, when: () => wait(150) },
  "first step": { data: long, when: begun },
  middle: { data: long, when: async () => (await begun(), wait(700)) },
  evaluating: { data: tested, when: async () => (await begun(), wait(500)) },
  "writing the first checkpoint": { data: small, die: { DIE_CALL: "writeSync" } },
  "replacing weights": { data: small, die: replacing("weights.safetensors", 1) },
  "replacing a checkpoint": { data: small, die: replacing("checkpoint.safetensors", 2) },
  "between epochs": {
    data: small,
    die: { ...replacing("checkpoint.safetensors", 2), DIE_WHEN: "after" },
  },
};
const tally = new Tally();
const right = new Map();
for (const [stage, { data, when, die }] of Object.entries(stages)) {
  const train = ["--data", data, "--epochs", "2", "--threads", "1"];
  if (!right.has(data)) right.set(data, hashOf(await leibniz(["train", ...train])));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"]) {
    rmSync(folder, { recursive: true, force: true });
    const more = die && { DIE_AT: "1", DIE_WHEN: "before", DIE_OF: signal, ...die };
    const { child, ended } = start(["train", ...train, "--out", folder], more);
    await when?.();
    const sent = performance.now();
    if (die === undefined) child.kill(signal);
    const { signal: died, stderr } = await ended;
    const ms = performance.now() - sent;
    const isQuick = die !== undefined || ms < 1000;
    const same = hashOf(await finish(folder, train)) === right.get(data);
    const said = stderr
      .trim()
      .replace(/; go on with.*/, "")
      .replace("leibniz: train: ", "");
    const how = `${died === signal && isQuick ? "died of it" : `DIED OF ${died} AFTER ${ms} ms`}`;
    const weights = same ? "same weights" : "OTHER WEIGHTS";
    tally.add(
      `${stage}, ${signal}: ${how}, ${weights} (${said || "silent"})`,
      died === signal && isQuick && same,
    );
  }
}
tally.print("signals");
