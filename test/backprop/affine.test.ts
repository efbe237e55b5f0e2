import { test } from "uvu";
import { affineBackward, affineForward } from "leibniz/backprop";
import { matmul, Random } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

test("dWeight and dX are the products that the chapter derives", async () => {
  const random = new Random("affine");
  const [x, weight, dOut] = [
    random.normal([5, 3], 0, 1, "float64"),
    random.normal([4, 3], 0, 1, "float64"),
    random.normal([5, 4], 0, 1, "float64"),
  ];
  const { out, cache } = await affineForward(x, weight, null);
  const { dX, dWeight, dBias } = await affineBackward(dOut, cache);
  assertClose(out, matmul(x, weight.transpose()), { tolerance: 1e-15, what: "out" });
  assertClose(dWeight, matmul(dOut.transpose(), x), { tolerance: 1e-15, what: "dWeight" });
  assertClose(dX, matmul(dOut, weight), { tolerance: 1e-15, what: "dX" });
  if (dBias !== null) throw new Error("expected no dBias without a bias");
});

test("shapes that do not fit are refused with both shapes", async () => {
  const random = new Random(0);
  await assertRejects(
    () => affineForward(random.normal([2, 3, 4]), random.normal([5, 12]), null),
    "[2, 3, 4]",
    "[5, 12]",
    "flatten",
  );
});

test.run();
