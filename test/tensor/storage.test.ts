import { test } from "uvu";
import * as assert from "uvu/assert";
import { reference } from "leibniz/kernels";
import {
  accumulate,
  add,
  type Allocator,
  argmax,
  concat,
  gather,
  heapAllocator,
  InputError,
  Lifetime,
  matmul,
  sameShape,
  Storage,
  sum,
  Tensor,
  tensor,
  where,
} from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const same = (actual: Tensor, expected: Tensor): void =>
  assertClose(actual, expected, { tolerance: 0 });

/** [[1, 2, 3], [4, 5, 6]] in memory that can end, and how often it was given back. */
function mortal(): { x: Tensor; lifetime: Lifetime; frees: () => number } {
  const lifetime = new Lifetime();
  let frees = 0;
  const storage = new Storage(Float64Array.of(1, 2, 3, 4, 5, 6), lifetime, () => void frees++);
  return { x: Tensor.over(storage, [2, 3]), lifetime, frees: () => frees };
}

/** What Node prints, without importing `node:util`. */
const printed = (x: Tensor): string => {
  const inspect = Symbol.for("nodejs.util.inspect.custom");
  return (x as unknown as Record<symbol, () => string>)[inspect]!();
};

test("every change through a tensor counts a version, and looking counts none", async () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const { storage } = x;
  assert.is(storage.version, 0);
  const changes: [string, () => void | Promise<void>][] = [
    ["set", () => x.set([1, 2], 7)],
    ["fill", () => x.fill(3)],
    ["copyFrom", () => x.copyFrom(tensor([[1], [2]]).broadcastTo([2, 3]))],
    ["copyFrom of itself", () => x.copyFrom(x)],
    ["accumulate", () => accumulate(x, tensor([[1], [1]]).broadcastTo([2, 3]))],
    ["a backend's accumulate", () => reference.accumulate(x, x)],
    ["touch", () => storage.touch()],
  ];
  for (const [what, change] of changes) {
    const before = storage.version;
    await change();
    assert.is(storage.version, before + 1, what);
  }
  const before = storage.version;
  x.get(0, 1);
  x.toNested();
  String(x);
  printed(x);
  x.clone().fill(1);
  x.transpose().contiguous().fill(1); // a copy
  add(x, x);
  sum(x);
  for (const look of [x.data, x.view.data]) assert.is(look.length, 6);
  assert.is(storage.version, before);
});

test("what is refused counts no version", async () => {
  const x = Tensor.zeros([2, 3]);
  await assertRejects(() => x.set([2, 0], 1), "Tensor.set", "[2, 3]", "[2, 0]");
  await assertRejects(
    () => x.copyFrom(Tensor.zeros([3, 2])),
    "Tensor.copyFrom",
    "[2, 3]",
    "[3, 2]",
  );
  await assertRejects(() => accumulate(x, Tensor.zeros([3, 2])), "accumulate", "[2, 3]", "[3, 2]");
  assert.is(x.storage.version, 0);
});

test("views share version and memory, whichever of them is changed", () => {
  const x = Tensor.from([1, 2, 3, 4, 5, 6], [2, 3]);
  const views = [
    x.reshape([3, 2]),
    x.transpose(),
    x.slice([1, 2]),
    x.broadcastTo([4, 2, 3]),
    x.transpose().slice([0, 2]).transpose(),
    x.contiguous(),
  ];
  for (const [i, view] of views.entries()) {
    assert.is(view.storage, x.storage);
    assert.ok(view.sharesMemoryWith(x) && x.sharesMemoryWith(view));
    view.set(
      view.shape.map(() => 0),
      10 + i,
    );
    assert.is(x.storage.version, i + 1);
  }
  same(
    x,
    Tensor.from([15, 2, 3, 12, 5, 6], [2, 3]), // the slice starts at the second row
  );
  x.fill(8);
  for (const view of views) assert.ok([...view.clone().data].every((value) => value === 8));
  const copy = x.clone();
  copy.fill(0);
  assert.is(copy.storage.version, 1);
  assert.is(x.storage.version, views.length + 1);
  assert.not(copy.sharesMemoryWith(x));
});

test("fill writes into its own part only, whatever the view", () => {
  const x = Tensor.zeros([3, 4]);
  x.slice([1, 3], [1, 3]).fill(2);
  x.transpose().slice([3, 4], [0, 1]).fill(5);
  x.slice([0, 0]).fill(9); // nothing
  same(x, Tensor.from([0, 0, 0, 5, 0, 2, 2, 0, 0, 2, 2, 0], [3, 4]));
  const scalar = Tensor.zeros([]);
  scalar.fill(-1);
  assert.is(scalar.item(), -1);
});

test("copyFrom takes any layout and element type, also from the same memory", () => {
  const x = Tensor.from([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]);
  x.copyFrom(x.transpose());
  same(x, Tensor.from([1, 4, 7, 2, 5, 8, 3, 6, 9], [3, 3]));
  x.slice([0, 2], [1, 3]).copyFrom(
    tensor([
      [1.5, 2 ** -30],
      [0.1, -3],
    ]).transpose(),
  );
  same(x, Tensor.from([1, 1.5, 0.1, 2, 2 ** -30, -3, 3, 6, 9], [3, 3]));
  x.slice([0, 2]).copyFrom(x.slice([1, 3])); // overlapping: a copy comes first
  same(x, Tensor.from([2, 2 ** -30, -3, 3, 6, 9, 3, 6, 9], [3, 3]));
  const y = Tensor.from([1, 2, 3, 4], [2, 2]);
  y.transpose().copyFrom(y); // into the same memory in another order
  same(y, Tensor.from([1, 3, 2, 4], [2, 2]));
});

test("memory on the heap has no end", () => {
  const x = Tensor.zeros([2]);
  assert.is(x.storage.lifetime, null);
  x.storage.dispose();
  x.storage.dispose();
  same(x, Tensor.zeros([2]));
});

const looks: [string, (x: Tensor) => unknown][] = [
  ["data", (x) => x.data],
  ["view", (x) => x.view],
  ["get", (x) => x.get(1, 2)],
  ["set", (x) => x.set([0, 0], 1)],
  ["fill", (x) => x.fill(1)],
  ["copyFrom", (x) => x.copyFrom(Tensor.zeros([2, 3], "float64"))],
  ["being copied from", (x) => Tensor.zeros([2, 3]).copyFrom(x)],
  ["item", (x) => x.slice([0, 1], [0, 1]).item()],
  ["toNested", (x) => x.toNested()],
  ["toString", (x) => String(x)],
  ["clone", (x) => x.clone()],
  ["astype", (x) => x.astype("float32")],
  ["contiguous, transposed", (x) => x.transpose().contiguous()],
  ["reshape, transposed", (x) => x.transpose().reshape([6])],
  ["storage.data", (x) => x.storage.data],
  ["sum", (x) => sum(x)],
  ["argmax", (x) => argmax(x, 1)],
  ["concat", (x) => concat([x, x], 1)],
  ["gather", (x) => gather(x, [1, 0, 1], 1)],
  ["where, as condition", (x) => where(x, 1, 2)],
  ["where, as operand", (x) => where(Tensor.zeros([2, 3]), 1, x)],
  ["add", (x) => add(x, x)],
  ["matmul", (x) => matmul(x, tensor([[1], [0], [1]]))],
  ["accumulate onto it", (x) => accumulate(x, Tensor.zeros([2, 3], "float64"))],
  ["accumulate from it", (x) => accumulate(Tensor.zeros([2, 3], "float64"), x)],
  ["a product on a backend", (x) => reference.matmul(x, x, { transposeB: true })],
];
for (const [name, look] of looks) {
  test(`memory that has ended is refused, with the reason: ${name}`, async () => {
    const { x, lifetime } = mortal();
    const views = [x, x.slice([0, 2]), x.transpose().transpose()]; // made while it lived
    await look(x);
    assert.is(lifetime.hasEnded, false);
    lifetime.end("that of a cat with nine");
    lifetime.end("a second end, which is not heard");
    assert.is(lifetime.hasEnded, true);
    for (const dead of views)
      await assertRejects(
        () => look(dead),
        "expected memory that is still there, got that of a cat with nine",
      );
  });
}

test("shape and strides can still be asked for at the end, views cannot be made", async () => {
  const { x, lifetime } = mortal();
  lifetime.end("that of a cat with nine");
  assert.ok(sameShape(x.shape, [2, 3]) && sameShape(x.stride, [3, 1]));
  assert.is(x.size, 6);
  assert.is(x.rank, 2);
  assert.is(x.offset, 0);
  assert.is(x.dtype, "float64");
  assert.is(x.isContiguous, true);
  assert.is(x.contiguous(), x);
  assert.ok(x.sharesMemoryWith(x));
  for (const view of [
    () => x.reshape([6]),
    () => x.transpose(),
    () => x.slice([0, 1]),
    () => x.broadcastTo([4, 2, 3]),
  ])
    await assertRejects(view, "that of a cat with nine");
});

test("dispose gives memory back once, and nobody looks at it from then on", async () => {
  const { x, frees } = mortal();
  const view = x.transpose();
  assert.is(frees(), 0);
  x.storage.dispose();
  x.storage.dispose();
  assert.is(frees(), 1);
  await assertRejects(() => view.get(0, 0), "got one that was disposed of");

  const ended = mortal();
  ended.lifetime.end("that of a step");
  ended.x.storage.dispose();
  assert.is(ended.frees(), 0, "who ended it gives it back");

  // memory of a step is not its tensors' to give back
  const lifetime = new Lifetime();
  const borrowed = Tensor.over(new Storage(new Float32Array(2), lifetime), [2]);
  borrowed.storage.dispose();
  assert.is(lifetime.hasEnded, false);
  same(borrowed, Tensor.zeros([2]));
});

test("memory overlaps where it is the same bytes, not only the same array", () => {
  const all = new Float32Array(10);
  const [low, high, middle] = [all.subarray(0, 5), all.subarray(5), all.subarray(3, 7)].map(
    (part) => Tensor.wrap(part, [part.length]),
  ) as [Tensor, Tensor, Tensor];
  const whole = Tensor.wrap(all, [10]);
  for (const [a, b, expected] of [
    [low, high, false],
    [low, middle, true],
    [high, middle, true],
    [whole, high, true],
    [whole, whole, true],
    [low, Tensor.wrap(all.subarray(0, 5), [5]), true],
    [low, Tensor.wrap(new Float32Array(5), [5]), false],
    [whole, Tensor.wrap(new Float64Array(all.buffer, 8, 2), [2]), true],
    [whole, Tensor.wrap(all.subarray(4, 4), [0]), false],
  ] as const) {
    const message = `${a.data.byteOffset}+${a.size} and ${b.data.byteOffset}+${b.size}`;
    if (a !== b && b.size === 0) continue; // nothing overlaps nothing, or everything
    assert.is(a.storage.overlaps(b.storage), expected, message);
    assert.is(b.storage.overlaps(a.storage), expected, message);
    assert.is(a.sharesMemoryWith(b), expected, message);
  }
  // and so a copy between neighbours in one buffer comes out right
  whole.copyFrom(Tensor.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [10]));
  middle.copyFrom(low.slice([0, 4]));
  same(whole, Tensor.from([0, 1, 2, 0, 1, 2, 3, 7, 8, 9], [10]));
});

test("winners are memory like any other", async () => {
  const lifetime = new Lifetime();
  const winners = new Storage(Int32Array.of(3, -1), lifetime);
  assert.equal([...winners.data], [3, -1]);
  winners.touch();
  assert.is(winners.version, 1);
  lifetime.end("that of a step");
  await assertRejects(() => winners.data, "Tensor.data", "that of a step");
});

test("a whole storage is looked at, no more and no less", async () => {
  await assertRejects(
    () => Tensor.over(new Storage(new Float64Array(5)), [2, 3]),
    "expected 6 elements for shape [2, 3], got 5",
  );
});

test("an allocator's storage is what a tensor is over", () => {
  const given: Storage[] = [];
  const allocator: Allocator = {
    allocate: (dtype, length) => {
      const storage = heapAllocator.allocate(dtype, length);
      given.push(storage);
      return storage;
    },
  };
  const made = [
    Tensor.zeros([2], "float64", allocator),
    Tensor.full([2], 3, "float32", allocator),
    Tensor.from([1, 2], [2], "float32", allocator),
    Tensor.zeros([2]).clone(allocator),
    Tensor.zeros([2]).astype("float64", allocator),
  ];
  assert.equal(
    made.map(({ storage }) => given.indexOf(storage)),
    [0, 1, 2, 3, 4],
  );
  assert.ok(made.every(({ storage }) => storage.version === 0));
});

test("printing a live tensor shows its numbers, a dead one that they are gone", () => {
  const { x, lifetime } = mortal();
  const view = x.transpose();
  assert.is(printed(x), "Tensor [2, 3] float64\n[[1, 2, 3],\n [4, 5, 6]]");
  assert.is(printed(view), "Tensor [3, 2] float64\n[[1, 4],\n [2, 5],\n [3, 6]]");
  lifetime.end("that of a cat with nine");
  assert.is(printed(x), "Tensor [2, 3] float64\n(its memory is gone)");
  assert.is(printed(view), "Tensor [3, 2] float64\n(its memory is gone)");
});

test("console.log of a tensor, alive, dead, and inside of something else", async () => {
  const { inspect } = await import("node:util");
  const { x, lifetime } = mortal();
  assert.is(inspect(x), "Tensor [2, 3] float64\n[[1, 2, 3],\n [4, 5, 6]]");
  assert.match(inspect({ deep: [{ x }] }), /Tensor \[2, 3\] float64/);
  const lines: unknown[] = [];
  const { log } = console;
  console.log = (...parts: unknown[]): void =>
    void lines.push(...parts.map((part) => inspect(part)));
  try {
    console.log(x);
    lifetime.end("that of a cat with nine");
    console.log(x);
  } finally {
    console.log = log;
  }
  assert.equal(lines, [
    "Tensor [2, 3] float64\n[[1, 2, 3],\n [4, 5, 6]]",
    "Tensor [2, 3] float64\n(its memory is gone)",
  ]);
  assert.is(x.storage.version, 0, "looking changes nothing");
});

test("the error of an end is the user's, on one line", () => {
  const lifetime = new Lifetime();
  lifetime.check("anybody"); // alive
  lifetime.end("one that went away");
  assert.throws(
    () => lifetime.check("Somewhere"),
    (error: Error) =>
      error instanceof InputError &&
      error.message === "Somewhere: expected memory that is still there, got one that went away",
  );
});

test.run();
