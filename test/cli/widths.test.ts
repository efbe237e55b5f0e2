/** No line is longer than the terminal is wide; durability/terminal-widths.mjs looks at more. */
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { columnsOf } from "../../dist/cli/fold.js";
import {
  leibnizAt,
  leibnizHere,
  leibnizInColour,
  root,
  smallDataFolder,
  temporaryFolder,
} from "../helpers/cli.js";

const WIDTHS = [40, 80, 160] as const;

/** Runs a command on a terminal, which no line may leave. @returns what it printed */
async function at(width: number, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await leibnizAt(width, ...args);
  assert.is(status, 0, stderr);
  for (const line of stdout.split("\n"))
    assert.ok(
      columnsOf(line) <= width || !line.trim().includes(" "), // such as a path
      `${width} columns, ${args.join(" ")}: ${line}`,
    );
  return stdout;
}

/** The same at every width. */
async function atWidths(
  ...args: (string | ((width: number) => string))[]
): Promise<Record<(typeof WIDTHS)[number], string>> {
  const printed: [number, string][] = [];
  for (const width of WIDTHS) {
    const own = args.map((arg) => (typeof arg === "string" ? arg : arg(width)));
    printed.push([width, await at(width, ...own)]);
  }
  return Object.fromEntries(printed) as Record<(typeof WIDTHS)[number], string>;
}

const wordsOf = (text: string): string => text.split(/\s+/).join(" ");
const longest = (text: string): number => Math.max(...text.split("\n").map(columnsOf));

test("help", async () => {
  for (const command of ["train", "gradcheck", "predict", "mistakes"]) {
    const help = await atWidths(command, "--help");
    assert.ok(longest(help[160]) > 80);
    assert.is(wordsOf(help[40]), wordsOf(help[160]));
  }
  assert.ok(longest((await atWidths())[160]) > 80);
  assert.ok(longest((await leibnizHere("gradcheck", "--help")).stdout) <= 80, "in a pipe");
});

test("tables of checks", async () => {
  const gradcheck = await atWidths("gradcheck", "relu", "convPool2d", "--geometries", "2");
  assert.match(gradcheck[80], /^convPool2d, fixed 1 {2}\S.*\n {2}dX +\S+ {2}\[[\d, ]+\] .*pass/m);
  assert.match(gradcheck[160], /^convPool2d +dX .* pass +fixed 1 {2}/m);
  const derive = await atWidths("derive", "affine", "mean-squared-error");
  assert.match(derive[80], /^affine\.1 +\d+ +\S+ {2}pass +\d+$/m);
  assert.match(derive[160], /^affine\.1 .* affine\.md:\d+$/m);
  const parity = await atWidths("parity", join(root, "test/fixtures/pytorch-fused-layers.json"));
  assert.match(parity[80], /^ {2}dWeight +\S+ +\S+ {2}pass$/m);
});

test("lists", async () => {
  const experiments = await atWidths("experiment", "--list");
  assert.match(experiments[80], /^notebook {14}The notes .*\n {22}\S/m);
  assert.is(wordsOf(experiments[40]), wordsOf(experiments[160]));
  const mistakes = await atWidths("mistakes", "--list", "loss-uphill", "labels-shifted");
  assert.is(wordsOf(mistakes[40]), wordsOf(mistakes[160]));
});

test("an experiment's tables", async () => {
  const tables = await at(40, "experiment", "filters", "--tiny", "--jobs", "1");
  assert.match(tables, /^filter +roughness +Sobel x$(?:.*\n)+filter +Sobel y +box$/m);
});

test("training, and what comes of it: 40 columns show loss and accuracy", async () => {
  const data = smallDataFolder();
  const folder = temporaryFolder();
  const run = (width: number): string => join(folder, String(width));
  const trained = await atWidths(
    ...["train", "--data", data, "--epochs", "2", "--threads", "1", "--no-report", "--out", run],
  );
  assert.match(trained[40], /^epoch 1\/2 {2}\d:\d\d at \d+ images\/s$/m);
  assert.match(trained[40], /^ {2}train loss \d\.\d{4} {2}accuracy \d\.\d{4}$/m);
  assert.match(trained[40], /^ {2}test loss {2}\d\.\d{4} {2}accuracy \d\.\d{4}$/m);
  assert.match(
    trained[80],
    /^epoch 1\/2 {2}train loss \S+ acc \S+ {2}test loss \S+ acc \S+ {2}\d:\d\d$/m,
  );
  assert.match(trained[80], /^conv1 .* inChannels 1, outChannels 16,\n {49}kernelSize 3$/m);
  assert.match(trained[160], /^epoch 1\/2 {2}train loss .* accuracy .* images\/s$/m);
  const evaluated = await atWidths("evaluate", "--weights", run, "--data", data, "--threads", "1");
  assert.match(evaluated[40], /^of 10 classes, what is confused most:\n {2}\d taken for \d: /m);
  assert.match(evaluated[80], /^ +0( +\d){9} +right$/m);
  const shown = await atWidths("show", run, "3", "--data", data);
  assert.match(shown[40], /^below it: where/m);
  assert.match(shown[80], /^to the right: where/m);
  assert.match(shown[40], /^layer +kind +output\n(?:.*\n)+\nlayer +from … to/m);
  await atWidths("report", run, "--data", data, "--threads", "1");
});

test("a course, and what comes next in it", async () => {
  const folder = temporaryFolder();
  await leibnizHere("course", "--start", "--out", folder);
  const shown = await atWidths("course", "--out", folder);
  assert.match(shown[80], /^ {4}affine +problems 1 2 3 4 5$/m);
  assert.match(shown[40], /^ {4}affine +1 2 3 4 5\n {6}affine +1 2 3$/m);
  assert.match(shown[40], /^1 2 3: problems of a chapter/m);
});

test("what an exercise says", async () => {
  const folder = temporaryFolder();
  const out = (width: number): string => join(folder, String(width));
  const begun = await atWidths("exercise", "conv2d", "--out", out);
  assert.match(begun[160], /check\.mjs {11}checks what is there/);
  await atWidths("exercise", "conv2d", "--hint", "1");
});

test("colours stand beside words, and not in what a program reads", async () => {
  const args = ["gradcheck", "relu", "--geometries", "0"];
  const coloured = (await leibnizInColour(...args)).stdout;
  assert.match(coloured, / \p{Cc}\[32mpass\p{Cc}\[39m {5}fixed 1/u);
  const [plain, piped] = [await leibnizAt(120, ...args), await leibnizHere(...args)];
  assert.is(coloured.replace(/\p{Cc}\[\d+m/gu, ""), plain.stdout);
  assert.is(piped.stdout, plain.stdout);
  assert.not.match((await leibnizInColour(...args, "--json")).stdout, /\p{Cc}\[/u);
});

test("a name that is not there: the nearest one", async () => {
  for (const [args, nearest] of [
    [["gradcheck", "con2d"], "conv2d"],
    [["gradcheck", "maxpol2d"], "maxPool2d"],
    [["gradcheck", "batch_norm"], "batchNorm2d or batchNorm1d"],
    [["gradcheck", "--network", "notbook"], "notebook"],
    [["exercise", "afine"], "affine"],
    [["derive", "softmax"], "softmax-cross-entropy"],
    [["derive", "convd2"], "conv2d"],
    [["experiment", "permutations"], "permutation"],
    [["mistakes", "los-uphil"], "loss-uphill"],
    [["train", "--recipe", "tunde"], "tuned"],
    [["train", "--backend", "wsam"], "wasm"],
    [["bench", "--backend", "refrence"], "reference"],
    [["slides", "conv2"], "conv2d"],
    [["trian"], "train"],
    [["gradchek"], "gradcheck"],
  ] as const) {
    const { status, stderr } = await leibnizHere(...args);
    assert.is(status, 2);
    assert.match(stderr, new RegExp(`[Dd]id you mean ${nearest}\\?[^\\n]*\\n$`), args.join(" "));
  }
  const { stderr } = await leibnizHere("gradcheck", "perceptron");
  assert.match(stderr, /expected a layer out of affine, .*, got "perceptron"\n$/);
});

test.run();
