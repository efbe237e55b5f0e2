/**
 * Lets one process at a time change a course. As in `run-lock.ts`, each puts a file into the folder
 * whose name says who it is, then looks for others, and withdraws if it sees one. But a course is
 * changed in a moment, so here it tries again.
 */
import { closeSync, constants, openSync, readdirSync, rmSync } from "node:fs";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { reject } from "../tensor/index.js";
import { onFailure } from "./files.js";
import { ownName, readName } from "./process-names.js";

/** How long others may take, in ms. */
const PATIENCE = 10_000;
/** The longest wait between two tries, in ms; of random length, or two would meet again. */
const LONGEST_WAIT = 40;

/**
 * Runs what changes a course.
 *
 * @throws InputError when no file can be made there, or others do not come to an end
 */
export function whileLocked<T>(folder: string, run: () => T): T {
  const since = Date.now();
  const own = join(folder, ownName("course"));
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    onFailure(`cannot write into ${folder}`, () =>
      closeSync(openSync(own, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666)),
    );
    try {
      const other = otherIn(folder, own);
      if (other === null) return run();
      if (Date.now() - since > PATIENCE)
        reject(
          "course",
          "a folder in which nobody else changes the course",
          `${folder}, where process ${other.pid} does`,
          `if there is none, delete ${join(folder, other.name)}`,
        );
    } finally {
      rmSync(own, { force: true });
    }
    Atomics.wait(pause, 0, 0, randomInt(1, LONGEST_WAIT));
  }
}

/** Somebody else's file; those of processes that have died are removed. */
function otherIn(folder: string, own: string): { name: string; pid: number } | null {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const other = path === own ? null : readName("course", name);
    if (other?.owner === "dead") rmSync(path, { force: true });
    else if (other !== null) return { name, pid: other.pid };
  }
  return null;
}
