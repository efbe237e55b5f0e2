import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tensor, tensor } from "leibniz/tensor";
import { counting } from "../helpers/views.js";

const prints = (x: Tensor, ...lines: string[]): void => assert.is(x.toString(), lines.join("\n"));

test("rank 0 and rank 1", () => {
  prints(tensor(2.5), "2.5");
  prints(tensor([1, 2, 3]), "[1, 2, 3]");
  prints(tensor([1, -20, 3]), "[  1, -20,   3]");
  assert.is(`${tensor([4])}`, "[4]");
});

test("a tensor beside an operator is no number, and its text does not pass for one", () => {
  const half = tensor([0.123456789]);
  const expected =
    /^Tensor: expected numbers on both sides of an operator, got a tensor of shape \[1\]; a\.item/;
  const operations: readonly ((a: number) => unknown)[] = [
    (a) => a * 2,
    (a) => 1 - a,
    (a) => a / a,
    (a) => a + 1,
    (a) => -a,
    (a) => Math.exp(a),
    (a) => Number(a),
    (a) => a < 1,
  ];
  for (const operation of operations)
    assert.throws(() => operation(half as unknown as number), expected);
  assert.is(`${half}`, String(half));
});

test("rank 2: columns are aligned at the right over the whole tensor", () => {
  prints(
    tensor([
      [1, -2.5, 300],
      [0.25, 5, 6],
    ]),
    "[[   1, -2.5,  300],",
    " [0.25,    5,    6]]",
  );
});

test("rank 3: one empty line between planes", () => {
  prints(
    counting([2, 2, 3]),
    "[[[ 0,  1,  2],",
    "  [ 3,  4,  5]],",
    "",
    " [[ 6,  7,  8],",
    "  [ 9, 10, 11]]]",
  );
});

test("rank 4: two empty lines between groups of planes", () => {
  const lines = [
    "[[[[ 0,  1],",
    "   [ 2,  3],",
    "   [ 4,  5]]],",
    "",
    "",
    " [[[ 6,  7],",
    "   [ 8,  9],",
    "   [10, 11]]]]",
  ];
  prints(counting([2, 1, 3, 2]), ...lines);
  prints(counting([1, 2, 1, 2]), "[[[[0, 1]],", "", "  [[2, 3]]]]");
});

test("a view prints what it shows", () => {
  prints(counting([2, 3]).transpose().slice([1, 3]), "[[1, 4],", " [2, 5]]");
  prints(tensor([[1], [2]]).broadcastTo([2, 3]), "[[1, 1, 1],", " [2, 2, 2]]");
});

test("an axis of up to 12 is printed whole, a longer one by its first and last three", () => {
  prints(counting([12]), "[ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11]");
  prints(counting([13]), "[ 0,  1,  2, …, 10, 11, 12]");
  prints(
    counting([13, 2]),
    "[[ 0,  1],",
    " [ 2,  3],",
    " [ 4,  5],",
    " …,",
    " [20, 21],",
    " [22, 23],",
    " [24, 25]]",
  );
  const wide = counting([100, 200]).toString().split("\n");
  assert.is(wide.length, 7);
  assert.is(wide[0], "[[    0,     1,     2, …,   197,   198,   199],");
  assert.is(wide[6], " [19800, 19801, 19802, …, 19997, 19998, 19999]]");
});

test("the width of what is left out does not count", () => {
  const x = counting([13]);
  x.set([5], 123456.789);
  prints(x, "[ 0,  1,  2, …, 10, 11, 12]");
});

test(
  "numbers: up to four decimals, powers of ten for the very small and the large, NaN and " +
    "infinities in words",
  () => {
    for (const [value, text] of [
      [0, "0"],
      [-0, "0"],
      [1 / 3, "0.3333"],
      [-2 / 3, "-0.6667"],
      [12.34567, "12.3457"],
      [0.001, "0.001"],
      [0.00099, "9.900e-4"],
      [-1.5e-7, "-1.500e-7"],
      [999999.5, "999999.5"],
      [1e6, "1.000e+6"],
      [-1234567, "-1.235e+6"],
      [NaN, "NaN"],
      [Infinity, "Infinity"],
      [-Infinity, "-Infinity"],
    ] as const) {
      prints(tensor(value), text);
    }
    prints(
      tensor([
        [1, NaN],
        [-Infinity, 1e-5],
      ]),
      "[[        1,       NaN],",
      " [-Infinity,  1.000e-5]]",
    );
    prints(tensor([0.1], "float32"), "[0.1]");
  },
);

test("tensors without elements show their brackets", () => {
  prints(Tensor.zeros([0]), "[]");
  prints(Tensor.zeros([2, 0]), "[[],", " []]");
  prints(Tensor.zeros([0, 3]), "[]");
});

test.run();
