import { test } from "uvu";
import * as assert from "uvu/assert";
import { globalAveragePool2dBackward, globalAveragePool2dForward } from "leibniz/backprop";
import { Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

test("every channel becomes its mean, and hands its gradient back evenly", async () => {
  const x = tensor([
    [
      [
        [1, 2, 3],
        [4, 5, 9],
      ],
      [
        [-1, 0, 1],
        [2, 2, 2],
      ],
    ],
  ]);
  const { out, cache } = await globalAveragePool2dForward(x);
  assert.equal(out.toNested(), [[4, 1]]);
  const { dX } = await globalAveragePool2dBackward(tensor([[6, -3]]), cache);
  assertClose(
    dX,
    tensor([
      [
        [
          [1, 1, 1],
          [1, 1, 1],
        ],
        [
          [-0.5, -0.5, -0.5],
          [-0.5, -0.5, -0.5],
        ],
      ],
    ]),
    { tolerance: 1e-15 },
  );
});

test("anything but images is refused", async () => {
  await assertRejects(
    () => globalAveragePool2dForward(Tensor.zeros([2, 3])),
    "globalAveragePool2d",
    "[N, C, H, W]",
    "[2, 3]",
  );
  const { cache } = await globalAveragePool2dForward(Tensor.zeros([2, 3, 4, 5]));
  await assertRejects(
    () => globalAveragePool2dBackward(Tensor.zeros([3, 2]), cache),
    "globalAveragePool2dBackward",
    "[2, 3]",
    "[3, 2]",
  );
});

test.run();
