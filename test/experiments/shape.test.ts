import { existsSync } from "node:fs";
import { join } from "node:path";
import { experiments } from "leibniz/experiments";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { listFiles, readFiles, root } from "../meta/project.js";

const folder = "src/experiments";

test("each experiment has a file, and one of the same name for what came of it", () => {
  for (const { name } of experiments)
    for (const path of [`${folder}/${name}.ts`, `${folder}/findings/${name}.ts`])
      assert.ok(existsSync(join(root, path)), path);
});

test("findings and parts know nothing of the experiment that they belong to", () => {
  const own = [...readFiles(listFiles(folder))].filter(([path]) =>
    /\/(findings|parts)\//.test(path),
  );
  assert.ok(own.length > experiments.length);
  for (const [path, text] of own)
    for (const { name } of experiments)
      assert.not.ok(text.includes(`"../${name}.js"`), `${path} imports ${name}`);
});

test.run();
