/** What a TypeScript program sees of the package. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertNone, root } from "./project.js";
import { importsOf, separate } from "./source-text.js";

const { dependencies, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly dependencies: Record<string, string>;
  readonly exports: Record<string, { readonly types?: string }>;
};
const entries = Object.values(exports).flatMap(({ types }) =>
  types === undefined || types.includes("*") ? [] : [posix.normalize(types)],
);

/** Does the package come with its types, or this one with a package of them? */
function hasTypes(name: string): boolean {
  if (`@types/${name}` in dependencies) return true;
  const path = join(root, "node_modules", name, "package.json");
  const { types, typings } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  return (types ?? typings) !== undefined;
}

/** The packages that are named in these declarations or in what they import, with where. */
function packagesNamed(files: readonly string[]): Map<string, string> {
  const named = new Map<string, string>();
  const reached = new Set(files);
  for (const path of reached)
    for (const { specifier } of importsOf(separate(readFileSync(join(root, path), "utf8"))))
      if (specifier?.startsWith("."))
        reached.add(posix.join(posix.dirname(path), specifier.replace(/\.js$/, ".d.ts")));
      else if (specifier !== null) named.set(specifier, path);
  assert.ok(reached.size > 100, `expected all declarations, got ${reached.size}`);
  return named;
}

test("declarations name only packages that are installed with this one, types included", () => {
  const named = packagesNamed(entries);
  assert.ok(named.has("ndarray"));
  assertNone(
    [...named]
      .filter(([name]) => !(name in dependencies && hasTypes(name)))
      .map(([name, path]) => `${path}: ${name}`),
  );
});

test("declarations compile, without a browser's types and Node's", () => {
  assert.ok(entries.length > 10);
  const { stdout } = spawnSync(
    process.execPath,
    [
      join(root, "node_modules/typescript/bin/tsc"),
      ...["--noEmit", "--strict", "--skipLibCheck", "false", "--ignoreConfig"],
      ...["--module", "nodenext", "--target", "es2022", "--lib", "es2022", "--types", ""],
      ...entries,
    ],
    { encoding: "utf8", cwd: root },
  );
  assert.is(stdout, "");
});

test.run();
