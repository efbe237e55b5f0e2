import { test } from "uvu";
import * as assert from "uvu/assert";
import { Flatten, flattenBackward, flattenForward } from "leibniz/backprop";
import { Random, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

test("entry [n, c, h, w] becomes [n, (c·H + h)·W + w], and the gradient goes back", async () => {
  const random = new Random("flatten");
  const [N, C, H, W] = [3, 2, 4, 5];
  const [x, dOut] = [
    random.normal([N, C, H, W], 0, 1, "float64"),
    random.normal([N, C * H * W], 0, 1, "float64"),
  ];
  const { out, cache } = await flattenForward(x);
  const { dX } = await flattenBackward(dOut, cache);
  assert.equal(out.shape, [N, C * H * W]);
  assert.equal(dX.shape, [N, C, H, W]);
  let wrong = 0;
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      for (let h = 0; h < H; h++) {
        for (let w = 0; w < W; w++) {
          const column = (c * H + h) * W + w;
          if (
            out.get(n, column) !== x.get(n, c, h, w) ||
            dX.get(n, c, h, w) !== dOut.get(n, column)
          )
            wrong++;
        }
      }
    }
  }
  assert.is(wrong, 0);
});

test("a contiguous x is not copied, a view is copied in its own order", async () => {
  const x = tensor([
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ]);
  assert.ok((await flattenForward(x)).out.sharesMemoryWith(x));
  const view = x.transpose([0, 2, 1]);
  const { out, cache } = await flattenForward(view);
  assert.equal(out.toNested(), [[1, 4, 2, 5, 3, 6]]);
  assert.not(out.sharesMemoryWith(x));
  assertClose((await flattenBackward(out, cache)).dX, view, { tolerance: 0, what: "dX" });
});

test("rows stay rows, a vector becomes a column, and no images are no rows", async () => {
  assert.equal((await flattenForward(Tensor.zeros([4, 3]))).out.shape, [4, 3]);
  assert.equal((await flattenForward(Tensor.zeros([4]))).out.shape, [4, 1]);
  assert.equal((await flattenForward(Tensor.zeros([0, 2, 3]))).out.shape, [0, 6]);
  assert.equal(new Flatten().outputShape([7, 2, 3, 5]), [7, 30]);
});

test("a scalar, and an upstream gradient of another size, are refused", async () => {
  await assertRejects(() => flattenForward(tensor(1)), "flatten", "[N, ...]", "[]");
  const { cache } = await flattenForward(Tensor.zeros([2, 3, 4]));
  await assertRejects(
    () => flattenBackward(Tensor.zeros([2, 13]), cache),
    "flattenBackward: expected dOut of shape [2, 12], got [2, 13]",
  );
});

test.run();
