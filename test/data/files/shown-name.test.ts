import { test } from "uvu";
import * as assert from "uvu/assert";
import { shownName, shownPath } from "leibniz/data";

test("a long name loses its end, a long path its beginning, which names no file", () => {
  assert.is(shownName("x".repeat(60)), "x".repeat(60));
  assert.is(shownName("x".repeat(61)), `${"x".repeat(60)}…`);
  const path = `${"folder/".repeat(30)}7.png`;
  assert.is(shownPath(path), path);
  const longer = shownPath(`${"folder/".repeat(40)}7.png`);
  assert.is(longer.length, 241);
  assert.match(longer, /^….*\/folder\/7\.png$/);
});

test("what a terminal obeys is shown as a question mark", () => {
  for (const shown of [shownName, shownPath]) assert.is(shown("a\u001b[31m\n\u202eb"), "a?[31m?b");
});

test.run();
