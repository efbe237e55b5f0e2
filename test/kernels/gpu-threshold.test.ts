/** Which products go to gpu.js, when that is measured on the machine at hand. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { gpuBackend, reference } from "leibniz/kernels";
import { Random, type Tensor } from "leibniz/tensor";
import { thresholdOf } from "../../dist/kernels/gpu/threshold.js";
import { assertClose } from "../helpers/assert-close.js";

test("from the threshold on, a call and its multiplications take less time", () => {
  const large = 128 ** 3;
  for (const [call, ours, theirs] of [
    [1e-4, 2e-3, 5e-3],
    [8e-6, 1e-3, 1.001e-3],
    [2e-3, 2.5e-3, 0.9e-3],
  ] as const) {
    const most = thresholdOf(call, ours, theirs);
    const onGpu = (count: number): number => call + ((ours - call) * count) / large;
    const onReference = (count: number): number => (theirs * count) / large;
    assert.ok(onGpu(most) <= onReference(most) * (1 + 1e-9), "expected the threshold to be enough");
    assert.ok(onGpu(0.99 * most) > onReference(0.99 * most), "expected less to be too little");
  }
  assert.is(thresholdOf(1e-4, 9e-3, 5e-3), Number.POSITIVE_INFINITY, "never faster");
});

test("a threshold is measured once for a mode, and holds", async () => {
  const [first, second] = [
    await gpuBackend({ mode: "webasm", smallestProduct: "measured" }),
    await gpuBackend({ mode: "webasm", smallestProduct: "measured" }),
  ];
  try {
    const { smallestProduct } = first;
    assert.is(second.smallestProduct, smallestProduct);
    assert.ok(smallestProduct > 0);
    assert.ok((first.note === null) === Number.isFinite(smallestProduct), String(first.note));
    const product = async (extent: number): Promise<boolean> => {
      const a: Tensor = new Random("threshold test").normal([extent, extent]);
      const before = first.callCount;
      assertClose(await first.matmul(a, a), await reference.matmul(a, a), { tolerance: 1e-5 });
      return first.callCount > before;
    };
    for (const extent of [2, 40, 200])
      assert.is(await product(extent), extent ** 3 >= smallestProduct, `${extent}³`);
  } finally {
    await first.dispose();
    await second.dispose();
  }
});

test.run();
