/**
 * Reading and writing files so that nothing is lost: every failure is one line, and a file is
 * either old or new, never half.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { InputError, reject } from "../tensor/index.js";

/** A larger file is none of ours, and reading it would only exhaust the memory. */
const LARGEST_FILE = 2 ** 30;

/** @throws InputError when there is no such file, it cannot be read, or it is larger than 1 GiB */
export function readFile(path: string): Uint8Array {
  return onFailure(`cannot read ${path}`, () => {
    const { size } = statSync(path);
    if (size > LARGEST_FILE)
      reject(path, `a file of at most ${LARGEST_FILE} bytes`, `${size} bytes`);
    return new Uint8Array(readFileSync(path));
  });
}

/** @throws InputError as {@link readFile} */
export function readText(path: string): string {
  return new TextDecoder().decode(readFile(path));
}

/**
 * Replaces a file as a whole: writes beside it, makes sure that the bytes are on the disk, then
 * renames.
 *
 * @throws InputError when that fails; then the old file is as it was, and nothing else is left
 *   behind
 */
export function writeFileWhole(path: string, content: Uint8Array | string): void {
  const beside = `${path}.partial`;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  onFailure(`cannot write ${path}`, () => {
    try {
      const file = openSync(beside, "w");
      try {
        for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(beside, path);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
  });
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
    if (!statSync(nearest).isDirectory()) reject(path, "a folder", `${nearest}, which is a file`);
  });
}

/** @throws InputError when the folder cannot be made */
export function makeFolder(path: string): void {
  checkCanBeFolder(path);
  // One at a time: Node's own way to make a whole path never ends where the system refuses with "no
  // such file", as below /proc.
  const missing: string[] = [];
  for (let folder = path; !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  onFailure(`cannot make the folder ${path}`, () => missing.forEach((folder) => mkdirSync(folder)));
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder, not a file",
  ENOTDIR: "a part of the path is a file, not a folder",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than this system allows",
};

function onFailure<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof InputError || code === undefined) throw error;
    throw new InputError(`${what}: ${REASONS[code] ?? code}`);
  }
}
