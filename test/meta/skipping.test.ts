/** What a machine without a browser is told. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { root } from "./project.js";

const NOWHERE = "/nowhere/chromium";

/** Runs the browser's tests, and nothing else, as if Chromium were not there. */
function runWithout(
  extra: NodeJS.ProcessEnv,
  ...others: readonly string[]
): {
  status: number | null;
  lines: string[];
  errors: string;
} {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, ".test-build/run.js"), "browser/engine", ...others],
    {
      env: { ...process.env, REQUIRE_BROWSER: "", CHROMIUM: NOWHERE, ...extra },
      encoding: "utf8",
      timeout: 60_000,
    },
  );
  return { status, lines: stdout.trim().split("\n"), errors: stderr };
}

test("without Chromium its tests are skipped with one line, and are not counted", () => {
  const { status, lines } = runWithout({});
  const said = lines.filter((line) => line.includes("skipped"));
  assert.is(said.length, 1);
  assert.match(said[0]!, /^skipped browser\/engine\.test: .*browser.*apt-get install chromium/);
  assert.is(lines.at(-1), "0 passed, 0 failed");
  assert.is(status, 0);
});

test("where a browser is required, none is a failure", () => {
  const { status, lines, errors } = runWithout({ REQUIRE_BROWSER: "1" });
  assert.is(lines.at(-1), "0 passed, 1 failed");
  assert.match(errors, new RegExp(`expected Chromium, got none at ${NOWHERE}; install`));
  assert.is(status, 1);
});

test("beside others, they run in a process of their own, and are counted", () => {
  const skipped = runWithout({}, "training/sha256");
  assert.is(skipped.lines.filter((line) => line.startsWith("skipped browser/engine")).length, 1);
  assert.is(skipped.lines.at(-1), "1 passed, 0 failed");
  const failed = runWithout({ REQUIRE_BROWSER: "1" }, "training/sha256");
  assert.is(failed.lines.at(-1), "1 passed, 1 failed");
  assert.ok(failed.lines.some((line) => line.includes("expected Chromium, got none")));
  assert.is(failed.status, 1);
});

test.run();
