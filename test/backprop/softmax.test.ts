import { test } from "uvu";
import * as assert from "uvu/assert";
import { softmaxBackward, softmaxForward } from "leibniz/backprop";
import {
  add,
  divide,
  exp,
  max,
  multiply,
  Random,
  subtract,
  sum,
  tensor,
  Tensor,
} from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

test("probabilities are positive and add up to 1 along the last axis", async () => {
  const x = new Random("softmax").normal([4, 3, 7], 0, 5, "float64");
  const { out } = await softmaxForward(x);
  assert.equal(out.shape, [4, 3, 7]);
  assert.ok(out.data.every((p) => p > 0 && p < 1));
  assertClose(sum(out, { axes: -1 }), Tensor.full([4, 3], 1, "float64"), {
    tolerance: 1e-15,
    what: "sums",
  });
});

test("the probabilities are the definition's: eˣ over the sum of eˣ", async () => {
  const { out } = await softmaxForward(
    tensor([
      [0, Math.log(3), Math.log(4)],
      [Math.log(2), Math.log(2), 0],
    ]),
  );
  assertClose(
    out,
    tensor([
      [1 / 8, 3 / 8, 4 / 8],
      [2 / 5, 2 / 5, 1 / 5],
    ]),
    { tolerance: 1e-15, what: "out" },
  );
});

test("adding the same number to every score of a row changes no bit", async () => {
  // Scores and shifts that are whole multiples of 2⁻¹⁰ below 2³⁰, so that adding them rounds
  // nothing.
  const random = new Random("shift");
  const x = Tensor.from(
    Float64Array.from({ length: 15 }, () => (random.integer(8192) - 4096) / 1024),
    [3, 5],
    "float64",
  );
  const { out } = await softmaxForward(x);
  const { out: shifted } = await softmaxForward(add(x, tensor([[1e6], [-3.25], [-(2 ** 29)]])));
  assert.equal([...shifted.data], [...out.data]);
});

test("scores of ±800 neither overflow nor turn into NaN", async () => {
  const { out } = await softmaxForward(
    tensor([
      [800, -800, 799],
      [-800, -800, -801],
    ]),
  );
  const e = Math.exp(-1);
  assertClose(
    out,
    tensor([
      [1 / (1 + e), 0, e / (1 + e)],
      [1 / (2 + e), 1 / (2 + e), e / (2 + e)],
    ]),
    { tolerance: 1e-15, what: "out" },
  );
});

test("dX is dOut times the Jacobian, ∂p[i]/∂x[j] = p[i]·(δ[i, j] − p[j]), row by row", async () => {
  const random = new Random("jacobian");
  const [x, dOut] = [
    random.normal([2, 3, 5], 0, 2, "float64"),
    random.normal([2, 3, 5], 0, 1, "float64"),
  ];
  const { out: p, cache } = await softmaxForward(x);
  const { dX } = await softmaxBackward(dOut, cache);
  const expected = Tensor.zeros(x.shape, "float64");
  for (let n = 0; n < 2; n++) {
    for (let m = 0; m < 3; m++) {
      for (let j = 0; j < 5; j++) {
        let total = 0;
        for (let i = 0; i < 5; i++)
          total += dOut.get(n, m, i) * p.get(n, m, i) * ((i === j ? 1 : 0) - p.get(n, m, j));
        expected.set([n, m, j], total);
      }
    }
  }
  assertClose(dX, expected, { tolerance: 1e-14, what: "dX" });
  assertClose(add(sum(dX, { axes: -1 }), 1), Tensor.full([2, 3], 1, "float64"), {
    tolerance: 1e-15,
    what: "1 + the sum of each row of dX",
  });
});

test("float32 rounds each step as a tensor of it would, and views are read in order", async () => {
  const random = new Random("float32");
  const [x, dOut] = [random.normal([7, 4], 0, 3), random.normal([7, 4])].map((t) => t.transpose());
  const { out, cache } = await softmaxForward(x!);
  const { dX } = await softmaxBackward(dOut!, cache);
  const last = { axes: -1, keepDims: true };
  const e = exp(subtract(x!, max(x!, last)));
  const p = divide(e, sum(e, last));
  const slope = multiply(p, subtract(dOut!, sum(multiply(dOut!, p), last)));
  assert.equal([out.dtype, dX.dtype], ["float32", "float32"]);
  assert.equal([...out.data], [...p.data]);
  assert.equal([...dX.data], [...slope.data]);
});

test("rows of nothing are refused, and so is dOut of another shape", async () => {
  for (const shape of [[], [3, 0]])
    await assertRejects(
      () => softmaxForward(Tensor.zeros(shape)),
      "softmax: expected rows of at least one number, got shape [",
    );
  const { out, cache: none } = await softmaxForward(Tensor.zeros([0, 3]));
  const { dX } = await softmaxBackward(Tensor.zeros([0, 3]), none);
  assert.equal(
    [out.shape, dX.shape],
    [
      [0, 3],
      [0, 3],
    ],
  );
  const { cache } = await softmaxForward(Tensor.zeros([2, 3]));
  await assertRejects(
    () => softmaxBackward(Tensor.zeros([3, 2]), cache),
    "softmaxBackward: expected dOut of shape [2, 3], got [3, 2]",
  );
});

test.run();
