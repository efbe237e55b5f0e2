/** Bundles what runs in the pages, and their style sheet. */
import { build } from "esbuild";

/** Loaded by every page, and what is loaded only when asked for. */
const scripts = ["site", "theme", "search"];

/**
 * Writes `site.js`, `theme.js`, `search.js` and `site.css`. They are plain scripts, since a browser
 * runs no modules from a folder on disk; `theme.js` runs before the page is drawn.
 *
 * @param {string} folder the assets of the site
 * @param {{ minify?: boolean }} [options]
 */
export async function bundleClient(folder, { minify = true } = {}) {
  const here = new URL("../client/", import.meta.url).pathname;
  const shared = { bundle: true, minify, outdir: folder, target: "es2022", logLevel: "error" };
  await Promise.all([
    build({
      ...shared,
      entryPoints: scripts.map((name) => `${here}${name}.ts`),
      format: "iife",
    }),
    build({
      ...shared,
      entryPoints: [`${here}site.css`],
      external: ["./fonts/*"],
    }),
  ]);
}
