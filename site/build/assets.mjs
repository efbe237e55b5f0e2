/** Style, script and fonts: what site/client becomes. */
import { build } from "esbuild";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { mathStyles } from "./formula.mjs";
import { partStyles } from "./part-sizes.mjs";
import { root } from "./places.mjs";

const client = join(root, "site", "client");

/** The scripts that pages start, or load when they are asked for. */
const ENTRIES = ["theme.ts", "site.ts", "search.ts", "home.ts"];

/** Everything is for browsers of the last three years. */
const shared = { bundle: true, minify: true, target: "es2022", outdir: "assets", write: false };

/** What a build says that has not succeeded, with file and line. */
const places = (messages) =>
  messages.map(({ text, location }) => `${location?.file}:${location?.line}: ${text}`).join("\n");

/** Builds with esbuild; whatever it warns of is an error. */
async function bundled(options) {
  const { outputFiles, warnings } = await build({
    ...shared,
    ...options,
    absWorkingDir: root,
    logLevel: "silent",
  }).catch(({ errors, message }) => {
    throw new Error(errors === undefined ? message : places(errors));
  });
  if (warnings.length > 0) throw new Error(places(warnings));
  return outputFiles;
}

/** The style sheet, with heights of parts and the styles of all formulas set before. */
export async function styleSheet() {
  const [sheet] = await bundled({
    entryPoints: [join(client, "site.css")],
    external: ["./fonts/*"],
  });
  return sheet.text + partStyles() + mathStyles().replace(/\n/g, "");
}

/**
 * The scripts, by their path on the site. They are plain ones, since a browser runs no modules from
 * a folder on disk.
 *
 * @returns {Promise<Map<string, Uint8Array>>}
 */
export async function scripts() {
  const entryPoints = ENTRIES.map((file) => join(client, file)).filter(existsSync);
  const files = await bundled({ entryPoints, format: "iife" });
  return new Map(
    files.map(({ path, contents }) => [`assets/${path.split(/[\\/]/).at(-1)}`, contents]),
  );
}
