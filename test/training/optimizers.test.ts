import { test } from "uvu";
import * as assert from "uvu/assert";
import { Parameter } from "leibniz/backprop";
import { reference } from "leibniz/kernels";
import type { NamedParameter } from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import {
  Adagrad,
  type AdagradOptions,
  Adam,
  type AdamOptions,
  AdamW,
  type AdamWOptions,
  type Optimizer,
  RmsProp,
  type RmsPropOptions,
  Sgd,
  type SgdOptions,
} from "leibniz/training";
import { assertClose, assertCloseArrays, assertRejects } from "../helpers/assert-close.js";

const SHAPES = { "conv1.weight": [3, 2, 1, 2], "conv1.bias": [3] };
const STEPS = 3;
const EXACT = 1e-14;

/** Two parameters, float64, whose values depend on nothing but the seed. */
function someParameters(seed = "parameters"): readonly NamedParameter[] {
  const random = new Random(seed);
  return Object.entries(SHAPES).map(([name, shape]) => {
    const parameter = new Parameter(name, shape, 1, 1, { dtype: "float64" });
    parameter.value.data.set(random.normal(shape, 0, 1, "float64").data);
    return { name, parameter };
  });
}

/** The gradient that step t (from 1) is given. */
function gradientOf(name: string, shape: readonly number[], step: number): Tensor {
  return new Random("gradients").split(`${name} in step ${step}`).normal(shape, 0, 2, "float64");
}

async function takeSteps(
  optimizer: Optimizer,
  parameters: readonly NamedParameter[],
  from: number,
  to: number,
): Promise<void> {
  for (let step = from; step <= to; step++) {
    for (const { name, parameter } of parameters)
      parameter.grad.data.set(gradientOf(name, parameter.value.shape, step).data);
    await optimizer.step(reference);
  }
}

/**
 * Steps number by number. `change` is given all gradients so far of one number, the weight decay's
 * part included, oldest first, so that it can write a running mean as the sum that it stands for;
 * and the number itself.
 */
async function follows(
  optimizer: Optimizer,
  parameters: readonly NamedParameter[],
  weightDecay: number,
  change: (gradients: readonly number[], w: number) => number,
): Promise<void> {
  const expected = parameters.map(({ parameter }) => Array.from(parameter.value.data));
  const gradients = expected.map((values) => values.map((): number[] => []));
  for (let step = 1; step <= STEPS; step++) {
    await takeSteps(optimizer, parameters, step, step);
    parameters.forEach(({ name, parameter }, p) => {
      const gradient = gradientOf(name, parameter.value.shape, step);
      expected[p]!.forEach((w, i) => {
        gradients[p]![i]!.push(gradient.data[i]! + weightDecay * w);
        expected[p]![i] = w - change(gradients[p]![i]!, w);
      });
      assertCloseArrays(parameter.value.data, expected[p]!, {
        tolerance: EXACT,
        what: `${name} after step ${step}`,
      });
      assert.is(optimizer.steps, step);
    });
  }
}

/** Σₖ decayᵗ⁻ᵏ · gₖ: what a running value with v ← decay·v + g has come to after t steps. */
const decayingSum = (gradients: readonly number[], decay: number): number =>
  gradients.reduce((sum, g, k) => sum + decay ** (gradients.length - 1 - k) * g, 0);

const sgdCases: readonly SgdOptions[] = [
  { learningRate: 0.3 },
  { learningRate: 0.3, weightDecay: 0.2 },
  { learningRate: 0.1, momentum: 0.8 },
  { learningRate: 0.1, momentum: 0.8, weightDecay: 0.2 },
  { learningRate: 0.1, momentum: 0.7, nesterov: true },
  { learningRate: 0.1, momentum: 0.7, nesterov: true, weightDecay: 0.3 },
];

for (const options of sgdCases) {
  test(`Sgd ${JSON.stringify(options)}: three steps are the sums over all gradients`, async () => {
    const parameters = someParameters();
    const { learningRate, momentum = 0, nesterov = false, weightDecay = 0 } = options;
    await follows(new Sgd(parameters, options), parameters, weightDecay, (gradients) => {
      const velocity = decayingSum(gradients, momentum);
      return learningRate * (nesterov ? gradients.at(-1)! + momentum * velocity : velocity);
    });
  });
}

const adamCases: readonly AdamOptions[] = [
  {},
  { learningRate: 0.05 },
  { learningRate: 0.05, beta1: 0.7, beta2: 0.9, epsilon: 0.1 },
  { learningRate: 0.02, weightDecay: 0.4 },
  { learningRate: 0.02, beta1: 0, beta2: 0 },
];

for (const options of adamCases) {
  test(`Adam ${JSON.stringify(options)}: three steps are means over all gradients`, async () => {
    const parameters = someParameters();
    const {
      learningRate = 1e-3,
      beta1 = 0.9,
      beta2 = 0.999,
      epsilon = 1e-8,
      weightDecay = 0,
    } = options;
    await follows(new Adam(parameters, options), parameters, weightDecay, (gradients) => {
      // Divided by the sum of its own weights, the running mean is a mean: that is the bias
      // correction.
      const ones = gradients.map(() => 1);
      const mean = decayingSum(gradients, beta1) / decayingSum(ones, beta1);
      const meanSquare =
        decayingSum(
          gradients.map((g) => g * g),
          beta2,
        ) / decayingSum(ones, beta2);
      return (learningRate * mean) / (Math.sqrt(meanSquare) + epsilon);
    });
  });
}

const adamWCases: readonly AdamWOptions[] = [
  {},
  { learningRate: 0.05, weightDecay: 0.4 },
  { learningRate: 0.05, beta1: 0.7, beta2: 0.9, epsilon: 0.1, weightDecay: 0 },
];

for (const options of adamWCases) {
  test(
    `AdamW ${JSON.stringify(options)}: the means know nothing of the decay, ` +
      `the weights shrink by themselves`,
    async () => {
      const parameters = someParameters();
      const {
        learningRate = 1e-3,
        beta1 = 0.9,
        beta2 = 0.999,
        epsilon = 1e-8,
        weightDecay = 0.01,
      } = options;
      await follows(new AdamW(parameters, options), parameters, 0, (gradients, w) => {
        const ones = gradients.map(() => 1);
        const mean = decayingSum(gradients, beta1) / decayingSum(ones, beta1);
        const meanSquare =
          decayingSum(
            gradients.map((g) => g * g),
            beta2,
          ) / decayingSum(ones, beta2);
        return learningRate * (weightDecay * w + mean / (Math.sqrt(meanSquare) + epsilon));
      });
    },
  );
}

const adagradCases: readonly AdagradOptions[] = [
  {},
  { learningRate: 0.3, epsilon: 0.5 },
  { learningRate: 0.2, weightDecay: 0.4 },
];

for (const options of adagradCases) {
  test(`Adagrad ${JSON.stringify(options)}: divides by the root of all squares`, async () => {
    const parameters = someParameters();
    const { learningRate = 1e-2, epsilon = 1e-10, weightDecay = 0 } = options;
    await follows(
      new Adagrad(parameters, options),
      parameters,
      weightDecay,
      (gradients) => (learningRate * gradients.at(-1)!) / (Math.hypot(...gradients) + epsilon),
    );
  });
}

const rmsPropCases: readonly RmsPropOptions[] = [
  {},
  { learningRate: 0.3, alpha: 0.6, epsilon: 0.5 },
  { learningRate: 0.2, weightDecay: 0.4 },
  { alpha: 0 },
];

for (const options of rmsPropCases) {
  test(`RmsProp ${JSON.stringify(options)}: divides by the root of fading squares`, async () => {
    const parameters = someParameters();
    const { learningRate = 1e-2, alpha = 0.99, epsilon = 1e-8, weightDecay = 0 } = options;
    await follows(new RmsProp(parameters, options), parameters, weightDecay, (gradients) => {
      const squares = gradients.map((g) => g * g);
      return (
        (learningRate * gradients.at(-1)!) /
        (Math.sqrt((1 - alpha) * decayingSum(squares, alpha)) + epsilon)
      );
    });
  });
}

test("two steps by hand", async () => {
  const one = (value: number): readonly NamedParameter[] => {
    const parameter = new Parameter("w", [1], 1, 1, { dtype: "float64" });
    parameter.value.data[0] = value;
    return [{ name: "w", parameter }];
  };
  const run = async (
    parameters: readonly NamedParameter[],
    optimizer: Optimizer,
    gradients: readonly number[],
  ): Promise<number> => {
    for (const g of gradients) {
      parameters[0]!.parameter.grad.data[0] = g;
      await optimizer.step(reference);
    }
    return parameters[0]!.parameter.value.data[0]!;
  };
  const close = (actual: number, expected: number): void =>
    assertCloseArrays([actual], [expected], { tolerance: EXACT });
  let w = one(1);
  close(await run(w, new Sgd(w, { learningRate: 0.1 }), [0.5, -2]), 1.15); // 1 − 0.05 + 0.2
  w = one(1);
  // v = 2, then 1 + 4
  close(await run(w, new Sgd(w, { learningRate: 0.1, momentum: 0.5 }), [2, 4]), 0.3);
  w = one(1);
  close(
    await run(w, new Sgd(w, { learningRate: 0.1, momentum: 0.5, nesterov: true }), [2, 4]),
    0.05,
  ); // 2 + 1, then 4 + 2.5
  w = one(2);
  // g = 1, then 0.15
  close(await run(w, new Sgd(w, { learningRate: 0.5, weightDecay: 0.1 }), [0.8, 0]), 1.425);
  w = one(1);
  // the first step is η, whatever the gradient
  close(await run(w, new Adam(w, { learningRate: 0.25, epsilon: 0 }), [-7]), 1.25);
  w = one(1);
  // m̂ = (0.5·1 + 1·3) / 1.5, v̂ = (0.5·1 + 1·9) / 1.5
  close(
    await run(w, new Adam(w, { learningRate: 0.3, beta1: 0.5, beta2: 0.5, epsilon: 0 }), [1, 3]),
    0.7 - (0.3 * 7) / 3 / Math.sqrt(19 / 3),
  );
  w = one(1);
  close(
    await run(w, new AdamW(w, { learningRate: 0.25, epsilon: 0, weightDecay: 0.4 }), [-7, -7]),
    (0.9 + 0.25) * 0.9 + 0.25,
  ); // both steps are η
  w = one(1);
  close(
    await run(w, new Adagrad(w, { learningRate: 0.5, epsilon: 1 }), [3, -4]),
    1 - 1.5 / 4 + 2 / 6,
  ); // √9, then √(9 + 16)
  w = one(1);
  close(
    await run(w, new RmsProp(w, { learningRate: 0.5, alpha: 0.75, epsilon: 0.5 }), [2, -2]),
    1 - 1 / 1.5 + 1 / (Math.sqrt(1.75) + 0.5),
  ); // v = 1, then 0.75 + 1
});

const kinds: readonly [
  name: string,
  build: (parameters: readonly NamedParameter[]) => Optimizer,
  kind: string,
  state: readonly string[],
][] = [
  ["Sgd", (parameters) => new Sgd(parameters, { learningRate: 0.1, weightDecay: 0.1 }), "sgd", []],
  [
    "Sgd with momentum",
    (parameters) => new Sgd(parameters, { learningRate: 0.1, momentum: 0.9 }),
    "sgd",
    ["velocity"],
  ],
  [
    "Sgd with Nesterov",
    (parameters) => new Sgd(parameters, { learningRate: 0.1, momentum: 0.9, nesterov: true }),
    "sgd",
    ["velocity"],
  ],
  [
    "Adagrad",
    (parameters) => new Adagrad(parameters, { weightDecay: 0.1 }),
    "adagrad",
    ["squareSum"],
  ],
  [
    "RmsProp",
    (parameters) => new RmsProp(parameters, { weightDecay: 0.1 }),
    "rmsprop",
    ["meanSquare"],
  ],
  [
    "Adam",
    (parameters) => new Adam(parameters, { learningRate: 0.05, weightDecay: 0.1 }),
    "adam",
    ["firstMoment", "secondMoment"],
  ],
  [
    "AdamW",
    (parameters) => new AdamW(parameters, { learningRate: 0.05, weightDecay: 0.1 }),
    "adamw",
    ["firstMoment", "secondMoment"],
  ],
];

for (const [name, build, kind, prefixes] of kinds) {
  test(`${name}: its kind, and its running values by name and shape`, async () => {
    const parameters = someParameters();
    const optimizer = build(parameters);
    assert.is(optimizer.kind, kind);
    assert.is(optimizer.steps, 0);
    assert.equal(
      [...optimizer.state().keys()],
      prefixes.flatMap((prefix) =>
        Object.keys(SHAPES).map((parameter) => `${prefix}.${parameter}`),
      ),
    );
    for (const [key, tensor] of optimizer.state()) {
      assert.equal(
        [...tensor.shape],
        SHAPES[key.slice(key.indexOf(".") + 1) as keyof typeof SHAPES],
      );
      assert.is(tensor.dtype, "float64");
      assert.ok(
        tensor.data.every((value) => value === 0),
        key,
      );
    }
    const before = optimizer.state();
    await takeSteps(optimizer, parameters, 1, 1);
    for (const [key, tensor] of before)
      assert.ok(
        tensor.data.every((value) => value !== 0),
        `${key} is not shared`,
      );
  });

  test(`${name}: leaves the gradients as they are`, async () => {
    const parameters = someParameters();
    await takeSteps(build(parameters), parameters, 1, 2);
    for (const { name: key, parameter } of parameters)
      assertClose(parameter.grad, gradientOf(key, parameter.value.shape, 2), {
        tolerance: 0,
        what: key,
      });
  });

  test(
    `${name}: a step with a rate of its own is that of an optimizer with this rate, ` +
      `and only this step`,
    async () => {
      const [own, other] = [someParameters(), someParameters()];
      const optimizer = build(own);
      const rates = [0.7, 0, 0.003, optimizer.learningRate];
      const outcomes: Tensor[] = [];
      for (const [i, rate] of rates.entries()) {
        for (const { name: key, parameter } of own)
          parameter.grad.data.set(gradientOf(key, parameter.value.shape, i + 1).data);
        await (i === 3 ? optimizer.step(reference) : optimizer.step(reference, rate));
        outcomes.push(own[0]!.parameter.value.clone());
      }
      assertClose(outcomes[1]!, outcomes[0]!, { tolerance: 0, what: "a rate of 0" });
      // What a rate does to a step is linear, so that the moves of two runs whose rates differ by a
      // factor do as well.
      const halved = build(other);
      for (const { name: key, parameter } of other)
        parameter.grad.data.set(gradientOf(key, parameter.value.shape, 1).data);
      const start = other[0]!.parameter.value.clone();
      await halved.step(reference, 0.35);
      const move = start.data.map((w, i) => 2 * (other[0]!.parameter.value.data[i]! - w));
      assertCloseArrays(
        move,
        start.data.map((w, i) => outcomes[0]!.data[i]! - w),
        { tolerance: 1e-13, what: "half the rate" },
      );
    },
  );

  test(`${name}: a rate that is none is refused, and nothing has changed`, async () => {
    const parameters = someParameters();
    const optimizer = build(parameters);
    await takeSteps(optimizer, parameters, 1, 1);
    const before = parameters.map(({ parameter }) => parameter.value.clone());
    for (const rate of [NaN, Infinity, -1e-9, "0.1" as unknown as number]) {
      const message = await optimizer.step(reference, rate).then(
        () => "none",
        (thrown: Error) => thrown.message,
      );
      assert.match(
        message,
        new RegExp(`: expected learningRate to be a finite number ≥ 0, got ${rate}$`),
      );
    }
    assert.is(optimizer.steps, 1);
    parameters.forEach(({ parameter }, p) =>
      assertClose(parameter.value, before[p]!, { tolerance: 0 }),
    );
  });

  test(`${name}: restored, it goes on to the very same numbers`, async () => {
    const whole = someParameters();
    await takeSteps(build(whole), whole, 1, 5);

    const stopped = someParameters();
    const first = build(stopped);
    await takeSteps(first, stopped, 1, 3);
    const saved = new Map([...first.state()].map(([key, tensor]) => [key, tensor.clone()]));

    const resumed = someParameters("other values");
    resumed.forEach(({ parameter }, p) =>
      parameter.value.data.set(stopped[p]!.parameter.value.data),
    );
    const second = build(resumed);
    second.restore(saved, first.steps);
    assert.is(second.steps, 3);
    await takeSteps(second, resumed, 4, 5);
    assert.is(second.steps, 5);
    for (const [p, { name: key, parameter }] of resumed.entries())
      assertClose(parameter.value, whole[p]!.parameter.value, { tolerance: 0, what: key });
    for (const [key, tensor] of first.state())
      assertClose(saved.get(key)!, tensor, { tolerance: 0, what: `the saved ${key}` });
  });

  test(`${name}: after reset it is as new`, async () => {
    const parameters = someParameters();
    const optimizer = build(parameters);
    await takeSteps(optimizer, parameters, 4, 5);
    optimizer.reset();
    assert.is(optimizer.steps, 0);
    const fresh = someParameters();
    parameters.forEach(({ parameter }, p) =>
      parameter.value.data.set(fresh[p]!.parameter.value.data),
    );
    await takeSteps(optimizer, parameters, 1, 3);
    await takeSteps(build(fresh), fresh, 1, 3);
    for (const [p, { name: key, parameter }] of parameters.entries())
      assertClose(parameter.value, fresh[p]!.parameter.value, { tolerance: 0, what: key });
  });

  if (prefixes.length > 0) {
    test(
      `${name}: refuses running values that are missing or of another shape, ` +
        `and then keeps its own`,
      async () => {
        const parameters = someParameters();
        const optimizer = build(parameters);
        await takeSteps(optimizer, parameters, 1, 2);
        const own = new Map([...optimizer.state()].map(([key, tensor]) => [key, tensor.clone()]));
        const other = new Map(
          [...own].map(([key, tensor]) => [key, Tensor.full(tensor.shape, 7, "float64")]),
        );
        const lastKey = `${prefixes.at(-1)!}.conv1.bias`;
        await assertRejects(
          () => optimizer.restore(new Map([...other].filter(([key]) => key !== lastKey)), 9),
          `a saved ${lastKey} of shape [3], got none`,
        );
        await assertRejects(
          () =>
            optimizer.restore(new Map([...other, [lastKey, Tensor.zeros([3, 1], "float64")]]), 9),
          `a saved ${lastKey} of shape [3], got [3, 1]`,
        );
        assert.is(optimizer.steps, 2);
        for (const [key, tensor] of optimizer.state())
          assertClose(tensor, own.get(key)!, { tolerance: 0, what: key });
      },
    );
  }
}

test("refuses running values that it has no use for", async () => {
  const parameters = someParameters();
  const velocity = new Sgd(parameters, { learningRate: 0.1, momentum: 0.9 }).state();
  for (const steps of [NaN, -1, 0.5, Infinity])
    await assertRejects(
      () => new Sgd(parameters, { learningRate: 0.1 }).restore(new Map(), steps),
      `Sgd: expected steps to be a whole number ≥ 0, got ${steps}`,
    );
  await assertRejects(
    () => new Sgd(parameters, { learningRate: 0.1 }).restore(velocity, 3),
    "0 saved running values, got also velocity.conv1.weight",
    "other options",
  );
  const [, bias] = parameters;
  const more = new Adam(parameters).state();
  await assertRejects(
    () => new Adam([bias!]).restore(more, 3),
    "2 saved running values, got also firstMoment.conv1.weight",
  );
});

test("options out of range are refused by name", async () => {
  const sgd = (options: SgdOptions, ...pieces: string[]): Promise<void> =>
    assertRejects(() => new Sgd(someParameters(), options), "Sgd: expected", ...pieces);
  const adam = (options: AdamOptions, ...pieces: string[]): Promise<void> =>
    assertRejects(() => new Adam(someParameters(), options), "Adam: expected", ...pieces);
  const others: readonly [
    string,
    (options: AdamOptions & RmsPropOptions) => Optimizer,
    string[],
  ][] = [
    ["Adagrad", (options) => new Adagrad(someParameters(), options), []],
    ["RmsProp", (options) => new RmsProp(someParameters(), options), ["alpha"]],
    ["AdamW", (options) => new AdamW(someParameters(), options), ["beta1", "beta2"]],
  ];
  for (const [where, build, shares] of others) {
    for (const value of [-0.1, NaN, Infinity, "0.1" as unknown as number]) {
      const got = typeof value === "string" ? `"${value}"` : value;
      for (const option of ["learningRate", "epsilon", "weightDecay"]) {
        await assertRejects(
          () => build({ [option]: value }),
          `${where}: expected ${option} to be a finite number ≥ 0, got ${got}`,
        );
      }
    }
    for (const value of [-0.1, 1, 1.5, NaN]) {
      for (const option of shares)
        await assertRejects(
          () => build({ [option]: value }),
          `${where}: expected ${option} to be a number from 0 to below 1, got ${value}`,
        );
    }
  }
  for (const value of [-0.1, NaN, Infinity]) {
    await sgd({ learningRate: value }, "learningRate to be a finite number ≥ 0", `got ${value}`);
    await sgd(
      { learningRate: 0.1, weightDecay: value },
      "weightDecay to be a finite number ≥ 0",
      `got ${value}`,
    );
    await adam({ learningRate: value }, "learningRate to be a finite number ≥ 0", `got ${value}`);
    await adam({ epsilon: value }, "epsilon to be a finite number ≥ 0", `got ${value}`);
    await adam({ weightDecay: value }, "weightDecay to be a finite number ≥ 0", `got ${value}`);
  }
  for (const value of [-0.1, 1, 1.5, NaN]) {
    await sgd(
      { learningRate: 0.1, momentum: value },
      "momentum to be a number from 0 to below 1",
      `got ${value}`,
    );
    await adam({ beta1: value }, "beta1 to be a number from 0 to below 1", `got ${value}`);
    await adam({ beta2: value }, "beta2 to be a number from 0 to below 1", `got ${value}`);
  }
  await sgd(
    { learningRate: 0.1, nesterov: true },
    "a momentum above 0 for Nesterov's method",
    "got 0",
  );
});

test("the ends of the ranges are allowed", () => {
  const parameters = someParameters();
  assert.is(new Sgd(parameters, { learningRate: 0, momentum: 0, weightDecay: 0 }).steps, 0);
  for (const Moments of [Adam, AdamW])
    assert.is(
      new Moments(parameters, { learningRate: 0, beta1: 0, beta2: 0, epsilon: 0, weightDecay: 0 })
        .steps,
      0,
    );
  assert.is(new Adagrad(parameters, { learningRate: 0, epsilon: 0, weightDecay: 0 }).steps, 0);
  assert.is(
    new RmsProp(parameters, { learningRate: 0, alpha: 0, epsilon: 0, weightDecay: 0 }).steps,
    0,
  );
});

test.run();
