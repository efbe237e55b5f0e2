import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type AffineMap,
  identityMap,
  inTurn,
  rotationMap,
  scaleMap,
  shearMap,
  shiftMap,
  warp,
} from "leibniz/data";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose, assertCloseArrays, assertRejects } from "../../helpers/assert-close.js";
import { interpolated, sourceOf } from "../../helpers/interpolated.js";

const test = suite("warp");

const images = (shape: readonly number[], seed = 0, dtype: "float32" | "float64" = "float64") =>
  new Random(`images ${seed}`).normal(shape, 0, 1, dtype);
const numbers = (x: Tensor): number[] => [...x.contiguous().data];

/** Maps of each kind, and some of several in turn. */
function randomMap(random: Random): AffineMap {
  const between = (low: number, high: number): number => low + (high - low) * random.next();
  const kinds = [
    () => shiftMap(between(-3, 3), between(-3, 3)),
    () => rotationMap(between(-1, 1)),
    () => scaleMap(between(0.4, 2.5)),
    () => shearMap(between(-0.4, 0.4)),
  ];
  const count = 1 + random.integer(3);
  return Array.from({ length: count }, () => kinds[random.integer(4)]!()).reduce(inTurn);
}

test("images are what a sum over all pixels makes of them, whatever the map", () => {
  fc.assert(
    fc.property(
      fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 })),
      fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 7 })),
      fc.integer(),
      fc.constantFrom("float32", "float64"),
      fc.boolean(),
      ([N, C], [H, W], seed, dtype, isDisplaced) => {
        const random = new Random(seed);
        const x = images([N, C, H, W], seed, dtype);
        const map = randomMap(random);
        const displaced = isDisplaced ? random.normal([2, H, W], 0, 1, "float64") : null;
        const out = warp(x, map, displaced);
        assert.is(out.dtype, dtype);
        const expected = interpolated(x, map, displaced ?? undefined);
        const most = Math.max(1e-300, ...numbers(x).map(Math.abs)); // of what may cancel
        const errors = numbers(expected).map((value, p) => Math.abs(value - numbers(out)[p]!));
        assert.ok(Math.max(...errors) <= (dtype === "float64" ? 1e-12 : 1e-6) * most);
      },
    ),
    { numRuns: 120 },
  );
});

test("a map that does nothing gives the same bits", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const x = images([2, 3, 5, 8], 1, dtype);
    for (const map of [identityMap, shiftMap(0, 0), rotationMap(0), scaleMap(1), shearMap(0)])
      assert.equal(numbers(warp(x, map)), numbers(x));
  }
});

test("a shift by whole pixels moves the array, and zeros come in", () => {
  const [H, W] = [6, 9];
  const x = images([2, 2, H, W], 2, "float32");
  for (const [down, right] of [
    [1, 0],
    [0, 1],
    [-2, 3],
    [4, -5],
    [-6, 0],
    [7, 12],
  ] as const) {
    const out = warp(x, shiftMap(down, right));
    for (let n = 0; n < 2; n++)
      for (let c = 0; c < 2; c++)
        for (let h = 0; h < H; h++)
          for (let w = 0; w < W; w++) {
            const [i, j] = [h - down, w - right];
            const isInside = i >= 0 && i < H && j >= 0 && j < W;
            assert.is(out.get(n, c, h, w), isInside ? x.get(n, c, i, j) : 0, `${[down, right]}`);
          }
  }
});

test("a quarter of a turn turns the array counterclockwise, to the bit", () => {
  const x = images([1, 2, 5, 5], 3, "float32");
  const quarter = warp(x, rotationMap(0.5));
  for (let h = 0; h < 5; h++)
    for (let w = 0; w < 5; w++) assert.is(quarter.get(0, 1, h, w), x.get(0, 1, w, 4 - h));
  assert.equal(numbers(warp(quarter, rotationMap(-0.5))), numbers(x));
  assert.equal(numbers(warp(quarter, rotationMap(1.5))), numbers(x));
  // on a wide image what was left and right is lost, and zeros come in above and below
  const wide = images([1, 1, 3, 7], 4, "float32");
  const turned = warp(wide, rotationMap(0.5));
  for (let h = 0; h < 3; h++)
    for (let w = 0; w < 7; w++) {
      const isInside = w >= 2 && w < 5;
      assert.is(turned.get(0, 0, h, w), isInside ? wide.get(0, 0, w - 2, 4 - h) : 0);
    }
  const half = warp(wide, rotationMap(1));
  assert.equal(numbers(half), numbers(wide).reverse());
});

test("directions: down and right, counterclockwise, larger, leaning to the right", () => {
  const [H, W] = [9, 11];
  // up and right of the centre (4, 5)
  const from = (map: AffineMap): number[] => sourceOf(map, [H, W], [2, 8]);
  const close = (map: AffineMap, expected: number[]): void =>
    assertCloseArrays(from(map), expected, { tolerance: 1e-14 });
  close(shiftMap(1.5, -2), [0.5, 10]);
  close(rotationMap(0.5), [7, 7]); // what was below on the right
  close(rotationMap(1 / 6), [
    4 - 2 * Math.cos(Math.PI / 6) + 3 * Math.sin(Math.PI / 6),
    5 + 2 * Math.sin(Math.PI / 6) + 3 * Math.cos(Math.PI / 6),
  ]);
  close(scaleMap(2), [3, 6.5]);
  close(shearMap(1 / 8), [2, 8 - 2 * Math.tan(Math.PI / 8)]); // above the middle, from the left
});

test("maps in turn are one map: the last one is undone first", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = new Random(seed);
      const [first, second] = [randomMap(random), randomMap(random)];
      const place = [random.next() * 5, random.next() * 8] as const;
      const inOne = sourceOf(inTurn(first, second), [5, 8], place);
      const inTwo = sourceOf(first, [5, 8], sourceOf(second, [5, 8], place));
      assertCloseArrays(inOne, inTwo, { tolerance: 1e-12 });
    }),
  );
  const x = images([1, 1, 7, 6], 5);
  const twice = warp(warp(x, shiftMap(0, 0.5)), shiftMap(0, 0.5));
  const once = warp(x, inTurn(shiftMap(0, 0.5), shiftMap(0, 0.5)));
  assert.equal(numbers(once), numbers(warp(x, shiftMap(0, 1))));
  assert.ok(numbers(twice).some((value, p) => Math.abs(value - numbers(once)[p]!) > 0.1));
});

test("what is not finite spreads to its neighbours, and is not lost where its share is 0", () => {
  for (const odd of [NaN, Infinity]) {
    const x = Tensor.zeros([1, 1, 4, 5], "float32");
    x.set([0, 0, 1, 2], odd);
    const out = warp(x, shiftMap(0, 1));
    const where = numbers(out).flatMap((value, p) => (Number.isFinite(value) ? [] : [p]));
    // at (1, 3), and at the places whose right or lower neighbour it is
    assert.equal(where, [2, 3, 7, 8], String(odd));
  }
});

test("from far away, and from no place at all, come zeros", () => {
  const x = Tensor.full([1, 1, 3, 4], 5);
  const none = numbers(Tensor.zeros([12]));
  const far = [1e9, -1e9, 1e300, Infinity, NaN];
  for (const h of far)
    for (const map of [shiftMap(h, 0), shiftMap(0, h), { ...identityMap, hw: h, wh: h }])
      if (map.hw !== 1e9 && map.hw !== -1e9) assert.equal(numbers(warp(x, map)), none, String(h));
  // the edge fades to 0 within a pixel
  assert.equal(numbers(warp(x, shiftMap(0.25, 0))).slice(0, 1), [3.75]);
  assert.equal(numbers(warp(x, shiftMap(1, 0))).slice(0, 5), [0, 0, 0, 0, 5]);
});

test("views are read as they look, and stay as they are", () => {
  const x = images([3, 2, 6, 5], 6);
  const map = inTurn(rotationMap(0.1), shiftMap(0.3, 0.2));
  const view = x.transpose([1, 0, 3, 2]);
  const before = numbers(x);
  assertClose(warp(view, map), interpolated(view, map), { tolerance: 1e-13 });
  assert.equal(numbers(x), before);
});

test("other shapes are refused", async () => {
  const x = Tensor.zeros([2, 1, 3, 4]);
  await assertRejects(
    () => warp(Tensor.zeros([2, 12]), identityMap),
    "warp: expected images, x of shape [N, C, H, W], got [2, 12]",
  );
  await assertRejects(
    () => warp(x, identityMap, Tensor.zeros([2, 4, 3])),
    "warp: expected displacements of shape [2, 3, 4], got [2, 4, 3]",
  );
});

test.run();
