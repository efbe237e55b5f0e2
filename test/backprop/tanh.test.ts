import { test } from "uvu";
import * as assert from "uvu/assert";
import { sigmoidForward, tanhBackward, tanhForward } from "leibniz/backprop";
import { Random, tensor, Tensor } from "leibniz/tensor";
import { assertClose } from "../helpers/assert-close.js";
import { assertRecorded, atNumber, testElementwise } from "../helpers/elementwise.js";

const passes = {
  layer: "tanh",
  forward: tanhForward,
  backward: tanhBackward,
  f: Math.tanh,
  slope: (x: number) => 1 / Math.cosh(x) ** 2,
};
testElementwise(passes);

test("recorded values, digit by digit, those near 0 as well", () =>
  assertRecorded(
    passes,
    [
      [-1.5, -0.9051482536448664, 0.18070663892364852],
      [-1e-5, -9.999999999666668e-6, 0.9999999999],
      [1e-20, 1e-20, 1],
      [0.3, 0.2913126124515909, 0.9151369618266292],
      [0.6, 0.5370495669980353, 0.7115777625872228],
      [3, 0.9950547536867305, 0.00986603716544019],
    ],
    { out: 4e-16, slope: 3e-14 },
  ));

test("where it saturates, the slope is off by less than two last places of t", async () => {
  for (const [x, slope] of [
    [-8, 4.5014059756372915e-7],
    [15, 3.743049187535369e-13],
    [19, 1.2556531168192118e-16],
    [800, 0],
  ] as const) {
    const [out, own] = await atNumber(passes, x);
    assert.ok(Math.abs(own - slope) <= 2 ** -52 && Math.abs(out) <= 1, `${x}: ${own}`);
  }
});

test("it is a stretched sigmoid: tanh x = 2σ(2x) − 1; it is odd, with slope 1 at 0", async () => {
  const x = new Random("stretched").normal([4, 5], 0, 2, "float64");
  const times = (tensor: Tensor, f: (value: number) => number): Tensor =>
    Tensor.from(tensor.data.map(f), tensor.shape, "float64");
  const { out } = await tanhForward(x);
  assertClose(
    out,
    times((await sigmoidForward(times(x, (value) => 2 * value))).out, (p) => 2 * p - 1),
    { tolerance: 1e-15 },
  );
  const { out: mirrored } = await tanhForward(times(x, (value) => -value));
  assertClose(
    times(mirrored, (value) => -value),
    out,
    { tolerance: 0 },
  );
  assert.equal(await atNumber(passes, 0), [0, 1]);
});

test("±800 give ±1, and let no gradient pass", async () => {
  const { out, cache } = await tanhForward(tensor([-800, 800]));
  assert.equal(out.toNested(), [-1, 1]);
  assert.equal(
    (await tanhBackward(tensor([3, -5]), cache)).dX.data.map(Math.abs),
    new Float64Array(2),
  );
});

test.run();
