import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { experiments } from "leibniz/experiments";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { leibnizHere, type Outcome, smallDataFolder, temporaryFolder } from "../helpers/cli.js";

const folder = temporaryFolder();
const NAME = "notebook";
const data = smallDataFolder({ train: 256, test: 300 });

/** On a few images of noise. */
function run(name: string, ...args: string[]): Promise<Outcome> {
  return leibnizHere("experiment", name, "--data", data, "--tiny", ...args);
}

test("an experiment goes on where a crash cut it off, and comes to the same bytes", async () => {
  const out = join(folder, "kept");
  const first = await run(NAME, "--out", out);
  assert.is(first.status, 0, first.stderr);
  const path = join(out, "measurements.jsonl");
  const whole = readFileSync(path, "utf8");
  const page = readFileSync(join(out, "README.md"), "utf8");
  assert.match(page, /^# notebook\n/);
  assert.not.match(page, /undefined|NaN/);
  assert.match(first.stdout, /\n(\d+) of \1 runs measured in \d+:\d\d min on \d+ processors?\n$/);

  const lines = whole.split("\n");
  const cut = `${lines[0]}\n${lines[2]}\n${lines[1]!.slice(0, 40)}`;
  writeFileSync(path, cut); // others are done out of order, and one is half written
  const again = await run(NAME, "--out", out, "--jobs", "1");
  assert.is(again.status, 0, again.stderr);
  assert.is(readFileSync(path, "utf8"), whole);
  assert.is(readFileSync(join(out, "README.md"), "utf8"), page);
  assert.match(again.stdout, /\n\d+ of \d+ runs measured in \d+:\d\d min on 1 processor\n$/);
  const [, some, all] = /\n(\d+) of (\d+) runs/.exec(again.stdout)!;
  assert.is(Number(all) - Number(some), 1, "one was whole");
  assert.match(again.stderr, /as in the notes, seed 0 /);
  assert.not.match(again.stderr, /as in the notes, seed 1 /, "what was done is not measured again");
});

test("--repeat compares every digit, and tells which differ", async () => {
  const out = join(folder, "kept");
  const path = join(out, "measurements.jsonl");
  const same = await run(NAME, "--repeat", out, "--jobs", "1");
  assert.is(same.status, 0, same.stderr);
  assert.match(same.stdout, /every digit as in/);
  const one = await run(NAME, "--repeat", out, "--sample", "1", "--jobs", "1");
  assert.is(one.status, 0, one.stderr);
  assert.match(one.stdout, /^1 of \d+ measurements, every digit as in/);
  assert.is(one.stderr.match(/ left$/gm)!.length, 1, "no more is measured");
  const text = readFileSync(path, "utf8");
  const [heading, first, ...rest] = text.trimEnd().split("\n");
  const changed = first!.replace(/"testAccuracy":\[/, '"testAccuracy":[0.5,');
  assert.is.not(changed, first);
  const unknown = JSON.stringify({ ...JSON.parse(first!), seed: 77 });
  const spoiled = `${[heading, changed, unknown, ...rest].join("\n")}\n`;
  writeFileSync(path, spoiled);
  const other = await run(NAME, "--repeat", out, "--jobs", "1");
  assert.is(other.status, 1, other.stderr);
  assert.match(other.stdout, /seed 0: another testAccuracy/);
  assert.match(other.stdout, /, seed 77: no unit of this experiment/);
  assert.is(readFileSync(path, "utf8"), spoiled, "nothing is written");
  writeFileSync(path, `${heading}\n${first}\n`);
  const half = await run(NAME, "--repeat", out, "--sample", "1");
  assert.is(half.status, 2);
  assert.match(half.stderr, /--sample: expected all measurements in .*, got \d+ missing/);
  writeFileSync(path, text);
});

test("a unit counts once, with its own options, and no other counts", async () => {
  const path = join(folder, "kept", "measurements.jsonl");
  const [heading, first, ...rest] = readFileSync(path, "utf8").trimEnd().split("\n");
  const out = join(folder, "spoiled");
  mkdirSync(out);
  const spoiled = (...lines: (string | undefined)[]): string => {
    const text = `${[heading, ...lines, ...rest].join("\n")}\n`;
    writeFileSync(join(out, "measurements.jsonl"), text);
    return text;
  };
  const changed = (change: object): string => JSON.stringify({ ...JSON.parse(first!), ...change });
  const cases: [lines: string[], message: RegExp][] = [
    [[first!, first!], /line 3: expected each unit once, got as in the notes, seed 0 again/],
    [
      [changed({ options: { x: 1 } })],
      /expected as in the notes, seed 0 with options .*, got \{"x":1\}/,
    ],
    [[first!, changed({ seed: 77 })], /units of this experiment alone, got .*, seed 77/],
  ];
  for (const [lines, message] of cases) {
    const text = spoiled(...lines);
    const { status, stderr } = await run(NAME, "--out", out);
    assert.is(status, 2, stderr);
    assert.match(stderr, message);
    assert.is(readFileSync(join(out, "measurements.jsonl"), "utf8"), text);
  }
});

test("measurements of something else, and folders of somebody else, are left alone", async () => {
  const mine = join(folder, "mine");
  mkdirSync(mine);
  writeFileSync(join(mine, "README.md"), "my notes");
  const refused = await run(NAME, "--out", mine);
  assert.is(refused.status, 2);
  assert.match(refused.stderr, /expected an empty folder, or one of this experiment/);
  assert.is(readFileSync(join(mine, "README.md"), "utf8"), "my notes");

  const other = await run("mlp-vs-cnn", "--out", join(folder, "kept"));
  assert.is(other.status, 2);
  assert.match(other.stderr, /measurements of experiment mlp-vs-cnn, got notebook/);

  const broken = join(folder, "broken");
  mkdirSync(broken);
  writeFileSync(join(broken, "measurements.jsonl"), "not JSON\n");
  const unread = await run(NAME, "--out", broken);
  assert.is(unread.status, 2);
  assert.match(unread.stderr, /line 1: expected a line of JSON/);
});

test("what cannot be done is refused in a line", async () => {
  const cases: [args: string[], message: RegExp][] = [
    [["nonsense"], /expected an experiment out of notebook, .*got "nonsense"/],
    [[], /expected the name of an experiment/],
    [
      [NAME, "--repeat", join(folder, "nowhere")],
      /expected a file .*measurements\.jsonl, got none/,
    ],
    [[NAME, "--repeat", "a", "--out", "b"], /no --out along with it/],
    [[NAME, "--sample", "3"], /--sample: expected --repeat DIR along with it/],
    [[NAME, "--jobs", "0"], /--jobs: expected a whole number ≥ 1/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = await leibnizHere("experiment", ...args);
    assert.is(status, 2, args.join(" "));
    assert.match(stderr, message);
  }
  assert.not.ok(existsSync(join(folder, "nowhere")));
});

test("--list names every experiment", async () => {
  const { stdout } = await leibnizHere("experiment", "--list", "--json");
  const names = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).name);
  assert.equal(
    names,
    experiments.map(({ name }) => name),
  );
});

test.run();
