/** The page for teachers: its weeks, its commands, and the program that grades a class. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { mistakenOf } from "leibniz/gradcheck";
import { courseChapters, weeks } from "../../dist/cli/course-items.js";
import { leibnizHere, main, root, temporaryFolder } from "../helpers/cli.js";

const page = readFileSync(join(root, "docs/teaching.md"), "utf8");

test("its weeks are those of the course, with their chapters and no others", () => {
  const sections = page.split(/^## /m).filter((text) => text.startsWith("Week "));
  assert.equal(
    sections.map((text) => text.split("\n")[0]),
    weeks.map(({ title }, w) => `Week ${w + 1}: ${title}`),
  );
  for (const [w, text] of sections.entries()) {
    const linked = [...text.matchAll(/\(\.\.\/derivations\/([\w-]+)\.md\)/g)].map(([, n]) => n!);
    const own = courseChapters().filter(({ week }) => week === w + 1);
    assert.equal([...new Set(linked)].toSorted(), own.map(({ name }) => name).toSorted());
  }
});

test("its problems and exercises are in the course", () => {
  const lines = new Set(courseChapters().flatMap(({ items }) => items.map(({ line }) => line)));
  const exercises = [...page.matchAll(/`exercise-([a-zA-Z\d]+)-3`/g)].map(([, layer]) => layer);
  assert.ok(exercises.length >= 3);
  for (const layer of exercises) assert.ok(lines.has(`${layer}: exercise, level 3`), layer);
  for (const [, name] of page.matchAll(/`slides ([\w-]+)`/g))
    assert.ok(lines.has(`${name}: chapter`), name);
});

test("what it says of mistakes are the checker's own words", () => {
  const [, table = ""] = page.split("| --- | --- | --- |\n");
  const rows = [...table.matchAll(/^\| (\w+) \| (.+?) \| .+ \|$/gm)];
  assert.ok(rows.length >= 8);
  for (const [, layer, says] of rows)
    assert.ok(
      mistakenOf(layer!).some((one) => one.says === says),
      `${layer}: ${says}`,
    );
});

test("the program that grades a class does", async () => {
  const [, program] = /^```js\n([\s\S]+?)^```$/m.exec(page)!;
  const folder = temporaryFolder();
  const hand = join(folder, "hand-in");
  const handIn = async (student: string, name: string, ...args: string[]): Promise<string> => {
    const out = join(hand, student, name);
    const { status, stderr } = await leibnizHere("exercise", "relu", ...args, "--out", out);
    assert.equal([status, stderr], [0, ""]);
    return out;
  };
  const solve = (out: string, line: string): void => {
    const file = join(out, "relu.ts");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("return {} as never;", line));
  };
  solve(
    await handIn("anna", "exercise-relu-1", "--level", "1"),
    "return { dX: zip(dOut, x, (d, v) => (v > 0 ? d : 0)) };",
  );
  solve(await handIn("ben", "exercise-relu"), "return { dX: dOut };");
  await handIn("cleo", "exercise-relu-python", "--python", "--seed", "anna");
  mkdirSync(join(hand, "dora", "exercise-relu"), { recursive: true });
  writeFileSync(join(folder, "grade.mjs"), program!);
  // npx itself takes a second each time
  writeFileSync(join(folder, "npx"), `#!/bin/sh\nshift\nexec node ${main} "$@"\n`, { mode: 0o755 });
  const { stdout, stderr } = spawnSync("node", [join(folder, "grade.mjs"), hand], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}` },
  });
  assert.is(stderr, "");
  const rows = stdout.trimEnd().split("\n");
  assert.equal(rows.slice(0, 2), [
    "student\texercise\tright\tof\tremark",
    "anna\texercise-relu-1\t1\t1\t",
  ]);
  assert.match(rows[2]!, /^ben\texercise-relu\t0\t1\tdX: the mask .* is left out: .* \(relu\.8\)$/);
  assert.is(rows[3], "cleo\texercise-relu-python\t0\t1\tthe numbers of anna");
  assert.match(rows[4]!, /^dora\texercise-relu\t0\t0\tleibniz: cannot read .*relu\.ts: /);
  assert.is(rows.length, 5);
});

test.run();
