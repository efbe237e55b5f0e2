import { test } from "uvu";
import * as assert from "uvu/assert";
import { reluBackward, reluForward } from "leibniz/backprop";
import { Random, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

test("negative values become 0, all others stay, at every rank", async () => {
  const x = tensor([
    [-2, -1e-300, 0],
    [0.5, 3, 1e300],
  ]);
  const { out } = await reluForward(x);
  assert.equal(out.toNested(), [
    [0, 0, 0],
    [0.5, 3, 1e300],
  ]);
  assert.equal((await reluForward(tensor(-3))).out.toNested(), 0);
  assert.equal((await reluForward(tensor([[[[7]], [[-7]]]]))).out.toNested(), [[[[7]], [[0]]]]);
});

test("the gradient passes where x is positive, and only there", async () => {
  const random = new Random("relu");
  const [x, dOut] = [
    random.normal([3, 2, 4, 5], 0, 1, "float64"),
    random.normal([3, 2, 4, 5], 0, 1, "float64"),
  ];
  const { cache } = await reluForward(x);
  const { dX } = await reluBackward(dOut, cache);
  const expected = dOut.clone();
  x.data.forEach((value, i) => {
    if (value < 0) expected.data[i] = 0;
  });
  assertClose(dX, expected, { tolerance: 0, what: "dX" });
});

test("at the kink the gradient is 0", async () => {
  const { cache } = await reluForward(tensor([0, -0, 5e-324, -5e-324]));
  const { dX } = await reluBackward(tensor([2, -3, 5, -7]), cache);
  assert.equal(dX.toNested(), [0, 0, 5, 0]);
});

test("NaN is kept on the way forward, so that a broken network does not look healthy", async () => {
  const { out, cache } = await reluForward(tensor([NaN, -1, 2]));
  assert.ok(Number.isNaN(out.get(0)), `expected NaN, got ${out.get(0)}`);
  assert.equal([out.get(1), out.get(2)], [0, 2]);
  const { dX } = await reluBackward(tensor([1, 5, NaN]), cache);
  assert.equal([dX.get(0), dX.get(1)], [0, 0]);
  assert.ok(Number.isNaN(dX.get(2)), "an upstream NaN passes where x is positive");
});

test("a view, such as a transpose, is read in its own order", async () => {
  const x = tensor([
    [1, -2, 3],
    [-4, 5, -6],
  ]).transpose();
  const { out, cache } = await reluForward(x);
  assert.equal(out.toNested(), [
    [1, 0],
    [0, 5],
    [3, 0],
  ]);
  const { dX } = await reluBackward(
    tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]).transpose(),
    cache,
  );
  assert.equal(dX.toNested(), [
    [1, 0],
    [0, 5],
    [3, 0],
  ]);
});

test("an upstream gradient of another shape is refused", async () => {
  const { cache } = await reluForward(tensor([[1, 2, 3]]));
  await assertRejects(
    () => reluBackward(tensor([1, 2, 3]), cache),
    "reluBackward",
    "[1, 3]",
    "[3]",
  );
});

test.run();
