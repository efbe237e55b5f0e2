import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tensor } from "leibniz/tensor";
import { countCorrect } from "leibniz/training";

const logits = Tensor.from(
  [0.1, 2, -1, /**/ 5, 4.9, -8, /**/ -3, -2, -1, /**/ -4, -0.5, -7],
  [4, 3],
);

test("counts the rows whose largest logit stands at their label", () => {
  assert.is(countCorrect(logits, [1, 0, 2, 1]), 4);
  assert.is(countCorrect(logits, [1, 1, 2, 0]), 2);
  assert.is(countCorrect(logits, [0, 2, 1, 2]), 0);
});

test("takes labels in any kind of array", () => {
  assert.is(countCorrect(logits, Uint8Array.of(1, 0, 0, 0)), 2);
  assert.is(countCorrect(logits, Int32Array.of(0, 0, 0, 1)), 2);
});

test("of equal logits the first one is the guess", () => {
  const ties = Tensor.from([3, 3, 1, /**/ 0, 3, 3], [2, 3]);
  assert.is(countCorrect(ties, [0, 1]), 2);
  assert.is(countCorrect(ties, [1, 2]), 0);
});

test("looks at a view's own rows and columns", () => {
  assert.is(countCorrect(logits.slice([1, 3], [1, 3]), [0, 1]), 2); // rows [4.9, −8] and [−2, −1]
  // columns with their largest entries in rows 1, 1 and 0
  assert.is(countCorrect(logits.transpose(), [1, 3, 0]), 2);
});

test.run();
