import { test } from "uvu";
import * as assert from "uvu/assert";
import { meanSquaredErrorBackward, meanSquaredErrorForward } from "leibniz/backprop";
import { Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

test("the mean runs over all entries, and so does the 1/M of the gradient", async () => {
  const { out, cache } = await meanSquaredErrorForward(
    tensor([
      [1, 2, 3],
      [0, 0, 6],
    ]),
    tensor([
      [0, 0, 3],
      [0, 1, 0],
    ]),
  );
  assert.is(out.item(), (1 + 4 + 0 + 0 + 1 + 36) / 6);
  const { dPrediction } = await meanSquaredErrorBackward(Tensor.full([], 3, "float64"), cache);
  assertClose(
    dPrediction,
    tensor([
      [1, 2, 0],
      [0, -1, 6],
    ]),
    { tolerance: 1e-15 },
  );
});

test("a target of another shape is refused, even one that would broadcast", async () => {
  await assertRejects(
    () => meanSquaredErrorForward(Tensor.zeros([4, 3]), Tensor.zeros([3])),
    "meanSquaredError",
    "[4, 3]",
    "[3]",
  );
});

test.run();
