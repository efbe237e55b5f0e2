import { test } from "uvu";
import * as assert from "uvu/assert";
import { geluBackward, geluForward } from "leibniz/backprop";
import { tensor } from "leibniz/tensor";
import { assertRecorded, atNumber, testElementwise } from "../helpers/elementwise.js";

/** erf x = 2x/√π · exp(−x²) · (1 + 2x²/3 · (1 + 2x²/5 · (1 + …))), not as the engine has it. */
function erfBySum(x: number): number {
  let sum = 1;
  for (let n = 200; n > 0; n--) sum = 1 + ((2 * x * x) / (2 * n + 1)) * sum;
  return ((2 * x) / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
const probability = (x: number): number => (1 + erfBySum(x / Math.SQRT2)) / 2;
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

const passes = {
  layer: "gelu",
  forward: geluForward,
  backward: geluBackward,
  f: (x: number) => x * probability(x),
  slope: (x: number) => probability(x) + x * density(x),
};
testElementwise(passes);

test("recorded values, digit by digit: at −6 too, where 1 + erf would cancel nine of them", () =>
  assertRecorded(
    passes,
    [
      [-6, -5.9195258702261885e-9, -3.5468709453902015e-8],
      [-2, -0.04550026389635842, -0.0852318010781969],
      [-1e-10, -4.999999999601058e-11, 0.49999999992021155],
      [0.5, 0.34573123063700656, 0.8674951246561629],
      [3, 2.99595030590511, 1.011945647204184],
      [9, 9, 1],
    ],
    { out: 8e-15, slope: 8e-15 },
  ));

test("far to the left what is lost is the rounding of x/√2, times x²", () =>
  assertRecorded(
    passes,
    [
      [-37, -2.1184613523340935e-298, -7.838298669418516e-297],
      [-12, -2.1317785344932147e-32, -2.5578956616748956e-31],
    ],
    { out: 37 ** 2 * 2 ** -53, slope: 37 ** 2 * 2 ** -53 },
  ));

test("it is the exact one: not x·σ(1.702x), and not the one with tanh", async () => {
  const [out] = await atNumber(passes, 2);
  const withTanh = 1 + Math.tanh(Math.sqrt(2 / Math.PI) * (2 + 0.044715 * 8));
  assert.ok(Math.abs(out - 1.9544997361036416) <= 1e-15);
  assert.ok(
    Math.abs(out - withTanh) > 5e-5 && Math.abs(out - 2 / (1 + Math.exp(-1.702 * 2))) > 5e-3,
  );
});

test("f(x) − f(−x) = x, the slope at 0 is 1/2, and it changes its sign at −0.751792", async () => {
  for (const x of [0.1, 1, 2.5, 7])
    assert.ok(
      Math.abs((await atNumber(passes, x))[0] - (await atNumber(passes, -x))[0] - x) <=
        2e-16 * x * 2,
      String(x),
    );
  assert.equal(await atNumber(passes, 0), [0, 0.5]);
  const [out, slope] = await atNumber(passes, -0.7517915246935645);
  assert.ok(
    Math.abs(out + 0.16997120747990366) <= 1e-15 && Math.abs(slope) <= 1e-15,
    `${out}, ${slope}`,
  );
});

test("±800 are 800 and nearly 0", async () => {
  const { out, cache } = await geluForward(tensor([-800, 800]));
  assert.equal(out.data.map(Math.abs), Float64Array.of(0, 800));
  assert.equal(
    (await geluBackward(tensor([3, -5]), cache)).dX.data.map(Math.abs),
    Float64Array.of(0, 5),
  );
});

test.run();
