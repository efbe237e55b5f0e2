import { test } from "uvu";
import * as assert from "uvu/assert";
import fc from "fast-check";
import { type MatmulOptions, reference, referenceBackend } from "leibniz/kernels";
import {
  add,
  broadcastShape,
  type Data,
  type DType,
  heapAllocator,
  matmul,
  Random,
  sizeOf,
  Storage,
  sum,
  Tensor,
} from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

/**
 * Float32 results carry one rounding of the sum and one of the bias, float64 results those of every
 * step.
 */
const TOLERANCE: Record<DType, number> = { float32: 1.5e-7, float64: 1e-14 };

/** The same tensor with its last two axes exchanged. */
function swapped(x: Tensor): Tensor {
  return x.transpose(x.shape.map((_, axis) => (axis < x.rank - 2 ? axis : 2 * x.rank - 3 - axis)));
}

/** Matrix by matrix, in float64, with the `matmul` of leibniz/tensor. */
function productOf(
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false, rowBias = null, columnBias = null }: MatmulOptions,
): Tensor {
  const left = transposeA ? swapped(a) : a;
  const right = transposeB ? swapped(b) : b;
  const [M, I] = left.shape.slice(-2) as [number, number];
  const N = right.shape.at(-1)!;
  const batch = broadcastShape("productOf", a.shape.slice(0, -2), b.shape.slice(0, -2));
  const count = sizeOf(batch);
  const stackA = left
    .broadcastTo([...batch, M, I])
    .astype("float64")
    .reshape([count, M, I]);
  const stackB = right
    .broadcastTo([...batch, I, N])
    .astype("float64")
    .reshape([count, I, N]);
  const matrices = Array.from({ length: count }, (_, n) =>
    matmul(stackA.slice([n, n + 1]).reshape([M, I]), stackB.slice([n, n + 1]).reshape([I, N])),
  );
  let c = Tensor.from(
    matrices.flatMap((matrix) => [...matrix.data]),
    [...batch, M, N],
    "float64",
  );
  if (rowBias !== null) c = add(c, rowBias.astype("float64").reshape([...rowBias.shape, 1]));
  if (columnBias !== null) c = add(c, columnBias.astype("float64"));
  return c;
}

/**
 * Random numbers of the given shape, a share of them not 0, laid out in memory in one of several
 * ways.
 */
function laidOut(
  random: Random,
  shape: readonly number[],
  layout: Layout,
  density: number,
  dtype: DType,
): Tensor {
  const draw = (extents: readonly number[]): Tensor => {
    const x = random.normal(extents, 0, 1, dtype);
    for (let i = 0; i < x.data.length; i++) if (random.next() >= density) x.data[i] = 0;
    return x;
  };
  if (layout === "reversed axes") return draw([...shape].reverse()).transpose();
  if (layout === "cut out")
    return draw(shape.map((extent) => extent + 3)).slice(
      ...shape.map((extent, axis) => [axis % 3, (axis % 3) + extent] as const),
    );
  return draw(shape);
}
type Layout = "contiguous" | "reversed axes" | "cut out";

const layouts = fc.constantFrom<Layout>("contiguous", "reversed axes", "cut out");
const densities = fc.constantFrom(1, 1, 0.25);
const types = fc.constantFrom<DType>("float32", "float64");
const extents = fc.record({
  M: fc.integer({ min: 1, max: 9 }),
  N: fc.integer({ min: 1, max: 11 }),
  I: fc.integer({ min: 1, max: 13 }),
});

/** Two batch shapes that broadcast: some axes are left out in front, some have extent 1. */
const batches = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }).chain((batch) =>
  fc
    .record({
      keepA: fc.nat(batch.length),
      keepB: fc.nat(batch.length),
      onesA: fc.nat(7),
      onesB: fc.nat(7),
    })
    .map(({ keepA, keepB, onesA, onesB }) => {
      const side = (keep: number, ones: number): number[] =>
        batch.slice(batch.length - keep).map((extent, axis) => ((ones >> axis) & 1 ? 1 : extent));
      return [side(keepA, onesA), side(keepB, onesB)] as const;
    }),
);

test("matmul multiplies each pair of matrices, whatever layout, batch, transposition", async () => {
  const biases = fc.constantFrom("none", "row", "row of each matrix", "column", "both");
  await fc.assert(
    fc.asyncProperty(
      extents,
      batches,
      fc.boolean(),
      fc.boolean(),
      biases,
      fc.tuple(layouts, layouts),
      fc.tuple(densities, densities),
      types,
      fc.nat(),
      async (
        { M, N, I },
        [batchA, batchB],
        transposeA,
        transposeB,
        bias,
        layout,
        density,
        dtype,
        seed,
      ) => {
        const random = new Random(seed);
        const a = laidOut(
          random,
          [...batchA, ...(transposeA ? [I, M] : [M, I])],
          layout[0],
          density[0],
          dtype,
        );
        const b = laidOut(
          random,
          [...batchB, ...(transposeB ? [N, I] : [I, N])],
          layout[1],
          density[1],
          dtype,
        );
        const rowShape = bias === "row of each matrix" ? [...batchA, M] : [M];
        const options: MatmulOptions = {
          transposeA,
          transposeB,
          rowBias:
            bias.startsWith("row") || bias === "both"
              ? laidOut(random, rowShape, layout[1], 1, dtype)
              : null,
          columnBias:
            bias === "column" || bias === "both" ? laidOut(random, [N], layout[0], 1, dtype) : null,
        };
        const c = await reference.matmul(a, b, options);
        assert.is(c.dtype, dtype);
        assert.ok(c.isContiguous, "expected a contiguous result");
        assertClose(c.astype("float64"), productOf(a, b, options), {
          tolerance: TOLERANCE[dtype],
          what: "matmul",
        });
      },
    ),
    { seed: 12, numRuns: 300 },
  );
});

test("matmulSum is the sum of the products over the first axis", async () => {
  const batch = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      extents,
      batch,
      fc.boolean(),
      fc.boolean(),
      fc.tuple(layouts, layouts),
      fc.tuple(densities, densities),
      types,
      fc.nat(),
      async ({ M, N, I }, axes, transposeA, transposeB, layout, density, dtype, seed) => {
        const random = new Random(seed);
        const a = laidOut(
          random,
          [...axes, ...(transposeA ? [I, M] : [M, I])],
          layout[0],
          density[0],
          dtype,
        );
        const b = laidOut(
          random,
          [...axes, ...(transposeB ? [N, I] : [I, N])],
          layout[1],
          density[1],
          dtype,
        );
        const c = await reference.matmulSum(a, b, { transposeA, transposeB });
        assert.is(c.dtype, dtype);
        assertClose(
          c.astype("float64"),
          sum(productOf(a, b, { transposeA, transposeB }), { axes: 0 }),
          { tolerance: TOLERANCE[dtype], what: "matmulSum" },
        );
      },
    ),
    { seed: 13, numRuns: 200 },
  );
});

test("weights [G, M, I] meet every image of [N, G, I, P], with a bias for each group", async () => {
  const random = new Random("groups");
  const [weight, cols, rowBias] = [
    random.normal([2, 3, 5]),
    random.normal([4, 2, 5, 7]),
    random.normal([2, 3]),
  ];
  const out = await reference.matmul(weight, cols, { rowBias });
  for (let n = 0; n < 4; n++) {
    for (let g = 0; g < 2; g++) {
      const [W, X] = [
        weight.slice([g, g + 1]).reshape([3, 5]),
        cols.slice([n, n + 1], [g, g + 1]).reshape([5, 7]),
      ];
      const expected = add(matmul(W, X), rowBias.slice([g, g + 1]).reshape([3, 1]));
      assertClose(out.slice([n, n + 1], [g, g + 1]).reshape([3, 7]), expected, {
        tolerance: 1.5e-7,
        what: `image ${n}, group ${g}`,
      });
    }
  }
});

/** A tensor that counts how often each of its entries is read. */
function counted(x: Tensor): { tensor: Tensor; reads: Int32Array } {
  const { data } = x.contiguous();
  const reads = new Int32Array(data.length);
  const spy = new Proxy(data, {
    get(target, key) {
      if (typeof key === "string" && /^\d+$/.test(key)) reads[Number(key)]!++;
      return Reflect.get(target, key, target) as unknown;
    },
  });
  return { tensor: Tensor.over(new Storage(spy), x.shape), reads };
}

// A product that walks over the non-zeros never reads what the zeros are multiplied with, but for
// looking once whether all of it is finite. So what meets a zero is read less often than the rest.
for (const side of ["a", "b"] as const) {
  /** The first `zeros` of 10 terms of each sum are 0, and `odd` on the other side. */
  const operands = (zeros: number, odd?: number): { a: Tensor; b: Tensor } => {
    const random = new Random(`sparse ${side}`);
    const [a, b] = [random.normal([3, 4, 10]), random.normal([3, 10, 6])];
    const [sparse, along, other] = side === "a" ? [a, 2, b] : [b, 1, a];
    for (let n = 0; n < 3; n++) {
      for (let r = 0; r < sparse.shape[3 - along]!; r++)
        for (let i = 0; i < zeros; i++) sparse.set(along === 2 ? [n, r, i] : [n, i, r], 0);
      if (odd !== undefined)
        for (let r = 0; r < other.shape[along]!; r++)
          for (let i = 0; i < zeros; i++) other.set(along === 2 ? [n, i, r] : [n, r, i], odd);
    }
    return { a, b };
  };
  const products = [reference.matmul, reference.matmulSum] as const;

  for (const [zeros, skips] of [
    [7, true],
    [2, false],
  ] as const)
    test(`when ${zeros} of 10 entries of ${side} are zeros, skipping them: ${skips}`, async () => {
      const { a, b } = operands(zeros);
      const clean = productOf(a, b, {});
      for (const [multiply, expected] of [
        [products[0], clean],
        [products[1], sum(clean, { axes: 0 })],
      ] as const) {
        const spy = counted(side === "a" ? b : a);
        const c = side === "a" ? await multiply(a, spy.tensor) : await multiply(spy.tensor, b);
        assertClose(c.astype("float64"), expected, { tolerance: 1.5e-7 });
        const meets = (entry: number): number =>
          side === "a" ? Math.floor(entry / 6) % 10 : entry % 10;
        const [onZeros, onOthers] = [new Set<number>(), new Set<number>()];
        for (const [entry, times] of spy.reads.entries())
          (meets(entry) < zeros ? onZeros : onOthers).add(times);
        assert.is(onZeros.size * onOthers.size, 1, `reads ${[...onZeros]} and ${[...onOthers]}`);
        assert.is([...onZeros][0]! < [...onOthers][0]!, skips);
      }
    });

  for (const odd of [NaN, Infinity, -Infinity])
    for (const zeros of [2, 7])
      test(
        `${odd} that meets nothing but ${zeros} zeros in 10 of ${side} is not ` + `lost`,
        async () => {
          const { a, b } = operands(zeros, odd);
          for (const multiply of products) {
            const c = await multiply(a, b);
            assert.ok(c.data.every(Number.isNaN), `expected NaN throughout, got ${c}`);
          }
        },
      );
}

test("no operand is changed, and results live where the allocator says", async () => {
  const allocated: Data[] = [];
  const backend = referenceBackend({
    allocate: (dtype, length) => {
      const storage = heapAllocator.allocate(dtype, length);
      allocated.push(storage.data);
      return storage;
    },
  });
  const random = new Random("allocator");
  const tensors = [
    random.normal([2, 3, 4]),
    random.normal([2, 5, 4]),
    random.normal([2, 3]),
    random.normal([5]),
  ] as const;
  const before = tensors.map((x) => x.clone());
  const [a, b, rowBias, columnBias] = tensors;
  const c = await backend.matmul(a, b, { transposeB: true, rowBias, columnBias });
  const total = await backend.matmulSum(a, b, { transposeB: true });
  assert.ok(
    allocated.includes(c.data) && allocated.includes(total.data),
    "expected both results in allocated memory",
  );
  tensors.forEach((x, i) => assertClose(x, before[i]!, { tolerance: 0, what: `operand ${i}` }));
});

test("a product without terms is 0, or the bias", async () => {
  const [a, b] = [Tensor.zeros([2, 3, 0]), Tensor.zeros([2, 0, 2])];
  assert.equal(
    (await reference.matmul(a, b, { columnBias: Tensor.from([5, 7], [2]) })).toNested(),
    [0, 1].map(() => [
      [5, 7],
      [5, 7],
      [5, 7],
    ]),
  );
  assert.equal((await reference.matmulSum(a, b)).toNested(), [
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  assert.equal(
    (await reference.matmul(Tensor.zeros([0, 3, 4]), Tensor.zeros([4, 2]))).shape,
    [0, 3, 2],
  );
});

test("operands that do not fit are refused with both shapes", async () => {
  const zeros = (...shape: number[]): Tensor => Tensor.zeros(shape);
  for (const product of [reference.matmul, reference.matmulSum]) {
    await assertRejects(
      () => product(zeros(2, 3, 4), zeros(2, 5, 6)),
      "inner extents agree in a · b",
      "[2, 3, 4]",
      "[2, 5, 6]",
    );
    await assertRejects(
      () => product(zeros(2, 3, 4), zeros(2, 4, 6), { transposeA: true, transposeB: true }),
      "aᵀ · bᵀ",
      "[2, 3, 4]",
      "[2, 4, 6]",
    );
    await assertRejects(
      () => product(zeros(3, 4), Tensor.zeros([4, 2], "float64")),
      "one element type",
      "float32",
      "float64",
    );
    await assertRejects(() => product(zeros(4), zeros(4, 2)), "[4]", "[4, 2]");
  }
  await assertRejects(
    () => reference.matmul(zeros(2, 3, 4), zeros(3, 4, 5)),
    "matmul: ",
    "broadcast",
    "[2]",
    "[3]",
  );
  await assertRejects(
    () => reference.matmulSum(zeros(3, 4), zeros(4, 5)),
    "matmulSum: ",
    "batch axes",
    "[3, 4]",
    "[4, 5]",
  );
  await assertRejects(
    () => reference.matmulSum(zeros(1, 3, 4), zeros(2, 4, 5)),
    "matmulSum: ",
    "batch axes",
    "[1, 3, 4]",
    "[2, 4, 5]",
  );
});

test("a bias of another shape is refused", async () => {
  const [a, b] = [Tensor.zeros([2, 3, 4]), Tensor.zeros([5, 2, 4, 6])];
  await assertRejects(
    () => reference.matmul(a, b, { rowBias: Tensor.zeros([6]) }),
    "rowBias of shape [2, 3]",
    "got [6]",
  );
  await assertRejects(
    () => reference.matmul(a, b, { rowBias: Tensor.zeros([5, 2, 3]) }),
    "rowBias of shape [2, 3]",
    "got [5, 2, 3]",
  );
  await assertRejects(
    () => reference.matmul(a, b, { columnBias: Tensor.zeros([3]) }),
    "columnBias of shape [6]",
    "got [3]",
  );
});

test.run();
