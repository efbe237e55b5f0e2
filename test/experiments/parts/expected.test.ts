import { test } from "uvu";
import * as assert from "uvu/assert";
import { sortedClaims, twoClaims } from "../../../dist/experiments/parts/expected.js";

test("claims are sorted by whether they hold, in their order", () => {
  const claims = [
    { text: "a is 1 (2)", holds: false },
    { text: "b is 3 (3)", holds: true },
    { text: "c is 4 (5)", holds: false },
  ];
  assert.is(
    sortedClaims(claims),
    "As expected (in brackets): b is 3 (3). " +
      "Against what was expected (in brackets): a is 1 (2); c is 4 (5).",
  );
});

test("where all hold, there is one sentence", () => {
  assert.is(
    sortedClaims([{ text: "a is 1 (1)", holds: true }]),
    "As expected (in brackets): a is 1 (1).",
  );
  assert.is(sortedClaims([]), "");
});

test("claims of one kind become one of what holds and one of what does not", () => {
  const each = [
    { text: "a 1", holds: false },
    { text: "b 2", holds: true },
    { text: "c 3", holds: false },
  ];
  assert.equal(
    twoClaims(each, (texts) => `it grows by ${texts}`),
    [
      { text: "it grows by b 2", holds: true },
      { text: "it grows by a 1, c 3", holds: false },
    ],
  );
  assert.equal(
    twoClaims([{ text: "a 1", holds: false }], (texts) => `(${texts})`),
    [{ text: "(a 1)", holds: false }],
  );
});

test.run();
