import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { matmul, Random, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

test("matmul by hand", () => {
  assertClose(
    matmul(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      tensor([
        [7, 8],
        [9, 10],
        [11, 12],
      ]),
    ),
    tensor([
      [58, 64],
      [139, 154],
    ]),
    { tolerance: 0 },
  );
  assertClose(matmul(tensor([[2, 3]]), tensor([[5], [7]])), tensor([[31]]), { tolerance: 0 });
  assertClose(
    matmul(tensor([[2], [3]]), tensor([[5, 7, 11]])),
    tensor([
      [10, 14, 22],
      [15, 21, 33],
    ]),
    { tolerance: 0 },
  );
});

test("matmul against its definition, on transposed and sliced operands, in both types", () => {
  const extent = fc.integer({ min: 0, max: 5 });
  const cases = fc.record({
    M: extent,
    I: extent,
    N: extent,
    turnA: fc.boolean(),
    turnB: fc.boolean(),
    dtype: fc.constantFrom("float32" as const, "float64" as const),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(cases, ({ M, I, N, turnA, turnB, dtype, seed }) => {
      const random = new Random(seed);
      const make = (rows: number, columns: number, turn: boolean): Tensor =>
        turn
          ? random.normal([columns, rows], 0, 1, dtype).transpose()
          : random
              .normal([rows + 2, columns + 1], 0, 1, dtype)
              .slice([1, rows + 1], [1, columns + 1]);
      const [a, b] = [make(M, I, turnA), make(I, N, turnB)];
      const expected = Tensor.zeros([M, N], dtype);
      for (let m = 0; m < M; m++)
        for (let n = 0; n < N; n++)
          expected.set(
            [m, n],
            Array.from({ length: I }, (_, i) => a.get(m, i) * b.get(i, n)).reduce(
              (total, term) => total + term,
              0,
            ),
          );
      const c = matmul(a, b);
      assertClose(c, expected, { tolerance: 0 });
      assert.is(c.dtype, dtype);
    }),
    { seed: 10, numRuns: 200 },
  );
});

test("matmul adds up in float64", () => {
  const ones = Tensor.full([9, 1], 1);
  // in float32 each 1 is lost
  const row = Tensor.from([2 ** 24, ...new Array<number>(8).fill(1)], [1, 9]);
  assert.is(matmul(row, ones).item(), 2 ** 24 + 8);
});

test("matmul refuses what are not matrices of one type that fit", async () => {
  const expected = "matmul: expected matrices [M, I] and [I, N] of one element type, got ";
  const zeros = (shape: number[], dtype: "float32" | "float64" = "float32"): Tensor =>
    Tensor.zeros(shape, dtype);
  await assertRejects(
    () => matmul(zeros([2, 3]), zeros([2, 3])),
    `${expected}[2, 3] float32 and [2, 3] float32`,
  );
  await assertRejects(
    () => matmul(zeros([3]), zeros([3, 2])),
    `${expected}[3] float32 and [3, 2] float32`,
  );
  await assertRejects(
    () => matmul(zeros([2, 3]), zeros([3])),
    `${expected}[2, 3] float32 and [3] float32`,
  );
  await assertRejects(
    () => matmul(zeros([1, 2, 3]), zeros([2, 3])),
    `${expected}[1, 2, 3] float32 and [2, 3] float32`,
  );
  await assertRejects(
    () => matmul(zeros([2, 3]), zeros([3, 4], "float64")),
    `${expected}[2, 3] float32 and [3, 4] float64`,
  );
});

test.run();
