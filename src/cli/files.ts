/**
 * Reading and writing files so that nothing is lost: every failure is one line, and a file is
 * either old or new, never half.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { InputError, reject } from "../tensor/index.js";
import { ownName } from "./process-names.js";
import { reasonOf } from "./system-reasons.js";

/** A larger file is none of ours, and reading it would only exhaust the memory. */
const LARGEST_FILE = 2 ** 30;
/** No text of ours has more, and its tree in memory takes many times as much. */
const LARGEST_TEXT = 2 ** 27;

/**
 * All bytes of a file.
 *
 * @param largest how many bytes it may have; 1 GiB if left out
 * @throws InputError when there is no such file, it is a pipe or a device, which may never end, it
 *   cannot be read, or is larger
 */
export function readFile(path: string, largest = LARGEST_FILE): Uint8Array {
  return onFailure(`cannot read ${path}`, () => {
    const found = statSync(path);
    if (!found.isFile() && !found.isDirectory()) reject(path, "a file", kindOf(found));
    if (found.size > largest)
      reject(path, `a file of at most ${largest} bytes`, `${found.size} bytes`);
    return new Uint8Array(readFileSync(path));
  });
}

/**
 * All text of a file of at most 128 MiB, or what is said. A byte order mark at its start is left
 * out, unless `keepMark` is true.
 *
 * @throws InputError as {@link readFile}, and when the bytes are not UTF-8
 */
export function readText(path: string, { keepMark = false, largest = LARGEST_TEXT } = {}): string {
  const bytes = readFile(path, largest);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: keepMark }).decode(bytes);
  } catch {
    return reject(path, "text in UTF-8", "other bytes");
  }
}

/**
 * Replaces a file as a whole: writes beside it, makes sure that the bytes are on the disk, then
 * renames. The file keeps its mode and owner. Where `path` is a link, the file that it leads to is
 * replaced. A device, a pipe, or what standard output goes to, is never replaced but written to.
 *
 * @throws InputError when that fails; then the old file is as it was, and nothing else is left
 *   behind
 */
export function writeFileWhole(path: string, content: Uint8Array | string): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  onFailure(`cannot write ${path}`, () => {
    const target = targetOf(path);
    if (target.kind === "stream") writeThrough(target.to, bytes);
    else replace(target.path, bytes, target.before);
  });
}

/**
 * Adds a line to a file, and makes sure that it is on the disk. A crash may leave a part of it,
 * without its end: who reads the file leaves such a line out.
 *
 * @throws InputError when that fails
 */
export function addLine(path: string, line: string): void {
  onFailure(`cannot write ${path}`, () => {
    const file = openSync(path, "a");
    try {
      writeAll(file, new TextEncoder().encode(`${line}\n`));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
}

/**
 * Checks before hours of work that {@link writeFileWhole} can write there.
 *
 * @throws InputError if not
 */
export function checkCanWrite(path: string): void {
  onFailure(`cannot write ${path}`, () => {
    const target = targetOf(path);
    if (target.kind === "file") accessSync(dirname(target.path), constants.W_OK);
  });
}

/** What a path to write to leads to. */
type Target =
  | { readonly kind: "stream"; readonly to: string | number }
  | { readonly kind: "file"; readonly path: string; readonly before: Stats | null };

function targetOf(path: string): Target {
  const before = statSync(path, { throwIfNoEntry: false }) ?? null;
  if (before === null) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      reject(path, "a file, or a link to one", "a link to nothing");
    return { kind: "file", path: join(realpathSync(dirname(path)), basename(path)), before };
  }
  const [, open] = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path) ?? [];
  if (open !== undefined) return { kind: "stream", to: Number(open) };
  for (const output of [1, 2]) if (isOpenAs(output, before)) return { kind: "stream", to: output };
  if (before.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
  if (!before.isFile()) return { kind: "stream", to: path };
  accessSync(path, constants.W_OK); // replacing would not ask
  return { kind: "file", path: realpathSync(path), before };
}

function isOpenAs(output: number, { dev, ino }: Stats): boolean {
  try {
    const own = fstatSync(output);
    return own.dev === dev && own.ino === ino;
  } catch {
    return false; // closed
  }
}

function replace(path: string, bytes: Uint8Array, before: Stats | null): void {
  const folder = dirname(path);
  const beside = join(folder, ownName("partial"));
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = openSync(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666);
  try {
    try {
      writeAll(file, bytes);
      if (before !== null) keepRights(file, before);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  syncFolder(folder);
}

function keepRights(file: number, { uid, gid, mode }: Stats): void {
  const own = fstatSync(file);
  if (own.uid !== uid || own.gid !== gid)
    try {
      fchownSync(file, uid, gid);
    } catch {
      // only root may give files away
    }
  fchmodSync(file, mode & 0o7777);
}

/** Makes sure that a name is on the disk, too. Not every system lets a folder be synchronised. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, constants.O_RDONLY);
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // the file itself is safe, and its name will be soon
  }
}

function writeThrough(to: string | number, bytes: Uint8Array): void {
  if (typeof to === "number") return writeAll(to, bytes);
  const stream = openSync(to, constants.O_WRONLY);
  try {
    writeAll(stream, bytes);
  } finally {
    closeSync(stream);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let written = 0; written < bytes.length; )
    try {
      written += writeSync(file, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(pause, 0, 0, 5); // a full pipe, which Node does not wait for
    }
}

function kindOf(found: Stats): string {
  if (found.isFIFO()) return "a pipe";
  return found.isSocket() ? "a socket" : "a device";
}

/**
 * Checks before hours of work that `path` is, or can become, a folder.
 *
 * @throws InputError if not
 */
export function checkCanBeFolder(path: string): void {
  let nearest = path;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  onFailure(`cannot use ${path}`, () => {
    if (!statSync(nearest).isDirectory())
      reject(
        path,
        "a folder, which need not be there yet",
        `${nearest}, which is a file`,
        "choose another name",
      );
  });
}

/**
 * @returns the folders that were missing and were made, from the outside in
 * @throws InputError when the folder cannot be made
 */
export function makeFolder(path: string): readonly string[] {
  checkCanBeFolder(path);
  // One at a time: Node's own way to make a whole path never ends where the system refuses with "no
  // such file", as below /proc.
  const missing: string[] = [];
  for (let folder = path; !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  onFailure(`cannot make the folder ${path}`, () =>
    missing.forEach((folder) => {
      mkdirSync(folder);
      syncFolder(dirname(folder));
    }),
  );
  return missing;
}

/** Runs what works with files; what the system refuses becomes one line. */
export function onFailure<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (error instanceof InputError || failure.code === undefined) throw error;
    throw new InputError(`${what}: ${reasonOf(failure)}`);
  }
}
