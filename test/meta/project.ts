/** The project's own files, as the tests about the project read them. */
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json. The compiled tests lie two folders below it. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Paths from the project's root, with `/` on every system, and the text of each. */
export type Files = ReadonlyMap<string, string>;

const NOT_OURS = new Set([
  "node_modules",
  "dist",
  ".test-build",
  ".git",
  "runs",
  "generated",
  "html",
]);

/**
 * The paths of all files below `folder` (of the whole project if it is left out), without what is
 * built or installed.
 */
export function listFiles(folder = ""): string[] {
  const paths: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name).split(sep).join("/");
    if (entry.isDirectory() && !NOT_OURS.has(entry.name)) paths.push(...listFiles(path));
    if (entry.isFile()) paths.push(path);
  }
  return paths.sort();
}

/** Reads files of the project. */
export function readFiles(paths: readonly string[]): Files {
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** Requires that a check found nothing, and lists what it found one below the other. */
export function assertNone(violations: readonly string[]): void {
  if (violations.length > 0)
    throw new Error(
      `found ${violations.length}:\n` +
        `${violations.map((violation) => `      ${violation}`).join("\n")}`,
    );
}
