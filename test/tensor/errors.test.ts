import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatShape, InputError, reject } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";

test("reject says where, what was expected and what was found, and a hint if any", () => {
  for (const [run, message] of [
    [
      () => reject("conv2d", "a bias of shape [4]", "[5]"),
      "conv2d: expected a bias of shape [4], got [5]",
    ],
    [() => reject("conv2d", "groups", "3", "C is 4"), "conv2d: expected groups, got 3; C is 4"],
  ] as const) {
    try {
      run();
      assert.unreachable();
    } catch (error) {
      assert.ok(error instanceof InputError && error instanceof Error, `threw ${String(error)}`);
      assert.is(error.message, message);
      assert.is(error.name, "InputError");
    }
  }
});

test("a message is one line, and nothing in a file or a path reaches the terminal", async () => {
  await assertRejects(
    () => reject("a\nb.idx", "x", "y\r\n\u2028z"),
    "a b.idx: expected x, got y z",
  );
  await assertRejects(() => {
    throw new InputError("red \u001b[31m\u0085text\0");
  }, "red  [31m text ");
});

test("formatShape prints a shape as it is written", () => {
  assert.is(formatShape([]), "[]");
  assert.is(formatShape([3]), "[3]");
  assert.is(formatShape([2, 3, 5]), "[2, 3, 5]");
});

test("assertRejects itself accepts one InputError on one line, and nothing else", async () => {
  const fails = async (run: () => unknown, ...pieces: string[]): Promise<Error> => {
    try {
      await assertRejects(run, ...pieces);
    } catch (error) {
      return error as Error;
    }
    return assert.unreachable("it passed") as never;
  };
  await assertRejects(() => reject("f", "a", "b"), "f: expected a", "got b");
  await assertRejects(() => Promise.reject(new InputError("late")), "late");
  assert.match((await fails(() => 1)).message, "got none");
  assert.match(
    (await fails(() => reject("f", "a", "b"), "f", "groups")).message,
    /expected one line with \["groups"\]/,
  );
  const twoLines = Object.assign(new Error("f: a\nb"), { name: "InputError" });
  assert.match((await fails(() => Promise.reject(twoLines), "f")).message, "expected one line");
  const other = new TypeError("a bug");
  assert.ok(
    (await fails(() => {
      throw other;
    })) === other,
  );
});

test.run();
