/** What the commands of this folder share: a small data set, and leibniz as a process. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const dieAt = new URL("./die-at.mjs", import.meta.url).href;

export const scratch = mkdtempSync(join(tmpdir(), "leibniz-durability-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

/** Noise with a bright row that tells the digit, in MNIST's four files. */
export function dataFolder(name, train, test) {
  const folder = join(scratch, name);
  mkdirSync(folder);
  let state = 1;
  const draw = (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (state >> 8) % below;
  };
  for (const [set, count] of Object.entries({ train, t10k: test })) {
    const labels = Uint8Array.from({ length: count }, () => draw(10));
    const pixels = Uint8Array.from({ length: 784 * count }, (_, p) =>
      Math.floor((p % 784) / 28) % 10 === labels[Math.floor(p / 784)] ? 200 : draw(40),
    );
    writeFileSync(join(folder, `${set}-images-idx3-ubyte`), idx([count, 28, 28], pixels));
    writeFileSync(join(folder, `${set}-labels-idx1-ubyte`), idx([count], labels));
  }
  return folder;
}

function idx(extents, values) {
  const bytes = Buffer.alloc(4 + 4 * extents.length + values.length);
  bytes.writeUInt32BE(0x0800 + extents.length);
  extents.forEach((extent, axis) => bytes.writeUInt32BE(extent, 4 + 4 * axis));
  bytes.set(values, 4 + 4 * extents.length);
  return bytes;
}

/** Starts leibniz; `more` goes into its environment, and loads die-at.mjs if it sets DIE_AT. */
export function start(args, more = {}) {
  const preload = "DIE_AT" in more ? ["--import", dieAt] : [];
  const child = spawn(process.execPath, [...preload, main, ...args, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...more },
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"])
    child[name].on("data", (piece) => {
      said[name] += piece;
    });
  const ended = new Promise((resolve) =>
    child.on("close", (status, signal) => resolve({ status, signal, ...said })),
  );
  return { child, ended };
}

export const leibniz = (args, more) => start(args, more).ended;

/** Of a run that came to its end. */
export function hashOf({ stdout }) {
  const last = stdout.trimEnd().split("\n").at(-1);
  return last.startsWith("{") ? (JSON.parse(last).weightsSha256 ?? null) : null;
}

/** What the epochs came to, without their times. */
export function epochsOf(folder) {
  const lines = readFileSync(join(folder, "log.jsonl"), "utf8").trimEnd().split("\n");
  return lines
    .map((line) => JSON.parse(line))
    .map(({ trainSeconds: _, imagesPerSecond: __, ...rest }) => JSON.stringify(rest))
    .join("\n");
}

/** Goes on with a run, or starts it if nothing is there to go on with; to its end. */
export async function finish(folder, train, more) {
  const isThere = existsSync(join(folder, "checkpoint.safetensors"));
  const rest = isThere ? ["--resume", folder] : [...train, "--out", folder];
  return leibniz(["train", ...rest], more);
}

export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Counts what happened, and says it at the end. */
export class Tally {
  #counts = new Map();
  isGood = true;

  add(what, good = true) {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    if (!good) this.isGood = false;
  }

  print(title) {
    console.log(title);
    for (const [what, count] of this.#counts)
      console.log(`  ${String(count).padStart(6)}  ${what}`);
    if (!this.isGood) process.exitCode = 1;
  }
}
