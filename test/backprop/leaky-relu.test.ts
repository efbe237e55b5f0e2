import { test } from "uvu";
import * as assert from "uvu/assert";
import { LeakyRelu, leakyReluBackward, leakyReluForward, reluForward } from "leibniz/backprop";
import { reference } from "leibniz/kernels";
import { Random, tensor, type Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { atNumber, testElementwise } from "../helpers/elementwise.js";

const pass = { backend: reference, mode: "train" } as const;

const passes = {
  layer: "leakyRelu",
  forward: (x: Tensor) => leakyReluForward(x, { negativeSlope: 0.3 }),
  backward: leakyReluBackward,
  f: (x: number) => (x > 0 ? x : 0.3 * x),
  slope: (x: number) => (x > 0 ? 1 : 0.3),
};
testElementwise(passes);

test(
  "a hundredth of a negative number passes if nothing else is said, and all of a positive " + "one",
  async () => {
    const { out, cache } = await leakyReluForward(
      tensor([
        [-2, 3],
        [0.5, -100],
      ]),
    );
    assert.equal(out.toNested(), [
      [-0.02, 3],
      [0.5, -1],
    ]);
    assert.equal(
      (
        await leakyReluBackward(
          tensor([
            [7, -5],
            [3, -2],
          ]),
          cache,
        )
      ).dX.toNested(),
      [
        [0.07, -5],
        [3, -0.02],
      ],
    );
    const layer = new LeakyRelu();
    const { out: once, backward } = await layer.forward(tensor([-2, 3]), pass);
    assert.equal(once.toNested(), [-0.02, 3]);
    assert.equal((await backward(tensor([7, -5])))!.toNested(), [0.07, -5]);
  },
);

test("the layer's slope is the one that it was made with, on both ways", async () => {
  const layer = new LeakyRelu({ negativeSlope: 0.25 });
  const { out, backward } = await layer.forward(tensor([-2, 3]), pass);
  assert.equal(out.toNested(), [-0.5, 3]);
  assert.equal((await backward(tensor([8, -5])))!.toNested(), [2, -5]);
});

test("at the kink the slope is the negative side's, for either zero", async () => {
  for (const x of [0, -0, -5e-324]) assert.is((await atNumber(passes, x))[1], 0.3, String(x));
  assert.is((await atNumber(passes, 5e-324))[1], 1);
});

test("slope 0 is the rectifier, slope 1 is nothing, slope −1 the absolute value", async () => {
  const x = new Random("slopes").normal([3, 4, 5], 0, 1, "float64");
  assertClose((await leakyReluForward(x, { negativeSlope: 0 })).out, (await reluForward(x)).out, {
    tolerance: 0,
  });
  assertClose((await leakyReluForward(x, { negativeSlope: 1 })).out, x, { tolerance: 0 });
  assert.equal(
    [...(await leakyReluForward(x, { negativeSlope: -1 })).out.data],
    [...x.data].map(Math.abs),
  );
});

test("a slope that is no finite number is refused", async () => {
  for (const negativeSlope of [NaN, Infinity, "0.1" as unknown as number]) {
    await assertRejects(
      () => leakyReluForward(tensor([1]), { negativeSlope }),
      "leakyRelu: expected negativeSlope to be a finite number",
      String(negativeSlope),
    );
  }
});

test.run();
