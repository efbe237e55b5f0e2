import { test } from "uvu";
import * as assert from "uvu/assert";
import { softplusBackward, softplusForward } from "leibniz/backprop";
import { tensor } from "leibniz/tensor";
import { assertRecorded, atNumber, testElementwise } from "../helpers/elementwise.js";

const passes = {
  layer: "softplus",
  forward: softplusForward,
  backward: softplusBackward,
  f: (x: number) => Math.log(1 + Math.exp(x)),
  slope: (x: number) => 1 / (1 + Math.exp(-x)),
};
testElementwise(passes);

test("recorded values, digit by digit, far to the left as well", () =>
  assertRecorded(
    passes,
    [
      [-700, 9.85967654375977e-305, 9.85967654375977e-305],
      [-40, 4.248354255291589e-18, 4.248354255291589e-18],
      [-6, 0.0024756851377304495, 0.0024726231566347743],
      [-0.5, 0.4740769841801067, 0.37754066879814546],
      [1e-10, 0.6931471806099453, 0.500000000025],
      [3, 3.048587351573742, 0.9525741268224333],
      [40, 40, 1],
      [700, 700, 1],
    ],
    { out: 4e-16, slope: 4e-16 },
  ));

test("800 stays 800, and −800 becomes 0", async () => {
  const { out, cache } = await softplusForward(tensor([-800, 800, 1e308]));
  assert.equal(out.toNested(), [0, 800, 1e308]);
  assert.equal((await softplusBackward(tensor([3, -5, 7]), cache)).dX.toNested(), [0, -5, 7]);
});

test("f(x) − f(−x) = x, and the corner is rounded by at most log 2, at 0", async () => {
  assert.ok(Math.abs((await atNumber(passes, 0))[0] - Math.LN2) <= 2e-16);
  for (const x of [0.1, 1, 2.5, 7, 30]) {
    const [right, left] = [(await atNumber(passes, x))[0], (await atNumber(passes, -x))[0]];
    assert.ok(Math.abs(right - left - x) <= 4e-16 * x, String(x));
    assert.ok(right - x < Math.LN2 && left < Math.LN2 && left > 0, String(x));
  }
});

test("it does not become a straight line at 20, as PyTorch's does to save time", async () => {
  const [out] = await atNumber(passes, 21);
  assert.ok(Math.abs(out - 21 - 7.58256042503714e-10) <= 4e-15, String(out));
});

test.run();
