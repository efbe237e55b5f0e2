/** Style, script and fonts: what site/client becomes. */
import { build } from "esbuild";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mathStyles } from "./formula.mjs";
import { root } from "./places.mjs";

const client = join(root, "site", "client");

/** The scripts that pages start, or load when they are asked for. */
const ENTRIES = ["site.ts", "search.ts", "run.ts"];

/** The style sheet, with the styles of all formulas that were set before. */
export function styleSheet() {
  const file = join(client, "site.css");
  return (existsSync(file) ? readFileSync(file, "utf8") : "") + mathStyles();
}

/**
 * The scripts, by their path on the site.
 *
 * @returns {Promise<Map<string, Uint8Array>>}
 */
export async function scripts() {
  const entryPoints = ENTRIES.map((file) => join(client, file)).filter(existsSync);
  if (entryPoints.length === 0) return new Map();
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    outdir: "assets",
    write: false,
  });
  return new Map(
    outputFiles.map(({ path, contents }) => [`assets/${path.split(/[\\/]/).at(-1)}`, contents]),
  );
}
