import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { cosPi } from "leibniz/tensor";

test("exact where the cosine is 1, 0 or −1, and nearest to it where it is ±1/2 or a root", () => {
  const known: readonly [number, number][] = [[0, 1], [0.5, 0], [1, -1], [1.5, 0], [2, 1], [7, -1], [-2.5, 0], [1e15, 1]];
  for (const [x, expected] of known) assert.is(cosPi(x) + 0, expected, `cosPi(${x})`); // + 0: −0 counts as 0
  const near: readonly [number, number][] = [[1 / 3, 0.5], [2 / 3, -0.5], [0.25, Math.SQRT1_2], [0.75, -Math.SQRT1_2], [1 / 6, Math.sqrt(3) / 2], [5 / 3, 0.5]];
  for (const [x, expected] of near) assert.ok(Math.abs(cosPi(x) - expected) <= 4e-16, `cosPi(${x}) is ${cosPi(x)}`);
});

test("what is not finite has no cosine", () => {
  for (const x of [NaN, Infinity, -Infinity]) assert.ok(Number.isNaN(cosPi(x)), String(x));
});

test("agrees with Math.cos, whose argument πx is rounded", () => {
  fc.assert(
    fc.property(fc.double({ min: -1, max: 2, noNaN: true }), (x) => {
      assert.ok(Math.abs(cosPi(x) - Math.cos(Math.PI * x)) <= 4e-16 * (1 + 2 * Math.abs(x)), `${x}: ${cosPi(x)} and ${Math.cos(Math.PI * x)}`);
    }),
    { seed: 61, numRuns: 20_000 },
  );
});

test("even, of period 2, and odd about 1/2, all to the bit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (whole) => {
      const x = whole / 2 ** 40; // so that no sum below is rounded
      assert.is(cosPi(-x), cosPi(x));
      assert.is(cosPi(x + 2), cosPi(x));
      assert.is(cosPi(1 - x) + 0, -cosPi(x) + 0);
      assert.ok(Math.abs(cosPi(x)) <= 1);
    }),
    { seed: 62, numRuns: 2000 },
  );
});

test("falls from 0 to 1, also where the two series meet", () => {
  for (const middle of [0.25, 0.5, 0.75]) {
    for (let i = -50; i < 50; i++) assert.ok(cosPi(middle + (i + 1) * 1e-15) <= cosPi(middle + i * 1e-15), `${middle} + ${i}e-15`);
  }
  for (let i = 0; i < 1000; i++) assert.ok(cosPi((i + 1) / 1000) < cosPi(i / 1000), String(i));
});

test.run();
