/** Files for people and services around the project, which nothing else reads. */
import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { root } from "./project.js";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

test("CITATION.cff names the version and the licence of the package", () => {
  const manifest = JSON.parse(read("package.json")) as Record<string, string>;
  const citation = read("CITATION.cff");
  for (const field of ["version", "license"])
    assert.is(new RegExp(`^${field}: (.+)$`, "m").exec(citation)?.[1], manifest[field], field);
});

test("the workflow runs .ci/run and nothing else, on the oldest Node that is supported", () => {
  const workflow = read(".github/workflows/ci.yml");
  const runs = [...workflow.matchAll(/\brun: (.+)$/gm)].map(([, command]) => command);
  assert.equal(runs, [".ci/run"]);
  accessSync(join(root, ".ci/run"), constants.X_OK);
  const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };
  const [, oldest] = />=(\d+)/.exec(engines.node)!;
  assert.match(workflow, `image: node:${oldest}-`);
});

test("templates ask for the smallest input", () => {
  for (const name of ["ISSUE_TEMPLATE/wrong-result.yml", "pull_request_template.md"])
    assert.match(read(`.github/${name}`), /smallest input that shows it/);
});

test.run();
