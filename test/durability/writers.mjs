/**
 * Processes that want the same folder at once: one trains, the others are refused in one line; and
 * a process that was killed leaves nothing in the way.
 *
 *     node test/durability/writers.mjs [ROUNDS] [WRITERS]     20 rounds of 2 if left out
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { dataFolder, hashOf, leibniz, scratch, start, Tally, wait } from "./common.mjs";

const [rounds = 20, writers = 2] = process.argv.slice(2).map(Number);
const data = dataFolder("data", 960, 100);
const train = ["train", "--data", data, "--epochs", "3", "--threads", "1"];
const right = hashOf(await leibniz(train));
const folder = join(scratch, "run");
const tally = new Tally();

for (let round = 0; round < rounds; round++) {
  rmSync(folder, { recursive: true, force: true });
  const all = Array.from({ length: writers }, () => leibniz([...train, "--out", folder]));
  const outcomes = await Promise.all(all);
  const done = outcomes.filter((outcome) => outcome.status === 0);
  const refused = outcomes.filter(
    ({ status, stderr }) => status === 2 && /^leibniz: --out: expected .*\n$/.test(stderr),
  );
  const isGood = done.every((outcome) => hashOf(outcome) === right) && done.length <= 1;
  const isAll = done.length + refused.length === writers;
  const what = `of ${writers} at once, ${done.length} trained and ${refused.length} were refused`;
  tally.add(isGood && isAll ? what : `${what}: ${JSON.stringify(outcomes)}`, isGood && isAll);
}

for (let round = 0; round < rounds / 4; round++) {
  rmSync(folder, { recursive: true, force: true });
  const { child, ended } = start([...train, "--out", folder, "--epochs", "1000"]);
  await wait(1200);
  const second = await leibniz(["train", "--resume", folder]);
  const isHeld = second.status === 2 && second.stderr.includes("no other process writes into");
  tally.add(`--resume of a run that is running: ${isHeld ? "refused" : second.stderr}`, isHeld);
  child.kill("SIGKILL");
  await ended;
  const third = await leibniz(["train", "--resume", folder, "--epochs", "3"]);
  const goesOn = third.status === 0 || third.stderr.includes("expected more epochs than");
  tally.add(`--resume after kill -9: ${goesOn ? "goes on" : third.stderr}`, goesOn);
}
tally.print("two writers");
