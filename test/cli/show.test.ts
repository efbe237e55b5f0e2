/** One picture's way through a network. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseIdxImages, parseIdxLabels } from "leibniz/data";
import { leibnizHere, smallDataFolder, temporaryFolder } from "../helpers/cli.js";
import { elementsOf, parseMarkup, textOf } from "../helpers/markup.js";

const data = smallDataFolder({ train: 60, test: 30 });
const run = join(temporaryFolder(), "run");
const began = await leibnizHere(
  ...["train", "--data", data, "--epochs", "2", "--threads", "1", "--no-report", "--out", run],
);
assert.is(began.status, 0, began.stderr);

const pixels = parseIdxImages(readFileSync(join(data, "t10k-images-idx3-ubyte")), "").pixels;
const labels = parseIdxLabels(readFileSync(join(data, "t10k-labels-idx1-ubyte")), "");

interface Shown {
  readonly image: string;
  readonly guess: string;
  readonly label: string | null;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly layers: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly least: number;
    readonly zeros: number;
    readonly gradientNorm: number;
  }[];
}

async function shown(...args: string[]): Promise<Shown> {
  const { status, stdout, stderr } = await leibnizHere("show", run, ...args, "--json");
  assert.is(status, 0, stderr);
  return JSON.parse(stdout) as Shown;
}

/** Test image 3 as a file. */
function picture(): string {
  const file = join(temporaryFolder(), "three.png");
  const own = pixels.subarray(3 * 784, 4 * 784);
  writeFileSync(file, encode({ width: 28, height: 28, data: own, channels: 1, depth: 8 }));
  return file;
}

test("a test image: guess, label, probabilities, every layer forward and backward", async () => {
  const view = await shown("3");
  assert.is(view.image, "test image 3");
  assert.is(view.label, String(labels[3]));
  const sum = Object.values(view.probabilities).reduce((total, p) => total + p, 0);
  assert.ok(Math.abs(sum - 1) < 1e-12);
  const most = Object.entries(view.probabilities).sort((a, b) => b[1] - a[1])[0]![0];
  assert.is(view.guess, most);
  assert.equal(view.layers.map(({ name, shape }) => `${name} ${shape.join("×")}`).slice(0, 3), [
    "conv1 16×26×26",
    "relu1 16×26×26",
    "pool1 16×13×13",
  ]);
  assert.ok(view.layers[1]!.least === 0 && view.layers[1]!.zeros > 0);
  // softmax − 1 at the label
  const squares = Object.entries(view.probabilities).reduce(
    (total, [name, p]) => total + (p - (name === view.label ? 1 : 0)) ** 2,
    0,
  );
  const { gradientNorm } = view.layers.at(-1)!;
  assert.ok(Math.abs(gradientNorm / Math.sqrt(squares) - 1) < 1e-5);
});

test("the same image from a file is seen the same; its label may be told", async () => {
  const [inside, own] = [await shown("3"), await shown(picture(), "--raw")];
  assert.equal(own.probabilities, inside.probabilities);
  assert.is(own.label, null);
  const told = await shown(picture(), "--raw", "--label", String(labels[3]));
  assert.is(told.label, inside.label);
  assert.equal(told.layers, inside.layers);
});

test("for people: shades of the picture, signs of its gradient beside it, a table", async () => {
  const { stdout, status } = await leibnizHere("show", run, "3");
  assert.is(status, 0);
  const lines = stdout.split("\n");
  assert.match(lines[0]!, /^test image 3: taken for (\d), (?:which it is|but is (?!\1)\d)$/);
  const rows = lines.slice(3, 17);
  // a bright row tells the class: shades and signs are as wide as the image, 4 blanks between
  assert.ok(
    rows.every((row) => row.length === 28 + 4 + 28),
    rows.join("\n"),
  );
  assert.ok(rows.every((row) => /^[ .:\-=+*#%@]{28} {4}[.+−]{28}$/.test(row)));
  assert.ok(rows.some((row) => row.includes("+")) && rows.some((row) => row.includes("−")));
  assert.match(stdout, /^conv2 +conv2d +32×11×11 /m);
});

test("of a picture without a label no page says that it is guessed right", async () => {
  const out = join(temporaryFolder(), "own.html");
  const { guess } = await shown(picture(), "--raw");
  await leibnizHere("show", run, picture(), "--raw", "--out", out);
  const html = readFileSync(out, "utf8");
  assert.match(html, new RegExp(`taken for ${guess}`));
  assert.not.match(html, /guessed right/);
  await leibnizHere("show", run, picture(), "--raw", "--label", guess, "--out", out);
  assert.match(readFileSync(out, "utf8"), /guessed right/);
});

test("--out writes a page, and never over what is no page of leibniz", async () => {
  const out = join(temporaryFolder(), "three.html");
  for (let times = 0; times < 2; times++) {
    const { status, stdout } = await leibnizHere("show", run, "3", "--out", out);
    assert.is(status, 0);
    assert.match(stdout, new RegExp(`written: ${out}\n$`));
  }
  const html = readFileSync(out, "utf8");
  const page = parseMarkup(html.slice(html.indexOf("<html")).trimEnd());
  assert.is(textOf(elementsOf(page, "h1")[0]!), "Test image 3");
  assert.ok(elementsOf(page, "svg").length > 20);
  assert.is(elementsOf(page, "details")[0]!.attributes["open"], "open");
  assert.not.match(html, /<script|https?:/);
  writeFileSync(out, "mine");
  const { status, stderr } = await leibnizHere("show", run, "3", "--out", out);
  assert.is(status, 2);
  assert.match(stderr, /a new file, or a page of leibniz/);
  assert.is(readFileSync(out, "utf8"), "mine");
});

test("what cannot be shown is refused in one line", async () => {
  for (const [args, message] of [
    [["30"], "show: expected a test image from 0 to 29, got 30"],
    [["no.png"], "no.png"],
    [["3", "--label", "4"], "show: expected --label and --raw along with an own picture"],
    [
      [picture(), "--label", "cat"],
      '--label: expected one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, got "cat"',
    ],
  ] as const) {
    const { status, stderr } = await leibnizHere("show", run, ...args);
    assert.is(status, 2);
    assert.ok(stderr.includes(message), stderr);
    assert.is(stderr.trimEnd().split("\n").length, 1);
  }
});

test.run();
