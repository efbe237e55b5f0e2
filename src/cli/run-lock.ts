/**
 * Makes sure that one process at a time writes into a run's folder. Node has no locks of the
 * system's own, so each process puts a file into the folder whose name says who it is, and only
 * then looks for others: of two that come at once, the later one at least sees the other, and who
 * sees another withdraws. A name counts as long as its process lives, so a crash leaves no lock,
 * only a file that the next process removes.
 *
 * On a folder that machines share, a name from another machine counts until somebody deletes it.
 * Not covered: containers that share a folder and have one host name, but not their processes.
 */
import { closeSync, constants, openSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { reject } from "../tensor/index.js";
import { onFailure } from "./files.js";
import { ownName, readName } from "./process-names.js";

/**
 * @param option what the folder was given by, for messages
 * @returns what gives the lock back
 * @throws InputError when another process has the lock, or no file can be made
 */
export function lockFolder(folder: string, option: string): () => void {
  const own = ownName("lock");
  const path = join(folder, own);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  onFailure(`cannot write into ${folder}`, () =>
    closeSync(openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666)),
  );
  const unlock = (): void => rmSync(path, { force: true });
  for (const name of readdirSync(folder)) {
    const other = name === own ? null : readName("lock", name);
    if (other === null) continue;
    if (other.owner === "dead") {
      rmSync(join(folder, name), { force: true });
      continue;
    }
    unlock();
    reject(
      option,
      "a folder that no other process writes into",
      `${folder}, which process ${other.pid} has`,
      other.owner === "alive"
        ? "wait for its end, or choose another folder"
        : `it runs on another machine; if it is dead, delete ${join(folder, name)}`,
    );
  }
  removeLeftovers(folder);
  return unlock;
}

/** Files that a crash kept from being finished. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder))
    if (readName("partial", name)?.owner === "dead") rmSync(join(folder, name), { force: true });
}
