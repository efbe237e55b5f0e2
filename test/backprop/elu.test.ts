import { test } from "uvu";
import * as assert from "uvu/assert";
import { eluBackward, eluForward } from "leibniz/backprop";
import { tensor } from "leibniz/tensor";
import { assertRecorded, atNumber, testElementwise } from "../helpers/elementwise.js";

const passes = {
  layer: "elu",
  forward: eluForward,
  backward: eluBackward,
  f: (x: number) => (x > 0 ? x : Math.exp(x) - 1),
  slope: (x: number) => (x > 0 ? 1 : Math.exp(x)),
};
testElementwise(passes);

test("recorded values, digit by digit, those just below 0 as well", () =>
  assertRecorded(
    passes,
    [
      [-40, -1, 4.248354255291589e-18],
      [-3, -0.950212931632136, 0.049787068367863944],
      [-1e-5, -9.999950000166666e-6, 0.9999900000499998],
      [-1e-20, -1e-20, 1],
      [1e-20, 1e-20, 1],
      [0.25, 0.25, 1],
      [700, 700, 1],
    ],
    { out: 3e-16, slope: 3e-16 },
  ));

test("the slope has no jump at 0: it is 1 there, and on both sides next to it", async () => {
  for (const x of [0, -0, 5e-324, -5e-324, -1e-17, 1e-17])
    assert.is((await atNumber(passes, x))[1], 1, String(x));
  assert.ok(Math.abs((await atNumber(passes, -1e-9))[1] - (1 - 1e-9)) <= 1e-16);
});

test("positive numbers stay to the last bit, negative ones level off at −1", async () => {
  const { out } = await eluForward(tensor([0, 1e-300, 0.1, 1e300, -38, -800]));
  assert.equal(out.toNested(), [0, 1e-300, 0.1, 1e300, -1, -1]);
});

test.run();
