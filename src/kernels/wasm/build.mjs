/**
 * Compiles `assembly/`, which is AssemblyScript (strict TypeScript for WebAssembly), and writes the
 * result as a module that every platform can import. The table of kernels has to be compiled
 * before: `tsc -p tsconfig.build.json && node src/kernels/wasm/build.mjs dist/kernels/wasm`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";
import { generated } from "./generate.mjs";

const folder = process.argv[2];
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
const compiled = (name) => import(pathToFileURL(resolve(folder, name)).href);
const [table, layout] = [await compiled("table.js"), await compiled("layout.js")];
mkdirSync(join(assembly, "generated"), { recursive: true });
writeFileSync(join(assembly, "generated", "table.ts"), generated(table, layout));

let bytes = null;
const { error, stderr } = await asc.main(
  ["index.ts", "--baseDir", assembly, ...options, ...features, ...memory],
  {
    writeFile: (_name, contents) => {
      bytes = contents;
    },
  },
);
if (error !== null || bytes === null) {
  console.error(stderr.toString());
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, "binary.js"),
  `export const binary = "${Buffer.from(bytes).toString("base64")}";\n`,
);
writeFileSync(join(folder, "binary.d.ts"), "export declare const binary: string;\n");
