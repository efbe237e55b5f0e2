/** What package.json and the pages beside it say of the package, against what it is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "acorn";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as front from "leibniz";
import { assertNone, listFiles, root } from "../meta/project.js";

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const json = <T>(path: string): T => JSON.parse(read(path)) as T;

const manifest = json<{
  readonly sideEffects: readonly string[];
  readonly exports: Readonly<Record<string, { readonly default?: string }>>;
}>("package.json");

test("the root is a list that one can read, and a folder has each of its names too", async () => {
  const names = Object.entries(front);
  assert.ok(names.length > 50 && names.length <= 61, `${names.length} names`);
  const folders = await Promise.all(
    Object.keys(manifest.exports)
      .filter((entry) => /^\.\/(?!cli$)\w+$/.test(entry))
      .map(async (entry) => Object.values((await import(`leibniz${entry.slice(1)}`)) as object)),
  );
  assert.ok(folders.length > 10);
  assertNone(
    names.filter(([, value]) => !folders.some((values) => values.includes(value))).map(([n]) => n),
  );
});

test("every module that does something when it is loaded is listed as such", () => {
  // what the site's pages run is nothing that a program imports
  const modules = listFiles("dist").filter(
    (path) => path.endsWith(".js") && !/^dist\/site(-data)?\//.test(path),
  );
  assert.ok(modules.length > 300);
  const listed = manifest.sideEffects.map((path) => path.replace("./", ""));
  assertNone(listed.filter((path) => !modules.includes(path)));
  const options = { ecmaVersion: "latest", sourceType: "module", allowHashBang: true } as const;
  const declares = /^(?:Import|Export|Class|Function|Variable)/;
  assertNone(
    modules.filter((path) => {
      const { body } = parse(read(path), options);
      return !listed.includes(path) && body.some(({ type }) => !declares.test(type));
    }),
  );
});

interface Locked {
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

test("THIRD-PARTY.md names every package that an install brings, with its licence", () => {
  const { packages } = json<{ readonly packages: Readonly<Record<string, Locked>> }>(
    "package-lock.json",
  );
  const rows = new Set<string>();
  const visit = (name: string, from: string): void => {
    const nested = `${from}/node_modules/${name}`;
    const key = nested in packages ? nested : `node_modules/${name}`;
    const { license, dependencies = {} } = packages[key]!;
    const row = `| ${name} | ${license} |`;
    if (rows.has(row)) return;
    rows.add(row);
    for (const dependency of Object.keys(dependencies)) visit(dependency, key);
  };
  const { dependencies, optionalDependencies } = packages[""]!;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) visit(name, "");
  assert.ok(rows.size > 20);
  const section = /^## Installed beside it$([\s\S]*?)^## /m.exec(read("THIRD-PARTY.md"))![1]!;
  const named = section.split("\n").filter((line) => /^\| (?!package |---)/.test(line));
  assert.equal(named.toSorted(), [...rows].toSorted());
});

test("THIRD-PARTY.md has the licence of everything that the build puts into the package", () => {
  const text = read("THIRD-PARTY.md");
  const bundled = [
    ...read("dist/kernels/gpu/gpujs.LICENSE.txt").matchAll(/^(\S+) \d+\.\d+\.\d+$/gm),
  ];
  assert.equal(bundled.map(([, name]) => name).toSorted(), ["acorn", "gpu-mock.js", "gpu.js"]);
  const ofTheSite = ["@fontsource/stix-two-text", "@fontsource/ibm-plex-mono"];
  for (const name of [...bundled.map(([, name]) => name), "assemblyscript", ...ofTheSite])
    assert.ok(text.includes(read(`node_modules/${name}/LICENSE`).trim()), name);
  for (const name of ["minisearch/LICENSE.txt", "ndarray/LICENSE"])
    assert.ok(text.includes(read(`node_modules/${name}`).trim()), name);
});

test.run();
