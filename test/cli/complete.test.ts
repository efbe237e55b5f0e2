import { spawnSync } from "node:child_process";
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
  assert.equal((await offered("slides", "augm")).words, ["augmentation"]);
  assert.equal(await offered("course", "--done", "max"), { words: ["maxPool2d"], files: false });
  assert.equal((await offered("course", "--out", "")).files, true);
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

test("bash completes with it, read twice, and runs nothing that is on the line", async () => {
  const { stdout } = await leibnizHere("complete", "bash");
  const { stdout: reply, stderr } = spawnSync(
    "bash",
    ["--norc", "-c", BASH + stdout + stdout + ASK],
    { encoding: "utf8" },
  );
  const asked = "train --subset $(echo>&3 run) --recipe no";
  assert.equal({ reply, stderr }, { reply: `${asked}\nnotebook\n`, stderr: "" });
  assert.match(stdout, /^complete -o default -F __leibniz_complete leibniz$/m);
  assert.not.match(stdout, /eval/);
});

/** A program that answers as ours does, and what bash-completion tells of the line. */
const BASH = `
leibniz() { shift 2; echo "$*" >&3; printf 'notebook\\t\\ntuned\\t\\n:0\\n'; }
_get_comp_words_by_ref() {
  words=(leibniz train --subset '$(echo>&3 run)' --recipe no); cword=5; cur=no; prev=--recipe
}
exec 3>&1
`;
const ASK = `
__leibniz_complete
echo "\${COMPREPLY[@]}"
`;

test.run();
