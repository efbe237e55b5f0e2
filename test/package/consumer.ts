/** A folder beside this one in which the packed package is installed, as anybody would. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../helpers/cli.js";

/** Takes itself away when this process ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "leibniz-package-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The exit code that is expected; 0 if left out. */
  readonly status?: number;
}

/**
 * Runs a program to its end.
 *
 * @returns what it printed
 * @throws Error with what it printed when it ends otherwise than expected
 */
export function run(
  folder: string,
  [program, ...args]: readonly [string, ...string[]],
  { env = {}, status: expected = 0 }: RunOptions = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 300_000,
    maxBuffer: 2 ** 26,
  });
  if (status === expected) return stdout + stderr;
  const said = `${stdout}${stderr}`.trimEnd().split("\n").slice(-40).join("\n");
  throw new Error(`${[program, ...args].join(" ")}: ${error ?? `status ${status}`}\n${said}`);
}

/** Packs what is built. @returns the path of the archive */
export function pack(into: string): string {
  const printed = run(root, [
    ...(["npm", "pack", "--ignore-scripts", "--json", "--pack-destination"] as const),
    into,
  ]);
  const [{ filename }] = JSON.parse(printed.slice(printed.indexOf("["))) as [{ filename: string }];
  return join(into, filename);
}

/** What a consumer's package.json says. */
const MANIFEST = { private: true, type: "module" };

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** A new folder with a package.json and nothing installed. */
export function newProject(parent: string, name: string): string {
  const folder = join(parent, name);
  writeFiles(folder, { "package.json": `${JSON.stringify({ name, ...MANIFEST })}\n` });
  return folder;
}

/**
 * Unpacks the archive where an install would put it, with links to this checkout's packages beside
 * it, which needs no network.
 */
export function unpackInto(folder: string, archive: string): void {
  const packages = join(folder, "node_modules");
  mkdirSync(packages, { recursive: true });
  run(packages, ["tar", "-xzf", archive]);
  renameSync(join(packages, "package"), join(packages, "leibniz"));
  const { packages: locked } = JSON.parse(
    run(root, [process.execPath, "-p", "JSON.stringify(require('./package-lock.json'))"]),
  ) as { packages: Readonly<Record<string, { dev?: boolean; peer?: boolean }>> };
  for (const [path, { dev, peer }] of Object.entries(locked)) {
    const name = path.replace("node_modules/", "");
    if (path === "" || dev === true || peer === true || name.includes("node_modules/")) continue;
    mkdirSync(dirname(join(packages, name)), { recursive: true });
    symlinkSync(join(root, path), join(packages, name));
  }
}
