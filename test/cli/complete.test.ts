import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { leibnizHere } from "../helpers/cli.js";

/** What is offered in the place of the last word, and whether files are. */
async function offered(...words: string[]): Promise<{ words: string[]; files: boolean }> {
  const { status, stdout, stderr } = await leibnizHere("complete", "--", ...words);
  assert.equal({ status, stderr }, { status: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  const directive = lines.pop()!;
  assert.match(directive, /^:[04]$/);
  return { words: lines.map((line) => line.split("\t")[0]!), files: directive === ":0" };
}

test("commands are offered where none stands yet", async () => {
  const { stdout } = await leibnizHere("--help");
  const all = await offered("");
  assert.ok(all.words.length >= 13);
  for (const name of all.words) assert.match(stdout, new RegExp(`^  ${name}[ |]`, "m"));
  assert.is(all.files, false);
  assert.equal(await offered("gr"), { words: ["gradcheck"], files: false });
  assert.equal(await offered("help", "gr"), { words: ["gradcheck"], files: false });
});

test("every option of a command is offered, but not again", async () => {
  for (const name of (await offered("")).words) {
    const { stdout } = await leibnizHere(name, "--help");
    const { words } = await offered(name, "--");
    const inHelp = [...stdout.matchAll(/^ {2}(?:-h, )?(--[a-z-]+)/gm)].map(([, option]) => option);
    assert.equal(words.toSorted(), inHelp.toSorted());
  }
  assert.ok(!(await offered("train", "--json", "--")).words.includes("--json"));
});

test("values are offered behind their option, and nothing else", async () => {
  assert.equal(await offered("train", "--recipe", "no"), { words: ["notebook"], files: true });
  assert.equal(await offered("train", "--recipe=no"), { words: ["notebook"], files: true });
  assert.equal((await offered("train", "--backend", "")).words, [
    ...["wasm", "reference", "gpu", "auto"],
  ]);
  assert.equal(await offered("bench", "--mode", "web"), {
    words: ["webasm", "webgpu", "webgl2"],
    files: false,
  });
  assert.equal(await offered("train", "--epochs", ""), { words: [], files: false });
  assert.equal(await offered("train", "--out", ""), { words: [], files: true });
});

test("names are offered where the command takes them, each once", async () => {
  assert.equal(await offered("gradcheck", "--geometries", "3", "conv2d", "af"), {
    words: ["affine"],
    files: false,
  });
  assert.equal((await offered("gradcheck", "affine", "af")).words, []);
  assert.equal((await offered("exercise", "conv2d", "")).words, []); // it takes one
  assert.equal((await offered("exercise", "--seconds", "3", "aff")).words, ["affine"]);
  assert.equal((await offered("derive", "augm")).words, ["augmentation"]);
  assert.equal((await offered("experiment", "perm")).words, ["permutation"]);
  assert.equal((await offered("bugs", "loss-up")).words, ["loss-uphill"]);
  assert.equal(await offered("predict", "--weights", "run", "a.png", ""), {
    words: [],
    files: true,
  });
  assert.equal(await offered("no-such-command", ""), { words: [], files: false });
});

test("each shell gets a script that it can read, another is refused", async () => {
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    const { status, stdout } = await leibnizHere("complete", shell);
    assert.is(status, 0);
    assert.match(stdout, /leibniz complete '?--'? /);
  }
  const { status, stderr } = await leibnizHere("complete", "zhs");
  assert.equal(
    { status, stderr },
    { status: 2, stderr: 'leibniz: complete: expected a shell, got "zhs"; did you mean zsh?\n' },
  );
});

/** What bash, told to complete the last of these words, offers, and what it asks `leibniz` for. */
function inBash(script: string, ...words: readonly string[]): { asked: string; offers: string } {
  const folder = mkdtempSync(join(tmpdir(), "leibniz-"));
  const { stdout, stderr } = spawnSync(
    "bash",
    ["--norc", "-c", BASH + script + ASK, "", ...words],
    {
      encoding: "utf8",
      cwd: folder,
    },
  );
  assert.is(stderr, "");
  assert.equal(readdirSync(folder), []); // whatever the words say, nobody runs or writes it
  rmSync(folder, { recursive: true });
  const [asked = "", offers = ""] = stdout.split("\n\n");
  return { asked, offers: offers.trimEnd() };
}

test("bash completes with it, and runs nothing of what was typed", async () => {
  const { stdout: script } = await leibnizHere("complete", "bash");
  assert.equal(inBash(script, "train", "--recipe", "no"), {
    asked: "complete|--|train|--recipe|no|",
    offers: "notebook tuned",
  });
  assert.is(inBash(script, "train", "--recipe", "=", "no").asked, "complete|--|train|--recipe=no|");
  assert.is(inBash(script, "train", "--recipe", "=").asked, "complete|--|train|--recipe=|");
  assert.is(
    inBash(script, "predict", '"$(touch a)"', "`touch b`", "").asked,
    'complete|--|predict|"$(touch a)"|`touch b`||',
  );
  for (const typed of [
    ["gradcheck", ">", "file", "co"],
    ["gradcheck", ">>", "file", "2", ">&", "1", "co"],
  ])
    assert.match(inBash(script, ...typed).asked, /^complete\|--\|gradcheck\|(?:2\|)?co\|$/);
  assert.equal(inBash(script, "gradcheck", ">", "fi"), { asked: "", offers: "" });
});

/** A program that answers as ours does. */
const BASH = `
leibniz() { printf '%s|' "$@" >&3; echo >&3; printf 'notebook\\ta: b\\ntuned\\t\\n:0\\n'; }
exec 3>&1
`;
const ASK = `
COMP_WORDS=(leibniz "$@")
COMP_CWORD=$#
__leibniz_complete
printf '\\n%s\\n' "\${COMPREPLY[*]}"
`;

test.run();
