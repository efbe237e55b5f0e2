/** `leibniz course`, and the list in the reader's folder, which is the reader's. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chapters } from "leibniz/checks";
import { catalog } from "leibniz/gradcheck";
import { tickExercise } from "../../dist/cli/course-file.js";
import { courseChapters } from "../../dist/cli/course-items.js";
import { leibnizHere, main, type Outcome, startLeibniz, temporaryFolder } from "../helpers/cli.js";

const course = (folder: string, ...args: string[]): Promise<Outcome> =>
  leibnizHere("course", "--out", folder, ...args);

const listIn = (folder: string): string => join(folder, "course.md");

/** A folder with a list that is this text, a character for each byte. */
function folderWith(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(listIn(folder), text, "latin1");
  return folder;
}

const bytesIn = (folder: string): string => readFileSync(listIn(folder), "latin1");

async function assertRefused(outcome: Promise<Outcome>, pattern: RegExp): Promise<void> {
  const { status, stdout, stderr } = await outcome;
  assert.equal([status, stdout], [2, ""], stderr);
  assert.match(stderr, /^leibniz: [^\n]*\n$/);
  assert.match(stderr, pattern);
}

test("the course has all chapters, in the order of the equations, and each layer's levels", () => {
  const own = courseChapters();
  assert.equal(
    own.map(({ name }) => name),
    chapters.map(({ name }) => name),
  );
  assert.equal([...new Set(own.map(({ week }) => week))], [1, 2, 3, 4, 5, 6]);
  assert.equal(
    own.map(({ week }) => week),
    own.map(({ week }) => week).toSorted(),
  );
  const items = own.flatMap((chapter) => chapter.items);
  for (const { layer } of catalog)
    assert.equal(
      items.filter(({ kind, name }) => kind === "exercise" && name === layer).map((i) => i.number),
      [1, 2, 3],
      layer,
    );
  assert.is(new Set(items.map(({ line }) => line)).size, items.length);
  for (const { name, items: all } of own)
    assert.ok(all.filter(({ kind }) => kind === "problem").length >= 3, name);
  const gradients = own.find(({ name }) => name === "conv2d-gradients")!;
  assert.ok(gradients.items.some(({ line }) => line === "conv2d: exercise, level 3"));
});

test("a fresh folder: what there is, and how to begin", async () => {
  const folder = temporaryFolder();
  const before = await course(folder);
  assert.is(before.status, 0);
  assert.match(before.stdout, /^□+ {2}0 of \d+ done\n\nweek 1: .*, 0 of \d+ done\n/);
  assert.match(before.stdout, /^ {4}affine +problems 1 2 3 4 5\n {6}affine +levels {3}1 2 3$/m);
  assert.match(before.stdout, /here yet: leibniz course --start writes it\nnext: read .*notation/);
  assert.equal(readdirSync(folder), [], "to look writes nothing");
  await assertRefused(course(folder, "--done", "affine chapter"), /course --start writes one/);

  const started = await course(folder, "--start");
  assert.match(started.stdout, /course\.md: \d+ things to do in \d+ chapters, none of them done/);
  assert.equal(readdirSync(folder), ["course.md"]);
  const lines = readFileSync(listIn(folder), "utf8").split("\n");
  const [order, items] = [lines.filter((line) => line.startsWith("- [ ] ")), courseChapters()];
  assert.equal(
    order,
    items.flatMap((chapter) => chapter.items).map(({ line }) => `- [ ] ${line}`),
  );
  writeFileSync(listIn(folder), "- [x] affine: chapter, a note\n");
  await assertRefused(course(folder, "--start"), /nothing was overwritten/);
  assert.is(bytesIn(folder), "- [x] affine: chapter, a note\n");
});

test("half-way: what is ticked by hand or by command is done, and can be undone", async () => {
  const folder = temporaryFolder();
  await course(folder, "--start");
  const text = bytesIn(folder);
  writeFileSync(listIn(folder), text.replace("[ ] notation: chapter", "[X] notation: chapter"));
  const done = await course(folder, "--done", "affine problem 1-2", "Max_Pool level 1");
  assert.equal(
    done.stdout.split("\n").slice(0, 3),
    ["affine: problem 1", "affine: problem 2", "maxPool2d: exercise, level 1"].map(
      (line) => `done: ${line}`,
    ),
  );
  assert.match(done.stdout, /^4 of \d+ done\nnext: problem 1 of derivations\/notation\.md; /m);
  assert.is(
    bytesIn(folder),
    text
      .replace("[ ] notation: chapter", "[X] notation: chapter")
      .replace("[ ] affine: problem 1", "[x] affine: problem 1")
      .replace("[ ] affine: problem 2", "[x] affine: problem 2")
      .replace("[ ] maxPool2d: exercise, level 1", "[x] maxPool2d: exercise, level 1"),
  );
  const seen = await course(folder);
  assert.match(seen.stdout, /^■□+ {2}4 of \d+ done$/m);
  assert.match(seen.stdout, /^ {2}✓ notation +problems 1 2 3 4$/m);
  assert.match(seen.stdout, /^ {4}affine +problems ✓ ✓ 3 4 5$/m);
  assert.match(seen.stdout, /^ {6}maxPool2d +levels {3}✓ 2 3$/m);
  const again = await course(folder, "--done", "affine", "problem", "2");
  assert.match(again.stdout, /^affine: problem 2: ticked already\n4 of/);
  await course(folder, "--undo", "affine problem 1-2", "notation chapter", "maxpool level 1");
  assert.is(bytesIn(folder), text);
});

test("done: all of it, in words and in --json", async () => {
  const folder = temporaryFolder();
  await course(folder, "--start");
  writeFileSync(listIn(folder), bytesIn(folder).replaceAll("- [ ]", "- [x]"));
  const { stdout } = await course(folder);
  assert.match(stdout, /^(■+) {2}(\d+) of \2 done$/m);
  assert.not.match(stdout, /□|levels {3}.*\d/);
  assert.match(stdout, /\nall done\n$/);
  const objects = (await course(folder, "--json")).stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.ok(objects.every(({ isDone, isListed }) => isDone === true && isListed === true));
  const { week, chapter, kind, name, number, line } = objects.find(
    (one) => one["line"] === "conv2d: exercise, level 2",
  )!;
  assert.equal(
    [week, chapter, kind, name, number, line],
    [3, "conv2d-gradients", "exercise", "conv2d", 2, "conv2d: exercise, level 2"],
  );
});

test("the reader's own words, order and line ends stay, byte for byte", async () => {
  const before =
    "\xef\xbb\xbf- [ ] affine: problem 2   <- with \x92Anna\xff\r\n" + // no UTF-8
    "\r\nMy notes: - [ ] affine: problem 3 is hard\r\n" +
    "> 1) [ ] **Affine: Problem 3** \x00\r\n" +
    "\t* [X] relu: exercise, level 1 (twice)\n" +
    "- [ ]affine: problem 4\r" +
    "- [ ] affine: problem 20\r" +
    "- [ ] affine: problem 2b\n" +
    "- [ ] buy milk\n" +
    "+ [ ] conv2d:  exercise  level 2";
  const folder = folderWith(before);
  const names = ["affine problems 2,3", "relu level 1", "conv2d level 2"];
  const { status, stderr } = await course(folder, "--done", ...names);
  assert.equal([status, stderr], [0, ""]);
  const after = before
    .replace("- [ ] affine: problem 2 ", "- [x] affine: problem 2 ")
    .replace("1) [ ]", "1) [x]")
    .replace("+ [ ]", "+ [x]");
  assert.is(bytesIn(folder), after);
  const seen = await course(folder);
  assert.match(seen.stdout, /4 of 4 done/);
  assert.match(seen.stdout, /not in .*course\.md \(–\).*\n {2}- \[ \] notation: chapter\n/);
  assert.match(seen.stdout, /^ {2}– affine +problems – ✓ ✓ – –$/m);
  assert.is(bytesIn(folder), after);
  await assertRefused(
    course(folder, "--undo", "relu chapter"),
    /expected a line for relu: chapter, got none; write it there: - \[ \] relu: chapter\n/,
  );
  assert.is(bytesIn(folder), after);
});

test("what comes next is the first open line in the reader's own order", async () => {
  const folder = folderWith(
    "- [x] relu: chapter\n- [ ] dropout: problem 3\n- [ ] affine: chapter\n",
  );
  assert.match((await course(folder)).stdout, /\nnext: problem 3 of derivations\/dropout\.md; /);
  const { stdout } = await course(folder, "--done", "dropout problem 3");
  assert.match(stdout, /^2 of 3 done\nnext: read derivations\/affine\.md; /m);
});

test("a line that is there twice is done if one is, and both are changed", async () => {
  const twice = "- [ ] relu: chapter\n- [x] relu: chapter\n";
  const folder = folderWith(twice);
  assert.match((await course(folder)).stdout, /1 of 1 done/);
  await course(folder, "--done", "relu chapter");
  assert.is(bytesIn(folder), twice.replaceAll("[ ]", "[x]"));
  await course(folder, "--undo", "relu");
  assert.is(bytesIn(folder), twice.replaceAll("[x]", "[ ]"));
});

test("a file of that name that is another is refused, and stays as it is", async () => {
  const others = [
    "",
    "# My course on pottery\n- [ ] buy clay\n",
    Buffer.from("- [ ] affine: chapter\n", "utf16le").toString("latin1"),
    String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte)).repeat(20),
    `- [ ] ${"affine: ".repeat(200_000)}`,
    " ".repeat(3_000_000),
  ];
  for (const text of others) {
    const folder = folderWith(text);
    for (const args of [[], ["--done", "affine chapter"], ["--start"]])
      await assertRefused(course(folder, ...args), /nothing was (changed|overwritten); --out DIR/);
    assert.is(tickExercise(folder, "affine", 1), null);
    assert.is(bytesIn(folder), text);
    assert.equal(readdirSync(folder), ["course.md"]);
  }
  const folder = temporaryFolder();
  mkdirSync(listIn(folder));
  await assertRefused(course(folder), /cannot read .*course\.md: it is a folder, not a file/);
  assert.is(tickExercise(folder, "affine", 1), null);
});

test("names that there are not: the nearest one, or how names look", async () => {
  const folder = folderWith("- [ ] relu: chapter\n");
  for (const [asked, told] of [
    ["afine problem 2", /expected a chapter, got "afine"; did you mean affine\?/],
    ["max-poo2d level 1", /expected a layer, got "max-poo2d"; did you mean maxPool2d\?/],
    ["affine problem 17", /expected a problem of affine from 1 to 5, got 17/],
    ["affine level 0", /expected a level of affine from 1 to 3, got 0/],
    ["affine 2", /expected names such as "affine chapter"/],
    ["problem 2", /expected names such as/],
    ["relu chapter 2", /expected names such as/],
    ["batch level 1", /expected one layer, got "batch"; did you mean batchNorm/],
    ["", /expected names such as/],
  ] as const)
    await assertRefused(course(folder, "--done", asked), told);
  await assertRefused(
    course(folder, "--start", "--done", "relu"),
    /expected one of --start, --done/,
  );
  assert.is(bytesIn(folder), "- [ ] relu: chapter\n");
});

test("a passed exercise ticks its line in the course above it, and says so", () => {
  const folder = temporaryFolder();
  const exercise = join(folder, "exercise-relu");
  mkdirSync(exercise);
  assert.is(tickExercise(exercise, "relu", 2), null);
  writeFileSync(listIn(folder), "- [ ] relu: exercise, level 2\n");
  assert.match(tickExercise(exercise, "relu", 2)!, /course\.md: ticked relu: exercise, level 2$/);
  assert.is(bytesIn(folder), "- [x] relu: exercise, level 2\n");
  assert.match(tickExercise(exercise, "relu", 2)!, /level 2 is ticked already$/);
  assert.match(
    tickExercise(exercise, "relu", 3)!,
    /course\.md has no line for it: - \[x\] relu: exercise, level 3$/,
  );
  // another's file in between is passed over
  writeFileSync(listIn(exercise), "# Pottery\n");
  assert.match(tickExercise(exercise, "relu", 2)!, /ticked already$/);
  writeFileSync(listIn(exercise), "- [ ] relu: exercise, level 2\n");
  assert.match(tickExercise(exercise, "relu", 2)!, /ticked relu/);
});

test("the check of an exercise ticks its line once it passes, but not in --json", async () => {
  const folder = folderWith("- [ ] relu: exercise, level 1\n");
  const out = join(folder, "exercise-relu-1");
  const exercise = ["exercise", "relu", "--level", "1", "--out", out];
  await leibnizHere(...exercise);
  const wrong = await leibnizHere(...exercise, "--check");
  assert.is(wrong.status, 1);
  assert.is(bytesIn(folder), "- [ ] relu: exercise, level 1\n");
  const file = join(out, "relu.ts");
  const right = "return { dX: zip(dOut, x, (d, v) => (v > 0 ? d : 0)) };";
  writeFileSync(file, readFileSync(file, "utf8").replace("return {} as never;", right));
  await leibnizHere(...exercise, "--check", "--json");
  assert.is(bytesIn(folder), "- [ ] relu: exercise, level 1\n");
  const { stdout } = await leibnizHere(...exercise, "--check");
  assert.match(stdout, /\nall of relu is right\n.*course\.md: ticked relu: exercise, level 1\n$/);
  assert.is(bytesIn(folder), "- [x] relu: exercise, level 1\n");
});

test("from the current folder, a course further up is found, but none above it", () => {
  const folder = temporaryFolder();
  const deep = join(folder, "a", "b", "c");
  mkdirSync(deep, { recursive: true });
  const module = new URL("../../dist/cli/course-file.js", import.meta.url).href;
  const code = `import { tickExercise } from ${JSON.stringify(module)};
    console.log(tickExercise("b/c", "relu", 1));`;
  const tick = (): string =>
    spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      cwd: join(folder, "a"),
      encoding: "utf8",
    }).stdout;
  writeFileSync(listIn(folder), "- [ ] relu: exercise, level 1\n");
  assert.is(tick(), "null\n");
  writeFileSync(listIn(join(folder, "a")), "- [ ] relu: exercise, level 1\n");
  assert.is(tick(), "course.md: ticked relu: exercise, level 1\n");
  assert.is(bytesIn(folder), "- [ ] relu: exercise, level 1\n");
});

test("a link to a course stays a link", async () => {
  const folder = folderWith("- [ ] relu: chapter\n");
  const linked = temporaryFolder();
  symlinkSync(listIn(folder), listIn(linked));
  await course(linked, "--done", "relu chapter");
  assert.is(bytesIn(folder), "- [x] relu: chapter\n");
  assert.equal(readdirSync(folder), ["course.md"]);
  assert.equal(readdirSync(linked), ["course.md"]);
});

test("processes that tick at once lose nothing", async () => {
  const folder = temporaryFolder();
  await course(folder, "--start");
  const text = bytesIn(folder);
  const names = ["affine problem 1", "relu problem 2", "conv2d problem 3", "Linear level 1"];
  const started = names.map((name) => startLeibniz("course", "--out", folder, "--done", name));
  const outcomes = await Promise.all(started.map(({ outcome }) => outcome));
  assert.equal(
    outcomes.map(({ status, stderr }) => [status, stderr]),
    names.map(() => [0, ""]),
  );
  assert.is(
    bytesIn(folder),
    text
      .replace("[ ] affine: problem 1", "[x] affine: problem 1")
      .replace("[ ] relu: problem 2", "[x] relu: problem 2")
      .replace("[ ] conv2d: problem 3", "[x] conv2d: problem 3")
      .replace("[ ] affine: exercise, level 1", "[x] affine: exercise, level 1"),
  );
  assert.equal(readdirSync(folder), ["course.md"]);
});

test("a full disk, and a folder that cannot be written, are one line each", async () => {
  const folder = folderWith(`- [ ] relu: exercise, level 1\n${"a note\n".repeat(300)}`);
  const text = bytesIn(folder);
  const limited = `ulimit -f 1; exec "$0" "$@"`; // files may have 1 kB at most
  const args = [process.execPath, main, "course", "--out", folder, "--done", "relu level 1"];
  const { status, stderr } = spawnSync("bash", ["-c", limited, ...args], { encoding: "utf8" });
  assert.is(status, 2);
  assert.match(stderr, /^leibniz: cannot write .*: the file would be larger [^\n]*\n$/);
  assert.is(bytesIn(folder), text);
  assert.equal(readdirSync(folder), ["course.md"]);
  await assertRefused(course("/proc", "--start"), /cannot write into \/proc: /);
  assert.not.ok(existsSync("/proc/course.md"));
});

test.run();
