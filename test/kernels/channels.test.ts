import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { type DType, Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const threads: readonly Backend[] = await Promise.all(
  [1, 2, 3].map((count) => wasmBackend({ threads: count })),
);

/** Every value of each channel of x [N, C, ...], images in order. */
function channels(x: Tensor): number[][] {
  const [N, C] = x.shape as [number, number];
  const P = x.size / (N * C);
  const { data } = x.clone();
  return Array.from({ length: C }, (_, c) =>
    Array.from({ length: N * P }, (_, i) => data[(Math.floor(i / P) * C + c) * P + (i % P)]!),
  );
}

/** The tensor of x's shape that has `f` of each entry and its channel. */
function perEntry(x: Tensor, f: (i: number, c: number) => number): Tensor {
  const [N, C] = x.shape as [number, number];
  const P = x.size / (N * C);
  return Tensor.from(
    Array.from({ length: x.size }, (_, i) => f(i, Math.floor(i / P) % C)),
    x.shape,
    x.dtype,
  );
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Each primitive straight from its definition. */
const byLoops = {
  channelMoments: (x: Tensor): Tensor[] => {
    const mean = channels(x).map((values) => total(values) / values.length);
    const variance = channels(x).map(
      (values, c) => total(values.map((value) => (value - mean[c]!) ** 2)) / values.length,
    );
    return [mean, variance].map((values) => Tensor.from(values, [values.length], x.dtype));
  },
  channelSums: (x: Tensor, y: Tensor): Tensor[] => {
    const others = channels(y);
    const sum = channels(x).map(total);
    const product = channels(x).map((values, c) =>
      total(values.map((value, i) => value * others[c]![i]!)),
    );
    return [sum, product].map((values) => Tensor.from(values, [values.length], x.dtype));
  },
  channelAffine: (x: Tensor, [scale, centre, shift]: readonly (Tensor | null)[]): Tensor[] => {
    const { data } = x.clone();
    return [
      perEntry(
        x,
        (i, c) => scale!.get(c) * (data[i]! - (centre?.get(c) ?? 0)) + (shift?.get(c) ?? 0),
      ),
    ];
  },
  channelResidual: (
    y: Tensor,
    x: Tensor,
    [intercept, slope, scale]: readonly Tensor[],
  ): Tensor[] => {
    const [data, other] = [y.clone().data, x.clone().data];
    return [
      perEntry(
        y,
        (i, c) => scale!.get(c) * (data[i]! - intercept!.get(c) - slope!.get(c) * other[i]!),
      ),
    ];
  },
};

interface Given {
  readonly x: Tensor;
  readonly y: Tensor;
  /** Three numbers for each channel. */
  readonly numbers: readonly [Tensor, Tensor, Tensor];
}

type Outcomes = Record<string, readonly Tensor[]>;

async function onBackend(backend: Backend, { x, y, numbers }: Given): Promise<Outcomes> {
  const [a, b, c] = numbers;
  const { mean, variance } = await backend.channelMoments(x);
  const { sum, product } = await backend.channelSums(x, y);
  return {
    moments: [mean, variance],
    sums: [sum, product],
    scaled: [await backend.channelAffine(x, { scale: a })],
    centred: [await backend.channelAffine(x, { scale: a, centre: b })],
    shifted: [await backend.channelAffine(x, { scale: a, shift: c })],
    affine: [await backend.channelAffine(x, { scale: a, centre: b, shift: c })],
    residual: [await backend.channelResidual(y, x, { intercept: a, slope: b, scale: c })],
  };
}

function inLoops({ x, y, numbers }: Given): Outcomes {
  const [a, b, c] = numbers;
  return {
    moments: byLoops.channelMoments(x),
    sums: byLoops.channelSums(x, y),
    scaled: byLoops.channelAffine(x, [a, null, null]),
    centred: byLoops.channelAffine(x, [a, b, null]),
    shifted: byLoops.channelAffine(x, [a, null, c]),
    affine: byLoops.channelAffine(x, [a, b, c]),
    residual: byLoops.channelResidual(y, x, [a, b, c]),
  };
}

function assertSame(actual: Outcomes, expected: Outcomes, tolerance: number, what: string): void {
  assert.equal(Object.keys(actual), Object.keys(expected));
  for (const [name, tensors] of Object.entries(expected))
    tensors.forEach((tensor, i) =>
      assertClose(actual[name]![i]!, tensor, { tolerance, what: `${name} ${i}, ${what}` }),
    );
}

/** [N, C], [N, C, L] or [N, C, H, W]. */
const shapes = fc
  .tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 19 }),
    fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 2 }),
  )
  .map(([N, C, rest]) => [N, C, ...rest]);

function given(
  shape: readonly number[],
  seed: number,
  dtype: DType,
  viewed: "whole" | "turned" | "cut",
): Given {
  const random = new Random(seed);
  const make = (): Tensor => {
    if (viewed === "turned") return random.normal([...shape].reverse(), 0.3, 1, dtype).transpose();
    const [N, ...rest] = shape as [number, ...number[]];
    const cut = random.normal([N + 3, ...rest], 0.3, 1, dtype).slice([2, N + 2]);
    return viewed === "cut" ? cut : cut.clone();
  };
  const C = shape[1]!;
  const numbers = (): Tensor => random.normal([C + 2], 0, 1, dtype).slice([1, C + 1]);
  return { x: make(), y: make(), numbers: [numbers(), numbers(), numbers()] };
}

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
    { seed: 71, numRuns: 60 },
  );
});

test("results do not depend on the number of threads, to the bit", async () => {
  const bits = async (backend: Backend, operands: Given): Promise<string[]> =>
    Object.entries(await onBackend(backend, operands)).flatMap(([name, tensors]) =>
      tensors.map(
        ({ data }) => `${name} ${Buffer.from(new Float32Array(data).buffer).toString("hex")}`,
      ),
    );
  for (const shape of [
    [40, 21, 5, 6],
    [133, 70],
    [1, 37, 19],
    [50, 1, 30],
  ]) {
    const operands = given(shape, 5, "float32", "whole");
    const [one, two, three] = await Promise.all(
      threads.map((backend) => backend.step(async () => bits(backend, operands))),
    );
    assert.ok(one!.length === 9);
    assert.equal(two, one, `2 threads, ${shape}`);
    assert.equal(three, one, `3 threads, ${shape}`);
  }
});

test("moments far from 0 keep all digits that float32 has, rows and images", async () => {
  for (const shape of [
    [64, 5, 9, 11],
    [2000, 6],
  ]) {
    const random = new Random("far");
    const x = random.normal(shape, 10_000, 1);
    const [mean, variance] = byLoops.channelMoments(x.astype("float64"));
    for (const backend of [reference, ...threads]) {
      const actual = await backend.channelMoments(x);
      assertClose(actual.mean.astype("float64"), mean!, { tolerance: 6e-8, what: "mean" });
      assertClose(actual.variance.astype("float64"), variance!, {
        tolerance: 1e-7,
        what: "variance",
      });
    }
  }
});

test("sums of many terms are added up in float64", async () => {
  const many = Tensor.full([300, 2, 500], 0.1);
  const tenth = Math.fround(0.1);
  for (const backend of [reference, ...threads]) {
    const { sum, product } = await backend.channelSums(many, many);
    assertClose(sum, Tensor.full([2], 150_000 * tenth), { tolerance: 1e-7 });
    assertClose(product, Tensor.full([2], 150_000 * tenth * tenth), { tolerance: 1e-7 });
  }
});

test("no images, no channels, no pixels", async () => {
  for (const shape of [
    [0, 3, 2],
    [0, 3],
    [2, 0, 3],
    [2, 0],
    [2, 3, 0],
  ]) {
    const operands = given(shape, 1, "float32", "whole");
    for (const backend of [reference, ...threads]) {
      const { moments, ...others } = await onBackend(backend, operands);
      assert.ok(
        moments!.every(({ shape: [C], data }) => C === shape[1] && data.every(Number.isNaN)),
      );
      assert.ok(others["sums"]!.every(({ data }) => data.every((value) => value === 0)));
      assert.equal(others["residual"]![0]!.shape, shape);
      assert.equal(others["affine"]![0]!.shape, shape);
    }
  }
});

test("operands that do not fit are refused, by name", async () => {
  const [x, scale] = [Tensor.zeros([2, 3, 4]), Tensor.zeros([3])];
  for (const backend of [reference, threads[0]!]) {
    await assertRejects(
      () => backend.channelMoments(scale),
      "channelMoments: expected an operand of shape [N, C, ...], got [3]",
    );
    await assertRejects(
      () => backend.channelSums(x, Tensor.zeros([2, 3])),
      "channelSums: expected y of shape [2, 3, 4], got [2, 3]",
    );
    await assertRejects(
      () => backend.channelAffine(x, { scale, shift: Tensor.zeros([4]) }),
      "channelAffine: expected shift of shape [3], got [4]",
    );
    await assertRejects(
      () => backend.channelAffine(x, { scale, centre: Tensor.zeros([1, 3]) }),
      "channelAffine: expected centre of shape [3], got [1, 3]",
    );
    await assertRejects(
      () => backend.channelResidual(x, x, { intercept: scale, slope: Tensor.zeros([2]), scale }),
      "channelResidual: expected slope of shape [3], got [2]",
    );
    await assertRejects(
      () => backend.channelAffine(x, { scale: Tensor.zeros([3], "float64") }),
      "channelAffine: expected operands of one element type, got float32 and float64",
    );
  }
});

test("the backends are given back", async () => {
  await Promise.all(threads.map((backend) => backend.dispose()));
});

test.run();
