import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { leibnizHere, main, root } from "../helpers/cli.js";

/** The commands as the list of all has them: `mistakes|bugs [options] [names...]`. */
async function listed(): Promise<string[]> {
  const { stdout } = await leibnizHere("--help");
  const list = stdout.slice(stdout.indexOf("\nCommands:"));
  return [...list.matchAll(/^ {2}(\S+ \S.*?)(?: {2,}|$)/gm)].map(([, term]) => term!);
}

test("the list of commands says what each one's own help says", async () => {
  const terms = (await listed()).filter((term) => !term.startsWith("help "));
  assert.is(terms.length, 12);
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

test("no engine is loaded before there is a command to run", () => {
  const loaded = new Set([main, join(dirname(main), "run-command.js")]);
  for (const path of loaded)
    for (const [, to] of readFileSync(path, "utf8").matchAll(/^import .*?"(\..*?)";$/gms))
      loaded.add(join(dirname(path), to!));
  assert.ok(loaded.size > 4);
  for (const path of loaded) assert.match(relative(root, path), /^dist\/cli\/[\w-]+\.js$/);
});

test.run();
