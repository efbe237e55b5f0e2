/**
 * Bundles gpu.js into one module, which Node and browsers import:
 *
 *     node src/kernels/gpu/build.mjs dist/kernels/gpu
 *
 * As a dependency it would bring along what only its own tests need, 88 MB for the one that runs,
 * and native code that npm tries to compile. Written are `gpujs.js`, its types, and the licences of
 * what is in it.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const require = createRequire(import.meta.url);
const LICENCES = "gpujs.LICENSE.txt";

/** What gpu.js requires and only Node has. It asks inside `try`, or where it has found Node. */
const NODE_ONLY = ["gl", "os", "worker_threads"];

/**
 * Runs the files as Node would. What only Node has is asked of it at that moment: an import of
 * `node:module` would stop bundlers for browsers.
 */
const LOADER = `
const loaded = new Map();
function load(path) {
  const [run, required] = files[path];
  if (!loaded.has(path)) {
    const module = { exports: {} };
    loaded.set(path, module);
    run.call(module.exports, module, module.exports, (name) =>
      name in required ? load(required[name]) : requireInNode(name),
    );
  }
  return loaded.get(path).exports;
}
function requireInNode(name) {
  return process.getBuiltinModule("node:module").createRequire(import.meta.url)(name);
}
`;

/**
 * What gpu.js's types name of a browser. A program for Node alone may have none of it, and nothing
 * here touches it.
 */
const BROWSER_TYPES = [
  "HTMLCanvasElement",
  "HTMLImageElement",
  "HTMLVideoElement",
  "ImageBitmap",
  "ImageData",
  "OffscreenCanvas",
  "WebGLRenderingContext",
  "WebGLTexture",
];

const read = (...path) => readFileSync(join(root, ...path), "utf8");

/** Every file that gpu.js consists of, and which others it requires, by the names it gives them. */
async function filesOf(entry) {
  const { metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    platform: "neutral", // for a browser, gpu.js would come as a script that sets globals
    mainFields: ["main"],
    external: NODE_ONLY,
  });
  return Object.entries(metafile.inputs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { imports }]) => ({
      path,
      required: Object.fromEntries(
        imports.filter(({ external }) => !external).map(({ original, path }) => [original, path]),
      ),
    }));
}

/**
 * The files in one module, as they are: esbuild would rename what they declare, in stack traces
 * too, and gpu.js compiles from source text.
 */
function moduleOf(entry, files, names) {
  const functions = files.map(
    ({ path, required }) =>
      `${JSON.stringify(path)}: [function (module, exports, require) {\n${read(path)}\n}, ` +
      `${JSON.stringify(required)}],\n`,
  );
  const exported = names.map((name) => [name, `gpujs_${name}`]);
  return [
    `const files = {\n${functions.join("\n")}};\n${LOADER}`,
    `const gpujs = load(${JSON.stringify(entry)});\n`,
    ...exported.map(([name, local]) => `const ${local} = gpujs.${name};\n`),
    // a declaration by that name would be seen from inside the files
    `export { ${exported.map(([name, local]) => `${local} as ${name}`).join(", ")} };\n`,
  ].join("");
}

/** The folders of the packages that these files belong to. */
function foldersOf(files) {
  const inPackage = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
  return [...new Set(files.flatMap((file) => inPackage.exec(file)?.[0] ?? []))];
}

function licencesOf(packages) {
  return packages
    .map(({ folder, name, version }) => `${name} ${version}\n\n${read(folder, "LICENSE").trim()}\n`)
    .join(`\n${"-".repeat(80)}\n\n`);
}

async function main(target) {
  const entry = "node_modules/gpu.js/src/index.js";
  const files = await filesOf(entry);
  const packages = foldersOf(files.map(({ path }) => path))
    .map((folder) => ({ ...JSON.parse(read(folder, "package.json")), folder }))
    .sort((a, b) => (b.name === "gpu.js") - (a.name === "gpu.js"));
  const contents = packages
    .map(({ name, version, license }) => `${name} ${version} (${license})`)
    .join(", ");
  const banner = `/*! ${contents}; bundled; see ${LICENCES} */\n`;
  const types = read("node_modules/gpu.js/src/index.d.ts");
  const standIns = BROWSER_TYPES.map((name) => `interface ${name} {}\n`).join("");
  mkdirSync(target, { recursive: true });
  writeFileSync(
    join(target, "gpujs.js"),
    banner + moduleOf(entry, files, Object.keys(require("gpu.js"))),
  );
  writeFileSync(join(target, "gpujs.d.ts"), banner + standIns + types);
  writeFileSync(join(target, LICENCES), licencesOf(packages));
}

await main(resolve(process.argv[2]));
