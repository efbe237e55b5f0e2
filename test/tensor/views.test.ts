import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Allocator, heapAllocator, sameShape, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { counting, flatPosition, indicesOf, type ViewCase, viewCases } from "../helpers/views.js";

/** Requires every element of `actual` to be the one that the model names, read one by one. */
function assertFollows(actual: Tensor, { model, made }: ViewCase): void {
  assert.ok(
    sameShape(actual.shape, model.shape),
    `${made}: expected shape [${model.shape}], got [${actual.shape}]`,
  );
  for (const index of indicesOf(model.shape)) {
    const [expected, got] = [model.source(index), actual.get(...index)];
    assert.ok(got === expected, `${made} at [${index}]: expected ${expected}, got ${got}`);
  }
}

test("chains of transpose, slice, broadcastTo and reshape against literal index arithmetic", () => {
  fc.assert(
    fc.property(viewCases("transpose", "slice", "broadcast", "reshape"), (made) =>
      assertFollows(made.view, made),
    ),
    { seed: 1, numRuns: 400 },
  );
});

test("an element of a view lies at offset + Σ index · stride of the shared memory", () => {
  fc.assert(
    fc.property(viewCases("transpose", "slice", "broadcast"), ({ base, view, model, made }) => {
      for (const index of indicesOf(model.shape)) {
        const position = index.reduce((at, i, axis) => at + i * view.stride[axis]!, view.offset);
        assert.is(position, model.source(index), `${made} at [${index}]`);
      }
      assert.ok(view.data === base.data, `${made}: other memory`);
    }),
    { seed: 2, numRuns: 200 },
  );
});

test(
  "what is written into transposed and sliced tensors arrives in the tensor that they look " +
    "at, and the other way round",
  () => {
    fc.assert(
      fc.property(viewCases("transpose", "slice", "broadcast"), ({ base, view, model, made }) => {
        assert.ok(view.sharesMemoryWith(base), `${made}: does not say that it shares`);
        indicesOf(model.shape).forEach((index, i) => {
          const source = model.source(index);
          view.set(index, 1000 + i);
          assert.is(base.data[source], 1000 + i, `${made}: written at [${index}]`);
          base.data[source] = -i;
          assert.ok(view.get(...index) === -i, `${made}: read at [${index}]`);
          base.data[source] = source;
        });
        assert.ok(
          base.data.every((value, position) => value === position),
          `${made}: wrote elsewhere`,
        );
      }),
      { seed: 3, numRuns: 200 },
    );
  },
);

test("clone and astype copy in row-major order, whatever they copy from", () => {
  fc.assert(
    fc.property(viewCases("transpose", "slice", "broadcast", "reshape"), (made) => {
      const { base, view, model } = made;
      const other = view.dtype === "float32" ? "float64" : "float32";
      for (const [copy, dtype] of [
        [view.clone(), view.dtype],
        [view.astype(view.dtype), view.dtype],
        [view.astype(other), other],
      ] as const) {
        assertFollows(copy, made);
        assert.is(copy.dtype, dtype);
        assert.is(copy.isContiguous, true);
        assert.is(copy.offset, 0);
        assert.is(copy.sharesMemoryWith(view), false);
        copy.data.fill(-1);
      }
      assert.ok(
        indicesOf(model.shape).every((index) => view.get(...index) === model.source(index)),
        `${made.made}: a copy was written through`,
      );
      assert.ok(base.data.every((value, position) => value === position));
    }),
    { seed: 4, numRuns: 200 },
  );
});

test("contiguous is the tensor itself where it is row-major, and a copy elsewhere", () => {
  fc.assert(
    fc.property(viewCases("transpose", "slice", "broadcast", "reshape"), (made) => {
      const { view, model } = made;
      const all = indicesOf(model.shape);
      const coversItsMemory =
        view.data.length === all.length &&
        all.every(
          (index) =>
            index.reduce((at, i, axis) => at + i * view.stride[axis]!, view.offset) ===
            flatPosition(model.shape, index),
        );
      const result = view.contiguous();
      // Without elements the strides mean nothing, and either answer is right.
      if (all.length > 0)
        assert.is(
          result === view,
          coversItsMemory,
          `${made.made}: contiguous returned ${result === view ? "itself" : "a copy"}`,
        );
      if (result !== view) assert.is(result.sharesMemoryWith(view), false);
      assertFollows(result, made);
    }),
    { seed: 5, numRuns: 300 },
  );
  const x = counting([2, 3]);
  assert.ok(
    x.contiguous() === x &&
      !x.transpose().isContiguous &&
      !x.slice([1, 2]).isContiguous &&
      !x.slice([0, 1]).isContiguous,
  );
  assert.ok(counting([1, 3]).transpose().isContiguous, "an axis of extent 1 may have any stride");
});

test("reshape shares the memory of a contiguous tensor and copies any other", () => {
  const x = counting([3, 4]);
  const shared = x.reshape([2, 1, 6]);
  shared.set([1, 0, 5], 99);
  assert.is(x.get(2, 3), 99);
  assert.is(shared.sharesMemoryWith(x), true);

  const transposed = x.transpose();
  const copied = transposed.reshape([2, 6]);
  assertClose(
    copied,
    tensor([
      [0, 4, 8, 1, 5, 9],
      [2, 6, 10, 3, 7, 99],
    ]),
    { tolerance: 0 },
  );
  copied.set([0, 0], -5);
  assert.is(x.get(0, 0), 0);
  assert.is(copied.sharesMemoryWith(x), false);
  const row = x.slice([1, 2]).reshape([4]);
  assertClose(row, tensor([4, 5, 6, 7]), { tolerance: 0 });
  row.set([0], -5);
  assert.is(x.get(1, 0), 4);
});

test("transpose reverses the axes by default, counts negative ones, undoes itself", () => {
  const x = counting([2, 3, 4]);
  assertClose(x.transpose(), x.transpose([2, 1, 0]), { tolerance: 0 });
  assertClose(x.transpose([-1, 0, -2]), x.transpose([2, 0, 1]), { tolerance: 0 });
  const moved = x.transpose([2, 0, 1]);
  assert.is(moved.get(3, 1, 2), x.get(1, 2, 3));
  assertClose(moved.transpose([1, 2, 0]), x, { tolerance: 0 });
  assert.is(counting([]).transpose().item(), 0);
});

test("slice keeps whole axes for null and for what is left out, and may be empty", () => {
  const x = counting([3, 4, 2]);
  assertClose(
    x.slice(null, [1, 3]),
    tensor([
      [
        [2, 3],
        [4, 5],
      ],
      [
        [10, 11],
        [12, 13],
      ],
      [
        [18, 19],
        [20, 21],
      ],
    ]),
    { tolerance: 0 },
  );
  assertClose(
    x.slice([1, 2]),
    tensor([
      [
        [8, 9],
        [10, 11],
        [12, 13],
        [14, 15],
      ],
    ]),
    { tolerance: 0 },
  );
  assertClose(x.slice(), x, { tolerance: 0 });
  assert.ok(sameShape(x.slice([3, 3], null, [0, 1]).shape, [0, 4, 1]));
});

test("broadcastTo repeats with stride 0, and one element of memory stands for many", () => {
  const column = tensor([[1], [2]]);
  const wide = column.broadcastTo([3, 2, 4]);
  assert.ok(sameShape(wide.stride, [0, 1, 0]), `strides [${wide.stride}]`);
  assertClose(
    wide,
    tensor([
      [
        [1, 1, 1, 1],
        [2, 2, 2, 2],
      ],
      [
        [1, 1, 1, 1],
        [2, 2, 2, 2],
      ],
      [
        [1, 1, 1, 1],
        [2, 2, 2, 2],
      ],
    ]),
    { tolerance: 0 },
  );
  column.set([1, 0], 7);
  assert.ok(wide.get(0, 1, 0) === 7 && wide.get(2, 1, 3) === 7);
  assert.ok(sameShape(column.broadcastTo([2, 0]).shape, [2, 0]), "1 broadcasts to 0");
});

test("reading and writing single elements: get, set, item", async () => {
  const x = counting([2, 3]).transpose().slice([1, 3]); // [[1, 4], [2, 5]]
  assert.is(x.get(1, 0), 2);
  x.set([1, 0], 8);
  assert.is(x.get(1, 0), 8);
  assert.is(x.slice([1, 2], [1, 2]).item(), 5);
  assert.is(tensor(6).item(), 6);
  for (const index of [[2, 0], [0, 2], [-1, 0], [0.5, 0], [NaN, 0], [0], [0, 0, 0], []]) {
    const got = `got [${index.join(", ")}]`;
    await assertRejects(
      () => x.get(...index),
      "Tensor.get: expected an index inside shape [2, 2], ",
      got,
    );
    await assertRejects(
      () => x.set(index, 1),
      "Tensor.set: expected an index inside shape [2, 2], ",
      got,
    );
  }
  await assertRejects(
    () => x.item(),
    "Tensor.item: expected a tensor with one element, got shape [2, 2]",
  );
  await assertRejects(
    () => Tensor.zeros([0]).item(),
    "Tensor.item: expected a tensor with one element, got shape [0]",
  );
});

test("a copy takes its memory from the allocator it is given", () => {
  const asked: string[] = [];
  const counted: Allocator = {
    allocate(dtype, length) {
      asked.push(`${dtype} ${length}`);
      return heapAllocator.allocate(dtype, length);
    },
  };
  const x = counting([2, 3]);
  x.transpose().clone(counted);
  x.astype("float32", counted);
  Tensor.zeros([4], "float32", counted);
  Tensor.full([5, 2], 1, "float64", counted);
  Tensor.from([1, 2], [2], "float32", counted);
  assert.equal(asked, ["float64 6", "float32 6", "float32 4", "float64 10", "float32 2"]);
});

test("astype rounds to the nearest float32 and keeps NaN and infinities", () => {
  const narrow = tensor([0.1, 16777217, 1e39, NaN]).astype("float32");
  assert.ok(
    narrow.get(0) === Math.fround(0.1) &&
      narrow.get(1) === 16777216 &&
      narrow.get(2) === Infinity &&
      Number.isNaN(narrow.get(3)),
  );
  assert.is(narrow.astype("float64").get(0), Math.fround(0.1));
});

test("sharesMemoryWith tells the memory apart, not the numbers", () => {
  const x = counting([2, 3]);
  assert.ok(
    !x.sharesMemoryWith(counting([2, 3])) &&
      x.sharesMemoryWith(x.transpose()) &&
      x.slice([0, 1]).sharesMemoryWith(x.slice([1, 2])),
  );

  // An arena: every tensor is a part of one buffer.
  const arena = new Float64Array(12);
  const parts = [arena.subarray(0, 6), arena.subarray(6, 12), arena.subarray(5, 7)].map((part) =>
    Tensor.wrap(part, [part.length]),
  );
  const shares = (a: number, b: number): boolean => parts[a]!.sharesMemoryWith(parts[b]!);
  assert.ok(!shares(0, 1) && !shares(1, 0), "neighbours");
  assert.ok(shares(0, 2) && shares(2, 0) && shares(1, 2) && shares(2, 1), "overlapping parts");
  assert.ok(
    parts[0]!.sharesMemoryWith(Tensor.wrap(new Float32Array(arena.buffer, 40, 2), [2])),
    "the last number, seen as float32",
  );
});

test("what does not fit is refused in words", async () => {
  const x = counting([2, 3]);
  await assertRejects(
    () => x.reshape([4, 2]),
    "Tensor.reshape: expected a shape with 6 elements, as [2, 3] has, got [4, 2]",
  );
  await assertRejects(
    () => x.reshape([-1, 6]),
    "Tensor.reshape: expected extents that are whole numbers ≥ 0, got shape [-1, 6]",
  );
  await assertRejects(
    () => x.transpose([0]),
    "Tensor.transpose: expected each of the 2 axes once, got [0]",
  );
  await assertRejects(
    () => x.transpose([0, 1, 0]),
    "Tensor.transpose: expected each of the 2 axes once, got [0, 1, 0]",
  );
  await assertRejects(
    () => x.transpose([1, -1]),
    "Tensor.transpose: expected each of the 2 axes once, got [1, -1]",
  );
  await assertRejects(
    () => x.transpose([0, 2]),
    "Tensor.transpose: expected an axis from -2 to 1, got 2; the tensor has rank 2",
  );
  await assertRejects(
    () => x.transpose([0, 0.5]),
    "Tensor.transpose: expected an axis from -2 to 1, got 0.5",
  );
  await assertRejects(
    () => x.slice(null, null, [0, 1]),
    "Tensor.slice: expected at most 2 ranges, got 3",
  );
  for (const range of [
    [-1, 2],
    [2, 1],
    [0, 4],
    [0.5, 2],
    [0, 1.5],
    [NaN, 2],
  ] as const) {
    await assertRejects(
      () => x.slice(null, range),
      `Tensor.slice: expected 0 ≤ start ≤ stop ≤ 3 on axis 1, got [${range[0]}, ${range[1]}]`,
    );
  }
  await assertRejects(
    () => x.broadcastTo([3, 3]),
    "Tensor.broadcastTo: expected shapes that broadcast (extents equal or 1, aligned at the " +
      "last axis), got [2, 3] and [3, 3]",
  );
  await assertRejects(
    () => x.broadcastTo([3]),
    "Tensor.broadcastTo: expected a shape that [2, 3] broadcasts to, got [3]",
  );
  await assertRejects(
    () => x.broadcastTo([2, 1]),
    "Tensor.broadcastTo: expected a shape that [2, 3] broadcasts to, got [2, 1]",
  );
  for (const extent of [-2, 1.5, NaN]) {
    await assertRejects(
      () => Tensor.zeros([1]).broadcastTo([extent]),
      `Tensor.broadcastTo: expected extents that are whole numbers ≥ 0, got shape [${extent}]`,
    );
  }
});

test.run();
