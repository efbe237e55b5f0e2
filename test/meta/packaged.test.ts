/** What a reader of the installed package finds: its pages, and where their links lead. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { linkViolations } from "./links.js";
import { assertNone, listFiles, readFiles, root } from "./project.js";

const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly files: readonly string[];
};

/** A pattern of package.json's `files`: a file, or a folder with all that is in it. */
function patternOf(glob: string): RegExp {
  const parts = glob
    .split("/")
    .map((part) =>
      part === "**" ? ".*" : part.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*"),
    );
  return new RegExp(`^${parts.join("/")}(?:/.*)?$`);
}

/** npm packs these by itself. */
const ALWAYS = /^(?:package\.json|(?:README|LICEN[CS]E)(?:\.[^/]*)?)$/i;

/** The project's files that are packed, without what is built. */
function packed(paths: readonly string[], globs: readonly string[]): string[] {
  const included = globs.filter((glob) => !glob.startsWith("!")).map(patternOf);
  const excluded = globs
    .filter((glob) => glob.startsWith("!"))
    .map((glob) => patternOf(glob.slice(1)));
  return paths.filter(
    (path) =>
      ALWAYS.test(path) ||
      (included.some((pattern) => pattern.test(path)) &&
        !excluded.some((pattern) => pattern.test(path))),
  );
}

/** Links of packed pages that lead to nothing that is packed. */
function brokenLinks(globs: readonly string[]): string[] {
  const paths = packed(listFiles(), globs);
  const there = new Set(
    paths.flatMap((path) => path.split("/").map((_, i, parts) => parts.slice(0, i + 1).join("/"))),
  );
  const pages = readFiles(paths.filter((path) => path.endsWith(".md")));
  for (const page of ["README.md", "README.ja.md", "docs/README.md", "derivations/conv2d.md"])
    assert.ok(pages.has(page), `${page} is not packed`);
  return linkViolations(pages, (path) => there.has(path));
}

test("every link of a page in the package leads to something in the package", () => {
  assertNone(brokenLinks(files));
});

test("a page whose target is left out is found", () => {
  const without = files.filter((glob) => glob !== "examples");
  assert.ok(brokenLinks(without).some((one) => one.includes("examples, which does not exist")));
  assert.ok(brokenLinks([...files, "!docs/design.md"]).some((one) => one.includes("design.md")));
});

test.run();
