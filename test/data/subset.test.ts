import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseSubset } from "leibniz/data";
import { assertRejects } from "../helpers/assert-close.js";

const refused = (text: string, ...pieces: string[]) =>
  assertRejects(() => parseSubset(text, 10, "subset.json"), "subset.json: expected", ...pieces);

test("the indices in the file's order, from the first image to the last", () => {
  const subset = parseSubset("[7, 0, 9,\n 3]\n", 10, "subset.json");
  assert.ok(subset instanceof Uint32Array);
  assert.equal([...subset], [7, 0, 9, 3]);
  assert.equal([...parseSubset("[0]", 1, "subset.json")], [0]);
});

test("what is written as a list is read back", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(59_999), { minLength: 1, maxLength: 50 }), (indices) => {
      assert.equal([...parseSubset(JSON.stringify(indices), 60_000, "subset.json")], indices);
    }),
    { seed: 40 },
  );
});

test("text that is no JSON is shown, cut to 40 characters and on one line", async () => {
  await refused("", "a JSON array of indices", 'got ""');
  await refused("[1, 2", "a JSON array of indices", 'got "[1, 2"');
  await refused("1\n2\n3\n", "a JSON array of indices", String.raw`got "1\n2\n3\n"`);
  const message = messageOf(`${"x".repeat(40)}y`);
  assert.ok(
    message.includes("x".repeat(40)) && !message.includes("y,") && !message.includes("xy"),
    message,
  );
});

test("JSON that is no array, and an empty array", async () => {
  for (const text of ["5", "null", "true", '"1, 2"', '{"0":1}', "[]"])
    await refused(text, "a JSON array with at least one index", `got ${text}`);
  assert.ok(messageOf(JSON.stringify({ text: "x".repeat(1000) })).length < 150);
});

test("an entry that is no index is named with its place", async () => {
  await refused("[0, 10, 3]", "indices from 0 to 9", "got 10 at position 1");
  await refused("[-1]", "indices from 0 to 9", "got -1 at position 0");
  await refused("[4, 5, 1.5]", "indices from 0 to 9", "got 1.5 at position 2");
  await refused("[1, 1e300]", "indices from 0 to 9", "got 1e+300 at position 1");
  await refused('[1, "2"]', "indices from 0 to 9", 'got "2" at position 1');
  await refused("[3, null]", "indices from 0 to 9", "got null at position 1");
  await refused("[3, true]", "indices from 0 to 9", "got true at position 1");
  await refused("[[1, 2], 3]", "indices from 0 to 9", "got an array at position 0");
  await refused('[3, {"index": 2}]', "indices from 0 to 9", "got an object at position 1");
  await refused("[2, 4294967297]", "indices from 0 to 9", "got 4294967297 at position 1");
});

test("an entry of any length is cut to 40 characters", async () => {
  const text = JSON.stringify([3, "x".repeat(1000)]);
  await refused(text, "at position 1");
  assert.ok(messageOf(text).length < 150, `${messageOf(text).length} characters`);
});

test("nested too deep to be written out again", async () => {
  const deep = (open: string, close: string) => open.repeat(200_000) + "0" + close.repeat(200_000);
  await refused(deep("[", "]"), "indices from 0 to 9", "got an array at position 0");
  await refused(deep('{"a":', "}"), "a JSON array with at least one index", 'got {"a":{"a":');
});

test("an index that comes twice is named where it comes again", async () => {
  await refused("[5, 3, 8, 3, 5]", "each index once", "got 3 again at position 3");
  await refused("[0, -0]", "each index once", "got 0 again at position 1");
  await refused("[2, 2.0]", "each index once", "got 2 again at position 1");
});

test("of several mistakes the first is named", async () => {
  await refused("[1, 99, 1, -4]", "got 99 at position 1");
  await refused("[1, 1, 99]", "got 1 again at position 1");
});

test("any text gives different indices within the total or an InputError of one line", () => {
  const seen = { accepted: 0, refused: 0 };
  const entries = fc.oneof(
    { weight: 6, arbitrary: fc.nat(9) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
  );
  const texts = fc.oneof(
    fc.string(),
    fc.json({ maxDepth: 2 }),
    fc.array(entries, { maxLength: 5 }).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      let subset: Uint32Array;
      try {
        subset = parseSubset(text, 10, "subset.json");
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "InputError") throw error;
        assert.match(error.message, /^subset\.json: expected .+, got .+$/);
        assert.not.match(error.message, /\n/);
        return void seen.refused++;
      }
      seen.accepted++;
      assert.equal([...subset], JSON.parse(text));
      assert.is(new Set(subset).size, subset.length);
      assert.ok(subset.length > 0 && subset.every((index) => index < 10), text);
    }),
    { seed: 41, numRuns: 1000 },
  );
  assert.ok(seen.accepted > 50 && seen.refused > 50, JSON.stringify(seen));
});

/** The message with which a text is refused. */
function messageOf(text: string): string {
  try {
    parseSubset(text, 10, "subset.json");
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`expected an InputError for ${text.slice(0, 40)}`);
}

test.run();
