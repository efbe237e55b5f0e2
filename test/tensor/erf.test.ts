import { test } from "uvu";
import * as assert from "uvu/assert";
import { erf, erfc, Random, tensor } from "leibniz/tensor";
import { assertNear, drawn, hashOf } from "../helpers/accuracy.js";
import {
  erfBySeries,
  erfcByFraction,
  ulpsFromErf,
  ulpsFromErfc,
} from "../helpers/high-precision.js";

const [erfOf, erfcOf]: ((x: number) => number)[] = [erf, erfc] as const;

test("the truth itself: known digits, and two ways to it that agree", () => {
  // erf 1 = 0.84270079294971486934…, the number 0.8427007929497149 is 0.84270079294971489414…
  assert.ok(Math.abs(ulpsFromErf(1, 0.8427007929497149) - 0.2234) < 1e-3);
  // erfc 2 = 0.0046777349810472658379…, the number 0.004677734981047266 is 0.0046777349810472661…
  assert.ok(Math.abs(ulpsFromErfc(2, 0.004677734981047266)) < 0.51);
  // erfc 10 = 2.0884875837625447570e-45
  assert.ok(Math.abs(ulpsFromErfc(10, 2.088487583762545e-45)) < 0.51);
  for (const x of [3, 3.7, 4.25, 5.9]) {
    const [series, fraction] = [erfBySeries(x), erfcByFraction(x)];
    const sum =
      (series.whole << 300n) / 2n ** BigInt(-series.exponent) +
      (fraction.whole << 300n) / 2n ** BigInt(-fraction.exponent);
    const missing = sum - 2n ** 300n;
    assert.ok(
      missing > -(2n ** 100n) && missing < 2n ** 100n,
      `erf + erfc of ${x} are 1 to 200 binary places, missed by ${missing}`,
    );
  }
});

test("erf is less than 2 units in the last place off", () => {
  const ranges = {
    "erf near 0": (random: Random) => (2 * random.next() - 1) * 2 ** -random.integer(60),
    "erf of small numbers": (random: Random) => 4 * random.next() - 2,
    "erf everywhere": (random: Random) => 12 * random.next() - 6,
  };
  for (const [name, numbers] of drawn(ranges, 1000))
    assertNear(numbers, erfOf!, ulpsFromErf, 2, name);
});

test("erfc is less than 4 units in the last place off, out to where it is subnormal", () => {
  const ranges = {
    "erfc of small numbers": (random: Random) => 4 * random.next() - 2,
    "erfc from the middle on": (random: Random) => 0.5 + 2.5 * random.next(),
    "erfc far out": (random: Random) => 3 + 23.5 * random.next(),
    "erfc subnormal": (random: Random) => 26.5 + 0.72 * random.next(),
  };
  for (const [name, numbers] of drawn(ranges, 1000))
    assertNear(numbers, erfcOf!, ulpsFromErfc, 4, name);
});

test("ends, special values and symmetry", () => {
  const erfs: [x: number, y: number][] = [
    [0, 0],
    [-0, -0],
    [1e-20, 1.1283791670955125e-20],
    [5.8, 0.9999999999999998],
    [6, 1],
    [-6, -1],
    [1e308, 1],
    [Infinity, 1],
    [-Infinity, -1],
    [NaN, NaN],
  ];
  for (const [x, y] of erfs)
    assert.ok(Object.is(erfOf!(x), y), `erf(${x}): expected ${y}, got ${erfOf!(x)}`);
  const erfcs: [x: number, y: number][] = [
    [0, 1],
    [-0, 1],
    [1e-20, 1],
    [-6, 2],
    [-1e308, 2],
    [-Infinity, 2],
    [27.22, 5e-324],
    [27.24, 0],
    [28, 0],
    [1e308, 0],
    [Infinity, 0],
    [NaN, NaN],
  ];
  for (const [x, y] of erfcs)
    assert.ok(Object.is(erfcOf!(x), y), `erfc(${x}): expected ${y}, got ${erfcOf!(x)}`);
  const random = new Random("symmetry");
  for (let i = 0; i < 1000; i++) {
    const x = 3 * random.next();
    assert.is(erfOf!(-x), -erfOf!(x));
    assert.ok(Math.abs(erfOf!(x) + erfcOf!(x) - 1) <= 2 ** -52);
    assert.ok(Math.abs(erfcOf!(-x) + erfcOf!(x) - 2) <= 2 ** -51);
  }
});

test("the bits are those that a separate program in Python computes likewise", () => {
  const points = Array.from({ length: 20_000 }, (_, i) => ((i + 1) * 0.6180339887498949) % 1);
  assert.is(hashOf(points.map((p) => erfOf!(12 * p - 6))), "f5665167");
  assert.is(hashOf(points.map((p, i) => erfcOf!(i % 2 === 1 ? 28 * p : 4 * p - 2))), "6b4122f5");
});

test("of a tensor, each is taken element by element", () => {
  const x = tensor([
    [0.5, -1, 2],
    [0.25, 3, -0.125],
  ]);
  for (const f of [erf, erfc])
    assert.equal(f(x).toNested(), [
      [f(0.5), f(-1), f(2)],
      [f(0.25), f(3), f(-0.125)],
    ]);
});

test.run();
