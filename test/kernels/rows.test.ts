import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { type DType, divide, Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const threads: readonly Backend[] = await Promise.all(
  [1, 2, 3].map((count) => wasmBackend({ threads: count })),
);

interface Given {
  /** [N, M] */
  readonly x: Tensor;
  readonly y: Tensor;
  /** [N] */
  readonly scale: Tensor;
  readonly centre: Tensor;
  readonly intercept: Tensor;
  readonly slope: Tensor;
  /** [M] */
  readonly weight: Tensor;
  readonly bias: Tensor;
}

function given(
  [N, M]: readonly [number, number],
  seed: number,
  dtype: DType,
  viewed: "whole" | "turned" | "cut",
): Given {
  const random = new Random(seed);
  const rows = (): Tensor => {
    if (viewed === "turned") return random.normal([M, N], 0.3, 1, dtype).transpose();
    const cut = random.normal([N + 3, M], 0.3, 1, dtype).slice([2, N + 2]);
    return viewed === "cut" ? cut : cut.clone();
  };
  const numbers = (length: number): Tensor =>
    random.normal([length + 2], 0.2, 1, dtype).slice([1, length + 1]);
  return {
    ...{ x: rows(), y: rows() },
    ...{ scale: numbers(N), centre: numbers(N), intercept: numbers(N), slope: numbers(N) },
    ...{ weight: numbers(M), bias: numbers(M) },
  };
}

type Outcome = Readonly<Record<string, Tensor>>;

async function onBackend(backend: Backend, of: Given): Promise<Outcome> {
  const { x, y } = of;
  const { overRows, overPlaces } = await backend.rowSums(y, x, of);
  return {
    ...(await backend.rowMoments(x)),
    out: await backend.rowAffine(x, of),
    ...{ sumOverRows: overRows.sum, productOverRows: overRows.product },
    ...{ sumOverPlaces: overPlaces.sum, productOverPlaces: overPlaces.product },
    residual: await backend.rowResidual(y, x, of),
  };
}

/** Straight from the definitions. */
function inLoops({ x, y, weight, bias, ...ofRows }: Given): Outcome {
  const { scale, centre, intercept, slope } = ofRows;
  const [N, M] = x.shape as [number, number];
  const all = (length: number): number[] => Array.from({ length }, (_, i) => i);
  const entries = (of: (n: number, i: number) => number): Tensor =>
    Tensor.from(
      all(N * M).map((at) => of(Math.floor(at / M), at % M)),
      [N, M],
      x.dtype,
    );
  const overRows = (of: (n: number, i: number) => number): Tensor =>
    Tensor.from(
      all(M).map((i) => all(N).reduce((total, n) => total + of(n, i), 0)),
      [M],
      x.dtype,
    );
  const overPlaces = (of: (n: number, i: number) => number): Tensor =>
    Tensor.from(
      all(N).map((n) => all(M).reduce((total, i) => total + of(n, i), 0)),
      [N],
      x.dtype,
    );
  const mean = overPlaces((n, i) => x.get(n, i) / M);
  const xHat = (n: number, i: number): number => scale.get(n) * (x.get(n, i) - centre.get(n));
  const z = (n: number, i: number): number => weight.get(i) * y.get(n, i);
  return {
    mean,
    variance: overPlaces((n, i) => (x.get(n, i) - mean.get(n)) ** 2 / M),
    out: entries((n, i) => weight.get(i) * xHat(n, i) + bias.get(i)),
    sumOverRows: overRows((n, i) => y.get(n, i)),
    productOverRows: overRows((n, i) => y.get(n, i) * xHat(n, i)),
    sumOverPlaces: overPlaces(z),
    productOverPlaces: overPlaces((n, i) => z(n, i) * xHat(n, i)),
    residual: entries(
      (n, i) => scale.get(n) * (z(n, i) - intercept.get(n) - slope.get(n) * xHat(n, i)),
    ),
  };
}

function assertSame(actual: Outcome, expected: Outcome, tolerance: number, what: string): void {
  assert.equal(Object.keys(actual), Object.keys(expected));
  for (const [name, tensor] of Object.entries(expected))
    assertClose(actual[name]!, tensor, { tolerance, what: `${name}, ${what}` });
}

/** Around the edges of tiles, and small. */
const shapes = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 23 })),
  fc.constantFrom([31, 5], [33, 6], [70, 26]),
) as fc.Arbitrary<[number, number]>;

test("each is what loops say, over random shapes and views, on every backend", async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.nat(),
      fc.constantFrom("whole" as const, "turned" as const, "cut" as const),
      async (shape, seed, viewed) => {
        const what = JSON.stringify({ shape, seed, viewed });
        const double = given(shape, seed, "float64", viewed);
        assertSame(await onBackend(reference, double), inLoops(double), 1e-12, what);
        const float = given(shape, seed, "float32", viewed);
        const expected = inLoops(float);
        assertSame(await onBackend(reference, float), expected, 3e-6, `reference, ${what}`);
        for (const backend of threads)
          await backend.step(async () =>
            assertSame(await onBackend(backend, float), expected, 3e-6, `wasm, ${what}`),
          );
      },
    ),
    { seed: 91, numRuns: 40 },
  );
});

test("tiles side by side, and one below the other", async () => {
  for (const shape of [
    [2, 16_383],
    [37, 16_390],
  ] as const) {
    const operands = given(shape, 7, "float32", "whole");
    const expected = await onBackend(reference, operands);
    for (const backend of threads)
      await backend.step(async () =>
        assertSame(await onBackend(backend, operands), expected, 3e-6, `${shape}`),
      );
  }
});

test("results do not depend on the number of threads, to the bit", async () => {
  for (const shape of [
    [300, 700],
    [1, 1000],
    [1000, 3],
    [37, 21],
  ] as const) {
    const operands = given(shape, 5, "float32", "whole");
    const bits = async (backend: Backend): Promise<string[]> =>
      Object.entries(await backend.step(() => onBackend(backend, operands))).map(
        ([name, { data }]) =>
          `${name} ${Buffer.from(new Float32Array(data).buffer).toString("hex")}`,
      );
    const [one, two, three] = await Promise.all(threads.map(bits));
    assert.is(one!.length, 8);
    assert.equal(two, one, `2 threads, ${shape}`);
    assert.equal(three, one, `3 threads, ${shape}`);
  }
});

test("sums of many terms are added up in float64", async () => {
  const tenth = Math.fround(0.1);
  const [many, weight] = [Tensor.full([300, 500], 0.1), Tensor.full([500], 1)];
  const asTheyAre = { scale: Tensor.full([300], 1), centre: Tensor.zeros([300]) };
  for (const backend of [reference, ...threads]) {
    const { overRows, overPlaces } = await backend.rowSums(many, many, { ...asTheyAre, weight });
    assertClose((await backend.rowMoments(many)).mean, Tensor.full([300], tenth), { tolerance: 0 });
    for (const [{ sum, product }, of, count] of [
      [overRows, 500, 300],
      [overPlaces, 300, 500],
    ] as const) {
      assertClose(sum, Tensor.full([of], count * tenth), { tolerance: 1e-7 });
      assertClose(product, Tensor.full([of], count * tenth * tenth), { tolerance: 1e-7 });
    }
  }
});

test("moments are exact far from 0", async () => {
  for (const [centre, spread] of [
    [0, 1e-6],
    [1e4, 0.01],
    [-3e6, 5],
  ] as const) {
    const x = new Random("far").normal([3, 1003], centre, spread);
    const { mean, variance } = await reference.rowMoments(x.astype("float64"));
    for (const backend of [reference, ...threads]) {
      const actual = await backend.rowMoments(x);
      // rounding of a float32, and of what has been added up
      const least = 1.2e-7 * Math.abs(centre) + 1e-7 * spread;
      actual.mean.data.forEach((value, n) => assert.ok(Math.abs(value - mean.data[n]!) < least));
      const ratio = divide(actual.variance, variance.astype("float32"));
      assertClose(ratio, Tensor.full([3], 1), { tolerance: 3e-7, what: `variance, ${centre}` });
    }
  }
});

test("no rows, no places", async () => {
  for (const shape of [
    [0, 3],
    [2, 0],
    [0, 0],
  ] as const)
    for (const backend of [reference, ...threads]) {
      const { mean, variance, out, residual, ...sums } = await onBackend(
        backend,
        given(shape, 1, "float32", "whole"),
      );
      for (const tensor of [out!, residual!]) assert.equal(tensor.shape, [...shape]);
      for (const { shape: length, data } of [mean!, variance!]) {
        assert.equal(length, [shape[0]]);
        assert.ok(data.every(Number.isNaN));
      }
      for (const [name, { shape: length, data }] of Object.entries(sums)) {
        assert.equal(length, [name.endsWith("Rows") ? shape[1] : shape[0]]);
        assert.ok(
          data.every((value) => value === 0),
          name,
        );
      }
    }
});

test("outside of steps, what was copied in is given back", async () => {
  const small = await wasmBackend({ threads: 1, largestMB: 32 });
  try {
    const operands = given([4, 65_536], 1, "float32", "whole");
    const drawn = { seed: 1, zeros: 0.5, value: 2 };
    for (let i = 0; i < 100; i++) {
      await onBackend(small, operands);
      await small.add(operands.x, operands.y);
      await small.multiply(operands.x, operands.y);
      await small.randomMask([4, 65_536], "float32", drawn);
    }
  } finally {
    await small.dispose();
  }
});

test("operands that do not fit are refused, by name", async () => {
  const [x, three, two] = [Tensor.zeros([2, 3]), Tensor.zeros([3]), Tensor.zeros([2])];
  const numbers = { scale: two, centre: two, weight: three, bias: three };
  const line = { ...numbers, intercept: two, slope: two };
  for (const backend of [reference, threads[0]!]) {
    await assertRejects(
      () => backend.rowMoments(Tensor.zeros([2, 3, 1])),
      "rowMoments: expected rows [N, M], got [2, 3, 1]",
    );
    await assertRejects(
      () => backend.rowAffine(Tensor.zeros([2, 3, 1]), numbers),
      "rowAffine: expected rows [N, M], got [2, 3, 1]",
    );
    await assertRejects(
      () => backend.rowAffine(x, { ...numbers, bias: two }),
      "rowAffine: expected bias of shape [3], got [2]",
    );
    await assertRejects(
      () => backend.rowAffine(x, { ...numbers, centre: three }),
      "rowAffine: expected centre of shape [2], got [3]",
    );
    await assertRejects(
      () => backend.rowSums(x, Tensor.zeros([3, 2]), numbers),
      "rowSums: expected x of shape [2, 3], got [3, 2]",
    );
    await assertRejects(
      () => backend.rowSums(x, x, { ...numbers, weight: two }),
      "rowSums: expected weight of shape [3], got [2]",
    );
    await assertRejects(
      () => backend.rowResidual(x, x, { ...line, slope: three }),
      "rowResidual: expected slope of shape [2], got [3]",
    );
    await assertRejects(
      () => backend.rowResidual(x, x, { ...line, scale: Tensor.zeros([2], "float64") }),
      "rowResidual: expected operands of one element type, got float32 and float64",
    );
  }
});

test("the backends are given back", async () => {
  await Promise.all(threads.map((backend) => backend.dispose()));
});

test.run();
