/** Style, script and fonts: what site/client becomes. */
import { build } from "esbuild";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { mathStyles } from "./formula.mjs";
import { partStyles } from "./part-sizes.mjs";
import { root } from "./places.mjs";

const client = join(root, "site", "client");

/** The scripts that pages start, or load when they are asked for. */
const ENTRIES = ["theme.ts", "site.ts", "search.ts", "run.ts"];

/** Everything is for browsers of the last three years. */
const shared = { bundle: true, minify: true, target: "es2022", outdir: "assets", write: false };

/** The style sheet, with the heights of parts and the styles of all formulas that were set before. */
export async function styleSheet() {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: [join(client, "site.css")],
    external: ["./fonts/*"],
  });
  return outputFiles[0].text + partStyles() + mathStyles().replace(/\n/g, "");
}

/**
 * The scripts, by their path on the site. They are plain ones, since a browser runs no modules from
 * a folder on disk.
 *
 * @returns {Promise<Map<string, Uint8Array>>}
 */
export async function scripts() {
  const entryPoints = ENTRIES.map((file) => join(client, file)).filter(existsSync);
  const { outputFiles } = await build({ ...shared, entryPoints, format: "iife" });
  return new Map(
    outputFiles.map(({ path, contents }) => [`assets/${path.split(/[\\/]/).at(-1)}`, contents]),
  );
}
