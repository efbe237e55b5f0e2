/** Figures of the README that a chapter more would make wrong. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chapters } from "leibniz/checks";
import { root } from "./project.js";

test("the README says how many equations are executed", () => {
  const executed = chapters.flatMap(({ tags }) => tags).filter(({ hasBlock }) => hasBlock).length;
  const [, said] = /(\d[\d,]*) executed,/.exec(readFileSync(join(root, "README.md"), "utf8"))!;
  assert.is(Number(said!.replaceAll(",", "")), executed);
});

test.run();
