/** Runs a module of the site that is TypeScript, in Node: for the build and for tests. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./places.mjs";

/** Below the project, so that `leibniz/…` and other packages are found from there. */
const FOLDER = join(root, "dist", "site-data", "modules");

/**
 * @param {string} file from the project's root: `site/labs/frame/fields.ts`
 * @returns {Promise<any>} what it exports
 */
export async function importTs(file) {
  const { outputFiles } = await build({
    entryPoints: [join(root, file)],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    packages: "external",
    target: "es2022",
    logLevel: "warning",
  });
  const [{ contents }] = outputFiles;
  const digest = createHash("sha256").update(contents).digest("hex").slice(0, 16);
  mkdirSync(FOLDER, { recursive: true });
  const module = join(FOLDER, `${basename(file, ".ts")}-${digest}.mjs`);
  writeFileSync(module, contents);
  return import(pathToFileURL(module).href);
}
