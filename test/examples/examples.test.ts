/** The programs of examples/, each run as a newcomer would run it, with what comes out of it. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { root } from "../helpers/cli.js";

/** The lines that an example prints. */
function run(name: string, ...args: string[]): string[] {
  const file = fileURLToPath(new URL(`../generated/examples/${name}.js`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.equal([status, stderr], [0, ""]);
  return stdout.trimEnd().split("\n");
}

/**
 * The same in this process, which has loaded the engine already: what a program prints is what
 * counts. That one ends by itself, and takes its arguments, the first and the last show.
 */
async function runHere(name: string): Promise<string[]> {
  const printed: string[] = [];
  const { log } = console;
  console.log = (...words: unknown[]): void => void printed.push(format(...words));
  try {
    await import(new URL(`../generated/examples/${name}.js`, import.meta.url).href);
  } finally {
    console.log = log;
  }
  return printed.join("\n").split("\n");
}

/** The last number of a line. */
const numberOf = (line: string | undefined): number =>
  Number(/[\d.]+(?=\D*$)/.exec(line ?? "")?.[0]);

test("xor: learned by heart", () => {
  const last = run("xor").at(-1)!;
  assert.match(last, /^epoch 200 {2}loss 0\.\d{4} {2}accuracy 1$/);
  assert.ok(Number(/loss (\S+)/.exec(last)![1]) < 0.01, last);
});

test("sine: an error below 0.01 on points that were not learned", async () => {
  const lines = await runHere("sine");
  assert.is(lines.length, 6);
  assert.ok(numberOf(lines.at(-1)) < 0.01, lines.at(-1));
});

test("spirals: 98 % of unseen points are told apart", async () => {
  const lines = await runHere("spirals");
  assert.is(lines.length, 3);
  assert.ok(numberOf(lines.at(-1)) >= 0.98, lines.join("\n"));
});

test("colours: 95 % of unseen pictures of 3 channels are right", async () => {
  const lines = await runHere("colours");
  assert.ok(numberOf(lines.at(-1)) >= 0.95, lines.join("\n"));
});

test("fine-tune: a new last layer on frozen ones learns from 200 pictures", async () => {
  const [low, high] = await runHere("fine-tune");
  assert.match(low!, /^0 to 4, everything trained: /);
  assert.ok(numberOf(low) >= 0.97, low);
  assert.match(high!, /^5 to 9, the last layer alone: /);
  assert.ok(numberOf(high) >= 0.7, high);
});

test("own-layer: every gradient of the network around it passes", async () => {
  const lines = await runHere("own-layer");
  assert.is(lines.length, 5);
  for (const line of lines) assert.match(line, /^(affine[12]\.(weight|bias)|images): pass, /);
});

test("sweep: three learning rates, and the one between is best", async () => {
  const lines = await runHere("sweep");
  assert.is(lines.length, 4);
  const rights = lines.slice(0, 3).map(numberOf);
  const best = numberOf(lines[3]);
  assert.ok(Math.max(...rights) > 0.75, lines.join("\n"));
  assert.match(lines[rights.indexOf(Math.max(...rights))]!, `learning rate ${best}:`);
});

test("saliency: along its gradient by the image, a logit grows", async () => {
  const lines = await runHere("saliency");
  assert.is(lines.length, 2 + 13 + 1);
  for (const line of lines.slice(2, -1)) assert.match(line, /^[-+.]{28}$/);
  assert.ok(lines.slice(2, -1).join("").replaceAll(".", "").length > 10);
  const [, before, after] = /: (\S+), along the gradient (\S+)$/.exec(lines.at(-1)!)!;
  assert.ok(Number(after) > Number(before), lines.at(-1));
});

test("notebook: the shapes and lines of the notes", () => {
  const lines = run("notebook", "600", "2");
  assert.equal(lines.slice(0, 4), [
    "(60000, 784) (60000,) (10000, 784) (10000,)",
    "(600, 784) (600,)",
    "(600, 1, 28, 28) 4",
    "(10000, 1, 28, 28) 4",
  ]);
  const epochs = lines.slice(4).map((line) => {
    const number = String.raw`(\d\.\d{2}) `;
    const share = String.raw`(0\.\d+)`;
    const loss = `Train Loss: ${number}Train Acc: ${share} Test Loss: ${number}Test Acc: ${share}`;
    const found = new RegExp(String.raw`^Epoch: (\d) ${loss}$`).exec(line);
    assert.ok(found !== null, line);
    return found.slice(1).map(Number);
  });
  assert.equal(
    epochs.map(([epoch]) => epoch),
    [0, 1],
  );
  for (const [, trainLoss, , testLoss] of epochs) {
    assert.ok(Math.abs(trainLoss! - Math.LN10) < 0.1, "600 digits are 3 steps");
    assert.ok(Math.abs(testLoss! - Math.LN10) < 0.1);
  }
});

test("every example is run here, and short", () => {
  const text = readFileSync(join(root, "test/examples/examples.test.ts"), "utf8");
  const names = readdirSync(join(root, "examples"));
  assert.is(names.length, 10);
  for (const name of names) {
    // a recipe is no program; test/cli/recipes.test.ts trains by it
    const isRun = name === "recipe.json";
    assert.ok(
      isRun || new RegExp(`run(?:Here)?\\("${name.replace(/\.ts$/, "")}"`).test(text),
      name,
    );
    const lines = readFileSync(join(root, "examples", name), "utf8")
      .trimEnd()
      .split("\n").length;
    assert.ok(lines <= (name === "notebook.ts" ? 45 : 40), `${name} has ${lines} lines`);
  }
});

test.run();
