import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { WriteStream } from "node:tty";
import { pathToFileURL } from "node:url";
import { runProgram } from "leibniz/cli";
import { Random } from "leibniz/tensor";

const manifest = createRequire(import.meta.url).resolve("leibniz/package.json");

// output is to look the same wherever the tests run
for (const name of ["COLUMNS", "NO_COLOR", "FORCE_COLOR"]) delete process.env[name];

/** The project's root folder. */
export const root = dirname(manifest);
export const main = join(root, "dist", "cli", "main.js");

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it died of, where it was a process of its own. */
  readonly signal?: NodeJS.Signals | null;
}

/**
 * Runs the command line in this process, which is much cheaper than to start Node and load the
 * engine: what it prints and its exit code are the same. That a process ends at all, what it does
 * when a signal comes, and what is printed past Node's streams need {@link leibniz}.
 */
export function leibnizHere(...args: string[]): Promise<Outcome> {
  return runHere({ isTTY: false }, args);
}

/**
 * The same on a terminal of so many columns, for output alone: standard error is none, so there are
 * no bars.
 */
export function leibnizAt(columns: number, ...args: string[]): Promise<Outcome> {
  return runHere({ isTTY: true, columns, hasColors: () => false }, args);
}

/** The same on a terminal with colours, unless NO_COLOR or FORCE_COLOR say otherwise. */
export function leibnizInColour(...args: string[]): Promise<Outcome> {
  const hasColors = (): boolean => {
    // and nothing else does: Node sees fewer colours where the environment has a CI
    const { NO_COLOR, FORCE_COLOR } = process.env;
    const environment = { NO_COLOR, FORCE_COLOR, TERM: "xterm-256color" };
    return WriteStream.prototype.hasColors.call(
      Object.create(WriteStream.prototype),
      16,
      environment,
    );
  };
  return runHere({ isTTY: true, columns: 120, hasColors }, args);
}

async function runHere(stdout: object, args: readonly string[]): Promise<Outcome> {
  const printed = { stdout: "", stderr: "" };
  const restore = (["stdout", "stderr"] as const).map((name) => {
    const stream = process[name];
    const { write, isTTY, columns, hasColors } = stream;
    Object.assign(stream, name === "stdout" ? stdout : { isTTY: false });
    stream.write = ((piece: string | Uint8Array, ...rest: unknown[]): boolean => {
      printed[name] += typeof piece === "string" ? piece : Buffer.from(piece).toString();
      const done = rest.at(-1);
      if (typeof done === "function") process.nextTick(done);
      return true;
    }) as typeof write;
    return () => Object.assign(stream, { write, isTTY, columns, hasColors });
  });
  try {
    const status = await runProgram(args, "");
    return { status, ...printed };
  } finally {
    restore.forEach((undo) => undo());
    process.exitCode = 0;
  }
}

/** Runs the command line to its end, in a process of its own. */
export function leibniz(...args: string[]): Outcome {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: "utf8",
    timeout: 120_000,
  });
  return { status, signal, stdout, stderr };
}

/** Runs it on a machine that breaks as `broken` says; see failing-machine.ts. */
export function leibnizOn(broken: string, timeout: number, ...args: string[]): Outcome {
  const breaker = new URL("./failing-machine.js", import.meta.url).href;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", breaker, main, ...args],
    { encoding: "utf8", timeout, env: { ...process.env, BREAK: broken } },
  );
  return { status, stdout, stderr };
}

/** Runs it until it dies, as test/durability/die-at.mjs has it from the environment. */
export function leibnizDying(how: NodeJS.ProcessEnv, ...args: string[]): NodeJS.Signals | null {
  const dieAt = pathToFileURL(join(root, "test", "durability", "die-at.mjs")).href;
  return spawnSync(process.execPath, ["--import", dieAt, main, ...args], {
    timeout: 60_000,
    env: { ...process.env, ...how },
  }).signal;
}

export interface Started {
  readonly child: ChildProcess;
  /** Resolves when it has ended, however that was, and nobody holds its pipes any more. */
  readonly outcome: Promise<Outcome>;
  readonly firstOutput: Promise<void>;
}

/** Starts the command line. */
export function startLeibniz(...args: string[]): Started {
  return startLeibnizWith({}, ...args);
}

/** Starts it with more variables in its environment. */
export function startLeibnizWith(more: NodeJS.ProcessEnv, ...args: string[]): Started {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...more },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on("data", (piece: Buffer) => (stderr += piece.toString()));
  const outcome = new Promise<Outcome>((resolve) =>
    child.on("close", (status, signal) => resolve({ status, signal, stdout, stderr })),
  );
  const firstOutput = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  return { child, outcome, firstOutput };
}

const folders: string[] = [];
process.on("exit", () =>
  folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })),
);

/** A new empty folder outside the project, gone when the tests end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "leibniz-test-"));
  folders.push(folder);
  return folder;
}

/**
 * The bytes of an idx file: magic number, extents as 32-bit big-endian numbers, then the values.
 */
export function idxBytes(extents: readonly number[], values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * extents.length + values.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 + extents.length);
  extents.forEach((extent, axis) => view.setUint32(4 + 4 * axis, extent));
  bytes.set(values, 4 + 4 * extents.length);
  return bytes;
}

export interface SmallData {
  readonly train?: number;
  readonly test?: number;
  readonly height?: number;
  readonly width?: number;
}

/**
 * A folder with a small data set in MNIST's four files: noise, with a bright row that tells the
 * digit.
 */
export function smallDataFolder({
  train = 96,
  test = 40,
  height = 28,
  width = 28,
}: SmallData = {}): string {
  const folder = join(temporaryFolder(), "data");
  mkdirSync(folder);
  const random = new Random("small data");
  for (const [name, count] of [
    ["train", train],
    ["t10k", test],
  ] as const) {
    const labels = Uint8Array.from({ length: count }, () => random.integer(10));
    const pixels = new Uint8Array(count * height * width);
    for (let n = 0; n < count; n++) {
      for (let p = 0; p < height * width; p++)
        pixels[n * height * width + p] =
          Math.floor(p / width) % 10 === labels[n] ? 200 : random.integer(40);
    }
    writeFileSync(
      join(folder, `${name}-images-idx3-ubyte`),
      idxBytes([count, height, width], pixels),
    );
    writeFileSync(join(folder, `${name}-labels-idx1-ubyte`), idxBytes([count], labels));
  }
  return folder;
}
