/** The Worker behind the home page's pad: the engine with the network that the page shows. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./places.mjs";
import { writtenViews } from "./written-views.mjs";

const WORKER = join(root, "site", "client", "home", "worker.ts");
const WEIGHTS = join(root, "site", "home", "network.safetensors");

/**
 * Its files by their path on the site. Those of the engine lie where the server allows a page's
 * Workers.
 *
 * @returns {Promise<Map<string, Uint8Array>>}
 */
export async function liveFiles() {
  const { outputFiles } = await build({
    entryPoints: [{ in: WORKER, out: "home" }],
    outdir: root,
    write: false,
    bundle: true,
    splitting: true,
    chunkNames: "home/[hash]",
    format: "esm",
    platform: "browser",
    target: "es2022",
    // error messages name what they are about
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    plugins: [writtenViews, onlyReference],
    logLevel: "warning",
  });
  const files = outputFiles.map(({ path, contents }) => {
    const name = path.slice(root.length).replaceAll("\\", "/").replace(/^\//, "");
    return [`assets/run/${name}`, contents];
  });
  return new Map([...files, ["assets/home/network.safetensors", readFileSync(WEIGHTS)]]);
}

/** What runs here is small enough for the reference backend: the others stay where they are. */
export const onlyReference = {
  name: "only-reference",
  setup(bundler) {
    bundler.onLoad({ filter: /kernels[\\/](?:gpu|wasm)[\\/]index\.js$/ }, () => ({
      contents: "export {};",
    }));
  },
};
