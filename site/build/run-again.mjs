/**
 * What a chapter's equations come to after its blocks were edited: compiled, run and bundled again
 * while the page says that its results are old.
 */
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { root, target } from "./places.mjs";
import { buildRuns } from "./run.mjs";
import { recordedResults } from "./site-map.mjs";

/** The blocks of a chapter that are run. */
export const blocksOf = (text) =>
  (text.match(/^```ts (?:equation|setting)\n[\s\S]*?^```$/gm) ?? []).join("\n");

/** The compiler's place in a module, as the place in the chapter: the lines are the same. */
export const chapterPlaces = (text) =>
  text.replace(/^\.derivations\/([\w-]+)\.ts\((\d+),(\d+)\): /gm, "derivations/$1.md:$2:$3: ");

/** Runs a script. @returns {Promise<string | null>} what it said if it failed */
function failure(script, ...args) {
  return new Promise((resolve) =>
    execFile(process.execPath, [script, ...args], { cwd: root }, (error, out, said) =>
      resolve(error === null ? null : `${out}${said}`.trim() || error.message),
    ),
  );
}

/**
 * Compiles, runs and bundles a chapter.
 *
 * @param {import("./site.mjs").Site} site
 * @param {string} name of the chapter
 * @returns {Promise<string | null>} what is wrong with it, with file and line
 */
export async function runAgain(site, name) {
  const wrong =
    (await failure("src/checks/derive/build.mjs")) ??
    (await failure("node_modules/typescript/bin/tsc", "-p", "tsconfig.derivations.json")) ??
    (await failure("site/build/record.mjs", name));
  if (wrong !== null) {
    // a bundle that is older than the page would prove something else
    rmSync(join(target, "assets", "run", `${name}.js`), { force: true });
    return chapterPlaces(wrong);
  }
  await buildRuns({ out: target, names: [name] });
  site.recorded = recordedResults();
  return null;
}
