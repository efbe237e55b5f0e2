/**
 * The checker is itself checked: it passes every layer, and fails every one of them as soon as a
 * mistake is planted.
 */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  affineBackward,
  affineForward,
  maxPool2dBackward,
  maxPool2dForward,
  reluBackward,
  reluForward,
} from "leibniz/backprop";
import {
  catalog,
  type Differentiable,
  gradientCheck,
  type GradientCheckResult,
  LAYER_TOLERANCE,
  type NamedTensors,
} from "leibniz/gradcheck";
import { matmul, multiply, Random, Tensor, tensor } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";

/** The same function, with `change` done to the gradients that it returns. */
function tamper(
  f: Differentiable,
  change: (gradients: NamedTensors, dOut: Tensor) => NamedTensors,
): Differentiable {
  return async (inputs) => {
    const { out, backward } = await f(inputs);
    return { out, backward: async (dOut) => change(await backward(dOut), dOut) };
  };
}

/** A function of x alone, entry by entry, with its derivative. */
function entrywise(f: (x: number) => number, derivative: (x: number) => number): Differentiable {
  return async ({ x }) => {
    const each = (g: (value: number) => number): Tensor =>
      Tensor.from(Float64Array.from(x!.data, g), x!.shape, "float64");
    return { out: each(f), backward: async (dOut) => ({ x: multiply(each(derivative), dOut) }) };
  };
}

/** The only result of a function of x alone. */
async function checkX(
  f: Differentiable,
  x: Tensor,
  options: { step?: number; tolerance?: number } = {},
): Promise<GradientCheckResult> {
  const results = await gradientCheck(f, { x }, { random: new Random("upstream"), ...options });
  assert.equal(
    results.map(({ argument }) => argument),
    ["x"],
  );
  return results[0]!;
}

const relu: Differentiable = async ({ x }) => {
  const { out, cache } = await reluForward(x!);
  return { out, backward: async (dOut) => ({ x: (await reluBackward(dOut, cache)).dX }) };
};

const affine: Differentiable = async ({ x, weight }) => {
  const { out, cache } = await affineForward(x!, weight!, null);
  return {
    out,
    backward: async (dOut) => {
      const { dX, dWeight } = await affineBackward(dOut, cache);
      return { x: dX, weight: dWeight };
    },
  };
};

for (const { layer, differentiable, cases, constants = [] } of catalog) {
  test(`${layer}: every gradient is there and passes`, async () => {
    for (const { options, inputs } of cases(new Random(`${layer} passes`))) {
      const results = await gradientCheck(differentiable(options), inputs, {
        random: new Random("upstream"),
        constants,
      });
      assert.equal(
        results.map(({ argument }) => argument).sort(),
        Object.keys(inputs)
          .filter((name) => !constants.includes(name))
          .sort(),
      );
      for (const { argument, entries, maxRelativeError, kinks, verdict } of results) {
        const where = `${layer} ${JSON.stringify(options)} ${argument}`;
        assert.is(verdict, "pass", where);
        assert.ok(
          maxRelativeError >= 0 && maxRelativeError <= LAYER_TOLERANCE,
          `${where}: ${maxRelativeError}`,
        );
        assert.is(entries, inputs[argument]!.size, where);
        assert.is(kinks.length, 0, where);
      }
    }
  });

  test(`${layer}: a gradient that is 0.1 % too large fails, and it alone`, async () => {
    for (const { options, inputs } of cases(new Random(`${layer} fails`))) {
      const f = differentiable(options);
      const names = Object.keys(await (await f(inputs)).backward((await f(inputs)).out));
      assert.ok(names.length > 0);
      for (const name of names) {
        const scaled = tamper(f, (gradients) => ({
          ...gradients,
          [name]: multiply(gradients[name]!, 1.001),
        }));
        for (const { argument, maxRelativeError, verdict } of await gradientCheck(scaled, inputs, {
          random: new Random("upstream"),
          constants,
        })) {
          const where = `${layer} ${JSON.stringify(options)} ${argument}, ${name} scaled`;
          assert.is(verdict, argument === name ? "wrong" : "pass", where);
          if (argument === name)
            assert.ok(
              Math.abs(maxRelativeError - 0.001 / 1.001) < 1e-6,
              `${where}: ${maxRelativeError}`,
            );
        }
      }
    }
  });
}

test("a transposed dWeight of a square affine layer is caught", async () => {
  const random = new Random("square");
  const inputs = {
    x: random.uniform([3, 3], -1, 1, "float64"),
    weight: random.uniform([3, 3], -1, 1, "float64"),
  };
  const transposed = tamper(affine, ({ x, weight }) => ({ x: x!, weight: weight!.transpose() }));
  const untransposed = tamper(affine, ({ x }, dOut) => ({ x: x!, weight: matmul(dOut, inputs.x) }));
  for (const wrong of [transposed, untransposed]) {
    const results = await gradientCheck(wrong, inputs, { random });
    assert.equal(
      results.map(({ argument, verdict }) => `${argument} ${verdict}`),
      ["x pass", "weight wrong"],
    );
    assert.ok(results[1]!.maxRelativeError > 0.1, String(results[1]!.maxRelativeError));
  }
});

test("a planted error in one entry is found: its index and both values", async () => {
  const sine = entrywise(Math.sin, Math.cos);
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5 })),
      fc.nat(),
      fc.integer({ min: -5, max: 2 }),
      fc.boolean(),
      async (shape, where, power, negative) => {
        const x = new Random(`x of ${shape.join("×")}`).uniform(shape, -1.5, 1.5, "float64");
        const entry = where % x.size;
        let [right, planted] = [NaN, NaN];
        const wrong = tamper(sine, ({ x: gradient }) => {
          const data = Float64Array.from(gradient!.data);
          const scale = data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
          right = data[entry]!;
          planted = data[entry]! +=
            (negative ? -1 : 1) * 10 ** power * Math.max(Math.abs(right), scale / 1000);
          return { x: Tensor.wrap(data, shape) };
        });
        const { verdict, worstIndex, analytic, numeric } = await checkX(wrong, x);
        assert.is(verdict, "wrong");
        assert.equal(worstIndex, [Math.floor(entry / shape[1]), entry % shape[1]]);
        assert.is(analytic, planted);
        assert.ok(
          Math.abs(numeric - right) < 1e-9,
          `numeric ${numeric}, the derivative is ${right}`,
        );
      },
    ),
    { seed: 20, numRuns: 60 },
  );
});

test("NaN in a gradient fails, and is the worst entry", async () => {
  const x = new Random("nan").uniform([2, 3], -1, 1, "float64");
  for (const bad of [NaN, Infinity, -Infinity]) {
    for (const index of [
      [0, 0],
      [1, 1],
      [1, 2],
    ]) {
      const wrong = tamper(entrywise(Math.sin, Math.cos), ({ x: gradient }) => {
        const copy = gradient!.clone();
        copy.set(index, bad);
        return { x: copy };
      });
      const { verdict, maxRelativeError, worstIndex, analytic } = await checkX(wrong, x);
      assert.is(verdict, "wrong");
      assert.is(maxRelativeError, Infinity);
      assert.equal(worstIndex, index);
      assert.is(Object.is(analytic, bad), true, `${analytic} at the worst index, planted ${bad}`);
    }
  }
});

test("a forward pass that returns NaN fails", async () => {
  const { verdict, maxRelativeError, numeric } = await checkX(
    entrywise(
      (x) => (x > 1 ? NaN : x),
      () => 1,
    ),
    tensor([
      [0.5, -1, 2],
      [0, 1, 0.25],
    ]),
  );
  assert.is(verdict, "wrong");
  assert.is(maxRelativeError, Infinity);
  assert.ok(Number.isNaN(numeric), String(numeric));
});

test("a rectifier's kinks are listed and are no errors", async () => {
  const x = tensor([
    [0.5, 3e-6, -2],
    [-4e-6, 1.5e-5, 0],
  ]);
  const { kinks, entries, maxRelativeError, verdict } = await checkX(relu, x, { step: 1e-5 });
  assert.equal(kinks, [
    [0, 1],
    [1, 0],
    [1, 2],
  ]);
  assert.is(entries, 6);
  assert.is(verdict, "pass");
  assert.ok(maxRelativeError < 1e-9, String(maxRelativeError));

  const wrong = await checkX(
    tamper(relu, ({ x: gradient }) => ({ x: multiply(gradient!, 1.001) })),
    x,
    { step: 1e-5 },
  );
  assert.equal(wrong.kinks, kinks);
  assert.is(wrong.verdict, "wrong", "kinks must not excuse the other entries");
});

test("a step that ends just short of the kink finds none", async () => {
  const x = tensor([0.5, 3e-6, -4e-6]);
  const { kinks, verdict } = await checkX(relu, x, { step: 1e-6 });
  assert.equal(kinks, []);
  assert.is(verdict, "pass");
});

test("nothing but kinks is no proof", async () => {
  const { kinks, verdict, maxRelativeError } = await checkX(relu, tensor([0, 2e-6, -1e-6]));
  assert.equal(kinks, [[0], [1], [2]]);
  assert.is(verdict, "kink");
  assert.is(maxRelativeError, Infinity);
});

test("a max pooling's near ties are listed, winner and runner-up", async () => {
  const pool: Differentiable = async ({ x }) => {
    const { out, cache } = await maxPool2dForward(x!, { kernelSize: [2, 3] });
    return { out, backward: async (dOut) => ({ x: (await maxPool2dBackward(dOut, cache)).dX }) };
  };
  const x = tensor([
    [
      [
        [0.1, 0.9, 0.2, 5, 1, 1],
        [0.9 - 4e-6, 0.3, 0.4, 2, 2, 2],
      ],
    ],
  ]);
  const { kinks, verdict, maxRelativeError } = await checkX(pool, x);
  assert.equal(kinks, [
    [0, 0, 0, 1],
    [0, 0, 1, 0],
  ]);
  assert.is(verdict, "pass");
  assert.ok(maxRelativeError < 1e-9, String(maxRelativeError));
});

test("two quotients with the steps that were asked for, and what both extrapolate to", async () => {
  // For a cube D(h) = 3x² + h², and nothing more: the extrapolated value is exact.
  const cube = await checkX(
    entrywise(
      (x) => x ** 3,
      (x) => 3 * x ** 2,
    ),
    tensor([1, 0.5, 4]),
    { step: 1e-2 },
  );
  for (const { index, step, coarse, fine, numeric, errorEstimate, analytic } of cube.checks) {
    const exact = 3 * [1, 0.5, 4][index[0]!]! ** 2;
    const dOut = analytic / exact;
    assert.is(step, 1e-2);
    assert.ok(Math.abs(coarse / dOut - exact - 1e-4) < 1e-11, `D(h) ${coarse}`);
    assert.ok(Math.abs(fine / dOut - exact - 2.5e-5) < 1e-11, `D(h/2) ${fine}`);
    assert.ok(Math.abs(numeric / dOut - exact) < 1e-11, `extrapolated ${numeric}`);
    assert.ok(
      Math.abs(errorEstimate / Math.abs(dOut) - 2.5e-5) < 1e-11,
      `the estimate is D(h/2)'s own error: ${errorEstimate}`,
    );
  }
  assert.is(cube.verdict, "pass");
  // For a fifth power D(h) = 5x⁴ + 10x²h² + h⁴, and −h⁴/4 is left.
  const fifth = await checkX(
    entrywise(
      (x) => x ** 5,
      (x) => 5 * x ** 4,
    ),
    tensor([1]),
    { step: 1e-1 },
  );
  assert.ok(
    Math.abs(fifth.numeric / fifth.analytic - (1 - 1e-4 / 20)) < 1e-12,
    `${fifth.numeric} / ${fifth.analytic}`,
  );
});

test(
  "the estimate covers the true error of the measurement, " +
    "and is not far beyond that of the finer quotient",
  async () => {
    for (const step of [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6]) {
      const { checks } = await checkX(
        entrywise(
          (x) => Math.sin(3 * x),
          (x) => 3 * Math.cos(3 * x),
        ),
        new Random("estimate").uniform([40], -2, 2, "float64"),
        { step, tolerance: 1 },
      );
      for (const { analytic, numeric, fine, errorEstimate } of checks) {
        assert.ok(
          Math.abs(numeric - analytic) <= 4 * errorEstimate,
          `h = ${step}: ${numeric - analytic} with an estimate of ${errorEstimate}`,
        );
        assert.ok(
          errorEstimate <= 1.1 * Math.abs(fine - analytic) + (20 * 2 ** -53) / step,
          `h = ${step}: an estimate of ${errorEstimate} for ${fine - analytic}`,
        );
      }
    }
  },
);

test("a difference too small to be measured is noise, and noise alone no proof", async () => {
  const sine = entrywise(Math.sin, Math.cos);
  const x = tensor([0.3, -1.2, 0.8, 1.9]);
  const slightly = tamper(sine, ({ x: gradient }) => ({ x: multiply(gradient!, 1 + 5e-7) }));
  assert.is(
    (await checkX(slightly, x)).verdict,
    "wrong",
    "5e-7 is wrong where the measurement is good to 1e-7",
  );
  const coarse = await checkX(slightly, x, { step: 1e-10 });
  assert.is(coarse.verdict, "noise");
  assert.equal(coarse.noise, [[0], [1], [2], [3]]);
  assert.is(coarse.maxRelativeError, Infinity);
  assert.ok(
    coarse.checks.every(
      ({ verdict, relativeError, errorEstimate, numeric }) =>
        verdict === "noise" && relativeError <= (4 * errorEstimate) / Math.abs(numeric),
    ),
  );
  assert.is(
    (
      await checkX(
        tamper(sine, ({ x: gradient }) => ({ x: multiply(gradient!, 1.001) })),
        x,
        { step: 1e-10 },
      )
    ).verdict,
    "wrong",
    "0.1 % is wrong even so",
  );
});

test("where the step is lost in x, nothing is measured and backward is not judged", async () => {
  const { verdict, noise } = await checkX(
    entrywise(
      (x) => 2 * x,
      () => 2,
    ),
    tensor([1e20, -3e19]),
  );
  assert.is(verdict, "noise");
  assert.equal(noise, [[0], [1]]);
  assert.is(
    (
      await checkX(
        entrywise(
          (x) => x / 0,
          () => 1,
        ),
        tensor([1, 2]),
      )
    ).verdict,
    "wrong",
    "an infinite output is no rounding error",
  );
});

test(
  "where rounding swallows all that moves, a gradient of about 0 is noise, " +
    "and a larger one is wrong",
  async () => {
    // Beside a large constant, x − h and x + h give the same number.
    const swallowed = (analytic: number): Differentiable =>
      entrywise(
        (x) => 1e-5 * x + 1e14,
        () => analytic,
      );
    assert.is((await checkX(swallowed(1e-5), tensor([0.5, 0.75]))).verdict, "noise");
    assert.is((await checkX(swallowed(1e3), tensor([0.5, 0.75]))).verdict, "wrong");
    assert.is((await checkX(swallowed(0), tensor([0.5, 0.75]))).verdict, "pass");
  },
);

test("half of the entries must be judged", async () => {
  const some = (x: readonly number[]): Promise<GradientCheckResult> => checkX(relu, tensor([...x]));
  assert.is((await some([1, 2, 1e-5, -1e-5])).verdict, "pass");
  assert.is((await some([1, 3e-5, 1e-5, -1e-5])).verdict, "kink");
});

test("a strongly curved function is no kink; a corner is, wherever in the step", async () => {
  const wave = await checkX(
    entrywise(
      (x) => Math.sin(20 * x),
      (x) => 20 * Math.cos(20 * x),
    ),
    new Random("wave").uniform([50], -1, 1, "float64"),
  );
  assert.equal(wave.kinks, []);
  assert.is(wave.verdict, "pass");
  // one is within 3 % of h/3, where both slopes mimic a curvature
  const places = Array.from({ length: 40 }, (_, i) => (-0.99 + (1.98 * i) / 39) * 1e-3);
  const { kinks } = await checkX(relu, tensor([...places, 1, -2]));
  assert.equal(
    kinks,
    places.map((_, i) => [i]),
  );
});

test("where the function names its choices, a kink is a choice that flips", async () => {
  const chosen: Differentiable = async (inputs) => ({
    ...(await relu(inputs)),
    choices: [
      { what: "the side of", shape: [2, 2], taken: Int8Array.from(inputs["x"]!.data, Math.sign) },
    ],
  });
  const { checks, kinks, verdict } = await checkX(
    chosen,
    tensor([
      [1, -2],
      [2e-4, -3],
    ]),
  );
  assert.is(verdict, "pass");
  assert.equal(kinks, [[1, 0]]);
  assert.equal(
    checks.map(({ flipped }) => flipped),
    [null, null, "the side of [1, 0] flips from 1 to -1", null],
  );
  const without: Differentiable = async (inputs) => ({ ...(await relu(inputs)), choices: [] });
  assert.is(
    (
      await checkX(
        without,
        tensor([
          [1, -2],
          [2e-4, -3],
        ]),
      )
    ).verdict,
    "wrong",
    "a function that says that it has no kinks is taken at its word",
  );
});

test("a rectifier and a max pooling in the catalog name theirs", async () => {
  const find = (layer: string): (typeof catalog)[number] =>
    catalog.find((entry) => entry.layer === layer)!;
  const [ofRelu] = await gradientCheck(
    find("relu").differentiable({}),
    { x: tensor([[1, 5e-4, -3]]) },
    { random: new Random(0) },
  );
  assert.equal(
    ofRelu!.checks.map(({ flipped }) => flipped),
    [null, "the sign of [0, 1] flips from 1 to 0", null],
  );
  const x = tensor([
    [
      [
        [0.1, 0.9, 0.2, 5, 1, 1],
        [0.9 - 5e-4, 0.3, 0.4, 2, 2, 2],
      ],
    ],
  ]);
  const [ofPool] = await gradientCheck(
    find("maxPool2d").differentiable({ kernelSize: [2, 3] }),
    { x },
    { random: new Random(0) },
  );
  assert.equal(ofPool!.kinks, [
    [0, 0, 0, 1],
    [0, 0, 1, 0],
  ]);
  assert.is(ofPool!.checks[1]!.flipped, "the winner of window [0, 0, 0, 0] flips from 1 to 6");
});

test("a smaller step is tried where a choice flips, and only there", async () => {
  const entry = catalog.find(({ layer }) => layer === "relu")!;
  const [result] = await gradientCheck(
    entry.differentiable({}),
    { x: tensor([0.5, 3e-4, 3e-5, 3e-6]) },
    { random: new Random(0), smallestStep: 1e-5 },
  );
  assert.equal(
    result!.checks.map(({ verdict }) => verdict),
    ["pass", "pass", "pass", "kink"],
  );
  for (const [i, step] of [1e-3, 1e-4, 1e-5, 1e-5].entries())
    assert.ok(
      Math.abs(result!.checks[i]!.step / step - 1) < 1e-12,
      `entry ${i}: ${result!.checks[i]!.step}`,
    );
});

test("a sample checks so many entries, drawn at random, and takes the scale of all", async () => {
  const x = new Random("sample").uniform([6, 7], -1, 1, "float64");
  const sine = entrywise(Math.sin, Math.cos);
  const indices = new Set<string>();
  for (let seed = 0; seed < 5; seed++) {
    const told: [number, number][] = [];
    const [result] = await gradientCheck(
      sine,
      { x },
      {
        random: new Random(seed),
        sample: 10,
        onProgress: (done, total) => void told.push([done, total]),
      },
    );
    assert.is(result!.entries, 10);
    assert.is(result!.checks.length, 10);
    assert.equal(
      told,
      Array.from({ length: 10 }, (_, i) => [i + 1, 10]),
    );
    assert.is(new Set(result!.checks.map(({ index }) => index.join())).size, 10);
    for (const { index, analytic } of result!.checks)
      assert.ok(Math.abs(analytic / Math.cos(x.get(...index))) <= 1);
    result!.checks.forEach(({ index }) => indices.add(index.join()));
  }
  assert.ok(indices.size > 25, `expected different samples, got ${indices.size} entries of 42`);
  assert.is(
    (await gradientCheck(sine, { x }, { random: new Random(0), sample: 99 }))[0]!.entries,
    42,
  );
});

test("large outputs that an entry does not reach leave its slope alone", async () => {
  const beside: Differentiable = async ({ x }) => ({
    out: Tensor.from([x!.item() ** 2, 1e6, -3e7], [3], "float64"),
    backward: async (dOut) => ({ x: tensor([dOut.get(0) * 2 * x!.item()]) }),
  });
  const { maxRelativeError, verdict } = await checkX(beside, tensor([1.1]));
  assert.is(verdict, "pass");
  assert.ok(maxRelativeError < 1e-9, String(maxRelativeError));
});

test("what divides is the distance between the numbers that exist", async () => {
  const { maxRelativeError, kinks } = await checkX(
    entrywise(
      (x) => x,
      () => 1,
    ),
    tensor([12345.6, -700.3, 1.1]),
  );
  assert.equal(kinks, []);
  assert.ok(maxRelativeError < 1e-14, String(maxRelativeError));
});

test("a tiny entry is measured on the scale of the largest, others on their own", async () => {
  const [x, slopes] = [tensor([0.7, 0.3, -0.4]), tensor([1, 1e-9, 2e-3])];
  const dot =
    (analytic: Tensor): Differentiable =>
    async ({ x: given }) => ({
      out: matmul(given!.reshape([1, 3]), slopes.reshape([3, 1])).reshape([]),
      backward: async (dOut) => ({ x: multiply(analytic, dOut.item()) }),
    });
  assert.is((await checkX(dot(slopes), x)).verdict, "pass");
  assert.is(
    (await checkX(dot(tensor([1, 2e-6, 2e-3])), x)).verdict,
    "wrong",
    "2e-6 is beyond 1e-8 of a thousandth of the scale",
  );
  const { verdict, worstIndex, maxRelativeError } = await checkX(
    dot(tensor([1, 1e-9, 2.002e-3])),
    x,
  );
  assert.is(verdict, "wrong");
  assert.equal(worstIndex, [2]);
  assert.ok(Math.abs(maxRelativeError - 0.001 / 1.001) < 1e-6, String(maxRelativeError));
});

test("a gradient of zeros, rightly, passes", async () => {
  const { verdict, maxRelativeError } = await checkX(
    entrywise(
      () => 1,
      () => 0,
    ),
    tensor([0.2, -3]),
  );
  assert.is(verdict, "pass");
  assert.is(maxRelativeError, 0);
});

test("an argument may have very many entries", async () => {
  const x = Tensor.zeros([130_000], "float64");
  const first: Differentiable = async ({ x: given }) => ({
    out: given!.slice([0, 1]),
    backward: async (dOut) => ({
      x: Tensor.from([dOut.get(0), ...new Array<number>(x.size - 1).fill(0)], [x.size], "float64"),
    }),
  });
  assert.is((await checkX(first, x)).verdict, "pass");
});

test("inputs come back bit by bit, and one seed gives one result", async () => {
  const random = new Random("restored");
  const inputs = {
    x: random.uniform([2, 5], -1, 1, "float64"),
    weight: random.uniform([3, 5], -1, 1, "float64"),
  };
  const before = Object.values(inputs).map((input) => [...input.data]);
  const first = await gradientCheck(affine, inputs, { random: new Random(1) });
  assert.equal(
    Object.values(inputs).map((input) => [...input.data]),
    before,
  );
  const analytic = (results: readonly GradientCheckResult[]): number[] =>
    results.flatMap((result) => [result.maxRelativeError, result.analytic, result.numeric]);
  assert.equal(
    analytic(await gradientCheck(affine, inputs, { random: new Random(1) })),
    analytic(first),
  );
  assert.not.equal(
    analytic(await gradientCheck(affine, inputs, { random: new Random(2) })),
    analytic(first),
  );
});

test("float32 is refused", async () => {
  const inputs = {
    x: tensor([[1, 2]]),
    weight: tensor(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      "float32",
    ),
  };
  await assertRejects(
    () => gradientCheck(affine, inputs, { random: new Random(0) }),
    "gradientCheck",
    "float64",
    "weight in float32",
  );
});

test("a view with other strides is refused: its entries are not where one would look", async () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]).transpose();
  await assertRejects(
    () => gradientCheck(relu, { x }, { random: new Random(0) }),
    "gradientCheck",
    "contiguous",
    "x with strides [1, 3]",
    "clone",
  );
});

test("a gradient of another shape, or for an argument that is none, is refused", async () => {
  const inputs = {
    x: tensor([[1, 2, 3]]),
    weight: tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]),
  };
  const transposed = tamper(affine, ({ x, weight }) => ({ x: x!, weight: weight!.transpose() }));
  await assertRejects(
    () => gradientCheck(transposed, inputs, { random: new Random(0) }),
    "gradientCheck",
    "weight of shape [2, 3]",
    "got [3, 2]",
  );
  const renamed = tamper(affine, ({ x, weight }) => ({ x: x!, wieght: weight! }));
  await assertRejects(
    () => gradientCheck(renamed, inputs, { random: new Random(0), constants: ["weight"] }),
    "gradientCheck",
    "wieght",
  );
});

test("a gradient that backward forgot is refused, unless none is wanted", async () => {
  const inputs = {
    x: tensor([[1, 2, 3]]),
    weight: tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]),
  };
  const forgetful = tamper(affine, ({ x }) => ({ x: x! }));
  await assertRejects(
    () => gradientCheck(forgetful, inputs, { random: new Random(0) }),
    "gradientCheck",
    "a gradient for weight",
    "none",
  );
  const results = await gradientCheck(forgetful, inputs, {
    random: new Random(0),
    constants: ["weight"],
  });
  assert.equal(
    results.map(({ argument, verdict }) => [argument, verdict]),
    [["x", "pass"]],
  );
});

test(
  "steps, tolerances and samples that make no sense are refused, " +
    "and so is an input without entries",
  async () => {
    const inputs = { x: tensor([[1, -2]]) };
    const random = new Random(0);
    for (const step of [0, -1e-3, NaN, Infinity])
      await assertRejects(
        () => gradientCheck(relu, inputs, { random, step }),
        `gradientCheck: expected step to be a finite number above 0, got ${step}`,
      );
    for (const smallestStep of [0, NaN])
      await assertRejects(
        () => gradientCheck(relu, inputs, { random, smallestStep }),
        `expected smallestStep to be a finite number above 0, got ${smallestStep}`,
      );
    for (const tolerance of [-1, NaN, Infinity])
      await assertRejects(
        () => gradientCheck(relu, inputs, { random, tolerance }),
        `expected tolerance to be a finite number ≥ 0, got ${tolerance}`,
      );
    for (const sample of [0, -1, 1.5, NaN])
      await assertRejects(
        () => gradientCheck(relu, inputs, { random, sample }),
        `expected sample to be a whole number ≥ 1, got ${sample}`,
      );
    await assertRejects(
      () => gradientCheck(relu, { x: Tensor.zeros([2, 0], "float64") }, { random }),
      "expected inputs with at least one entry, got x of shape [2, 0]",
    );
  },
);

test.run();
