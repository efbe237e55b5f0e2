/**
 * Full disks of all sizes: one line says so and what was kept, and what was kept goes on to the
 * same weights. Mounts small disks in memory, and so has to be root, on Linux.
 *
 *     node test/durability/full-disk.mjs
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dataFolder, hashOf, leibniz, scratch, start, Tally } from "./common.mjs";

const data = dataFolder("data", 960, 100);
const train = ["train", "--data", data, "--epochs", "3", "--threads", "1"];
const right = hashOf(await leibniz(train));
const [disk, rescued] = [join(scratch, "disk"), join(scratch, "rescued")];
mkdirSync(disk);
const tally = new Tally();
/** In kB; where it is "filled", somebody else fills it after the first epoch. */
const sizes = [0, 8, 100, 300, 1210, 1220, 1300, 1500, 1700, 2000, 2500, 2900, 3000, "filled"];
for (const size of sizes) {
  const options = `size=${size === "filled" ? 4000 : Math.max(size, 4)}k`;
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "none", disk]);
  try {
    if (size === 0) execFileSync("dd", ["if=/dev/zero", `of=${disk}/full`, "bs=4k", "count=1"]);
    const folder = join(disk, "run");
    const { child, ended } = start([...train, "--out", folder]);
    if (size === "filled") child.stdout.once("data", () => fill(join(disk, "full")));
    const { status, stdout, stderr } = await ended;
    if (status === 0) {
      tally.add(`${size} kB: enough`, hashOf({ stdout }) === right);
      continue;
    }
    const isLine = /^leibniz: cannot .*: the disk is full.*\n$/.test(stderr) && status === 2;
    const isKept = existsSync(join(folder, "checkpoint.safetensors"));
    let then = existsSync(folder) ? "AND LEFT A FOLDER" : "and left nothing";
    if (isKept) {
      rmSync(rescued, { recursive: true, force: true });
      cpSync(folder, rescued, { recursive: true });
      const same = hashOf(await leibniz(["train", "--resume", rescued])) === right;
      then = `and ${same ? "went on elsewhere to the same weights" : "DID NOT GO ON"}`;
    }
    const said = stderr.trim().replaceAll(disk, "DISK");
    tally.add(`${size} kB: ${said}, ${then}`, isLine && then.startsWith("and"));
  } finally {
    execFileSync("umount", [disk]);
  }
}
tally.print("full disks");

function fill(file) {
  try {
    for (;;) appendFileSync(file, Buffer.alloc(4096));
  } catch {
    // full
  }
}
