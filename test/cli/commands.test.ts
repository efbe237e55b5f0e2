import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { leibnizHere, leibnizInColour, main, root } from "../helpers/cli.js";

/** The commands as the list of all has them: `mistakes|bugs [options] [names...]`. */
async function listed(): Promise<string[]> {
  const { stdout } = await leibnizHere("--help");
  const list = stdout.slice(stdout.indexOf("\nCommands:"), stdout.indexOf("\nExamples:"));
  return [...list.matchAll(/^ {2}(\S+ \S.*?)(?: {2,}|$)/gm)].map(([, term]) => term!);
}

test("the list of commands says what each one's own help says", async () => {
  const terms = (await listed()).filter((term) => !term.startsWith("help "));
  assert.is(terms.length, 17);
  for (const term of terms) {
    const [names] = term.split(" ") as [string];
    for (const name of names.split("|")) {
      const { status, stdout } = await leibnizHere(name, "--help");
      assert.is(status, 0);
      assert.is(stdout.split("\n")[0], `Usage: leibniz ${term}`);
      assert.is((await leibnizHere("help", name)).stdout, stdout);
    }
  }
});

test("without a command, help is shown", async () => {
  const { status, stdout, stderr } = await leibnizHere();
  assert.equal({ status, stderr }, { status: 0, stderr: "" });
  assert.is(stdout, (await leibnizHere("--help")).stdout);
  assert.is((await leibnizHere("--debug")).stdout, stdout);
});

test("every --help ends with an example of its command, whatever stands beside it", async () => {
  const names = (await listed()).map((term) => term.split(/[ |]/)[0]!);
  for (const name of names.filter((one) => one !== "help")) {
    const { status, stdout } = await leibnizHere(name, "--epochs", "0", "--no-such", "-h");
    assert.is(status, 0);
    assert.match(
      stdout,
      new RegExp(`\\n\\nExamples?:\\n(  leibniz .*\\n)*  leibniz .*${name}.*\\n$`),
    );
  }
  assert.match((await leibnizHere("--help")).stdout, /\n\nExamples:\n( {2}leibniz .+\n)+$/);
});

test("examples have only options that there are", async () => {
  const names = (await listed()).map((term) => term.split(/[ |]/)[0]!);
  const helps = new Map<string, string>();
  for (const name of names) helps.set(name, (await leibnizHere(name, "--help")).stdout);
  let seen = 0;
  for (const help of helps.values()) {
    const examples = help.slice(help.search(/^Examples?:$/m));
    for (const [, name, rest] of examples.matchAll(/leibniz ([a-z]+) ([^&\n]*)/g))
      for (const [option] of rest!.matchAll(/--[a-z-]+/g)) {
        seen++;
        assert.match(helps.get(name!)!, new RegExp(`^ +(-h, )?${option} `, "m"));
      }
  }
  assert.ok(seen > 10);
});

const [GREEN, PLAIN] = ["\u001b[32m", "\u001b[39m"];

test("--no-color takes the colours away, wherever it stands, of one command", async () => {
  const command = ["gradcheck", "flatten", "--geometries", "0"];
  const coloured = await leibnizInColour(...command);
  const plain = coloured.stdout.replaceAll(GREEN, "").replaceAll(PLAIN, "");
  assert.not.equal(coloured.stdout, plain);
  assert.equal(await leibnizInColour(...command, "--no-color"), { ...coloured, stdout: plain });
  assert.equal(await leibnizInColour("--no-color", ...command), { ...coloured, stdout: plain });
  assert.equal(await leibnizInColour(...command), coloured);
  for (const line of [["--no-color"], ["train", "--no-color", "--help"]]) {
    const { status, stdout } = await leibnizInColour(...line);
    assert.is(status, 0);
    assert.match(stdout, /^Usage: leibniz /);
  }
});

test("no engine is loaded before there is a command to run", () => {
  const loaded = new Set([main, join(dirname(main), "run-command.js")]);
  for (const path of loaded)
    for (const [, to] of readFileSync(path, "utf8").matchAll(/^import .*?"(\..*?)";$/gms))
      loaded.add(join(dirname(path), to!));
  assert.ok(loaded.size > 4);
  for (const path of loaded) assert.match(relative(root, path), /^dist\/cli\/[\w-]+\.js$/);
});

test.run();
