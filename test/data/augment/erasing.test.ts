import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { buildAugmentations, drawRectangle, erasedSides, erasing } from "leibniz/data";
import { Random, Tensor } from "leibniz/tensor";
import { assertCloseArrays } from "../../helpers/assert-close.js";

const test = suite("erasing");

test("a rectangle lies inside, and has its share of the area up to rounding", () => {
  fc.assert(
    fc.property(
      fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })),
      fc.tuple(fc.double({ min: 0, max: 1 }), fc.double({ min: 0, max: 1 })),
      fc.double({ min: 0.05, max: 1 }),
      fc.integer(),
      ([height, width], shares, aspect, seed) => {
        const area = shares.sort((a, b) => a - b) as [number, number];
        if (shares.some(Number.isNaN) || Number.isNaN(aspect)) return;
        const options = { probability: 1, area, aspect };
        const found = drawRectangle({ height, width }, options, new Random(seed));
        assert.ok(found.top >= 0 && found.top + found.height <= height);
        assert.ok(found.left >= 0 && found.left + found.width <= width);
        const [least, most] = area.map((share) => share * height * width) as [number, number];
        const slack = (found.height + found.width) / 2 + 0.25;
        assert.ok(found.height * found.width >= least - slack);
        assert.ok(found.height * found.width <= most + slack);
      },
    ),
    { numRuns: 300 },
  );
});

test("sides: their product is the share, their ratio the one that was drawn", () => {
  const [a, b] = erasedSides([20, 30], 0.1, 0.5);
  assertCloseArrays([a * b, a / 20 / (b / 30)], [60, 0.5], { tolerance: 1e-14 });
  assertCloseArrays(erasedSides([20, 30], 0.25, 4), [20, 7.5], { tolerance: 1e-15 });
});

test("ratios go from the given one to its inverse, evenly on a logarithmic scale", () => {
  const random = new Random("ratios");
  const size = { height: 4000, width: 3000 };
  const options = { probability: 1, area: [0.01, 0.02] as const, aspect: 0.25 };
  const logs = Array.from({ length: 4000 }, () => {
    const { height, width } = drawRectangle(size, options, random);
    return Math.log2(height / 4000 / (width / 3000));
  });
  assert.ok(Math.min(...logs) > -2.01 && Math.max(...logs) < 2.01);
  for (const edge of [-1, 0, 1]) {
    const below = logs.filter((value) => value < edge).length / logs.length;
    assert.ok(Math.abs(below - (edge + 2) / 4) < 0.03, `${below} below ${edge}`);
  }
});

test("all channels lose the same pixels, the others keep their bits", () => {
  const x = new Random("x").uniform([200, 3, 9, 13], 1, 2);
  const augment = buildAugmentations([erasing({ probability: 1, area: [0.1, 0.3], value: -0.5 })])!;
  const out = augment(x, (n) => new Random(n));
  const places = new Set<number>();
  for (let n = 0; n < 200; n++) {
    let erased = 0;
    for (let h = 0; h < 9; h++)
      for (let w = 0; w < 13; w++) {
        const values = [0, 1, 2].map((c) => out.get(n, c, h, w));
        if (values[0] === -0.5) {
          assert.equal(values, [-0.5, -0.5, -0.5]);
          erased++;
          places.add(h * 13 + w);
        } else
          assert.equal(
            values,
            [0, 1, 2].map((c) => x.get(n, c, h, w)),
          );
      }
    assert.ok(erased >= 6 && erased <= 44, String(erased));
  }
  assert.is(places.size, 9 * 13, "any pixel may be lost");
});

test("the probability says how many images lose something, the share how much", () => {
  const x = Tensor.full([2000, 1, 3, 4], 7);
  const lost = (probability: number): number => {
    const augment = buildAugmentations([erasing({ probability, area: [1, 1] })])!;
    const out = augment(x, (n) => new Random(n));
    const some = Array.from(
      { length: 2000 },
      (_, n) => new Set(out.data.subarray(n * 12, n * 12 + 12)),
    );
    assert.ok(some.every((values) => values.size === 1));
    return some.filter((values) => values.has(0)).length / 2000;
  };
  assert.is(lost(1), 1);
  assert.ok(Math.abs(lost(0.3) - 0.3) < 0.03);
});

test.run();
