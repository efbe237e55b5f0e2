/**
 * The equations of the chapters for the page: of each chapter, as `leibniz derive` runs it, a
 * Worker with the engine that it needs, `assets/run/NAME.js`. Chapters share what they have in
 * common.
 *
 *     node site/build/run.mjs [DIR]
 *
 * writes them below DIR/assets/run, dist/site if left out.
 */
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { changesOf } from "./changes.mjs";
import { writtenViews } from "./written-views.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CHAPTERS = join(ROOT, "dist", "checks", "derive", "chapters");
const WORKER = join(ROOT, "site", "client", "run", "worker.ts");

/** A block as `build.mjs` of src/checks/derive and the compiler leave it. */
const BLOCK =
  /await equation\("([^"]+)", (async \(\) => \{[\s\S]*?\n *\}), \(source\) => eval\(source\)\);/g;

/** The chapters that have equations, by name. */
export function runnableChapters() {
  return readdirSync(CHAPTERS)
    .filter((file) => file.endsWith(".js") && file !== "index.js")
    .map((file) => basename(file, ".js"));
}

/**
 * A chapter's module with its small mistakes compiled into it, so that a page need not evaluate
 * text: each block is followed by what it is when one thing in it is changed.
 *
 * @param {string} module
 * @returns {string}
 */
export function withChanges(module) {
  const pieces = [];
  let end = 0;
  for (const { index, 0: whole, 1: tag, 2: block } of module.matchAll(BLOCK)) {
    const changes = changesOf(block).filter(compiles);
    const sources = changes.map(({ source }) => source);
    const shown = changes.map(({ source: _, ...rest }) => rest);
    pieces.push(
      module.slice(end, index),
      `await equation(${JSON.stringify(tag)}, ${block}, `,
      `{ changes: ${JSON.stringify(shown)}, changed: [${sources.join(",\n")}] });`,
    );
    end = index + whole.length;
  }
  return [...pieces, module.slice(end)].join("");
}

/** Is it still a program? One that is none has no number to show. */
function compiles({ source }) {
  try {
    new Function(`return (${source})`);
    return true;
  } catch {
    return false;
  }
}

/** Makes `chapter:NAME` the module of that chapter, with its changes. */
const chapterModules = {
  name: "chapters",
  setup(bundler) {
    bundler.onResolve({ filter: /^run:/ }, ({ path }) => ({ path, namespace: "run" }));
    bundler.onLoad({ filter: /./, namespace: "run" }, ({ path }) => ({
      contents:
        `import { serve } from ${JSON.stringify(WORKER)};\n` +
        `import * as chapter from ${JSON.stringify(path.replace("run:", "chapter:"))};\n` +
        `serve(chapter);\n`,
      resolveDir: ROOT,
    }));
    // the list of all chapters, which comes with the words that a Worker needs
    bundler.onResolve({ filter: /\/chapters\/index\.js$/ }, () => ({
      path: "none",
      namespace: "no-chapters",
    }));
    bundler.onLoad({ filter: /./, namespace: "no-chapters" }, () => ({
      contents: "export const chapters = [];",
    }));
    bundler.onResolve({ filter: /^chapter:/ }, ({ path }) => ({ path, namespace: "chapter" }));
    bundler.onLoad({ filter: /./, namespace: "chapter" }, ({ path }) => ({
      contents: withChanges(
        readFileSync(join(CHAPTERS, `${path.slice("chapter:".length)}.js`), "utf8"),
      ),
      resolveDir: CHAPTERS,
    }));
  },
};

/**
 * Bundles chapters.
 *
 * @param {{ out: string, names?: readonly string[] }} options `out`: the folder of the site
 * @returns {Promise<{ name: string, bytes: number }[]>} the files that were written
 */
export async function buildRuns({ out, names = runnableChapters() }) {
  const outdir = join(out, "assets", "run");
  if (names.length > 1) rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: names.map((name) => ({ in: `run:${name}`, out: name })),
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: "parts/[hash]",
    format: "esm",
    platform: "browser",
    target: "es2022",
    // gpu.js reads the source of functions, and error messages name what they are about
    minifyWhitespace: true,
    legalComments: "none",
    plugins: [chapterModules, writtenViews],
    metafile: true,
    logLevel: "warning",
    absWorkingDir: ROOT,
  });
  return Object.entries(metafile.outputs).map(([path, { bytes }]) => ({ name: path, bytes }));
}

/** Where bundles are kept from build to build. */
const KEPT = join(ROOT, "dist", "site-data");

/** What the bundles are made of: the engine, the chapters, and what is here. */
const SOURCES = ["dist/.tsbuildinfo", "dist/checks/derive/chapters", "site/client/run"]
  .concat(["site/build/run.mjs", "site/build/changes.mjs", "site/build/written-views.mjs"])
  .map((path) => join(ROOT, path));

/**
 * Writes the bundles into the site; what was bundled before is taken again while nothing that it
 * is made of has changed.
 *
 * @param {string} out the folder of the site
 * @returns {Promise<string[]>} the files, by their path on the site
 */
export async function writeRuns(out) {
  const stamp = join(KEPT, "run.stamp");
  const made = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  if (SOURCES.some((path) => newestBelow(path) > made)) {
    const started = new Date();
    await buildRuns({ out: KEPT });
    writeFileSync(stamp, started.toISOString());
  }
  const from = join(KEPT, "assets", "run");
  cpSync(from, join(out, "assets", "run"), { recursive: true });
  return readdirSync(from, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".js"))
    .map((path) => `assets/run/${path.split("\\").join("/")}`);
}

/** When the newest file there was written. */
function newestBelow(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestBelow(join(path, name))));
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
) {
  const files = await buildRuns({ out: process.argv[2] ?? join(ROOT, "dist", "site") });
  const bytes = files.reduce((total, file) => total + file.bytes, 0);
  console.log(`${files.length} files, ${(bytes / 1e6).toFixed(1)} MB`);
}
