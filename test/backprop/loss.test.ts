import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  buildLoss,
  type LossDescription,
  meanSquaredError,
  softmaxCrossEntropy,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  type Target,
  weightedSum,
} from "leibniz/backprop";
import { gradientCheck } from "leibniz/gradcheck";
import { type DType, Random, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertCloseArrays, assertRejects } from "../helpers/assert-close.js";

const random = new Random("losses");
const logits = random.normal([4, 3], 0, 1, "float64");
const classes = [2, 0, 1, 1];
const numbers = random.normal([4, 3], 0, 1, "float64");
const weights = [0.5, 2, 0, 1.25];

const cases: [name: string, loss: LossDescription, target: Target][] = [
  ["softmaxCrossEntropy", softmaxCrossEntropy(), classes],
  ["softmaxCrossEntropy, smoothed", softmaxCrossEntropy({ labelSmoothing: 0.2 }), classes],
  ["meanSquaredError", meanSquaredError(), numbers],
  ["meanSquaredError of classes", meanSquaredError(), Int32Array.from(classes)],
  [
    "a sum of both",
    weightedSum([
      [0.7, softmaxCrossEntropy()],
      [-0.3, meanSquaredError()],
    ]),
    classes,
  ],
];

/** The rows of a target or a tensor. */
const rowsOf = (from: Target, rows: readonly number[]): Target =>
  from instanceof Tensor
    ? tensor(rows.flatMap((n) => from.slice([n, n + 1]).toNested()) as number[][])
    : rows.map((n) => from[n]!);

for (const [name, description, target] of cases) {
  const loss = buildLoss(description);
  for (const given of [null, weights]) {
    test(`${name}, ${given ? "weighted" : "plain"}: the gradient is that of the loss`, async () => {
      const results = await gradientCheck(
        async ({ prediction }) => {
          const { loss: value, backward } = await loss(prediction!, target, given);
          return {
            out: Tensor.full([], value, "float64"),
            backward: async (dOut) => ({ prediction: await backward(dOut.item()) }),
          };
        },
        { prediction: logits.clone() },
        { random },
      );
      assert.is(results.length, 1);
      for (const { verdict, argument } of results) assert.is(verdict, "pass", argument);
    });
  }

  test(`${name}: a weight of 2 is the example twice, one of 0 is its absence`, async () => {
    const twice = [0, 1, 1, 3];
    const one = await loss(logits, target, [1, 2, 0, 1]);
    const other = await loss(rowsOf(logits, twice) as Tensor, rowsOf(target, twice));
    assertCloseArrays([one.loss], [other.loss], { tolerance: 1e-14 });
    const [a, b] = [await one.backward(), await other.backward()];
    const add = (x: ArrayLike<number>, y: ArrayLike<number>): number[] =>
      Array.from(x, (value, i) => value + y[i]!);
    const row = (x: Tensor, n: number): number[] => Array.from(x.data.subarray(3 * n, 3 * n + 3));
    assertCloseArrays(
      [...row(a, 0), ...row(a, 1), ...row(a, 2), ...row(a, 3)],
      [...row(b, 0), ...add(row(b, 1), row(b, 2)), 0, 0, 0, ...row(b, 3)],
      { tolerance: 1e-14 },
    );
  });

  test(`${name}: weights that are all alike change nothing`, async () => {
    const plain = await loss(logits, target);
    const alike = await loss(logits, target, [3, 3, 3, 3]);
    assertCloseArrays([alike.loss], [plain.loss], { tolerance: 1e-14 });
    assertClose(await alike.backward(), await plain.backward(), { tolerance: 1e-14 });
  });

  test(`${name}: the incoming gradient is a factor, the element type stays`, async () => {
    for (const dtype of ["float32", "float64"] satisfies DType[]) {
      const { loss: value, backward } = await loss(logits.astype(dtype), target);
      const [one, three] = [await backward(), await backward(-3)];
      assert.is(one.dtype, dtype);
      assert.is(typeof value, "number");
      assertCloseArrays(
        three.data,
        Array.from(one.data, (entry) => -3 * entry),
        { tolerance: dtype === "float32" ? 1e-6 : 1e-14 },
      );
    }
  });
}

test("unweighted, a loss is to the bit what its functions return", async () => {
  const x = logits.astype("float32");
  const { out, cache } = await softmaxCrossEntropyForward(x, classes, { labelSmoothing: 0.1 });
  const { dLogits } = await softmaxCrossEntropyBackward(Tensor.full([], 1), cache);
  const { loss, backward } = await buildLoss(softmaxCrossEntropy({ labelSmoothing: 0.1 }))(
    x,
    classes,
  );
  assert.is(loss, out.item());
  assert.equal((await backward()).data, dLogits.data);
});

test("the value of a regression on classes, a sum and a weighted mean, by hand", async () => {
  const prediction = tensor([
    [0.5, 0],
    [1, 3],
  ]);
  const square = await buildLoss(meanSquaredError())(prediction, [0, 1], [3, 1]);
  assert.is(square.loss, (3 * (0.25 / 2) + (1 + 4) / 2) / 4);
  const sum = await buildLoss(
    weightedSum([
      [2, meanSquaredError()],
      [0.5, softmaxCrossEntropy()],
    ]),
  )(prediction, [0, 1]);
  const entropy = (Math.log(1 + Math.exp(-0.5)) + Math.log(1 + Math.exp(-2))) / 2;
  assertCloseArrays([sum.loss], [2 * (5.25 / 4) + 0.5 * entropy], { tolerance: 1e-14 });
});

test("with weights of 0 alone there is nothing to learn", async () => {
  for (const loss of [softmaxCrossEntropy(), meanSquaredError()]) {
    const { loss: value, backward } = await buildLoss(loss)(logits, classes, [0, 0, 0, 0]);
    assert.is(value, 0);
    assert.ok((await backward()).data.every((entry) => entry === 0));
  }
});

test("only ratios of weights count, however small or large the weights are", async () => {
  for (const dtype of ["float32", "float64"] satisfies DType[])
    for (const description of [softmaxCrossEntropy(), meanSquaredError()]) {
      const [loss, x] = [buildLoss(description), logits.astype(dtype)];
      const plain = await loss(x, classes, weights);
      // powers of 2, so that the products are exact
      for (const factor of [2 ** -1000, 2 ** -160, 2 ** -20, 2 ** 130, 2 ** 1020]) {
        const scaled = weights.map((weight) => weight * factor);
        const { loss: value, backward } = await loss(x, classes, scaled);
        assert.is(value, plain.loss, `${factor}`);
        assert.equal((await backward()).data, (await plain.backward()).data);
      }
    }
});

test("class numbers may be a tensor, and what is none is named", async () => {
  const x = tensor([
    [1, 2, 3],
    [3, 5, 4],
  ]);
  const loss = buildLoss(softmaxCrossEntropy());
  assertCloseArrays([(await loss(x, tensor([2, 1]))).loss], [0.4076059644443804], {
    tolerance: 1e-14,
  });
  const refused: [Target, ...string[]][] = [
    [["2", "1"] as never, 'class numbers from 0 to 2, got "2" for example 0'],
    [BigInt64Array.of(2n, 1n) as never, "got 2n for example 0"],
    [[3, 2], "got 3 for example 0"],
    [[NaN, 1], "got NaN for example 0"],
    [[2, 1, 0], "a class number for each of 2 examples, got 3 of them"],
    [2 as never, "a class number for each of 2 examples, got 2"],
    [undefined as never, "got undefined"],
    [x, "2 class numbers, got a tensor of shape [2, 3]"],
  ];
  for (const [target, ...pieces] of refused)
    await assertRejects(() => loss(x, target), "softmaxCrossEntropy: expected", ...pieces);
});

test("what does not fit is refused in one line", async () => {
  const x = tensor([[1, 2]]);
  const run =
    (loss: () => LossDescription, ...rest: [Target, number[]?]) =>
    () =>
      buildLoss(loss())(x, ...rest);
  const refused: [() => unknown, ...string[]][] = [
    [
      run(() => softmaxCrossEntropy({ labelSmoothing: 2 }), [0]),
      "labelSmoothing to be a number from 0 to 1",
    ],
    [
      run(() => softmaxCrossEntropy({ labelSmoothin: 1 } as never), [0]),
      "softmaxCrossEntropy: expected options among labelSmoothing, got labelSmoothin",
    ],
    [run(softmaxCrossEntropy, [0], [1, 1]), "a weight for each of 1 examples, got 2 weights"],
    [run(softmaxCrossEntropy, [0], [-1]), "weights that are finite numbers ≥ 0, got -1"],
    [run(meanSquaredError, tensor([1])), "a target of shape [1, 2], got [1]"],
    [
      () => buildLoss(meanSquaredError())(tensor([1]), [0]),
      "got class numbers; they stand for rows [N, C]",
    ],
    [() => buildLoss(softmaxCrossEntropy())(tensor([1]), [0]), "logits of shape [N, C], got [1]"],
    [
      () => weightedSum([]),
      "weightedSum: expected parts to be at least one [factor, loss]",
      "got []",
    ],
    [() => weightedSum([[NaN, meanSquaredError()]]), "got [[NaN,{"],
  ];
  for (const [attempt, ...pieces] of refused) await assertRejects(attempt, ...pieces);
});

test.run();
