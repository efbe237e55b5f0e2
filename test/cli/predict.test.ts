import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { asMnist } from "leibniz/data";
import { decodeSafetensors, encodeSafetensors } from "leibniz/network";
import { multiply } from "leibniz/tensor";
import { idxBytes, leibnizHere, temporaryFolder } from "../helpers/cli.js";
import { drawDigit, DRAWINGS, pngOf } from "../helpers/draw-digit.js";
import { mnist, someImages } from "../helpers/mnist.js";

const FAST = ["--backend", "wasm", "--threads", "1"];

/** The folder of a run that saw a few images of MNIST. */
async function trained(): Promise<string> {
  const data = join(temporaryFolder(), "data");
  mkdirSync(data);
  const { train, test: testing } = await mnist();
  for (const [name, images] of [
    ["train", someImages(train, 1200)],
    ["t10k", someImages(testing, 100)],
  ] as const) {
    const { count, height, width, pixels } = images.images;
    writeFileSync(
      join(data, `${name}-images-idx3-ubyte`),
      idxBytes([count, height, width], pixels),
    );
    writeFileSync(join(data, `${name}-labels-idx1-ubyte`), idxBytes([count], images.labels));
  }
  const out = join(temporaryFolder(), "run");
  const done = await leibnizHere("train", "--data", data, "--epochs", "4", "--out", out, ...FAST);
  assert.is(done.status, 0, done.stderr);
  return out;
}
const run = trained();

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

test("digits drawn in several sizes, polarities and places: nine of ten are right", async () => {
  const files = DRAWINGS.flatMap((drawing, i) =>
    [i, i + 5].map((digit) => ({
      digit,
      path: fileOf(`${digit}.png`, pngOf(drawDigit(digit, drawing))),
    })),
  );
  const weights = join(await run, "weights.safetensors");
  const { status, stdout, stderr } = await leibnizHere(
    ...["predict", "--weights", weights, "--json", ...files.map(({ path }) => path)],
  );
  assert.is(status, 0, stderr);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(
    lines.map(({ image }) => image),
    files.map(({ path }) => path),
  );
  // three epochs of all 60,000 images get all ten; 1,200 images are enough for nine
  const right = lines.filter(({ guess }, n) => guess === String(files[n]!.digit)).length;
  assert.ok(right >= 9, `${right} of 10: ${lines.map(({ guess }) => guess).join(" ")}`);
  const [top] = lines.map((line) => line["top"] as { name: string; probability: number }[]);
  assert.is(top!.length, 3);
  assert.ok(top![0]!.probability >= top![1]!.probability && top![1]!.probability > 0);
});

test("for people: a guess, the next ones, and what was done to the picture", async () => {
  const path = fileOf("a\x1b[31mb.png", pngOf(drawDigit(1, DRAWINGS[0]!)));
  const { stdout } = await leibnizHere("predict", "--weights", await run, path);
  const [guesses, steps] = stdout.trimEnd().split("\n");
  assert.match(
    guesses!,
    /a\ufffd\[31mb\.png: \d \(\d+\.\d %\), then \d \(\d+\.\d %\), \d \(\d+\.\d %\)$/,
  );
  assert.match(
    steps!,
    /^ {2}120×180 pixels \(height × width\); dark on bright, inverted; the digit scaled to 20×\d+;/,
  );
  assert.match(steps!, /; its centre of mass in the middle of 28×28$/);
});

test("--raw takes a picture as it is, and only in the network's size", async () => {
  const { pixels } = asMnist(drawDigit(0, DRAWINGS[0]!), 28, 28, "x");
  const prepared = fileOf("0.png", pngOf({ channels: 1, height: 28, width: 28, pixels }));
  const raw = ["predict", "--weights", await run, "--raw"];
  const { stdout } = await leibnizHere(...raw, prepared);
  assert.match(stdout, /0\.png: 0 .*\n {2}taken as it is\n$/);
  const large = fileOf("large.png", pngOf(drawDigit(0, DRAWINGS[0]!)));
  const { status, stderr } = await leibnizHere(...raw, large);
  assert.is(status, 2);
  assert.match(stderr, /large\.png: expected a picture of 28×28 pixels in gray, .* got 120×180/);
});

test("what cannot be predicted is refused in one line that says what to do", async () => {
  const refused = async (expected: RegExp, ...args: string[]): Promise<void> => {
    const { status, stderr } = await leibnizHere("predict", ...args);
    assert.is(status, 2);
    assert.match(stderr, expected);
    assert.is(stderr.trimEnd().split("\n").length, 1);
  };
  const weights = ["--weights", await run];
  await refused(/predict: expected --weights FILE or RUN, got none; leibniz train --out/, "x.png");
  await refused(/missing required argument 'IMAGE'/, ...weights);
  await refused(/cannot read none\.png: there is no such file/, ...weights, "none.png");
  await refused(/x\.gif: expected a PNG or JPEG file, got a GIF/, ...weights, gif());
  const even = { channels: 1, height: 9, width: 7, pixels: new Uint8Array(63) } as const;
  await refused(
    /even\.png: expected a digit that stands out .*, got an even picture/,
    ...weights,
    fileOf("even.png", pngOf(even)),
  );
  await refused(/cannot read/, "--weights", "no/such/run", "x.png");
});

const gif = (): string => fileOf("x.gif", new TextEncoder().encode("GIF89a........"));

test("weights that overflow are an error that names the layer, not a guess", async () => {
  const path = join(await run, "weights.safetensors");
  const { tensors, metadata } = decodeSafetensors(readFileSync(path), path);
  const huge = new Map([...tensors].map(([name, x]) => [name, multiply(x, 1e20)]));
  const weights = fileOf("huge.safetensors", encodeSafetensors({ tensors: huge, metadata }));
  const picture = fileOf("3.png", pngOf(drawDigit(3, DRAWINGS[0]!)));
  const { status, stdout, stderr } = await leibnizHere("predict", "--weights", weights, picture);
  assert.equal([status, stdout], [2, ""]);
  assert.match(stderr, "expected finite outputs of the network, got others");
  assert.match(stderr, "the first layer whose output is not finite is ");
});

test.run();
