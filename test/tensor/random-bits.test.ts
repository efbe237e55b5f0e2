import { test } from "uvu";
import * as assert from "uvu/assert";
import { RANDOM_BLOCK, Random, randomBits } from "leibniz/tensor";

test("they are those of a separate program in Python, across a block's end", () => {
  const cases: [number | string, number[]][] = [
    [
      1,
      [
        893776984, 1832683580, 525688655, 3817126033, 2624840640, 35034482, 1286838620, 2359462344,
        1869737799, 587223690,
      ],
    ],
    [
      "1/dropout",
      [
        3504602372, 3376096054, 3287223697, 930503273, 1172801591, 366416269, 1803519351,
        3584598703, 3669775127, 1700511378,
      ],
    ],
    [
      "seed ü",
      [
        2765067739, 2174649925, 701199445, 616963517, 13304207, 4118170034, 2182685194, 206591333,
        59243004, 859443183,
      ],
    ],
  ];
  const places = [0, 1, 2, 3, 4, 5, 4095, 4096, 4097, 8999];
  assert.is(RANDOM_BLOCK, 4096);
  for (const [seed, expected] of cases) {
    const bits = randomBits(seed, 9000);
    assert.equal(
      places.map((i) => bits[i]),
      expected,
      String(seed),
    );
  }
});

test("they depend on the seed and the place, not on how many there are", () => {
  const all = randomBits("prefix", 10_000);
  for (const count of [0, 1, 2, 3, 5, 4095, 4096, 4097, 9999])
    assert.equal([...randomBits("prefix", count)], [...all.subarray(0, count)], String(count));
  assert.equal([...randomBits(1, 5)], [...randomBits("1", 5)]);
  assert.not.equal([...randomBits(1, 5)], [...randomBits(2, 5)]);
  const random = new Random(1);
  const drawn = Array.from({ length: 5 }, () => random.bits());
  assert.not.equal([...randomBits(1, 5)], drawn, "what a source with that seed draws itself");
});

/** Covariance of numbers in [−½, ½) in standard deviations of it, if they are independent. */
function covariance(a: (i: number) => number, b: (i: number) => number, n: number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += a(i) * b(i);
  return (total * 12) / Math.sqrt(n);
}

test("streams and blocks of one seed, and neighbouring seeds, are not alike", () => {
  const n = 100 * RANDOM_BLOCK;
  const numbers = (bits: Uint32Array) => (i: number) => bits[i]! / 2 ** 32 - 0.5;
  const [one, other] = [5, 6].map((seed) => numbers(randomBits(seed, n + 2 * RANDOM_BLOCK)));
  for (const distance of [1, 2, 3, 4, 5, RANDOM_BLOCK - 1, RANDOM_BLOCK, 2 * RANDOM_BLOCK]) {
    const sigma = covariance(one!, (i) => one!(i + distance), n);
    assert.ok(Math.abs(sigma) < 5, `${distance} apart: ${sigma} sigma`);
  }
  for (const distance of [0, 1, 4, RANDOM_BLOCK]) {
    const sigma = covariance(one!, (i) => other!(i + distance), n);
    assert.ok(Math.abs(sigma) < 5, `next seed, ${distance} apart: ${sigma} sigma`);
  }
  // the first draws of many streams
  const firsts = (i: number): number => one!(Math.floor(i / 4) * RANDOM_BLOCK + (i % 4));
  const sigma = covariance(firsts, (i) => firsts(i + 1), 399);
  assert.ok(Math.abs(sigma) < 5, `first draws: ${sigma} sigma`);
});

test("each of 32 bits is set half of the time", () => {
  const n = 20 * RANDOM_BLOCK;
  const set = new Array<number>(32).fill(0);
  for (const bits of randomBits("halves", n))
    for (let bit = 0; bit < 32; bit++) set[bit]! += (bits >>> bit) & 1;
  for (const [bit, count] of set.entries()) {
    const sigma = (count - n / 2) / (Math.sqrt(n) / 2);
    assert.ok(Math.abs(sigma) < 5, `bit ${bit}: ${sigma} sigma`);
  }
});

test.run();
