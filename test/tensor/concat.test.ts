import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { concat, formatShape, Random, sameShape, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { indicesOf } from "../helpers/views.js";

/** Views of one shape but for an axis, not contiguous from rank 2 on. */
const cases = fc.record({
  shape: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
  extents: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
  axis: fc.nat(3),
  fromEnd: fc.boolean(),
  areViews: fc.boolean(),
  dtype: fc.constantFrom("float32" as const, "float64" as const),
  seed: fc.nat(),
});

test("concat along any axis against loops over every index", () => {
  fc.assert(
    fc.property(cases, ({ shape, extents, axis, fromEnd, areViews, dtype, seed }) => {
      const along = axis % shape.length;
      const random = new Random(seed);
      const parts = extents.map((extent) => {
        const own = shape.with(along, extent);
        return areViews
          ? random.normal(own.toReversed(), 0, 1, dtype).transpose()
          : random.normal(own, 0, 1, dtype);
      });
      const out = concat(parts, fromEnd ? along - shape.length : along);
      const total = extents.reduce((sum, extent) => sum + extent, 0);
      const what = `[${shape}] along ${along}, ${extents}`;
      assert.ok(sameShape(out.shape, shape.with(along, total)), what);
      assert.is(out.dtype, dtype);
      assert.ok(out.isContiguous && !parts.some((part) => part.sharesMemoryWith(out)), what);
      for (const index of indicesOf(out.shape)) {
        let [n, place] = [0, index[along]!];
        for (; place >= extents[n]!; n++) place -= extents[n]!;
        assert.is(out.get(...index), parts[n]!.get(...index.with(along, place)), what);
      }
    }),
    { seed: 11, numRuns: 300 },
  );
});

test("concat written out; numbers that are not finite come along", () => {
  const rows = concat([tensor([[1, 2]]), tensor([[NaN, -0]]), tensor([[Infinity, 6]])], 0);
  assert.equal(rows.toNested(), [
    [1, 2],
    [NaN, -0],
    [Infinity, 6],
  ]);
  assert.ok(Object.is(rows.get(1, 1), -0));
  assertClose(
    concat(
      [
        tensor([[1], [2]]),
        tensor([
          [3, 4],
          [5, 6],
        ]),
      ],
      -1,
    ),
    tensor([
      [1, 3, 4],
      [2, 5, 6],
    ]),
    { tolerance: 0 },
  );
  const x = tensor([1, 2]);
  assertClose(concat([x, x, x], 0), tensor([1, 2, 1, 2, 1, 2]), { tolerance: 0 });
  assertClose(concat([x], 0), x, { tolerance: 0 });
});

test("concat takes its memory from where it is told to", () => {
  const lengths: number[] = [];
  const out = concat([tensor([1, 2]), tensor([3])], 0, {
    allocate: (dtype, length) => {
      lengths.push(length);
      return Tensor.full([length], 7, dtype).storage;
    },
  });
  assert.equal(lengths, [3]);
  assertClose(out, tensor([1, 2, 3]), { tolerance: 0 });
});

test("concat refuses what does not fit together", async () => {
  const x = Tensor.zeros([2, 3]);
  await assertRejects(() => concat([], 0), "concat: expected at least one tensor, got none");
  for (const other of [Tensor.zeros([2, 4]), Tensor.zeros([2]), Tensor.zeros([2, 3, 1])])
    await assertRejects(
      () => concat([x, x, other], 0),
      "concat: expected tensors of one shape but for axis 0, [2, 3], " +
        `got ${formatShape(other.shape)} at position 2`,
    );
  await assertRejects(
    () => concat([x, Tensor.zeros([2, 3], "float64")], -1),
    "concat: expected tensors of one element type, float32, got float64 at position 1; convert " +
      "one with astype",
  );
  for (const axis of [2, -3, 0.5])
    await assertRejects(
      () => concat([x, x], axis),
      `concat: expected an axis from -2 to 1, got ${axis}; the tensor has rank 2`,
    );
  await assertRejects(
    () => concat([tensor(1), tensor(2)], 0),
    "concat: expected a tensor with axes, got one of rank 0 and axis 0",
  );
  const row = tensor([1]).broadcastTo([2 ** 30]);
  await assertRejects(() => concat([row, row, row], 0), "concat: expected at most 2³¹ elements");
});

test.run();
