/** The fused layer is the layers that it stands for, one after another. */
import { reluPool2dBackward, reluPool2dForward } from "leibniz/backprop";
import { Random, type Tensor, tensor } from "leibniz/tensor";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { oneByOne, pool, pools, relu } from "../helpers/one-by-one.js";

const normal = (seed: string, shape: readonly number[]): Tensor =>
  new Random(seed).normal(shape, 0, 1, "float64");

test("reluPool2d is relu, then maxPool2d", async () => {
  for (const options of pools) {
    const x = normal(JSON.stringify(options), [3, 2, 9, 10]);
    const { out, cache } = await reluPool2dForward(x, options);
    const dOut = normal("dOut", out.shape);
    const expected = await oneByOne(x, [relu, pool(options)]);
    assertClose(out, expected.out, { tolerance: 0, what: "out" });
    const { dX } = await reluPool2dBackward(dOut, cache);
    assertClose(dX, await expected.back(dOut), { tolerance: 1e-12, what: "dX" });
    assert.ok(dX.data.some((entry) => entry !== 0));
  }
});

test("a window without a positive entry gives 0, and no gradient goes through it", async () => {
  const x = tensor([
    [-1, -2, 3, 1],
    [-5, -0.5, 2, 7],
    [0, -1, -3, 0],
    [-1, 0, -1, -2],
  ]).reshape([1, 1, 4, 4]);
  const { out, cache } = await reluPool2dForward(x, { kernelSize: 2 });
  assert.equal([...out.data], [0, 7, 0, 0]);
  const { dX } = await reluPool2dBackward(tensor([2, 3, 5, 11]).reshape([1, 1, 2, 2]), cache);
  assert.equal(dX.toNested(), [
    [
      [
        [0, 0, 0, 0],
        [0, 0, 0, 3],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    ],
  ]);
});

test("what does not fit is refused in the words of the pooling", async () => {
  await assertRejects(
    () => reluPool2dForward(normal("x", [2, 6, 7]), { kernelSize: 2 }),
    "maxPool2d: ",
    "[2, 6, 7]",
  );
  const { cache } = await reluPool2dForward(normal("x", [2, 1, 6, 7]), { kernelSize: 2 });
  await assertRejects(
    () => reluPool2dBackward(normal("dOut", [2, 1, 3, 2]), cache),
    "reluPool2dBackward: expected dOut of shape [2, 1, 3, 3], got [2, 1, 3, 2]",
  );
});

test.run();
