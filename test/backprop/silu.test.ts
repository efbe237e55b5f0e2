import { test } from "uvu";
import * as assert from "uvu/assert";
import { siluBackward, siluForward } from "leibniz/backprop";
import { tensor } from "leibniz/tensor";
import { assertRecorded, atNumber, testElementwise } from "../helpers/elementwise.js";

const sigma = (x: number): number => 1 / (1 + Math.exp(-x));
const passes = {
  layer: "silu",
  forward: siluForward,
  backward: siluBackward,
  f: (x: number) => x * sigma(x),
  slope: (x: number) => sigma(x) + x * sigma(x) * sigma(-x),
};
testElementwise(passes);

test("recorded values, digit by digit", () =>
  assertRecorded(
    passes,
    [
      [-700, -6.90177358063184e-302, -6.891913904088079e-302],
      [-40, -1.6993417021166355e-16, -1.6568581595637197e-16],
      [-6, -0.014835738939808645, -0.012326432591525513],
      [-1, -0.2689414213699951, 0.07232948812851327],
      [-1e-10, -4.9999999997500004e-11, 0.49999999995],
      [0.5, 0.3112296656009273, 0.7399611873026518],
      [6, 5.985164261060191, 1.0123264325915255],
      [50, 50, 1],
    ],
    { out: 5e-16, slope: 1e-15 },
  ));

test("it is not monotone: at −1.278465 it is −0.278465, and its slope changes sign", async () => {
  const lowest = -1.2784645427610738;
  const [out, slope] = await atNumber(passes, lowest);
  // 1 + x(1 − p) = 0, so x·p = x + 1
  assert.ok(Math.abs(out - (lowest + 1)) <= 1e-15, String(out));
  assert.ok(Math.abs(slope) <= 1e-15, String(slope));
  assert.ok(
    (await atNumber(passes, lowest - 0.01))[1] < 0 &&
      (await atNumber(passes, lowest + 0.01))[1] > 0,
  );
});

test("±800 are 800 and nearly 0", async () => {
  const { out, cache } = await siluForward(tensor([-800, 800]));
  assert.equal(out.data.map(Math.abs), Float64Array.of(0, 800));
  assert.equal(
    (await siluBackward(tensor([3, -5]), cache)).dX.data.map(Math.abs),
    Float64Array.of(0, 5),
  );
});

test.run();
