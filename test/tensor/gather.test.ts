import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { gather, Random, sameShape, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { indicesOf, viewCases } from "../helpers/views.js";

test("gather along any axis of any view against loops over every index", () => {
  const choice = fc.record({
    axis: fc.nat(3),
    fromEnd: fc.boolean(),
    count: fc.nat(5),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(
      viewCases("transpose", "slice", "broadcast", "reshape"),
      choice,
      ({ view: x, made }, { axis, fromEnd, count, seed }) => {
        if (x.rank === 0) return;
        const along = axis % x.rank;
        const extent = x.shape[along]!;
        const random = new Random(seed);
        const wanted = extent === 0 ? 0 : count;
        const indices = Uint32Array.from({ length: wanted }, () => random.integer(extent));
        const out = gather(x, indices, fromEnd ? along - x.rank : along);
        const what = `${made} along ${along}: ${indices}`;
        assert.ok(sameShape(out.shape, [...x.shape].with(along, wanted)), what);
        assert.is(out.dtype, x.dtype);
        assert.ok(out.isContiguous && !out.sharesMemoryWith(x), what);
        for (const index of indicesOf(out.shape))
          assert.is(out.get(...index), x.get(...index.with(along, indices[index[along]!]!)), what);
      },
    ),
    { seed: 12, numRuns: 300 },
  );
});

test("gather written out: any order, several times, none", () => {
  const x = tensor([
    [1, 2, 3],
    [4, NaN, 6],
  ]);
  assert.equal(gather(x, [1, 1, 0], 0).toNested(), [
    [4, NaN, 6],
    [4, NaN, 6],
    [1, 2, 3],
  ]);
  assertClose(
    gather(x, Int32Array.of(2, 0), -1),
    tensor([
      [3, 1],
      [6, 4],
    ]),
    { tolerance: 0 },
  );
  assert.ok(sameShape(gather(x, [], 1).shape, [2, 0]));
  assert.ok(sameShape(gather(Tensor.zeros([0, 3]), [2, 2], 1).shape, [0, 2]));
});

test("gather takes its memory from where it is told to", () => {
  const out = gather(
    tensor([
      [1, 2],
      [3, 4],
    ]),
    [1],
    0,
    {
      allocate: (dtype, length) => Tensor.full([length], 7, dtype).storage,
    },
  );
  assertClose(out, tensor([[3, 4]]), { tolerance: 0 });
});

test("gather refuses axes and indices that are not there", async () => {
  const x = Tensor.zeros([2, 3]);
  for (const index of [3, -1, 0.5, NaN])
    await assertRejects(
      () => gather(x, [0, index], -1),
      `gather: expected indices from 0 to 2 along axis 1, got ${index} at position 1`,
    );
  await assertRejects(
    () => gather(Tensor.zeros([0, 3]), [0], 0),
    "gather: expected no indices along axis 0, got 0 at position 0",
  );
  await assertRejects(
    () => gather(x, 1 as never, 0),
    "gather: expected an array of indices, got 1",
  );
  await assertRejects(
    () => gather(x, [0], 2),
    "gather: expected an axis from -2 to 1, got 2; the tensor has rank 2",
  );
  await assertRejects(
    () => gather(tensor(1), [0], 0),
    "gather: expected a tensor with axes, got one of rank 0 and axis 0",
  );
});

test.run();
