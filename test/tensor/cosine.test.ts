import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { cosPi, Random } from "leibniz/tensor";
import { ulpsFromCosPi } from "../helpers/high-precision.js";

test("exact where the cosine is 1, 0 or −1, and nearest to it where it is ±1/2 or a root", () => {
  const known: readonly [number, number][] = [
    [0, 1],
    [0.5, 0],
    [1, -1],
    [1.5, 0],
    [2, 1],
    [7, -1],
    [-2.5, 0],
    [1e15, 1],
  ];
  // + 0: −0 counts as 0
  for (const [x, expected] of known) assert.is(cosPi(x) + 0, expected, `cosPi(${x})`);
  const near: readonly [number, number][] = [
    [1 / 3, 0.5],
    [2 / 3, -0.5],
    [0.25, Math.SQRT1_2],
    [0.75, -Math.SQRT1_2],
    [1 / 6, Math.sqrt(3) / 2],
    [5 / 3, 0.5],
  ];
  for (const [x, expected] of near)
    assert.ok(Math.abs(cosPi(x) - expected) <= 4e-16, `cosPi(${x}) is ${cosPi(x)}`);
});

test("what is not finite has no cosine", () => {
  for (const x of [NaN, Infinity, -Infinity]) assert.ok(Number.isNaN(cosPi(x)), String(x));
});

test("the truth itself: known digits of cos π/4, and the error of a neighbour", () => {
  // √½ = 0.70710678118654752440…, the nearest number is 0.70710678118654757274…, in units of 2⁻⁵³
  assert.ok(Math.abs(ulpsFromCosPi(0.25, Math.SQRT1_2) - 0.4354) < 1e-3);
  assert.ok(Math.abs(ulpsFromCosPi(0.25, Math.SQRT1_2 - 2 ** -53) - (0.4354 - 1)) < 1e-3);
  assert.is(ulpsFromCosPi(0, 1), 0);
  assert.ok(Math.abs(ulpsFromCosPi(1, -1)) < 1e-6);
});

const ranges: readonly [low: number, high: number, ulps: number][] = [
  [0, 0.2, 1],
  [0.2, 0.25, 1.5],
  [0.25, 0.3, 1.2],
  [0.3, 0.5, 1.8],
  [0.5, 1, 1.8],
];

for (const [low, high, most] of ranges) {
  test(`from ${low} to ${high}: less than ${most} units in the last place off`, () => {
    const random = new Random(`cosine from ${low}`);
    let [worst, at] = [0, NaN];
    for (let i = 0; i < 3000; i++) {
      const x = low + (high - low) * random.next();
      const error = Math.abs(ulpsFromCosPi(x, cosPi(x)));
      if (!(error <= worst)) [worst, at] = [error, x];
    }
    assert.ok(
      worst > 0.3 && worst < most,
      `${worst} units in the last place off at ${at}: ${cosPi(at)}`,
    );
  });
}

test("agrees with Math.cos, whose argument πx is rounded", () => {
  fc.assert(
    fc.property(fc.double({ min: -1, max: 2, noNaN: true }), (x) => {
      assert.ok(
        Math.abs(cosPi(x) - Math.cos(Math.PI * x)) <= 4e-16 * (1 + 2 * Math.abs(x)),
        `${x}: ${cosPi(x)} and ${Math.cos(Math.PI * x)}`,
      );
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
    for (let i = -50; i < 50; i++)
      assert.ok(
        cosPi(middle + (i + 1) * 1e-15) <= cosPi(middle + i * 1e-15),
        `${middle} + ${i}e-15`,
      );
  }
  for (let i = 0; i < 1000; i++) assert.ok(cosPi((i + 1) / 1000) < cosPi(i / 1000), String(i));
});

test.run();
