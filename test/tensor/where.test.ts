import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random, sameShape, Tensor, tensor, where } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { indicesOf } from "../helpers/views.js";

/** Three operands that broadcast: each has some of the axes, and extent 1 where it repeats. */
const cases = fc.record({
  shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
  left: fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }),
  single: fc.array(fc.nat(7), { minLength: 3, maxLength: 3 }),
  dtype: fc.constantFrom("float32" as const, "float64" as const),
  conditionType: fc.constantFrom("float32" as const, "float64" as const),
  seed: fc.nat(),
});

test("where against loops over every index, with operands that broadcast and are views", () => {
  fc.assert(
    fc.property(cases, ({ shape, left, single, dtype, conditionType, seed }) => {
      const random = new Random(seed);
      const own = (n: number): number[] =>
        shape
          .map((extent, axis) => ((single[n]! >> axis) & 1 ? 1 : extent))
          .slice(n === 0 ? 0 : Math.min(left[n]!, shape.length));
      const make = (n: number, type: typeof dtype): Tensor =>
        random.normal(own(n).toReversed(), 0, 1, type).transpose();
      const condition = make(0, conditionType);
      for (const index of indicesOf(condition.shape))
        if (random.next() < 0.5) condition.set(index, 0);
      const [a, b] = [make(1, dtype), make(2, dtype)];
      const out = where(condition, a, b);
      const what = `${[condition, a, b].map((one) => `[${one.shape}]`)}`;
      const expected = shape.map((extent, axis) => {
        const extents = [condition, a, b].map(
          (one) => one.shape[axis - (shape.length - one.rank)] ?? 1,
        );
        return extents.every((one) => one === 1) ? 1 : extent;
      });
      assert.ok(sameShape(out.shape, expected), what);
      assert.is(out.dtype, dtype);
      assert.ok(out.isContiguous && !out.sharesMemoryWith(a) && !out.sharesMemoryWith(b), what);
      const at = (one: Tensor, index: readonly number[]): number =>
        one.get(
          ...one.shape.map((extent, axis) =>
            extent === 1 ? 0 : index[axis + index.length - one.rank]!,
          ),
        );
      for (const index of indicesOf(out.shape))
        assert.is(at(out, index), at(condition, index) === 0 ? at(b, index) : at(a, index), what);
    }),
    { seed: 13, numRuns: 300 },
  );
});

test("where written out: tensors and numbers, one condition for all", () => {
  const x = tensor([
    [-1, 2],
    [3, -4],
  ]);
  const isRow = tensor([[1], [0]], "float32");
  assertClose(
    where(isRow, x, 0),
    tensor([
      [-1, 2],
      [0, 0],
    ]),
    { tolerance: 0 },
  );
  assertClose(
    where(isRow, 7, x),
    tensor([
      [7, 7],
      [3, -4],
    ]),
    { tolerance: 0 },
  );
  assertClose(
    where(tensor(0), x, tensor([5, 6])),
    tensor([
      [5, 6],
      [5, 6],
    ]),
    { tolerance: 0 },
  );
  const numbers = where(isRow, 1, 0.1);
  assert.is(numbers.dtype, "float32", "that of the condition");
  assert.equal(numbers.toNested(), [[1], [Math.fround(0.1)]]);
  assert.is(where(tensor(1), 2, 3).item(), 2);
});

test("where selects: a NaN that is not taken is gone, and NaN is a condition that is not 0", () => {
  const out = where(
    tensor([0, 1, -0, NaN]),
    tensor([NaN, NaN, Infinity, 4]),
    tensor([1, 2, -0, NaN]),
  );
  assert.equal(out.toNested(), [1, NaN, -0, 4]);
  assert.ok(Object.is(out.get(2), -0));
});

test("where refuses shapes and element types that do not go together", async () => {
  const x = Tensor.zeros([2, 3]);
  await assertRejects(
    () => where(Tensor.zeros([4]), x, 0),
    "where: expected shapes that broadcast",
    "got [4] and [2, 3]",
  );
  await assertRejects(() => where(x, x, Tensor.zeros([2])), "where: ", "got [2, 3] and [2]");
  await assertRejects(
    () => where(x, x, Tensor.zeros([2, 3], "float64")),
    "where: expected operands of one element type, got float32 and float64; " +
      "convert one with astype",
  );
  await assertRejects(
    () => where(true as never, x, x),
    "where: expected a tensor as condition, got true",
  );
});

test.run();
