import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  BatchNorm2d,
  batchNorm2dBackward,
  batchNorm2dForward,
  type BatchNormOptions,
  type RunningStatistics,
} from "leibniz/backprop";
import { catalog, gradientCheck, LAYER_TOLERANCE } from "leibniz/gradcheck";
import { reference } from "leibniz/kernels";
import { map, multiply, Random, sum, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const training = { backend: reference, mode: "train" } as const;
const evaluating = { backend: reference, mode: "evaluate" } as const;

interface Example {
  readonly x: Tensor;
  readonly dOut: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly running: RunningStatistics;
}

function example(seed: string | number, shape: readonly number[]): Example {
  const random = new Random(seed);
  const normal = (...extents: number[]): Tensor => random.normal(extents, 0, 1, "float64");
  const C = shape[1]!;
  return {
    x: random.normal(shape, 0.7, 2, "float64"),
    dOut: normal(...shape),
    weight: normal(C),
    bias: normal(C),
    running: { mean: normal(C), variance: random.uniform([C], 0.5, 2, "float64") },
  };
}

const forward = (
  { x, weight, bias, running }: Example,
  options: Partial<BatchNormOptions> = {},
): ReturnType<typeof batchNorm2dForward> =>
  batchNorm2dForward(x, weight, bias, running, { mode: "train", ...options });

/** The values of channel c, image by image. */
function channel(x: Tensor, c: number): number[] {
  return [...x.slice(null, [c, c + 1]).clone().data];
}

const average = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;

/** One channel straight from the definition, all in loops. */
function byLoops(
  x: readonly number[],
  dOut: readonly number[],
  weight: number,
  bias: number,
  epsilon: number,
): { out: number[]; dX: number[]; dWeight: number; dBias: number; mean: number; unbiased: number } {
  const M = x.length;
  const mean = average(x);
  const variance = average(x.map((value) => (value - mean) ** 2));
  const deviation = Math.sqrt(variance + epsilon);
  const xHat = x.map((value) => (value - mean) / deviation);
  // dX by the Jacobian, entry by entry, with no term multiplied out
  const dX = x.map((_, j) => {
    let total = 0;
    for (let i = 0; i < M; i++) {
      const distance = (i === j ? 1 : 0) - 1 / M;
      total +=
        dOut[i]! *
        weight *
        (distance / deviation - ((x[i]! - mean) * (2 / M) * (x[j]! - mean)) / (2 * deviation ** 3));
    }
    return total;
  });
  return {
    out: xHat.map((value) => weight * value + bias),
    dX,
    dWeight: xHat.reduce((total, value, i) => total + value * dOut[i]!, 0),
    dBias: dOut.reduce((total, value) => total + value, 0),
    mean,
    unbiased: x.reduce((total, value) => total + (value - mean) ** 2, 0) / (M - 1),
  };
}

const shapes = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 5 }),
  )
  .filter(([N, , H, W]) => H !== W && N * H * W > 1);

test(
  "training: outputs, gradients and running statistics are those of the definition, " +
    "channel by channel",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.constantFrom(1e-5, 1e-2, 1),
        fc.constantFrom(0, 0.1, 0.35, 1),
        fc.integer(),
        async (shape, epsilon, momentum, seed) => {
          const given = example(seed, shape);
          const { out, cache, running } = await forward(given, { epsilon, momentum });
          const { dX, dWeight, dBias } = await batchNorm2dBackward(given.dOut, cache);
          for (let c = 0; c < shape[1]; c++) {
            const by = byLoops(
              channel(given.x, c),
              channel(given.dOut, c),
              given.weight.get(c),
              given.bias.get(c),
              epsilon,
            );
            const close = (
              actual: readonly number[],
              expected: readonly number[],
              what: string,
            ): void =>
              assertClose(
                Tensor.from(actual, [actual.length], "float64"),
                Tensor.from(expected, [expected.length], "float64"),
                { tolerance: 1e-9, what: `${what} of channel ${c}` },
              );
            close(channel(out, c), by.out, "out");
            // On the scale of its first term: of two values, the other terms leave only what ε
            // makes of it.
            const scale =
              Math.max(...channel(given.dOut, c).map(Math.abs)) *
              Math.abs(given.weight.get(c)) *
              cache.standardised.rho.get(c);
            channel(dX, c).forEach((value, i) =>
              assert.ok(
                Math.abs(value - by.dX[i]!) < 1e-12 * scale,
                `dX of channel ${c}, entry ${i}: ${value} and ${by.dX[i]}`,
              ),
            );
            close([dWeight.get(c), dBias.get(c)], [by.dWeight, by.dBias], "dWeight and dBias");
            close(
              [running.mean.get(c)],
              [(1 - momentum) * given.running.mean.get(c) + momentum * by.mean],
              "running mean",
            );
            close(
              [running.variance.get(c)],
              [(1 - momentum) * given.running.variance.get(c) + momentum * by.unbiased],
              "running variance",
            );
          }
        },
      ),
      { seed: 61, numRuns: 100 },
    );
  },
);

test("training: each channel comes out with mean bias and variance weight²", async () => {
  const given = example("moments", [3, 2, 4, 5]);
  const { out } = await forward(given, { epsilon: 1e-12 });
  for (let c = 0; c < 2; c++) {
    const values = channel(out, c);
    assert.ok(Math.abs(average(values) - given.bias.get(c)) < 1e-14);
    assert.ok(
      Math.abs(
        average(values.map((value) => (value - given.bias.get(c)) ** 2)) - given.weight.get(c) ** 2,
      ) < 1e-10,
    );
  }
});

test(
  "evaluation: the running statistics take the place of the batch's, and stay as they " + "are",
  async () => {
    const given = example("evaluation", [2, 3, 4, 5]);
    const { out, cache, running } = await forward(given, { epsilon: 0.01, mode: "evaluate" });
    const { dX, dWeight, dBias } = await batchNorm2dBackward(given.dOut, cache);
    assert.is(running, given.running);
    for (let c = 0; c < 3; c++) {
      const [weight, bias, mean] = [
        given.weight.get(c),
        given.bias.get(c),
        given.running.mean.get(c),
      ];
      const deviation = Math.sqrt(given.running.variance.get(c) + 0.01);
      const xHat = channel(given.x, c).map((value) => (value - mean) / deviation);
      const dOut = channel(given.dOut, c);
      xHat.forEach((value, i) =>
        assert.ok(Math.abs(channel(out, c)[i]! - (weight * value + bias)) < 1e-14),
      );
      dOut.forEach((value, i) =>
        assert.ok(Math.abs(channel(dX, c)[i]! - (value * weight) / deviation) < 1e-14),
      );
      assert.ok(
        Math.abs(dWeight.get(c) - xHat.reduce((total, value, i) => total + value * dOut[i]!, 0)) <
          1e-13,
      );
      assert.ok(Math.abs(dBias.get(c) - dOut.reduce((total, value) => total + value, 0)) < 1e-13);
    }
  },
);

for (const epsilon of [1e-12, 1e-5, 0.5]) {
  test(
    `training, ε = ${epsilon}: dX adds up to 0 in each channel, ` +
      `and along x̂ there is only what ε leaves`,
    async () => {
      const given = example(`orthogonal ${epsilon}`, [3, 4, 2, 5]);
      const { cache } = await forward(given, { epsilon });
      const { dX, dWeight } = await batchNorm2dBackward(given.dOut, cache);
      const { xHat, rho } = cache.standardised;
      const perChannel = { axes: [0, 2, 3] };
      for (let c = 0; c < 4; c++) {
        assert.ok(Math.abs(sum(dX, perChannel).get(c)) < 1e-13);
        // (normalisation.19), with the weight in front
        const left = epsilon * rho.get(c) ** 3 * given.weight.get(c) * dWeight.get(c);
        assert.ok(
          Math.abs(sum(multiply(dX, xHat), perChannel).get(c) - left) < 1e-13,
          `${sum(multiply(dX, xHat), perChannel).get(c)} and ${left}`,
        );
      }
    },
  );
}

test(
  "in training the images of a batch see each other, in evaluation they do not; channels " +
    "never do",
  async () => {
    const given = example("seeing", [3, 2, 2, 4]);
    const changed = given.x.clone();
    changed.set([2, 1, 0, 3], 9);
    for (const mode of ["train", "evaluate"] as const) {
      const isTraining = mode === "train";
      const [before, after] = [
        await forward(given, { mode }),
        await forward({ ...given, x: changed }, { mode }),
      ];
      const difference = map(after.out, (value) => value);
      difference.data.forEach((value, i) => (difference.data[i] = value - before.out.data[i]!));
      const touched = (n: number, c: number): boolean =>
        difference
          .slice([n, n + 1], [c, c + 1])
          .clone()
          .data.some((value) => value !== 0);
      assert.equal(
        [0, 1, 2].map((n) => [touched(n, 0), touched(n, 1)]),
        [
          [false, isTraining],
          [false, isTraining],
          [false, true],
        ],
      );
    }
  },
);

test(
  "every gradient of 20 random cases, in training and in evaluation, is right to " + "1e-8",
  async () => {
    const { sample, differentiable } = catalog.find(({ layer }) => layer === "batchNorm2d")!;
    const random = new Random("batchNorm2d samples");
    const seen = { train: 0, evaluate: 0 };
    for (let i = 0; i < 20; i++) {
      const { options, inputs } = sample(random);
      seen[options["mode"] as "train" | "evaluate"]++;
      const results = await gradientCheck(differentiable(options), inputs, {
        random,
        tolerance: LAYER_TOLERANCE,
      });
      assert.equal(
        results.map(({ argument, verdict }) => [argument, verdict]),
        [
          ["x", "pass"],
          ["weight", "pass"],
          ["bias", "pass"],
        ],
        JSON.stringify([options, results]),
      );
    }
    assert.ok(seen.train > 5 && seen.evaluate > 2, JSON.stringify(seen));
  },
);

test("the pure passes change nothing that they are given", async () => {
  const given = example("pure", [2, 3, 4, 5]);
  const all = [
    given.x,
    given.dOut,
    given.weight,
    given.bias,
    given.running.mean,
    given.running.variance,
  ];
  const before = all.map((tensor) => tensor.clone());
  const { cache, running } = await forward(given);
  await batchNorm2dBackward(given.dOut, cache);
  all.forEach((tensor, i) => assertClose(tensor, before[i]!, { tolerance: 0 }));
  assert.ok(
    !running.mean.sharesMemoryWith(given.running.mean) &&
      !running.variance.sharesMemoryWith(given.running.variance),
  );
});

test("views count as they read: a transposed image, a sliced batch", async () => {
  const given = example("views", [3, 2, 5, 4]);
  const long = example("long", [5, 2, 5, 4]);
  for (const [view, dOut] of [
    [given.x.transpose([0, 1, 3, 2]), given.dOut.transpose([0, 1, 3, 2])],
    [long.x.slice([1, 4]), long.dOut.slice([1, 4])],
  ] as const) {
    const [ofView, ofCopy] = [
      await forward({ ...given, x: view }),
      await forward({ ...given, x: view.clone() }),
    ];
    assertClose(ofView.out, ofCopy.out, { tolerance: 0 });
    assertClose(
      (await batchNorm2dBackward(dOut, ofView.cache)).dX,
      (await batchNorm2dBackward(dOut.clone(), ofCopy.cache)).dX,
      { tolerance: 0 },
    );
  }
});

test("a constant channel becomes its bias, and asks for nothing that is not finite", async () => {
  const given = example("constant", [2, 3, 4, 5]);
  given.x
    .slice(null, [1, 2])
    .clone()
    .data.forEach((_, i) =>
      given.x.set([Math.floor(i / 20), 1, Math.floor((i % 20) / 5), i % 5], 7),
    );
  const { out, cache, running } = await forward(given, { momentum: 1 });
  channel(out, 1).forEach((value) => assert.is(value, given.bias.get(1)));
  assert.equal([running.mean.get(1), running.variance.get(1)], [7, 0]);
  const { dX, dWeight } = await batchNorm2dBackward(given.dOut, cache);
  assert.ok(dX.data.every(Number.isFinite));
  assert.is(dWeight.get(1), 0);
});

test("float32 agrees with float64 to its own precision, even far from 0", async () => {
  for (const offset of [0, 1000]) {
    const given = example("float32", [3, 4, 2, 5]);
    given.x.data.forEach((value, i) => (given.x.data[i] = Math.fround(value + offset)));
    const single = Object.fromEntries(
      Object.entries({ ...given, running: given.x }).map(([name, tensor]) => [
        name,
        tensor.astype("float32"),
      ]),
    ) as unknown as Record<keyof Example, Tensor>;
    const running = {
      mean: given.running.mean.astype("float32"),
      variance: given.running.variance.astype("float32"),
    };
    const [double, float] = [await forward(given), await forward({ ...single, running })];
    const tolerance = offset === 0 ? 1e-6 : 1e-4; // float32 holds 1000 ± 2 to 6e-5
    assertClose(float.out.astype("float64"), double.out, { tolerance, what: "out" });
    assertClose(float.running.variance.astype("float64"), double.running.variance, {
      tolerance,
      what: "running variance",
    });
    const [a, b] = [
      await batchNorm2dBackward(single.dOut, float.cache),
      await batchNorm2dBackward(given.dOut, double.cache),
    ];
    for (const name of ["dX", "dWeight", "dBias"] as const) {
      assert.is(a[name].dtype, "float32");
      assertClose(a[name].astype("float64"), b[name], { tolerance, what: name });
    }
  }
});

test(
  "one value per channel is refused in training and welcome in evaluation; so is a batch of " +
    "none",
  async () => {
    const single = example("single", [1, 3, 1, 1]);
    await assertRejects(
      () => forward(single),
      "batchNorm2d: expected more than one value per channel in training, got x of shape [1, 3, " +
        "1, 1]; a single value is its own mean",
    );
    assert.equal((await forward(single, { mode: "evaluate" })).out.shape, [1, 3, 1, 1]);
    for (const shape of [
      [2, 3, 1, 1],
      [1, 3, 2, 1],
      [1, 3, 1, 2],
    ])
      assert.equal((await forward(example("two", shape))).out.shape, shape);
    const none = example("none", [0, 3, 2, 4]);
    await assertRejects(
      () => forward(none),
      "batchNorm2d: expected more than one value per channel in training, got x of shape [0, 3, " +
        "2, 4]",
    );
    const { out, cache } = await forward(none, { mode: "evaluate" });
    assert.equal(
      [out.shape, (await batchNorm2dBackward(none.dOut, cache)).dWeight.shape],
      [[0, 3, 2, 4], [3]],
    );
  },
);

test("shapes that do not fit are refused with both shapes", async () => {
  const given = example("shapes", [2, 3, 4, 5]);
  const refused = (change: Partial<Example>, message: string): Promise<void> =>
    assertRejects(() => forward({ ...given, ...change }), message);
  const zeros = (...shape: number[]): Tensor => Tensor.zeros(shape, "float64");
  await refused(
    { x: zeros(2, 3, 4) },
    "batchNorm2d: expected x of shape [N, 3, H, W], got [2, 3, 4]",
  );
  await refused(
    { x: zeros(3, 2, 4, 5) },
    "batchNorm2d: expected x of shape [N, 3, H, W], got [3, 2, 4, 5]",
  );
  await refused({ x: zeros() }, "batchNorm2d: expected x of shape [N, 3, H, W], got []");
  await refused({ weight: zeros(3, 1) }, "batchNorm2d: expected weight of shape [C], got [3, 1]");
  await refused(
    { weight: zeros(4) },
    "batchNorm2d: expected x of shape [N, 4, H, W], got [2, 3, 4, 5]",
  );
  await refused(
    { bias: zeros(4) },
    "batchNorm2d: expected bias of shape [3], as the weight's, got [4]",
  );
  await refused(
    { bias: zeros(1) },
    "batchNorm2d: expected bias of shape [3], as the weight's, got [1]",
  );
  await refused(
    { running: { ...given.running, mean: zeros(1, 3) } },
    "batchNorm2d: expected running mean of shape [3], as the weight's, got [1, 3]",
  );
  await refused(
    { running: { ...given.running, variance: zeros() } },
    "batchNorm2d: expected running variance of shape [3], as the weight's, got []",
  );
  await refused({ weight: given.weight.astype("float32") }, "one element type");
  const { cache } = await forward(given);
  await assertRejects(
    () => batchNorm2dBackward(zeros(2, 3, 5, 4), cache),
    "batchNorm2dBackward: expected dOut of shape [2, 3, 4, 5], got [2, 3, 5, 4]",
  );
});

test("options out of range are refused, and variances that are none", async () => {
  const given = example("options", [2, 3, 4, 5]);
  for (const epsilon of [0, -1e-5, NaN, Infinity])
    await assertRejects(
      () => forward(given, { epsilon }),
      `batchNorm2d: expected epsilon to be a finite number above 0, got ${epsilon}`,
    );
  for (const momentum of [-0.1, 1.1, NaN, Infinity])
    await assertRejects(
      () => forward(given, { momentum }),
      `batchNorm2d: expected momentum to be a number from 0 to 1, got ${momentum}`,
    );
  for (const bad of [-0.5, NaN]) {
    const running = { ...given.running, variance: Tensor.from([1, bad, 2], [3], "float64") };
    await assertRejects(
      () => forward({ ...given, running }, { mode: "evaluate" }),
      `batchNorm2d: expected running variances ≥ 0, got ${bad}`,
    );
  }
});

test("left out, ε is 1e-5 and the momentum 0.1; a mode left out is refused", async () => {
  const given = example("defaults", [2, 3, 4, 5]);
  given.x.data.forEach((value, i) => (given.x.data[i] = value / 100)); // so that ε counts
  const [left, said] = [
    await forward(given),
    await forward(given, { epsilon: 1e-5, momentum: 0.1, mode: "train" }),
  ];
  assertClose(left.out, said.out, { tolerance: 0 });
  assertClose(left.running.variance, said.running.variance, { tolerance: 0 });
  const { x, weight, bias, running } = given;
  for (const [mode, told] of [
    [undefined, "none"],
    ["training", '"training"'],
  ] as const)
    await assertRejects(
      () => batchNorm2dForward(x, weight, bias, running, { mode: mode as never }),
      `batchNorm2d: expected the mode "train" or "evaluate", got ${told}`,
    );
});

test(
  "the layer's running statistics follow the batches of training, and rest in " + "evaluation",
  async () => {
    const layer = new BatchNorm2d({ channels: 2, momentum: 0.3 }, { dtype: "float64" });
    const random = new Random("layer");
    const [runningMean, runningVariance] = layer.buffers.map(({ value }) => value);
    let expected: RunningStatistics = {
      mean: Tensor.zeros([2], "float64"),
      variance: Tensor.full([2], 1, "float64"),
    };
    for (let step = 0; step < 3; step++) {
      const x = random.normal([3, 2, 4, 5], step, 2, "float64");
      await layer.forward(x, training);
      expected = (
        await batchNorm2dForward(x, layer.weight.value, layer.bias.value, expected, {
          momentum: 0.3,
          mode: "train",
        })
      ).running;
      const { out: evaluated } = await layer.forward(x, evaluating);
      assertClose(
        evaluated,
        (
          await batchNorm2dForward(x, layer.weight.value, layer.bias.value, expected, {
            mode: "evaluate",
          })
        ).out,
        { tolerance: 0 },
      );
      assertClose(runningMean!, expected.mean, { tolerance: 0 });
      assertClose(runningVariance!, expected.variance, { tolerance: 0 });
    }
    assert.ok(runningMean!.data.every((value) => Math.abs(value) > 0.1));
  },
);

test.run();
