/** The pages in docs: what they quote is what is measured and what the code says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chapters } from "leibniz/checks";
import { leibnizHere } from "../helpers/cli.js";
import { tableRows } from "./pages.js";
import { listFiles, root } from "./project.js";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

test("the page of measurements says how many equations are executed", () => {
  const executed = chapters.flatMap(({ tags }) => tags).filter(({ hasBlock }) => hasBlock).length;
  const [, said] = /(\d[\d,]*) executed,/.exec(read("docs/measured.md"))!;
  assert.is(Number(said!.replaceAll(",", "")), executed);
});

interface Epoch {
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
}

test("the notes' experiment quotes the recorded run of PyTorch, and what the notes printed", () => {
  const rows = tableRows(read("docs/notes-experiment.md"));
  assert.is(rows.length, 26);
  const { epochs } = JSON.parse(read("test/fixtures/notebook-seed0/trajectory.json")) as {
    readonly epochs: readonly Epoch[];
  };
  const [accuracies, losses] = [rows.slice(0, 13), rows.slice(13)];
  for (const [i, cells] of accuracies.entries()) {
    const { testAccuracy, trainAccuracy, testLoss, trainLoss } = epochs[Number(cells[0])]!;
    assert.equal([cells[3], cells[6]], [testAccuracy.toFixed(4), trainAccuracy.toFixed(5)]);
    assert.is(losses[i]![0], cells[0]);
    assert.equal([losses[i]![3], losses[i]![6]], [testLoss.toFixed(4), trainLoss.toFixed(4)]);
  }
  const [, printed] = /PRINTED_TEST_ACCURACY = \[([^\]]+)\]/.exec(
    read("src/experiments/findings/notebook.ts"),
  )!;
  const noted = printed!.split(",").flatMap((text) => (text.trim() === "" ? [] : [Number(text)]));
  assert.is(noted.length, 12);
  assert.equal(
    accuracies.slice(0, 12).map((cells) => Number(cells[1])),
    noted,
  );
});

/** The names in code spans in the first cells of a section's table. */
function namesIn(page: string, heading: string): string[] {
  const [, section] = new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, "m").exec(
    page,
  )!;
  return tableRows(section!).flatMap(([first]) =>
    [...first!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  );
}

test("the page of formats names every file of a run, and every part of a recipe", async () => {
  const page = read("docs/formats.md");
  const { RUN_FILES } = (await import("../../dist/cli/run-folder.js")) as {
    readonly RUN_FILES: Readonly<Record<string, string>>;
  };
  assert.equal(namesIn(page, "The folder of a run").sort(), Object.values(RUN_FILES).sort());
  const [, rules] = /Rules<Recipe> = \{([\s\S]*?)\n\};/.exec(read("src/training/read-recipe.ts"))!;
  const parts = [...rules!.matchAll(/^ {2}(\w+):/gm)].map(([, part]) => part!);
  assert.ok(parts.length > 10);
  assert.equal(namesIn(page, "Recipes").sort(), parts.sort());
});

test("lines of JSON have the keys that the page of formats promises", async () => {
  const rows = tableRows(read("docs/formats.md"));
  const commands: [name: string, ...args: string[]][] = [
    ["gradcheck", "relu", "--geometries", "1"],
    ["derive", "relu"],
    ["parity", join(root, "test/fixtures/pytorch-optimizers.json")],
  ];
  for (const [command, ...args] of commands) {
    const { stdout } = await leibnizHere(command, ...args, "--json");
    const keys = Object.keys(JSON.parse(stdout.split("\n")[0]!) as object);
    const [, cell] = rows.find(([first]) => first === `\`${command}\``)!;
    const promised = [...cell!.matchAll(/`([^`]+)`/g)].map(([, key]) => key!);
    assert.ok(promised.length > 4, command);
    assert.equal(
      promised.filter((key) => !keys.includes(key)),
      [],
      command,
    );
  }
});

test("docs/README.md lists every page of the folder", () => {
  const contents = read("docs/README.md");
  const pages = listFiles("docs").filter((path) => path !== "docs/README.md");
  assert.ok(pages.length >= 7);
  assert.equal(
    pages.filter((path) => !contents.includes(`](${path.slice("docs/".length)})`)),
    [],
  );
});

test("every term of the glossary is one that the pages use, and has one row", () => {
  const terms = tableRows(read("docs/glossary.md")).map(([term]) => term!);
  assert.ok(terms.length > 100);
  assert.is(new Set(terms).size, terms.length);
  const used = listFiles()
    .filter((path) => /^(?:derivations|docs)\/[^/]+\.md$/.test(path) && !/glossary/.test(path))
    .map((path) => read(path).toLowerCase().replace(/\s+/g, " "))
    .join(" ");
  assert.equal(
    terms.filter((term) => !used.includes(term.toLowerCase())),
    [],
  );
});

test("the page of commands has a row for each command", async () => {
  const { commandsFor } = (await import("../../dist/cli/commands.js")) as {
    commandsFor: (word?: string) => Promise<{ name(): string }[]>;
  };
  const named = tableRows(read("docs/commands.md")).flatMap(([first]) => {
    const found = /^\[?`([a-z]+)/.exec(first!);
    return found === null ? [] : [found[1]!];
  });
  const there = (await commandsFor()).map((command) => command.name());
  assert.equal(named.sort(), there.sort());
});

test.run();
