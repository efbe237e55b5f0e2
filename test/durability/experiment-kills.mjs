/**
 * kill -9 at random moments and at each change on the disk: an experiment that goes on comes to the
 * same bytes as one that nothing disturbed.
 *
 *     node test/durability/experiment-kills.mjs [MOMENTS] [EVERY]   10 moments, each 1st change
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dataFolder, leibniz, scratch, start, Tally, wait } from "./common.mjs";

const [moments = 10, every = 1] = process.argv.slice(2).map(Number);

const folder = join(scratch, "experiment");
const data = dataFolder("data", 256, 300);
const command = ["experiment", "notebook", "--tiny", "--data", data, "--out", folder];

/** All that lies in the folder, what a crash left included. */
const contents = () =>
  existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((name) => `${name}\n${readFileSync(join(folder, name), "utf8")}`)
        .join("\n")
    : "";

async function compare(tally, kind, right) {
  const { status, stderr } = await leibniz(command);
  const same = status === 0 && contents() === right;
  tally.add(`${kind}: ${same ? "same" : `OTHER: ${stderr.trim()}`}`, same);
}

await leibniz(command);
const right = contents();
const tally = new Tally();
for (let n = 0; n < moments; n++) {
  rmSync(folder, { recursive: true, force: true });
  for (let times = 0; times < 2; times++) {
    const { child, ended } = start(command);
    await wait(300 + 2500 * Math.random());
    child.kill("SIGKILL");
    await ended;
  }
  await compare(tally, "at a random moment, twice", right);
}
const counted = join(scratch, "count");
rmSync(folder, { recursive: true, force: true });
await leibniz(command, { DIE_AT: "0", DIE_COUNT: counted });
const changes = Number(readFileSync(counted, "utf8"));
console.log(`${changes} changes on the disk in an experiment of four units`);
for (const when of ["before", "half", "after"])
  for (let at = 1; at <= changes; at += every) {
    rmSync(folder, { recursive: true, force: true });
    const { signal } = await leibniz(command, { DIE_AT: String(at), DIE_WHEN: when });
    if (signal !== "SIGKILL") tally.add(`change ${at} did not come`, false);
    else await compare(tally, `${when} a change`, right);
  }
tally.print("kill -9 of experiments");
