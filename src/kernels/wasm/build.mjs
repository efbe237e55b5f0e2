/**
 * Compiles `assembly/`, which is AssemblyScript (strict TypeScript for WebAssembly), and writes the
 * result as a module that every platform can import; and the script that its threads run. All else
 * has to be compiled before, so it comes after `tsc -p tsconfig.build.json`.
 *
 * That takes seconds, so it is left out where the module says that it was compiled from the same.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import { generated } from "./generate.mjs";

const options = [
  "--outFile",
  "kernels.wasm",
  "--optimizeLevel",
  "3",
  "--runtime",
  "stub",
  "--noAssert",
];
const features = ["--enable", "simd", "--enable", "bulk-memory", "--enable", "threads"];
const memory = [
  "--importMemory",
  "--sharedMemory",
  "--initialMemory",
  "1",
  "--maximumMemory",
  "65536",
];
const assembly = fileURLToPath(new URL("assembly", import.meta.url));

/**
 * All that the result depends on, by name: the sources, the table's side of them, the options, and
 * which compiler.
 *
 * @param {string} table the text of `assembly/generated/table.ts`
 * @returns {Map<string, string>}
 */
export function inputsOf(table) {
  const { version } = createRequire(import.meta.url)("assemblyscript/package.json");
  const sources = readdirSync(assembly)
    .filter((name) => name.endsWith(".ts"))
    .sort();
  return new Map([
    ["compiler", version],
    ["options", JSON.stringify([...options, ...features, ...memory])],
    ["generated/table.ts", table],
    ...sources.map((name) => [name, readFileSync(join(assembly, name), "utf8")]),
  ]);
}

/**
 * The module that holds the compiled bytes. Its first line tells what they were compiled from, and
 * what they are.
 *
 * @param {Uint8Array} bytes
 * @param {Map<string, string>} inputs
 * @returns {string}
 */
export function moduleOf(bytes, inputs) {
  const binary = Buffer.from(bytes).toString("base64");
  return `${mark(binary, inputs)}\nexport const binary = "${binary}";\n`;
}

/**
 * Is that the whole module that would be compiled from these?
 *
 * @param {string | null} text of the module; null where there is none
 * @param {Map<string, string>} inputs
 * @returns {boolean}
 */
export function isCurrent(text, inputs) {
  const [, first, binary] = /^(.*)\nexport const binary = "(.*)";\n$/.exec(text ?? "") ?? [];
  return first !== undefined && first === mark(binary, inputs);
}

function mark(binary, inputs) {
  const digest = (text) => createHash("sha256").update(text).digest("hex");
  return `// compiled from ${digest(JSON.stringify([...inputs]))} to ${digest(binary)}`;
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return null;
  }
}

async function compile() {
  const { default: asc } = await import("assemblyscript/asc");
  let bytes = null;
  const { error, stderr } = await asc.main(
    ["index.ts", "--baseDir", assembly, ...options, ...features, ...memory],
    {
      writeFile: (_name, contents) => {
        bytes = contents;
      },
    },
  );
  if (error === null && bytes !== null) return bytes;
  console.error(stderr.toString());
  return process.exit(1);
}

/**
 * The module that holds the workers' script: all of it in one text, which both Node and a browser
 * start a worker from.
 *
 * @param {string} folder of the compiled `worker.js`
 * @returns {string}
 */
function workerScript(folder) {
  const { outputFiles } = buildSync({
    entryPoints: [join(folder, "worker.js")],
    bundle: true,
    minifyWhitespace: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  return `export const workerScript = ${JSON.stringify(outputFiles[0].text)};\n`;
}

/** A row that is wrong is told in one line. */
function tableOrExit(make) {
  try {
    return make();
  } catch (error) {
    console.error(error.message);
    return process.exit(1);
  }
}

async function main(folder) {
  const compiled = (name) => import(pathToFileURL(resolve(folder, name)).href);
  const [kernels, layout] = [await compiled("table.js"), await compiled("layout.js")];
  const table = tableOrExit(() => generated(kernels, layout));
  mkdirSync(join(assembly, "generated"), { recursive: true });
  writeFileSync(join(assembly, "generated", "table.ts"), table);
  writeFileSync(join(folder, "binary.d.ts"), "export declare const binary: string;\n");
  const script = "export declare const workerScript: string;\n";
  writeFileSync(join(folder, "worker-script.d.ts"), script);
  writeFileSync(join(folder, "worker-script.js"), workerScript(folder));
  const [target, inputs] = [join(folder, "binary.js"), inputsOf(table)];
  if (!isCurrent(readIfThere(target), inputs))
    writeFileSync(target, moduleOf(await compile(), inputs));
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
)
  await main(process.argv[2]);
