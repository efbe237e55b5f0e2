/**
 * Names of files that tell which process made them, so that what a crash left can be told from
 * what somebody is working on: `.leibniz-KIND-MACHINE-PROCESS-START-RANDOM`.
 */
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";

export type Kind = "lock" | "partial" | "course";

const NAME = /^\.leibniz-(lock|partial|course)-([0-9a-f]{12})-(\d+)-([0-9a-f]{12})-[0-9a-f]{12}$/;

/** A new name, of this process. */
export function ownName(kind: Kind): string {
  const { pid } = process;
  start ??= started(pid)!;
  return `.leibniz-${kind}-${machine()}-${pid}-${start}-${randomBytes(6).toString("hex")}`;
}

let start: string | null = null;

/** What a name tells; null for one that is not of this kind. */
export function readName(kind: Kind, name: string): { pid: number; owner: Owner } | null {
  const [, found, where, pid, since] = NAME.exec(name) ?? [];
  if (found !== kind) return null;
  const lives = started(Number(pid)) === since;
  const owner = where !== machine() ? "elsewhere" : lives ? "alive" : "dead";
  return { pid: Number(pid), owner };
}

/** Of a process on another machine, nobody here can tell whether it lives. */
export type Owner = "alive" | "dead" | "elsewhere";

function machine(): string {
  return shortHash(hostname());
}

/**
 * When a process was started, and in which run of the machine: another one may have its number
 * later. Null if there is none.
 */
function started(pid: number): string | null {
  if (existsSync("/proc/self/stat")) {
    try {
      // behind the program's name in parentheses, which may hold anything
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
      return ["Z", "X"].includes(fields[0]!) ? null : shortHash(`${boot} ${fields[19]!}`);
    } catch {
      return null;
    }
  }
  const env = { ...process.env, TZ: "UTC", LC_ALL: "C" }; // or each would write times its own way
  const found = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env });
  if (found.error !== undefined) return exists(pid) ? shortHash("some time") : null;
  return found.stdout.trim() === "" ? null : shortHash(found.stdout);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function shortHash(text: string): string {
  return createHash("sha256").update(text.trim()).digest("hex").slice(0, 12);
}
