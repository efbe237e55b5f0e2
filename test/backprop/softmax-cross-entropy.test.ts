import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  buildLoss,
  softmaxCrossEntropy,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
} from "leibniz/backprop";
import { exp, log, max, multiply, Random, subtract, sum, tensor, Tensor } from "leibniz/tensor";
import { assertClose, assertCloseArrays, assertRejects } from "../helpers/assert-close.js";

/**
 * The loss and its gradient from their definitions, with loops; for logits small enough not to
 * overflow.
 */
function fromDefinition(
  logits: Tensor,
  labels: readonly number[],
  smoothing: number,
): { loss: number; dLogits: Tensor } {
  const [N, C] = logits.shape as [number, number];
  const dLogits = Tensor.zeros([N, C], "float64");
  let loss = 0;
  for (let n = 0; n < N; n++) {
    let denominator = 0;
    for (let c = 0; c < C; c++) denominator += Math.exp(logits.get(n, c));
    for (let c = 0; c < C; c++) {
      const p = Math.exp(logits.get(n, c)) / denominator;
      const target = (c === labels[n] ? 1 - smoothing : 0) + smoothing / C;
      loss -= (target * Math.log(p)) / N;
      dLogits.set([n, c], (p - target) / N);
    }
  }
  return { loss, dLogits };
}

test("loss and gradient are the definition's, smoothed or not, scaled by dOut", async () => {
  const scenario = fc.record({
    N: fc.integer({ min: 1, max: 6 }),
    C: fc.integer({ min: 2, max: 7 }),
    smoothing: fc.constantFrom(0, 0.1, 0.5, 1),
    seed: fc.integer(),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ N, C, smoothing, seed }) => {
      const random = new Random(seed);
      const logits = random.normal([N, C], 0, 3, "float64");
      const labels = Array.from({ length: N }, () => random.integer(C));
      const upstream = random.uniform([], -3, 3, "float64");
      const expected = fromDefinition(logits, labels, smoothing);
      const { out, cache } = await softmaxCrossEntropyForward(logits, labels, {
        labelSmoothing: smoothing,
      });
      const { dLogits } = await softmaxCrossEntropyBackward(upstream, cache);
      assert.equal(out.shape, []);
      assertCloseArrays([out.item()], [expected.loss], { tolerance: 1e-12, what: "loss" });
      assertClose(dLogits, multiply(expected.dLogits, upstream.item()), {
        tolerance: 1e-12,
        what: "dLogits",
      });
    }),
    { seed: 20, numRuns: 60 },
  );
});

test("equal logits cost ln C, whatever the labels and the smoothing", async () => {
  for (const C of [2, 3, 10]) {
    for (const labelSmoothing of [0, 0.3]) {
      const { out } = await softmaxCrossEntropyForward(
        Tensor.full([4, C], -7.5, "float64"),
        [0, 1, C - 1, 0],
        { labelSmoothing },
      );
      assertCloseArrays([out.item()], [Math.log(C)], {
        tolerance: 1e-15,
        what: `loss for ${C} classes`,
      });
    }
  }
});

test("logits of ±800 give a finite loss and a finite gradient, in both element types", async () => {
  for (const dtype of ["float64", "float32"] as const) {
    const logits = tensor(
      [
        [800, -800, 0],
        [-800, 800, 0],
        [-800, -800, -800],
      ],
      dtype,
    );
    const { out, cache } = await softmaxCrossEntropyForward(logits, [0, 0, 2]);
    // Row 0 is certain and right: 0. Row 1 is certain and wrong: 1600. Row 2 knows nothing: ln 3.
    assertCloseArrays([out.item()], [(0 + 1600 + Math.log(3)) / 3], {
      tolerance: 1e-7,
      what: `loss in ${dtype}`,
    });
    const { dLogits } = await softmaxCrossEntropyBackward(tensor(1, dtype), cache);
    assertClose(
      dLogits,
      tensor(
        [
          [0, 0, 0],
          [-1 / 3, 1 / 3, 0],
          [1 / 9, 1 / 9, -2 / 9],
        ],
        dtype,
      ),
      { tolerance: 1e-7, what: `dLogits in ${dtype}` },
    );
  }
});

test("each row of the gradient adds up to 0: a shift of all logits changes no loss", async () => {
  const random = new Random("rows");
  const logits = random.normal([5, 4], 0, 4, "float64");
  for (const labelSmoothing of [0, 0.2]) {
    const { cache } = await softmaxCrossEntropyForward(logits, [3, 0, 1, 1, 2], { labelSmoothing });
    const { dLogits } = await softmaxCrossEntropyBackward(tensor(-2.7), cache);
    const largest = Math.max(...dLogits.data.map(Math.abs));
    assert.ok(largest > 0.1, `expected a gradient that is not 0, got ${largest}`);
    for (const total of sum(dLogits, { axes: 1 }).data)
      assert.ok(Math.abs(total) < 1e-15, `expected 0, got ${total}`);
  }
});

test(
  "the loss is the batch's mean: a batch laid end to end with itself costs the same, and " +
    "each gradient is half",
  async () => {
    const logits = new Random("mean").normal([3, 4], 0, 2, "float64");
    const twice = Tensor.from([...logits.data, ...logits.data], [6, 4], "float64");
    const once = await softmaxCrossEntropyForward(logits, [1, 3, 0]);
    const both = await softmaxCrossEntropyForward(twice, [1, 3, 0, 1, 3, 0]);
    assertClose(both.out, once.out, { tolerance: 1e-15, what: "loss" });
    const [dOnce, dBoth] = [
      await softmaxCrossEntropyBackward(tensor(1.5), once.cache),
      await softmaxCrossEntropyBackward(tensor(1.5), both.cache),
    ];
    assertClose(multiply(dBoth.dLogits.slice([0, 3]), 2), dOnce.dLogits, {
      tolerance: 1e-15,
      what: "dLogits",
    });
  },
);

test("labels may be a typed array, and neither they nor the logits change", async () => {
  const logits = tensor([
    [1, 2, 3],
    [6, 5, 4],
  ]);
  const labels = Uint8Array.of(2, 1);
  const { out, cache } = await softmaxCrossEntropyForward(logits, labels, { labelSmoothing: 0.1 });
  await softmaxCrossEntropyBackward(tensor(2), cache);
  assertCloseArrays([out.item()], [fromDefinition(logits, [2, 1], 0.1).loss], {
    tolerance: 1e-14,
    what: "loss",
  });
  assert.equal(logits.toNested(), [
    [1, 2, 3],
    [6, 5, 4],
  ]);
  assert.equal([...labels], [2, 1]);
});

test("labels that are no class are refused, with label, row and range", async () => {
  const logits = Tensor.zeros([3, 4]);
  for (const label of [4, -1, 1.5, NaN, Infinity]) {
    await assertRejects(
      () => softmaxCrossEntropyForward(logits, [0, label, 1]),
      "softmaxCrossEntropy",
      "class numbers from 0 to 3",
      `${label} for example 1`,
    );
  }
});

test("shapes that do not fit the labels are refused", async () => {
  const cases: [logits: Tensor, labels: number[], ...pieces: string[]][] = [
    [Tensor.zeros([3, 4]), [0, 1], "a class number for each of 3 examples, got 2 of them"],
    [Tensor.zeros([3, 4]), [0, 1, 2, 3], "each of 3 examples, got 4 of them"],
    [Tensor.zeros([3]), [0, 1, 2], "logits of shape [N, C], got [3]"],
    [Tensor.zeros([2, 3, 1]), [0, 1], "[N, C]", "[2, 3, 1]"],
    [Tensor.zeros([0, 3]), [], "at least one row"],
  ];
  for (const [logits, labels, ...pieces] of cases)
    await assertRejects(
      () => softmaxCrossEntropyForward(logits, labels),
      "softmaxCrossEntropy",
      ...pieces,
    );
});

test("an impossible class costs nothing where nobody asks for it", async () => {
  for (const [logits, labels, right] of [
    [tensor([[1, 2, -Infinity]]), [1], 0.31326168751822286],
    [Tensor.from([3e38, -3e38], [1, 2]), [0], 0],
    [tensor([[1e308, -1e308]]), [0], 0],
    [
      tensor([
        [1, -Infinity],
        [-Infinity, 2],
      ]),
      [0, 1],
      0,
    ],
    [tensor([[1, -Infinity]]), [1], Infinity],
    [tensor([[NaN, -Infinity]]), [1], NaN],
    [tensor([[1, 2, NaN]]), [0], NaN],
    [tensor([[-Infinity, -Infinity]]), [1], NaN],
  ] as const) {
    const { out, cache } = await softmaxCrossEntropyForward(logits, labels);
    assert.ok(
      Object.is(out.item(), right) || Math.abs(out.item() - right) < 1e-15,
      `${[...logits.data]}: expected ${right}, got ${out.item()}`,
    );
    if (!Number.isFinite(right)) continue;
    const { dLogits } = await softmaxCrossEntropyBackward(tensor(1), cache);
    assert.ok(dLogits.data.every(Number.isFinite));
    // each example by itself, as weights need it
    const loss = await buildLoss(softmaxCrossEntropy())(
      logits,
      labels,
      labels.map(() => 2),
    );
    assert.ok(Math.abs(loss.loss - right) < 1e-15, String(loss.loss));
  }
  const smoothed = { labelSmoothing: 0.1 };
  const { out } = await softmaxCrossEntropyForward(tensor([[1, -Infinity]]), [0], smoothed);
  assert.is(out.item(), Infinity);
});

test("labels may be a tensor; what is none is named, with a way out", async () => {
  const logits = tensor([
    [1, 2, 3],
    [3, 5, 4],
  ]);
  for (const labels of [[2, 1], tensor([2, 1]), Tensor.from([2, 1], [2]), Uint8Array.of(2, 1)])
    assert.is((await softmaxCrossEntropyForward(logits, labels)).out.item(), 0.4076059644443804);
  for (const [labels, ...pieces] of [
    [["2", "1"], 'got "2" for example 0; Array.from(labels, Number)'],
    [BigInt64Array.of(2n, 1n), "got 2n for example 0; Array.from(labels, Number)"],
    [
      [
        [0, 0, 1],
        [0, 1, 0],
      ],
      "got an array for example 0; of a row with a single 1",
    ],
    [
      tensor([
        [0, 0, 1],
        [0, 1, 0],
      ]),
      "expected 2 class numbers, got a tensor of shape [2, 3]",
    ],
    [[3, 2], "got 3 for example 0; do they begin with 1?"],
    [2, "got 2"],
    [undefined, "got undefined"],
    [null, "got null"],
  ] as const)
    await assertRejects(
      () => softmaxCrossEntropyForward(logits, labels as never),
      "softmaxCrossEntropy: expected",
      ...pieces,
    );
});

test("a label smoothing outside [0, 1] is refused", async () => {
  for (const labelSmoothing of [-0.1, 1.1, NaN]) {
    await assertRejects(
      () => softmaxCrossEntropyForward(Tensor.zeros([1, 2]), [0], { labelSmoothing }),
      "labelSmoothing to be a number from 0 to 1",
      String(labelSmoothing),
    );
  }
});

test("an upstream gradient that is no scalar is refused", async () => {
  const { cache } = await softmaxCrossEntropyForward(Tensor.zeros([1, 2]), [0]);
  await assertRejects(() => softmaxCrossEntropyBackward(tensor([[1, 1]]), cache), "[1, 2]");
});

test("float32 rounds each step as a tensor of it would, and views are read in order", async () => {
  const logits = new Random("float32").normal([5, 7], 0, 3).transpose();
  const labels = [0, 4, 2, 1, 3, 3, 0];
  const { out, cache } = await softmaxCrossEntropyForward(logits, labels, { labelSmoothing: 0.1 });
  const { dLogits } = await softmaxCrossEntropyBackward(Tensor.full([], 0.7), cache);
  const last = { axes: 1, keepDims: true };
  const z = subtract(logits, max(logits, last));
  const logP = subtract(z, log(sum(exp(z), last)));
  const expected = multiply(sum(multiply(cache.targets, logP)), -1 / 7);
  const slope = multiply(subtract(exp(logP), cache.targets), Math.fround(0.7) / 7);
  assert.is(out.item(), expected.item());
  assert.equal([...cache.logP.data], [...logP.data]);
  assert.equal([...dLogits.data], [...slope.data]);
});

test.run();
