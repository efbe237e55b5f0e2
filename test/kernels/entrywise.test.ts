import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { type DType, Random, randomBits, sizeOf, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const threads: readonly Backend[] = await Promise.all(
  [1, 2, 3].map((count) => wasmBackend({ threads: count })),
);

/** Two or more axes, and lengths around a block's end. */
const shapes = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 2, maxLength: 4 }),
  fc.constantFrom([1], [3], [4095], [4096], [4097], [3, 4099]),
);
const views = fc.constantFrom("whole" as const, "turned" as const, "cut" as const);

function operand(
  random: Random,
  shape: readonly number[],
  dtype: DType,
  viewed: "whole" | "turned" | "cut",
): Tensor {
  if (viewed === "turned") return random.normal([...shape].reverse(), 0, 1, dtype).transpose();
  const [N, ...rest] = shape as [number, ...number[]];
  const cut = random.normal([N + 3, ...rest], 0, 1, dtype).slice([2, N + 2]);
  return viewed === "cut" ? cut : cut.clone();
}

test("sums and products are what loops say, to the bit, on every backend", async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.nat(),
      views,
      views,
      fc.constantFrom("float32" as const, "float64" as const),
      async (shape, seed, first, second, dtype) => {
        const random = new Random(seed);
        const a = operand(random, shape, dtype, first);
        const b = operand(random, shape, dtype, second);
        const [x, y] = [a.clone().data, b.clone().data];
        const loops = (f: (i: number) => number): Tensor =>
          Tensor.from(
            Array.from(x, (_, i) => f(i)),
            shape,
            dtype,
          );
        const sum = loops((i) => x[i]! + y[i]!);
        const product = loops((i) => x[i]! * y[i]!);
        for (const backend of [reference, ...threads])
          for (const run of [(f: () => Promise<void>) => f(), backend.step])
            await run(async () => {
              const what = `${backend.name}, ${backend.threads}: ${shape}, ${first}, ${second}`;
              const options = { tolerance: 0, what };
              const [added, multiplied] = [await backend.add(a, b), await backend.multiply(a, b)];
              assertClose(added, sum, options);
              assertClose(multiplied, product, options);
              assert.ok(added.dtype === dtype && multiplied.dtype === dtype, what);
              assert.ok(!added.sharesMemoryWith(a) && !added.sharesMemoryWith(b), what);
            });
      },
    ),
    { seed: 81, numRuns: 60 },
  );
});

test("a tensor may be added to itself, or multiplied by itself", async () => {
  const x = new Random("itself").normal([5, 7]);
  for (const backend of [reference, ...threads]) {
    assertClose(
      await backend.add(x, x),
      Tensor.from(
        x.data.map((v) => v + v),
        [5, 7],
      ),
      {
        tolerance: 0,
      },
    );
    assertClose(
      await backend.multiply(x, x),
      Tensor.from(
        x.data.map((v) => v * v),
        [5, 7],
      ),
      {
        tolerance: 0,
      },
    );
  }
});

test("a random mask is its bits beside the chance of a zero, on every backend", async () => {
  const lengths = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 4090, max: 20_000 }));
  await fc.assert(
    fc.asyncProperty(
      lengths,
      fc.oneof(
        fc.constantFrom(0, 0.5, 1 - 2 ** -40),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
      ),
      fc.oneof(fc.integer(), fc.string()),
      fc.constantFrom("float32" as const, "float64" as const),
      async (length, zeros, seed, dtype) => {
        const bits = randomBits(seed, length);
        const value = 1 / 3;
        const isKept = (i: number): boolean => bits[i]! / 2 ** 32 >= zeros;
        const expected = Tensor.from(
          Array.from({ length }, (_, i) => (isKept(i) ? value : 0)),
          [length],
          dtype,
        );
        for (const backend of [reference, ...threads]) {
          const mask = await backend.step(() =>
            backend.randomMask([length], dtype, { seed, zeros, value }),
          );
          assert.is(mask.dtype, dtype);
          assertClose(mask, expected, { tolerance: 0, what: `${backend.name} ${backend.threads}` });
        }
      },
    ),
    { seed: 82, numRuns: 60 },
  );
});

test("an entry whose number is the chance of a zero itself stays", async () => {
  const [seed, value] = ["edge", 3];
  const bits = randomBits(seed, 9);
  for (const backend of [reference, ...threads])
    for (let i = 0; i < 9; i++)
      for (const [zeros, kept] of [
        [bits[i]! / 2 ** 32, value],
        [(bits[i]! + 0.5) / 2 ** 32, 0],
      ] as const) {
        const mask = await backend.randomMask([9], "float32", { seed, zeros, value });
        assert.is(mask.data[i], kept);
      }
});

test("a random mask has any shape, in row-major order", async () => {
  const drawn = { seed: "shape", zeros: 0.4, value: 2 };
  for (const backend of [reference, ...threads])
    for (const shape of [[], [2, 3, 5], [4, 0], [3, 4099]]) {
      const mask = await backend.randomMask(shape, "float32", drawn);
      assert.equal(mask.shape, shape);
      const flat = await reference.randomMask([sizeOf(shape)], "float32", drawn);
      assert.equal([...mask.data], [...flat.data]);
    }
});

test("operands that do not fit are refused", async () => {
  for (const backend of [reference, ...threads])
    for (const name of ["add", "multiply"] as const) {
      await assertRejects(
        () => backend[name](Tensor.zeros([2, 3]), Tensor.zeros([3, 2])),
        `${name}: expected operands of one shape [2, 3], got [3, 2]`,
      );
      for (const [one, other] of [
        ["float32", "float64"],
        ["float64", "float32"],
      ] as const)
        await assertRejects(
          () => backend[name](Tensor.zeros([2], one), Tensor.zeros([2], other)),
          `${name}: expected operands of one element type, got ${one} and ${other}`,
        );
    }
});

test("the backends are given back", async () => {
  await Promise.all(threads.map((backend) => backend.dispose()));
});

test.run();
