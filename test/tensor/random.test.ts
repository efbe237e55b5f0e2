import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Allocator, heapAllocator, Random, sameShape, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const times = <T>(n: number, draw: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => draw(i));

/** Requires a statistic to lie within five standard deviations of its expectation. */
function assertWithin5Sigma(actual: number, expected: number, sigma: number, what: string): void {
  const distance = Math.abs(actual - expected) / sigma;
  assert.ok(
    distance <= 5,
    `${what}: expected ${expected} ± ${sigma}, got ${actual}, ${distance.toFixed(1)} sigma away`,
  );
}

/**
 * Requires counts of equally likely outcomes to be so by Pearson's chi-square, whose mean is k − 1
 * and variance 2 (k − 1).
 */
function assertEquallyLikely(counts: readonly number[], what: string): void {
  const expected = counts.reduce((a, b) => a + b) / counts.length;
  const chiSquare = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
  assertWithin5Sigma(
    chiSquare,
    counts.length - 1,
    Math.sqrt(2 * (counts.length - 1)),
    `chi-square of ${what}`,
  );
}

/** How often each of `kinds` outcomes comes up in n draws. */
function tally(kinds: number, n: number, draw: () => number): number[] {
  const counts = new Array<number>(kinds).fill(0);
  for (let i = 0; i < n; i++) counts[draw()]!++;
  return counts;
}

/** The mean of f over numbers. */
const average = (values: readonly number[], f: (value: number) => number): number =>
  values.reduce((total, value) => total + f(value), 0) / values.length;

test(
  "the generator is sfc32 keyed by the seed: " +
    "its numbers as a separate program in Python computes them",
  () => {
    const cases: [number | string, number[]][] = [
      [1, [977924363, 1258591824, 372947730]],
      ["1/conv2", [2907515401, 366703413, 1426340264]],
      ["seed ü", [4094076367, 530364411, 2360901478]],
      ["", [2726724819, 2913027621, 967599297]],
    ];
    for (const [seed, bits] of cases) {
      const random = new Random(seed);
      assert.equal(
        times(bits.length, () => random.bits()),
        bits,
      );
    }
  },
);

test(
  "draws of every kind are pinned, again by a separate program: a seed gives the same " +
    "numbers in every version",
  () => {
    assert.is(new Random(1).next(), ((977924363 >>> 5) * 2 ** 26 + (1258591824 >>> 6)) / 2 ** 53);
    const normal = new Random(1);
    assertClose(
      tensor([normal.nextNormal(), normal.nextNormal()]),
      tensor([-0.11218533013724528, -0.17021531278214083]),
      { tolerance: 1e-15 },
    );
    const integer = new Random(1);
    assert.equal(
      times(8, () => integer.integer(10)),
      [3, 4, 0, 3, 8, 0, 2, 1],
    );
    assert.equal([...new Random(1).permutation(8)], [1, 5, 4, 2, 7, 6, 0, 3]);
    assertClose(
      new Random(1).uniform([3], -2, 5, "float64"),
      tensor([-0.406164690470165, -1.3921644087129388, 3.147462684838821]),
      { tolerance: 1e-15 },
    );
    assertClose(
      new Random(1).normal([3], 4, 0.5, "float64"),
      tensor([3.9439073349313776, 3.91489234360893, 4.409354680024378]),
      { tolerance: 1e-15 },
    );
  },
);

test('the same seed gives the same numbers, another seed others; 1 and "1" are one seed', () => {
  const first = (seed: number | string): string => {
    const random = new Random(seed);
    return times(4, () => random.bits()).join();
  };
  assert.is(first(42), first(42));
  assert.is(first(1), first("1"));
  const seeds = [0, 1, 2, -1, 0.5, 10, 100, 1e9, "", "a", "b", "ab", "ba", "1/conv2", "2/conv1"];
  assert.is(new Set(seeds.map(first)).size, seeds.length);
});

test("neighbouring seeds are not alike: first numbers are even and uncorrelated", () => {
  const n = 20_000;
  const firsts = times(n, (seed) => new Random(seed).next());
  assertEquallyLikely(
    tally(
      16,
      n,
      (
        (i) => () =>
          Math.floor(firsts[i++]! * 16)
      )(0),
    ),
    "first numbers of seeds 0 … 19999",
  );
  const products = firsts.slice(1).map((value, i) => (value - 0.5) * (firsts[i]! - 0.5));
  assertWithin5Sigma(
    average(products, (value) => value),
    0,
    1 / 12 / Math.sqrt(n - 1),
    "covariance of neighbouring seeds",
  );
});

test("split depends on the seed and the name, not on draws, siblings or their order", () => {
  const expected = new Random(7).split("conv2").normal([3, 4]);
  const drawn = new Random(7);
  drawn.bits();
  drawn.nextNormal();
  drawn.split("conv1").uniform([5], 0, 1);
  assertClose(drawn.split("conv2").normal([3, 4]), expected, {
    tolerance: 0,
    what: "after draws and a sibling",
  });
  assertClose(drawn.split("conv2").normal([3, 4]), expected, { tolerance: 0, what: "split again" });

  const parent = new Random(7);
  const undisturbed = new Random(7);
  parent.split("conv1").bits();
  assert.is(parent.bits(), undisturbed.bits(), "a split takes nothing from its parent");

  const all = [
    new Random(7),
    new Random(8),
    new Random(7).split("a"),
    new Random(8).split("a"),
    new Random(7).split("b"),
    new Random(7).split("a").split("b"),
    new Random(7).split("b").split("a"),
  ];
  assert.is(new Set(all.map((random) => random.bits())).size, all.length);
});

test("siblings and parent are uncorrelated", () => {
  const n = 20_000;
  const parent = new Random("family");
  const series = [parent.split("conv1"), parent.split("conv2"), parent].map((random) =>
    times(n, () => random.next() - 0.5),
  );
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const covariance =
      series[a]!.reduce((total, value, i) => total + value * series[b]![i]!, 0) / n;
    assertWithin5Sigma(covariance, 0, 1 / 12 / Math.sqrt(n), `covariance of ${a} and ${b}`);
  }
});

test("next is in [0, 1), and each of its 53 bits is set half of the time", () => {
  const n = 20_000;
  const random = new Random("bits");
  const set = new Array<number>(53).fill(0);
  for (let i = 0; i < n; i++) {
    const value = random.next();
    assert.ok(value >= 0 && value < 1);
    let digits = value * 2 ** 53;
    assert.ok(Number.isInteger(digits));
    for (let bit = 0; bit < 53; bit++) {
      set[bit]! += digits % 2;
      digits = Math.floor(digits / 2);
    }
  }
  set.forEach((count, bit) => assertWithin5Sigma(count, n / 2, Math.sqrt(n) / 2, `bit ${bit}`));
});

test("uniform: range, mean, variance and spread", () => {
  const n = 100_000;
  for (const dtype of ["float32", "float64"] as const) {
    const x = new Random(`uniform ${dtype}`).uniform([400, 250], -3, 5, dtype);
    const values = [...x.data];
    assert.ok(values.every((value) => value >= -3 && value < 5));
    assertWithin5Sigma(
      average(values, (value) => value),
      1,
      8 / Math.sqrt(12 * n),
      "mean",
    );
    assertWithin5Sigma(
      average(values, (value) => (value - 1) ** 2),
      64 / 12,
      64 * Math.sqrt((1 / 80 - 1 / 144) / n),
      "variance",
    );
    assertEquallyLikely(
      tally(
        32,
        n,
        (
          (i) => () =>
            Math.floor((values[i++]! + 3) * 4)
        )(0),
      ),
      "uniform numbers in 32 bins",
    );
    assert.is(x.dtype, dtype);
  }
});

test("normal: mean, variance, skewness, kurtosis, share within one sigma, no ties", () => {
  const n = 100_000;
  for (const dtype of ["float32", "float64"] as const) {
    const x = new Random(`normal ${dtype}`).normal([250, 400], -2, 3, dtype);
    const z = [...x.data].map((value) => (value + 2) / 3);
    assertWithin5Sigma(
      average(z, (value) => value),
      0,
      1 / Math.sqrt(n),
      "mean",
    );
    assertWithin5Sigma(
      average(z, (value) => value ** 2),
      1,
      Math.sqrt(2 / n),
      "variance",
    );
    assertWithin5Sigma(
      average(z, (value) => value ** 3),
      0,
      Math.sqrt(15 / n),
      "third moment",
    );
    assertWithin5Sigma(
      average(z, (value) => value ** 4),
      3,
      Math.sqrt(96 / n),
      "fourth moment",
    );
    const inside = 0.6826894921370859;
    assertWithin5Sigma(
      average(z, (value) => (Math.abs(value) < 1 ? 1 : 0)),
      inside,
      Math.sqrt((inside * (1 - inside)) / n),
      "share within one sigma",
    );
    for (const f of [(value: number) => value, (value: number) => (value ** 2 - 1) / Math.SQRT2]) {
      const lagged = z.slice(1).map((value, i) => f(value) * f(z[i]!));
      assertWithin5Sigma(
        average(lagged, (value) => value),
        0,
        1 / Math.sqrt(n - 1),
        "correlation of neighbours",
      );
    }
  }
});

test(
  "uniform and normal fill in row-major order, float32 by default, " +
    "in memory of the given allocator",
  () => {
    const asked: string[] = [];
    const counted: Allocator = {
      allocate(dtype, length) {
        asked.push(`${dtype} ${length}`);
        return heapAllocator.allocate(dtype, length);
      },
    };
    const random = new Random(5);
    const twin = new Random(5);
    const x = random.uniform([2, 3], 1, 4, "float64", counted);
    assertClose(
      x,
      Tensor.from(
        times(6, () => 1 + 3 * twin.next()),
        [2, 3],
        "float64",
      ),
      { tolerance: 0 },
    );
    const y = random.normal([3, 1, 2], 10, 0.5, "float32", counted);
    assertClose(
      y,
      Tensor.from(
        times(6, () => 10 + 0.5 * twin.nextNormal()),
        [3, 1, 2],
      ),
      { tolerance: 0 },
    );
    assert.equal(asked, ["float64 6", "float32 6"]);
    assert.ok(
      random.uniform([2], 0, 1).dtype === "float32" && random.normal([2]).dtype === "float32",
    );
    assert.ok(sameShape(random.normal([0, 3]).shape, [0, 3]));
  },
);

test("a shape or a length that no tensor has is refused before anything is drawn", async () => {
  for (const draw of [
    (random: Random, shape: number[]) => random.uniform(shape, 0, 1),
    (random: Random, shape: number[]) => random.normal(shape),
  ]) {
    const random = new Random(5);
    await assertRejects(
      () => draw(random, [1e6, 1e6]),
      "Random: expected at most 2³¹ elements, got shape [1000000, 1000000]",
    );
    await assertRejects(
      () => draw(random, [-2, -3]),
      "Random: expected extents that are whole numbers ≥ 0, got shape [-2, -3]",
    );
    assert.is(random.bits(), new Random(5).bits());
  }
  for (const n of [-1, 2.5, NaN, Infinity, 2 ** 31 + 1]) {
    await assertRejects(
      () => new Random(5).permutation(n),
      `Random.permutation: expected a whole number from 0 to 2³¹, got ${n}`,
    );
  }
});

test("integer: every number equally likely", () => {
  for (const bound of [2, 7, 10, 100]) {
    const random = new Random(`below ${bound}`);
    assertEquallyLikely(
      tally(bound, 40_000, () => random.integer(bound)),
      `integers below ${bound}`,
    );
  }
  // A plain remainder would give the first third of this range twice as often as the others.
  const random = new Random("large");
  assertEquallyLikely(
    tally(3, 30_000, () => Math.floor(random.integer(3 * 2 ** 30) / 2 ** 30)),
    "thirds of 3 · 2³⁰",
  );
});

test("integer at the ends of what it takes", async () => {
  assert.equal(
    times(5, () => new Random(3).integer(1)),
    [0, 0, 0, 0, 0],
  );
  assert.is(new Random(3).integer(2 ** 32), new Random(3).bits());
  for (const bound of [0, -1, 1.5, NaN, Infinity, 2 ** 32 + 1]) {
    await assertRejects(
      () => new Random(3).integer(bound),
      `Random.integer: expected a bound from 1 to 2³², got ${bound}`,
    );
  }
});

test("permutation holds every number once, and every order is equally likely", () => {
  const random = new Random("orders");
  for (let n = 0; n < 30; n++)
    assert.equal(
      [...random.permutation(n)].sort((a, b) => a - b),
      times(n, (i) => i),
    );
  const rank = ([a, b, c, d]: number[]): number => {
    const left = [0, 1, 2, 3];
    return [a!, b!, c!, d!].reduce((place, value) => {
      const at = left.indexOf(value);
      const among = left.length;
      left.splice(at, 1);
      return place * among + at;
    }, 0);
  };
  assertEquallyLikely(
    tally(24, 24_000, () => rank([...random.permutation(4)])),
    "the 24 orders of four",
  );
});

test.run();
