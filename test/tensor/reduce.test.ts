import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { argmax, max, mean, min, Random, sameShape, sum, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { indicesOf } from "../helpers/views.js";

/**
 * A random tensor of rank 0 to 4, not contiguous from rank 2 on, and a choice of its axes, some
 * counted from the end.
 */
const cases = fc
  .record({
    axes: fc.array(
      fc.record({
        extent: fc.integer({ min: 1, max: 4 }),
        named: fc.constantFrom("no", "front", "end"),
      }),
      { maxLength: 4 },
    ),
    keepDims: fc.boolean(),
    dtype: fc.constantFrom("float32" as const, "float64" as const),
    seed: fc.nat(),
  })
  .map(({ axes, keepDims, dtype, seed }) => {
    const shape = axes.map(({ extent }) => extent);
    const x = new Random(seed).normal([...shape].reverse(), 0, 1, dtype).transpose();
    const named = axes
      .flatMap(({ named: how }, axis) =>
        how === "no" ? [] : [how === "front" ? axis : axis - axes.length],
      )
      .reverse();
    return { x, named, keepDims };
  });

/**
 * The elements that fall together when the axes are removed, in row-major order, under the shape
 * that remains.
 */
function groups(
  x: Tensor,
  axes: readonly number[],
  keepDims: boolean,
): { shape: number[]; values: number[][] } {
  const isReduced = x.shape.map((_, axis) => axes.includes(axis) || axes.includes(axis - x.rank));
  const shape = x.shape.flatMap((extent, axis) =>
    isReduced[axis] ? (keepDims ? [1] : []) : [extent],
  );
  const byPlace = new Map<string, number[]>();
  for (const index of indicesOf(x.shape)) {
    const place = index.filter((_, axis) => !isReduced[axis]).join();
    byPlace.set(place, [...(byPlace.get(place) ?? []), x.get(...index)]);
  }
  return { shape, values: [...byPlace.values()] };
}

test("sum, mean, max and min over any axes against loops over every index", () => {
  fc.assert(
    fc.property(cases, ({ x, named, keepDims }) => {
      const { shape, values } = groups(x, named, keepDims);
      const round = x.dtype === "float32" ? Math.fround : (value: number) => value;
      const add = (group: number[]): number => group.reduce((total, value) => total + value, 0);
      const expect = (f: (group: number[]) => number): Tensor =>
        Tensor.from(values.map(f), shape, x.dtype);
      const options = { axes: named, keepDims };
      const what = `[${x.shape}] over [${named}]`;
      assertClose(
        sum(x, options),
        expect((group) => round(add(group))),
        { tolerance: 0, what: `sum of ${what}` },
      );
      assertClose(
        mean(x, options),
        expect((group) => add(group) / group.length),
        { tolerance: x.dtype === "float32" ? 1e-6 : 1e-15, what: `mean of ${what}` },
      );
      assertClose(
        max(x, options),
        expect((group) => Math.max(...group)),
        { tolerance: 0, what: `max of ${what}` },
      );
      assertClose(
        min(x, options),
        expect((group) => Math.min(...group)),
        { tolerance: 0, what: `min of ${what}` },
      );
      for (const f of [sum, mean, max, min]) assert.is(f(x, options).dtype, x.dtype);
    }),
    { seed: 8, numRuns: 300 },
  );
});

test("axes written out: all, one, several, from the end, none, kept", () => {
  const x = tensor([
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [
      [7, 8, 9],
      [10, 11, 12],
    ],
  ]);
  assert.is(sum(x).item(), 78);
  assert.is(mean(x).item(), 6.5);
  assert.is(max(x).item(), 12);
  assert.is(min(x).item(), 1);
  assert.ok(sameShape(sum(x).shape, []) && sameShape(sum(x, { keepDims: true }).shape, [1, 1, 1]));
  assertClose(
    sum(x, { axes: 1 }),
    tensor([
      [5, 7, 9],
      [17, 19, 21],
    ]),
    { tolerance: 0 },
  );
  assertClose(
    sum(x, { axes: -1 }),
    tensor([
      [6, 15],
      [24, 33],
    ]),
    { tolerance: 0 },
  );
  assertClose(mean(x, { axes: [0, -1], keepDims: true }), tensor([[[5], [8]]]), { tolerance: 0 });
  assertClose(max(x, { axes: [2, 0] }), tensor([9, 12]), { tolerance: 0 });
  assertClose(min(x, { axes: [2, 0] }), tensor([1, 4]), { tolerance: 0 });
  assertClose(sum(x, { axes: [] }), x, { tolerance: 0 });
  assert.is(sum(x, { axes: [] }).sharesMemoryWith(x), false);
  assert.is(sum(tensor(5)).item(), 5);
});

test("sums add up in float64, and a mean does not overflow on the way", () => {
  const tenths = Tensor.full([200, 500], 0.1);
  assertClose(sum(tenths), Tensor.full([], 100_000 * Math.fround(0.1)), { tolerance: 1e-7 });
  // in float32 each 1 is lost
  const swamped = Tensor.from([2 ** 24, ...new Array<number>(8).fill(1)], [9]);
  assert.is(sum(swamped).item(), 2 ** 24 + 8);
  assertClose(mean(Tensor.full([2, 3], 3e38), { axes: 1 }), Tensor.full([2], 3e38), {
    tolerance: 1e-7,
  });
});

test("max and min are NaN where one of the elements is, in whatever place", () => {
  for (const row of [
    [NaN, 1, 2],
    [1, NaN, 2],
    [1, 2, NaN],
  ]) {
    const out = max(tensor([row, [4, 6, 5]]), { axes: 1 });
    assert.ok(Number.isNaN(out.get(0)) && out.get(1) === 6, out.toString());
    const least = min(tensor([row, [4, 6, 5]]), { axes: 1 });
    assert.ok(Number.isNaN(least.get(0)) && least.get(1) === 4, least.toString());
  }
  assert.is(max(tensor([-3, -Infinity, -2])).item(), -2);
  assert.is(max(tensor([-Infinity, -Infinity])).item(), -Infinity);
  assert.is(min(tensor([3, Infinity, 2])).item(), 2);
  assert.is(min(tensor([Infinity, Infinity])).item(), Infinity);
});

test("without elements a sum is 0, and mean, max, min and argmax refuse", async () => {
  assertClose(sum(Tensor.zeros([0, 3]), { axes: 0 }), Tensor.zeros([3]), { tolerance: 0 });
  assertClose(sum(Tensor.zeros([2, 0])), Tensor.zeros([]), { tolerance: 0 });
  assertClose(sum(Tensor.zeros([2, 0, 3]), { axes: -1, keepDims: true }), Tensor.zeros([2, 0, 1]), {
    tolerance: 0,
  });
  for (const axes of [[0], [1], [0, 1]]) {
    await assertRejects(
      () => mean(Tensor.zeros([0, 3]), { axes }),
      "mean: expected at least one element to average, got shape [0, 3]",
    );
    await assertRejects(
      () => max(Tensor.zeros([0, 3]), { axes }),
      "max: expected at least one element, got shape [0, 3]",
    );
    await assertRejects(
      () => min(Tensor.zeros([0, 3]), { axes }),
      "min: expected at least one element, got shape [0, 3]",
    );
  }
  await assertRejects(
    () => argmax(Tensor.zeros([3, 0]), 1),
    "argmax: expected at least one element along the axis, got shape [3, 0]",
  );
  assert.is(argmax(Tensor.zeros([3, 0]), 0).length, 0);
});

test("an axis that is not there or named twice is refused", async () => {
  const x = Tensor.zeros([2, 3, 4]);
  for (const [name, f] of [
    ["sum", sum],
    ["mean", mean],
    ["max", max],
    ["min", min],
  ] as const) {
    for (const axis of [3, -4, 0.5, NaN])
      await assertRejects(
        () => f(x, { axes: axis }),
        `${name}: expected an axis from -3 to 2, got ${axis}; the tensor has rank 3`,
      );
    await assertRejects(
      () => f(x, { axes: [1, 0, 1] }),
      `${name}: expected each axis once, got [1, 0, 1]`,
    );
    await assertRejects(
      () => f(x, { axes: [2, -1] }),
      `${name}: expected each axis once, got [2, -1]`,
    );
  }
  await assertRejects(
    () => argmax(x, 3),
    "argmax: expected an axis from -3 to 2, got 3; the tensor has rank 3",
  );
  await assertRejects(
    () => argmax(tensor(1), 0),
    "argmax: expected a tensor with axes, got one of rank 0 and axis 0",
  );
});

test("what NumPy and PyTorch call the axes is refused, and not taken for all of them", async () => {
  const x = Tensor.zeros([2, 3]);
  const refused = [
    [{ axis: 1 }, "expected options among axes, keepDims, got axis; did you mean axes?"],
    [{ dim: 1 }, "expected options among axes, keepDims, got dim; did you mean axes?"],
    [{ keepdims: true }, "got keepdims; did you mean keepDims?"],
    [{ axes: "1" }, 'expected axes to be an axis or an array of axes, got "1"'],
    [{ axes: [0, null] }, "expected axes to be an axis or an array of axes, got [0,null]"],
    [{ keepDims: 1 }, "expected keepDims to be true or false, got 1"],
    [1, "expected an object of options (axes, keepDims), got 1"],
  ] as const;
  for (const [name, f] of [
    ["sum", sum],
    ["mean", mean],
    ["max", max],
    ["min", min],
  ] as const)
    for (const [options, message] of refused)
      await assertRejects(() => f(x, options as object), `${name}: `, message);
});

test("argmax along any axis against loops over every index; of equal elements the first", () => {
  const ties = fc.record({
    shape: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
    axis: fc.nat(3),
    fromEnd: fc.boolean(),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(ties, ({ shape, axis, fromEnd, seed }) => {
      const along = axis % shape.length;
      const random = new Random(seed);
      const x = Tensor.from(
        Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.integer(3)),
        [...shape].reverse(),
        "float64",
      ).transpose();
      const { values } = groups(x, [along], false);
      const found = argmax(x, fromEnd ? along - shape.length : along);
      assert.is(found.length, values.length);
      values.forEach((group, i) =>
        assert.is(
          found[i],
          group.indexOf(Math.max(...group)),
          `[${shape}] along ${along}: ${group}`,
        ),
      );
    }),
    { seed: 9, numRuns: 200 },
  );
  assert.equal(
    [
      ...argmax(
        tensor([
          [3, 7, 7],
          [5, 5, 5],
          [1, 2, 9],
        ]),
        1,
      ),
    ],
    [1, 0, 2],
  );
  assert.equal(
    [
      ...argmax(
        tensor([
          [3, 7, 7],
          [5, 5, 5],
          [1, 2, 9],
        ]),
        0,
      ),
    ],
    [1, 0, 2],
  );
  assert.equal([...argmax(tensor([-2, -1, -1]), 0)], [1]);
  const part = tensor([
    [9, 0, 0, 0],
    [0, 1, 3, 2],
    [0, 6, 4, 5],
  ]).slice([1, 3], [1, 4]);
  assert.equal([...argmax(part, 1)], [1, 0]);
  assert.equal([...argmax(part, 0)], [1, 1, 1]);
  assertClose(max(part, { axes: 0 }), tensor([6, 4, 5]), { tolerance: 0 });
  assert.ok(argmax(tensor([1, 2]), 0) instanceof Int32Array);
  assert.equal(
    [
      ...argmax(
        tensor([
          [1, NaN, 2],
          [NaN, 5, 6],
          [3, 2, NaN],
        ]),
        1,
      ),
    ],
    [2, 0, 0],
    "NaN",
  );
});

test.run();
