import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  accumulate,
  add,
  argmax,
  Deferred,
  matmul,
  sameShape,
  sum,
  Tensor,
  tensor,
} from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

/** A deferred [2, 3] tensor that becomes [[1, 2, 3], [4, 5, 6]], and how often it was computed. */
function deferred(): { x: Tensor; deferred: Deferred; runs: () => number } {
  let runs = 0;
  const data = new Float64Array(6);
  const computation = new Deferred(() => {
    runs++;
    data.set([1, 2, 3, 4, 5, 6]);
  });
  return { x: Tensor.defer(data, [2, 3], computation), deferred: computation, runs: () => runs };
}

test("a computation is done when it is settled, and only once", () => {
  let runs = 0;
  const computation = new Deferred(() => void runs++);
  assert.is(computation.isSettled, false);
  assert.is(runs, 0);
  computation.settle();
  computation.settle();
  assert.is(computation.isSettled, true);
  assert.is(runs, 1);
});

test("a computation may look at its own memory through the tensor while it runs", () => {
  let runs = 0;
  const data = new Float64Array(2);
  const x: Tensor = Tensor.defer(
    data,
    [2],
    new Deferred(() => {
      runs++;
      x.data.set([3, 4]);
    }),
  );
  assert.is(x.get(1), 4);
  assert.is(runs, 1);
});

test("asking for shape, strides, size or for a view computes nothing", () => {
  const { x, deferred: computation, runs } = deferred();
  assert.ok(sameShape(x.shape, [2, 3]) && sameShape(x.stride, [3, 1]));
  assert.is(x.size, 6);
  assert.is(x.rank, 2);
  assert.is(x.offset, 0);
  assert.is(x.dtype, "float64");
  assert.is(x.isContiguous, true);
  assert.is(x.deferred, computation);
  assert.is(x.contiguous(), x);
  assert.is(x.sharesMemoryWith(x.transpose()), true);
  for (const view of [
    x.reshape([3, 2]),
    x.transpose(),
    x.slice([1, 2]),
    x.broadcastTo([4, 2, 3]),
    x.transpose().slice([0, 2]).transpose(),
  ]) {
    assert.is(view.deferred, computation, "a view waits for the same computation");
    assert.ok(view.size > 0 && view.rank > 0);
  }
  assert.is(computation.isSettled, false);
  assert.is(runs(), 0);
  assert.is(Tensor.zeros([2]).deferred, null);
});

test("views made before the computation see its numbers, and it is done only once", () => {
  const { x, runs } = deferred();
  const [reshaped, transposed, sliced, wide] = [
    x.reshape([3, 2]),
    x.transpose(),
    x.slice(null, [1, 3]),
    x.broadcastTo([2, 2, 3]),
  ];
  const chained = x.reshape([1, 2, 3]).transpose([2, 0, 1]).slice([2, 3]);
  assertClose(chained, tensor([[[3, 6]]]), { tolerance: 0 });
  assert.is(runs(), 1);
  assertClose(
    reshaped,
    tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
    { tolerance: 0 },
  );
  assertClose(
    transposed,
    tensor([
      [1, 4],
      [2, 5],
      [3, 6],
    ]),
    { tolerance: 0 },
  );
  assertClose(
    sliced,
    tensor([
      [2, 3],
      [5, 6],
    ]),
    { tolerance: 0 },
  );
  assertClose(
    wide,
    tensor([
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ]),
    { tolerance: 0 },
  );
  assertClose(
    x,
    tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]),
    { tolerance: 0 },
  );
  assert.is(runs(), 1);
});

const ways: [string, (x: Tensor) => unknown, unknown][] = [
  ["data", (x) => [...x.data], [1, 2, 3, 4, 5, 6]],
  ["view", (x) => x.view.get(1, 0), 4],
  ["get", (x) => x.get(1, 2), 6],
  ["item", (x) => x.slice([1, 2], [0, 1]).item(), 4],
  [
    "toNested",
    (x) => x.toNested(),
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ],
  ["toString", (x) => x.toString(), "[[1, 2, 3],\n [4, 5, 6]]"],
  [
    "clone",
    (x) => x.clone().toNested(),
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ],
  [
    "astype",
    (x) => x.astype("float32").toNested(),
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ],
  [
    "contiguous, transposed",
    (x) => x.transpose().contiguous().toNested(),
    [
      [1, 4],
      [2, 5],
      [3, 6],
    ],
  ],
  ["reshape, transposed", (x) => x.transpose().reshape([6]).toNested(), [1, 4, 2, 5, 3, 6]],
  ["sum", (x) => sum(x).item(), 21],
  ["argmax", (x) => [...argmax(x, 1)], [2, 2]],
  [
    "add",
    (x) => add(x, x).toNested(),
    [
      [2, 4, 6],
      [8, 10, 12],
    ],
  ],
  ["matmul", (x) => matmul(x, tensor([[1], [0], [1]])).toNested(), [[4], [10]]],
];
for (const [name, look, expected] of ways) {
  test(`looking at the numbers computes them once: ${name}`, () => {
    const { x, runs } = deferred();
    assert.equal(look(x), expected);
    assert.equal(look(x), expected);
    assert.is(runs(), 1);
  });
}

test("what is written into a deferred tensor is not overwritten later by its computation", () => {
  const written = deferred();
  written.x.transpose().set([2, 1], 60);
  assertClose(
    written.x,
    tensor([
      [1, 2, 3],
      [4, 5, 60],
    ]),
    { tolerance: 0 },
  );
  assert.is(written.runs(), 1);

  const target = deferred();
  const source = deferred();
  accumulate(target.x, source.x);
  assertClose(
    target.x,
    tensor([
      [2, 4, 6],
      [8, 10, 12],
    ]),
    { tolerance: 0 },
  );
  assertClose(
    source.x,
    tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]),
    { tolerance: 0 },
  );
  assert.is(target.runs() + source.runs(), 2);
});

test("a clone of a deferred tensor no longer waits for anything", () => {
  const { x } = deferred();
  const copy = x.clone();
  assert.is(copy.deferred, null);
  x.set([0, 0], 9);
  assert.is(copy.get(0, 0), 1);
});

test("what is refused is refused without computing", async () => {
  const { x, deferred: computation } = deferred();
  await assertRejects(() => x.get(2, 0), "Tensor.get");
  await assertRejects(() => x.set([0, 3], 1), "Tensor.set");
  await assertRejects(() => x.item(), "Tensor.item");
  await assertRejects(() => x.reshape([7]), "Tensor.reshape");
  await assertRejects(
    () => Tensor.defer(new Float64Array(5), [2, 3], computation),
    "expected 6 elements for shape [2, 3], got 5",
  );
  assert.is(computation.isSettled, false);
});

test("a computation that fails is tried again by the next reader, never taken as done", () => {
  let attempts = 0;
  const x = Tensor.defer(
    new Float64Array(1),
    [1],
    new Deferred(() => {
      if (++attempts === 1) throw new Error("no memory");
    }),
  );
  assert.throws(() => x.get(0), "no memory");
  assert.is(x.deferred!.isSettled, false);
  assert.is(x.get(0), 0);
  assert.is(attempts, 2);
});

test.run();
