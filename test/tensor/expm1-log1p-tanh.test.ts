import { test } from "uvu";
import * as assert from "uvu/assert";
import { exp, expm1, log, log1p, type Random, tanh, tensor } from "leibniz/tensor";
import { assertNear, drawn, hashOf } from "../helpers/accuracy.js";
import { ulpsFromExpm1, ulpsFromLog1p, ulpsFromTanh } from "../helpers/high-precision.js";

const [expm1Of, log1pOf, tanhOf]: ((x: number) => number)[] = [expm1, log1p, tanh] as const;

/** From −1 to 1, but not 0. */
const signed = (random: Random): number => (random.integer(2) === 0 ? -1 : 1) * (1 - random.next());

test("the truth itself: known digits, and the error of a neighbour", () => {
  // e − 1 = 1.71828182845904523536…, the number 1.718281828459045 is 1.71828182845904509079…
  assert.ok(Math.abs(ulpsFromExpm1(1, 1.718281828459045) + 0.651) < 1e-3);
  assert.ok(Math.abs(ulpsFromExpm1(1, 1.7182818284590453) - 0.349) < 1e-3);
  // At x = 2⁻²⁶ the unit is x³ above x, and half of that below.
  assert.ok(
    Math.abs(ulpsFromExpm1(2 ** -26, 2 ** -26 + 2 ** -53) + 1 / 6) < 1e-4,
    "eˣ − 1 = x + x²/2 + x³/6 + …",
  );
  assert.ok(
    Math.abs(ulpsFromLog1p(2 ** -26, 2 ** -26 - 2 ** -53) + 2 / 3) < 1e-4,
    "log(1 + x) = x − x²/2 + x³/3 − …",
  );
  assert.ok(
    Math.abs(ulpsFromLog1p(9, 2.302585092994046) - 0.4889) < 1e-3,
    "ln 10, as in the test of log",
  );
  // tanh 1 = 0.76159415595576488811…, the number 0.7615941559557649 is 0.76159415595576485102…
  assert.ok(Math.abs(ulpsFromTanh(1, 0.7615941559557649) + 0.334) < 1e-3);
});

test("expm1 is less than 1 unit in the last place off", () => {
  const ranges = {
    "expm1 near 0": (random: Random) => signed(random) * 2 ** -random.integer(60),
    "expm1 within a few halvings": (random: Random) => 2 * signed(random),
    "expm1 on its way to −1": (random: Random) => -39 * random.next(),
    "expm1 everywhere": (random: Random) => 747.7 * random.next() - 38,
  };
  for (const [name, numbers] of drawn(ranges, 2000))
    assertNear(numbers, expm1Of!, ulpsFromExpm1, 1, name);
});

test("log1p is less than 1.5 units in the last place off", () => {
  const ranges = {
    "log1p near 0": (random: Random) => (signed(random) / 2) * 2 ** -random.integer(60),
    "log1p from −1 to 0": (random: Random) => -random.next(),
    "log1p of small numbers": (random: Random) => 4 * random.next(),
    "log1p of large numbers": (random: Random) => (1 + random.next()) * 2 ** random.integer(200),
  };
  for (const [name, numbers] of drawn(ranges, 2000))
    assertNear(numbers, log1pOf!, ulpsFromLog1p, 1.5, name);
});

test("tanh is less than 2.5 units in the last place off", () => {
  const ranges = {
    "tanh near 0": (random: Random) => signed(random) * 2 ** -random.integer(60),
    "tanh of small numbers": (random: Random) => 2 * signed(random),
    "tanh everywhere": (random: Random) => 25 * signed(random),
  };
  for (const [name, numbers] of drawn(ranges, 2000))
    assertNear(numbers, tanhOf!, ulpsFromTanh, 2.5, name);
});

test("ends and special values", () => {
  const values: [name: string, f: (x: number) => number, pairs: [x: number, y: number][]][] = [
    [
      "expm1",
      expm1Of!,
      [
        [0, 0],
        [-0, -0],
        [5e-324, 5e-324],
        [-5e-324, -5e-324],
        [1e-20, 1e-20],
        [-37, -0.9999999999999999],
        [-37.44, -1],
        [-800, -1],
        [-Infinity, -1],
        [709.782712893384, 1.7976931348622732e308],
        [709.7827128933841, Infinity],
        [800, Infinity],
        [Infinity, Infinity],
        [NaN, NaN],
      ],
    ],
    [
      "log1p",
      log1pOf!,
      [
        [0, 0],
        [-0, -0],
        [5e-324, 5e-324],
        [1e-20, 1e-20],
        [-1e-20, -1e-20],
        [1, Math.LN2],
        [-0.5, -Math.LN2],
        [-1, -Infinity],
        [-1.0000000000000002, NaN],
        [-2, NaN],
        [2 ** 53, 53 * Math.LN2],
        [Number.MAX_VALUE, 709.782712893384],
        [Infinity, Infinity],
        [-Infinity, NaN],
        [NaN, NaN],
      ],
    ],
    [
      "tanh",
      tanhOf!,
      [
        [0, 0],
        [-0, -0],
        [5e-324, 5e-324],
        [-1e-20, -1e-20],
        [19, 0.9999999999999999],
        [20, 1],
        [-20, -1],
        [1e308, 1],
        [Infinity, 1],
        [-Infinity, -1],
        [NaN, NaN],
      ],
    ],
  ];
  for (const [name, f, pairs] of values)
    for (const [x, y] of pairs)
      assert.ok(Object.is(f(x), y), `${name}(${x}): expected ${y}, got ${f(x)}`);
});

test("the bits are those that a separate program in Python computes likewise", () => {
  // The fractions of multiples of the golden ratio lie evenly in 0 … 1, and every step to them is
  // exactly rounded.
  const points = Array.from({ length: 20_000 }, (_, i) => ((i + 1) * 0.6180339887498949) % 1);
  assert.is(
    hashOf(points.map((p, i) => expm1Of!(i % 2 === 1 ? 740 * p - 38 : 2 * p - 1))),
    "2d9fce0b",
  );
  assert.is(hashOf(points.map((p, i) => log1pOf!(i % 2 === 1 ? 1000 * p : p - 1))), "fa5fb038");
  assert.is(
    hashOf(points.map((p, i) => tanhOf!(i % 2 === 1 ? 44 * p - 22 : 2 * p - 1))),
    "838be61b",
  );
});

test("of a tensor, each is taken element by element, also through a view", () => {
  const x = tensor([
    [0.5, -1, 2],
    [0.25, 3, -0.125],
  ]).transpose();
  for (const f of [exp, expm1, log, log1p, tanh]) {
    const out = f(x);
    assert.equal(out.shape, [3, 2]);
    for (const [i, j] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
    ] as const)
      assert.ok(Object.is(out.get(i, j), f(x.get(i, j))));
  }
});

test.run();
