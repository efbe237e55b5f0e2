import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  abs,
  accumulate,
  add,
  divide,
  exp,
  log,
  map,
  maximum,
  multiply,
  negate,
  Random,
  sqrt,
  subtract,
  Tensor,
  tensor,
  zip,
} from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { indicesOf, viewCases } from "../helpers/views.js";

const binaries = [
  ["add", add, (a: number, b: number) => a + b],
  ["subtract", subtract, (a: number, b: number) => a - b],
  ["multiply", multiply, (a: number, b: number) => a * b],
  ["divide", divide, (a: number, b: number) => a / b],
  ["maximum", maximum, (a: number, b: number) => (a > b ? a : b)],
] as const;

/**
 * With how far a float64 may be off, relatively; how near exp and log are to the truth is tested in
 * exp-log.test.ts.
 */
const unaries = [
  ["negate", negate, (a: number) => 0 - a, 0],
  ["exp", exp, Math.exp, 2 ** -51],
  ["log", log, Math.log, 2 ** -51],
  ["sqrt", sqrt, Math.sqrt, 0],
  ["abs", (x: Tensor) => abs(subtract(x, 2)), (a: number) => Math.abs(a - 2), 0],
] as const;

/** Entry of x that an index of a broadcast result reads. */
function broadcastEntry(x: Tensor, index: readonly number[]): number {
  const own = index.slice(index.length - x.rank);
  return x.get(...x.shape.map((extent, axis) => (extent === 1 ? 0 : own[axis]!)));
}

test("binary functions broadcast, against loops over every index", () => {
  const pair = fc.array(
    fc.record({
      extent: fc.integer({ min: 1, max: 4 }),
      one: fc.constantFrom("neither", "a", "b", "both"),
    }),
    { maxLength: 4 },
  );
  const cases = fc.record({
    axes: pair,
    cutA: fc.nat(4),
    cutB: fc.nat(4),
    flip: fc.boolean(),
    dtype: fc.constantFrom("float32" as const, "float64" as const),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(cases, ({ axes, cutA, cutB, flip, dtype, seed }) => {
      const random = new Random(seed);
      const extents = (one: "a" | "b", cut: number): number[] =>
        axes.map((axis) => (axis.one === one || axis.one === "both" ? 1 : axis.extent)).slice(cut);
      // Leading axes may be missing on one side only, so that the shape below is the broadcast one.
      const [shapeA, shapeB] = [extents("a", flip ? cutA : 0), extents("b", flip ? 0 : cutB)];
      const make = (shape: number[]): Tensor =>
        random.uniform([...shape].reverse(), 0.5, 3, dtype).transpose();
      const [a, b] = [make(shapeA), make(shapeB)];
      const full = axes.map((_, axis) => {
        const missing = (shape: number[]): number =>
          shape[axis - (axes.length - shape.length)] ?? 1;
        return Math.max(missing(shapeA), missing(shapeB));
      });
      for (const [name, f, g] of binaries) {
        const expected = Tensor.zeros(full, dtype);
        for (const index of indicesOf(full))
          expected.set(index, g(broadcastEntry(a, index), broadcastEntry(b, index)));
        const out = f(a, b);
        assertClose(out, expected, {
          tolerance: 0,
          what: `${name} of [${shapeA}] and [${shapeB}]`,
        });
        assert.is(out.dtype, dtype);
      }
    }),
    { seed: 6, numRuns: 200 },
  );
});

test("binary functions with shapes written out", () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  assertClose(
    add(x, tensor([10, 20, 30])),
    tensor([
      [11, 22, 33],
      [14, 25, 36],
    ]),
    { tolerance: 0 },
  );
  assertClose(
    subtract(tensor([[10], [20]]), x),
    tensor([
      [9, 8, 7],
      [16, 15, 14],
    ]),
    { tolerance: 0 },
  );
  assertClose(
    multiply(tensor([[2], [3]]), tensor([1, 10])),
    tensor([
      [2, 20],
      [3, 30],
    ]),
    { tolerance: 0 },
  );
  assertClose(
    divide(x, tensor(2)),
    tensor([
      [0.5, 1, 1.5],
      [2, 2.5, 3],
    ]),
    { tolerance: 0 },
  );
  assertClose(
    maximum(x, tensor([[3.5], [4.5]])),
    tensor([
      [3.5, 3.5, 3.5],
      [4.5, 5, 6],
    ]),
    { tolerance: 0 },
  );
  assertClose(add(Tensor.zeros([0, 3]), Tensor.zeros([1])), Tensor.zeros([0, 3]), { tolerance: 0 });
});

test("a number stands for a tensor full of it", () => {
  const x = new Random(1).uniform([3, 2, 4], 0.5, 2, "float64").transpose();
  for (const [name, f] of binaries)
    assertClose(f(x, 1.25), f(x, Tensor.full(x.shape, 1.25, "float64")), {
      tolerance: 0,
      what: name,
    });
  assert.is(add(Tensor.zeros([2]), 0.1).get(1), Math.fround(0.1));
});

test("unary functions and map, on views as on whole tensors, leave their operand alone", () => {
  fc.assert(
    fc.property(viewCases("transpose", "slice", "broadcast"), ({ base, view, model, made }) => {
      for (const [name, f, g, slack] of [
        ...unaries,
        ["map", (x: Tensor) => map(x, (value) => value * value), (a: number) => a * a, 0] as const,
      ]) {
        const x = name === "log" ? view : map(view, (value) => value / 8);
        const out = f(x);
        const round = x.dtype === "float32" ? Math.fround : (value: number) => value;
        for (const index of indicesOf(model.shape)) {
          const expected = round(g(x.get(...index)));
          const actual = out.get(...index);
          const near =
            x.dtype === "float64" && Math.abs(actual - expected) <= slack * Math.abs(expected);
          assert.ok(
            actual === expected || near,
            `${name} of ${made} at [${index}]: expected ${expected}, got ${actual}`,
          );
        }
        assert.is(out.dtype, view.dtype);
        assert.ok(!out.sharesMemoryWith(view));
      }
      assert.ok(base.data.every((value, position) => value === position));
    }),
    { seed: 7, numRuns: 60 },
  );
});

test("unary functions keep to IEEE arithmetic", () => {
  assert.equal(abs(tensor([1, -2, -Infinity])).toNested(), [1, 2, Infinity]);
  assert.ok(Object.is(abs(tensor([-0])).get(0), 0) && Number.isNaN(abs(tensor([NaN])).get(0)));
  assertClose(negate(tensor([1, -2, 0.5])), tensor([-1, 2, -0.5]), { tolerance: 0 });
  assertClose(exp(tensor([0, 1, -1])), tensor([1, 2.718281828459045, 0.36787944117144233]), {
    tolerance: 1e-15,
  });
  assertClose(log(tensor([1, Math.E, 0.25])), tensor([0, 1, -1.3862943611198906]), {
    tolerance: 1e-15,
  });
  assertClose(sqrt(tensor([0, 2, 9])), tensor([0, 1.4142135623730951, 3]), { tolerance: 1e-15 });
  assert.ok(
    Number.isNaN(sqrt(tensor([-1])).get(0)) &&
      Number.isNaN(log(tensor([-1])).get(0)) &&
      log(tensor([0])).get(0) === -Infinity,
  );
  assert.is(exp(tensor([1000])).get(0), Infinity);
});

test("maximum is NaN where either operand is", () => {
  const out = maximum(tensor([NaN, 1, 2]), tensor([0, NaN, 3]));
  assert.ok(
    Number.isNaN(out.get(0)) && Number.isNaN(out.get(1)) && out.get(2) === 3,
    out.toString(),
  );
  assert.ok(Number.isNaN(maximum(tensor([NaN]), 0).get(0)));
});

test("zip takes any function and passes the operands in order", () => {
  const f = (a: number, b: number): number => a - 2 * b;
  assertClose(
    zip(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      tensor([[10], [20]]),
      f,
    ),
    tensor([
      [-19, -18, -17],
      [-36, -35, -34],
    ]),
    { tolerance: 0 },
  );
  assertClose(zip(tensor([1, 2]), tensor([3, 5]), f), tensor([-5, -8]), { tolerance: 0 });
  assertClose(
    zip(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      tensor([
        [1, 4],
        [2, 5],
        [3, 6],
      ]).transpose(),
      f,
    ),
    tensor([
      [-1, -2, -3],
      [-4, -5, -6],
    ]),
    { tolerance: 0 },
  );
});

test("binary functions refuse shapes and element types that do not go together", async () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  for (const [name, f] of [
    ...binaries,
    ["zip", (a: Tensor, b: Tensor) => zip(a, b, (p) => p)] as const,
    ["here", (a: Tensor, b: Tensor) => zip(a, b, (p) => p, "here")] as const,
  ]) {
    await assertRejects(
      () => f(x, tensor([1, 2])),
      `${name}: expected shapes that broadcast (extents equal or 1, aligned at the last axis), ` +
        `got [2, 3] and [2]`,
    );
    await assertRejects(
      () => f(x, x.astype("float32")),
      `${name}: expected operands of one element type, got float64 and float32; ` +
        `convert one with astype`,
    );
  }
});

test("accumulate adds in place, and only there", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const target = tensor(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      dtype,
    );
    const source = tensor(
      [
        [10, 40],
        [20, 50],
        [30, 60],
      ],
      dtype,
    );
    const seenBefore = target.transpose();
    accumulate(target, source.transpose());
    accumulate(target, tensor([100, 200, 300], dtype).broadcastTo([2, 3]));
    assertClose(
      target,
      tensor(
        [
          [111, 222, 333],
          [144, 255, 366],
        ],
        dtype,
      ),
      { tolerance: 0 },
    );
    assertClose(seenBefore, target.transpose(), { tolerance: 0 });
    assertClose(
      source,
      tensor(
        [
          [10, 40],
          [20, 50],
          [30, 60],
        ],
        dtype,
      ),
      { tolerance: 0 },
    );
  }
  const twice = tensor([
    [1, 2],
    [3, 4],
  ]);
  accumulate(twice, twice.transpose());
  assertClose(
    twice,
    tensor([
      [2, 5],
      [5, 8],
    ]),
    { tolerance: 0, what: "a source that looks at the target" },
  );
  accumulate(twice, twice);
  assertClose(
    twice,
    tensor([
      [4, 10],
      [10, 16],
    ]),
    { tolerance: 0 },
  );
});

test("accumulate refuses another shape and a target that is not contiguous", async () => {
  const x = Tensor.zeros([2, 3]);
  await assertRejects(
    () => accumulate(x, Tensor.zeros([3, 2])),
    "accumulate: expected a source of shape [2, 3], got [3, 2]",
  );
  await assertRejects(
    () => accumulate(x, Tensor.zeros([3])),
    "accumulate: expected a source of shape [2, 3], got [3]",
  );
  await assertRejects(
    () => accumulate(x.transpose(), Tensor.zeros([3, 2])),
    "accumulate: expected a contiguous target, got strides [1, 3]",
  );
  await assertRejects(
    () => accumulate(x.slice([0, 1]), Tensor.zeros([1, 3])),
    "accumulate: expected a contiguous target, got strides [3, 1]",
  );
});

test.run();
