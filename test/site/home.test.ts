/** The home page's network, as the build draws it and as the page computes it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { liveFiles } from "../../site/build/live.mjs";
import { openHome } from "../../site/home/run.mjs";
import { barOf, tiles, verdictOf } from "../../site/home/shown.mjs";
import { root } from "../helpers/cli.js";

const test = suite("site: home");

const recorded = (name: string): Buffer => readFileSync(join(root, "site", "home", name));

test("the network tells nine or ten of the ten digits, and shares add up to 1", async () => {
  const run = openHome(recorded("network.safetensors"));
  const digits = JSON.parse(recorded("digits.json").toString()) as { pixels: string }[];
  let right = 0;
  for (const [digit, { pixels }] of digits.entries()) {
    const { probabilities, pictures } = await run(
      Array.from(Buffer.from(pixels, "base64"), (value) => value / 255),
    );
    if (verdictOf(probabilities).said === digit) right++;
    assert.ok(Math.abs(probabilities.reduce((sum, one) => sum + one, 0) - 1) < 1e-12);
    // 6 maps of 24 × 24 and of 12 × 12, three in a row, with two pixels between them
    assert.equal([pictures["relu"]!.width, pictures["relu"]!.height], [76, 50]);
    assert.equal([pictures["pool"]!.width, pictures["pool"]!.height], [40, 26]);
  }
  assert.ok(right >= 9, `expected 9 of 10 right, got ${right}`);
});

test("channels are three in a row, each number as strong as it is large", () => {
  const { width, height, data } = tiles({ shape: [1, 4, 1, 2], data: [0, 1, 2, 3, -1, 4, 0, 2] });
  assert.equal([width, height], [10, 4]);
  const alpha = (row: number, column: number): number => data[(row * width + column) * 4 + 3]!;
  assert.equal([alpha(0, 0), alpha(0, 1), alpha(0, 2), alpha(0, 4)], [0, 64, 0, 128]);
  assert.equal([alpha(0, 8), alpha(0, 9), alpha(3, 1)], [0, 255, 128]);
});

test("an image of zeros is empty, and bars and verdicts never say all or nothing", () => {
  assert.ok(tiles({ shape: [1, 1, 1, 2], data: [0, 0] }).data.every((v, at) => at % 4 < 3 || !v));
  assert.equal([barOf(0), barOf(0.5), barOf(1)], ["0.75", "55.00", "110.00"]);
  assert.equal(verdictOf([0.25, 0.75]), { said: 1, words: "a 1, 75.0 %" });
  assert.is(verdictOf([0, 0, 0, 0, 0, 0, 0, 0, 1, 0]).words, "an 8, over 99.9 %");
});

test("the Worker is small, and evaluates no text", async () => {
  const files = await liveFiles();
  assert.ok(files.has("assets/run/home.js") && files.has("assets/home/network.safetensors"));
  let bytes = 0;
  for (const [path, content] of files) {
    if (!path.endsWith(".js")) continue;
    bytes += content.length;
    assert.not.match(new TextDecoder().decode(content), /\bnew Function\(|[^.\w]eval\(/);
  }
  assert.ok(bytes < 500_000, `expected less than 500 kB, got ${bytes}`);
});

test.run();
