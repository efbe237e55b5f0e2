import { test } from "uvu";
import * as assert from "uvu/assert";
import { meanSquaredErrorBackward, meanSquaredErrorForward } from "leibniz/backprop";
import { mean, multiply, Random, subtract, Tensor, tensor } from "leibniz/tensor";
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

test("float32 rounds each step as a tensor of it would, and views are read in order", async () => {
  const random = new Random("float32");
  const [x, target] = [random.normal([5, 7], 0, 3), random.normal([5, 7])].map((t) =>
    t.transpose(),
  );
  const { out, cache } = await meanSquaredErrorForward(x!, target!);
  const { dPrediction } = await meanSquaredErrorBackward(Tensor.full([], 0.7), cache);
  const difference = subtract(x!, target!);
  assert.is(out.item(), mean(multiply(difference, difference)).item());
  const slope = multiply(difference, (Math.fround(0.7) * 2) / 35);
  assert.equal([...dPrediction.data], [...slope.data]);
});

test("a target of another element type is refused, and so is nothing", async () => {
  await assertRejects(
    () => meanSquaredErrorForward(Tensor.zeros([2, 3]), Tensor.zeros([2, 3], "float64")),
    "meanSquaredError: expected a target in float32, got float64",
  );
  await assertRejects(
    () => meanSquaredErrorForward(Tensor.zeros([0, 3]), Tensor.zeros([0, 3])),
    "meanSquaredError: expected at least one number, got shape [0, 3]",
  );
});

test.run();
