import { test } from "uvu";
import * as assert from "uvu/assert";
import { exp, integerPower, log, Random } from "leibniz/tensor";
import { assertNear, drawn, hashOf } from "../helpers/accuracy.js";
import { ulpsFromExp, ulpsFromLog } from "../helpers/high-precision.js";

const expOf: (x: number) => number = exp;
const logOf: (x: number) => number = log;

test("the truth itself: known digits of e and ln 10, and the error of a neighbour", () => {
  // e = 2.718281828459045 09… + 0.3255 units, by its digits 2.71828182845904523536…
  assert.ok(Math.abs(ulpsFromExp(1, 2.718281828459045) + 0.3255) < 1e-3);
  assert.ok(Math.abs(ulpsFromExp(1, 2.7182818284590455) - (1 - 0.3255)) < 1e-3);
  // ln 10 = 2.30258509299404568401…, the number 2.302585092994046 is 2.30258509299404590109…
  assert.ok(Math.abs(ulpsFromLog(10, 2.302585092994046) - 0.4889) < 1e-3);
  assert.is(ulpsFromExp(0, 1), 0);
  assert.ok(
    Math.abs(ulpsFromExp(-745, 5e-324) - 0.4287) < 1e-3,
    "e^−745 = 2.82235e-324, in units of 4.94066e-324",
  );
});

test("exp is less than 0.8 units in the last place off", () => {
  const ranges = {
    "exp near 0": (random: Random) => (2 * random.next() - 1) * 2 ** -random.integer(60),
    "exp within one halving": (random: Random) => (2 * random.next() - 1) * 0.35,
    "exp of logits": (random: Random) => -40 * random.next(),
    "exp everywhere": (random: Random) => 1417.9 * random.next() - 708.3,
    "exp subnormal": (random: Random) => -708.4 - 36.6 * random.next(),
  };
  for (const [name, numbers] of drawn(ranges, 2000))
    assertNear(numbers, expOf, ulpsFromExp, 0.8, name);
  assertNear(
    Array.from({ length: 1400 }, (_, i) => i - 700),
    expOf,
    ulpsFromExp,
    0.8,
    "exp of whole numbers",
  );
});

test("log is less than 0.8 units in the last place off", () => {
  const ranges = {
    "log near 1": (random: Random) => 1 + (random.next() - 0.5) * 2 ** -random.integer(50),
    "log from √½ to √2": (random: Random) => Math.SQRT1_2 * (1 + random.next()),
    "log of uniform numbers": (random: Random) => random.next(),
    "log everywhere": (random: Random) => (1 + random.next()) * 2 ** (random.integer(2046) - 1022),
    "log subnormal": (random: Random) =>
      Math.max(1, random.bits()) * 5e-324 * 2 ** random.integer(20),
  };
  for (const [name, numbers] of drawn(ranges, 2000))
    assertNear(
      numbers.filter((x) => x !== 1),
      logOf,
      ulpsFromLog,
      0.8,
      name,
    );
  assertNear(
    Array.from({ length: 1000 }, (_, i) => i + 2),
    logOf,
    ulpsFromLog,
    0.8,
    "log of whole numbers",
  );
});

test("exp and log stay within two units of the engine's own", () => {
  const random = new Random("engine");
  for (let i = 0; i < 20_000; i++) {
    const x = 1400 * random.next() - 700;
    assert.ok(Math.abs(expOf(x) / Math.exp(x) - 1) <= 2 ** -51, `exp of ${x}`);
    const y = Math.exp(x);
    assert.ok(Math.abs(logOf(y) - Math.log(y)) <= 2 ** -51 * Math.abs(Math.log(y)), `log of ${y}`);
  }
});

test("ends and special values", () => {
  const exps: [x: number, y: number][] = [
    [0, 1],
    [-0, 1],
    [1, Math.E],
    [-1, 0.36787944117144233],
    [5e-324, 1],
    [-5e-324, 1],
    [2 ** -53, 1],
    [2 ** -52, 1 + 2 ** -52],
    [709.782712893384, 1.7976931348622732e308],
    [709.7827128933841, Infinity],
    [710, Infinity],
    [1e308, Infinity],
    [Infinity, Infinity],
    [-745.1332191019411, 5e-324],
    [-745.1332191019412, 0],
    [-745.2, 0],
    [-1e308, 0],
    [-Infinity, 0],
    [NaN, NaN],
  ];
  for (const [x, y] of exps)
    assert.ok(Object.is(expOf(x), y), `exp(${x}): expected ${y}, got ${expOf(x)}`);
  const logs: [x: number, y: number][] = [
    [1, 0],
    [2, Math.LN2],
    [10, Math.LN10],
    [0.5, -Math.LN2],
    [Math.E, 1],
    [5e-324, -744.4400719213812],
    [2 ** -1022, -708.3964185322641],
    [Number.MAX_VALUE, 709.782712893384],
    [0, -Infinity],
    [-0, -Infinity],
    [-5e-324, NaN],
    [-1, NaN],
    [Infinity, Infinity],
    [-Infinity, NaN],
    [NaN, NaN],
  ];
  for (const [x, y] of logs)
    assert.ok(Object.is(logOf(x), y), `log(${x}): expected ${y}, got ${logOf(x)}`);
});

test("the bits are those that a separate program in Python computes likewise", () => {
  const times = (n: number, draw: (i: number) => number): number[] =>
    Array.from({ length: n }, (_, i) => draw(i));
  const forExp = new Random("bits of exp");
  assert.is(
    hashOf(
      times(20_000, (i) => expOf(i % 2 === 1 ? 1500 * forExp.next() - 780 : 2 * forExp.next() - 1)),
    ),
    "40770053",
  );
  const forLog = new Random("bits of log");
  const anyNumber = (): number => {
    const fraction = 1 + forLog.next();
    return fraction * 2 ** ((forLog.bits() % 2098) - 1074);
  };
  assert.is(
    hashOf(times(20_000, (i) => logOf(i % 2 === 1 ? 2 * forLog.next() || 1 : anyNumber()))),
    "a8dc7092",
  );
  const normal = new Random("bits of normal");
  assert.is(hashOf(times(20_000, () => normal.nextNormal())), "311a2a7e");
});

test("whole powers: exact where they can be, and near where they cannot", () => {
  for (const base of [0, 1, 0.9, 0.999, -3, 0.1]) {
    assert.is(integerPower(base, 0), 1);
    assert.is(integerPower(base, 1), base);
    assert.is(integerPower(base, 2), base * base);
  }
  for (let n = 0; n <= 33; n++) assert.is(integerPower(3, n), Number(3n ** BigInt(n)), `3^${n}`);
  for (let n = 1; n <= 3000; n++)
    assert.ok(Math.abs(integerPower(0.999, n) / 0.999 ** n - 1) < n * 2 ** -52, `0.999^${n}`);
  assert.is(integerPower(0.9, 1e9), 0);
});

test.run();
