import { test } from "uvu";
import * as assert from "uvu/assert";
import { Affine, BatchNorm2d, Conv2d, LayerNorm, type Parameter, Relu } from "leibniz/backprop";
import { reference } from "leibniz/kernels";
import {
  he,
  initialise,
  type Initialiser,
  pytorchDefault,
  Sequential,
  xavier,
} from "leibniz/network";
import { type DType, Random } from "leibniz/tensor";
import { assertClose } from "../helpers/assert-close.js";

/**
 * How far a statistic of random numbers may be from its expectation, in standard deviations of the
 * statistic.
 */
const SIGMAS = 5;

/** Layers whose fan-in and fan-out differ, with enough entries for statistics. */
function wideNetwork(dtype: DType = "float64"): Sequential {
  return new Sequential({
    conv: new Conv2d(
      { inChannels: 24, outChannels: 160, kernelSize: [3, 5], groups: 4 },
      { dtype },
    ), // fan-in 6·15 = 90, fan-out 40·15 = 600
    affine: new Affine({ inFeatures: 50, outFeatures: 4000 }, { dtype }),
  });
}

const fans = { conv: { fanIn: 90, fanOut: 600 }, affine: { fanIn: 50, fanOut: 4000 } } as const;

function parameterOf(network: Sequential, name: string): Parameter {
  const found = network.parameters.find((candidate) => candidate.name === name);
  assert.ok(found, `no parameter ${name}`);
  return found!.parameter;
}

/**
 * Requires mean 0 and the given variance, within what chance allows. `kurtosis` is E[x⁴] / E[x²]²:
 * 9/5 for even spread, 3 for normal.
 */
function assertMoments(
  values: ArrayLike<number>,
  variance: number,
  kurtosis: number,
  what: string,
): void {
  const n = values.length;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    sum += values[i]!;
    squares += values[i]! ** 2;
  }
  assert.ok(Math.abs(sum / n) <= SIGMAS * Math.sqrt(variance / n), `${what}: mean ${sum / n}`);
  const share = squares / n / variance;
  assert.ok(
    Math.abs(share - 1) <= SIGMAS * Math.sqrt((kurtosis - 1) / n),
    `${what}: variance ${squares / n} instead of ${variance}`,
  );
}

/** Requires numbers that are evenly spread over (−limit, limit) and use its whole width. */
function assertEven(values: ArrayLike<number>, limit: number, what: string): void {
  assertMoments(values, limit ** 2 / 3, 9 / 5, what);
  const [low, high] = Array.from(values).reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  ) as [number, number];
  // an extreme of n numbers is 2·limit/n away from the limit, on average
  const unused = (SIGMAS * 4 * limit) / values.length;
  assert.ok(low >= -limit && low <= -limit + unused, `${what}: smallest ${low}, limit ${-limit}`);
  assert.ok(high < limit && high >= limit - unused, `${what}: largest ${high}, limit ${limit}`);
}

for (const layer of ["conv", "affine"] as const) {
  const { fanIn, fanOut } = fans[layer];

  test(`pytorchDefault, ${layer}: weights and biases spread evenly up to 1/√fanIn`, () => {
    const network = wideNetwork();
    initialise(network, new Random(1));
    assertEven(
      parameterOf(network, `${layer}.weight`).value.data,
      1 / Math.sqrt(fanIn),
      `${layer}.weight`,
    );
    assertEven(
      parameterOf(network, `${layer}.bias`).value.data,
      1 / Math.sqrt(fanIn),
      `${layer}.bias`,
    );
  });

  test(`he, ${layer}: normal weights of variance 2/fanIn, biases 0`, () => {
    const network = wideNetwork();
    for (const { parameter } of network.parameters) parameter.value.data.fill(7);
    initialise(network, new Random(2), he);
    const weight = parameterOf(network, `${layer}.weight`).value.data;
    const deviation = Math.sqrt(2 / fanIn);
    assertMoments(weight, deviation ** 2, 3, `${layer}.weight`);
    for (const [within, expected] of [
      [1, 0.682689],
      [2, 0.9545],
      [3, 0.9973],
    ] as const) {
      const share =
        weight.filter((value) => Math.abs(value) <= within * deviation).length / weight.length;
      assert.ok(
        Math.abs(share - expected) <=
          SIGMAS * Math.sqrt((expected * (1 - expected)) / weight.length),
        `${share} within ${within} standard deviations`,
      );
    }
    assert.ok(parameterOf(network, `${layer}.bias`).value.data.every((value) => value === 0));
  });

  test(`xavier, ${layer}: weights spread evenly up to √(6 / (fanIn + fanOut)), biases 0`, () => {
    const network = wideNetwork();
    for (const { parameter } of network.parameters) parameter.value.data.fill(7);
    initialise(network, new Random(3), xavier);
    assertEven(
      parameterOf(network, `${layer}.weight`).value.data,
      Math.sqrt(6 / (fanIn + fanOut)),
      `${layer}.weight`,
    );
    assert.ok(parameterOf(network, `${layer}.bias`).value.data.every((value) => value === 0));
  });
}

test(
  "he keeps the size of what flows through ten layers with ReLUs; pytorchDefault lets it " +
    "shrink",
  async () => {
    const meanSquare = (values: ArrayLike<number>): number =>
      Array.from(values).reduce((sum, value) => sum + value ** 2, 0) / values.length;
    const layers = Array.from({ length: 10 }, (_, l): [string, Affine | Relu][] => [
      [`affine${l}`, new Affine({ inFeatures: 300, outFeatures: 300 }, { dtype: "float64" })],
      [`relu${l}`, new Relu()],
    ]);
    const network = new Sequential(Object.fromEntries(layers.flat()));
    const x = new Random("signal").normal([20, 300], 0, 1, "float64");
    const grown = async (initialiser: Initialiser): Promise<number> => {
      initialise(network, new Random("deep"), initialiser);
      const { out } = await network.forward(x, { backend: reference, mode: "evaluate" });
      return meanSquare(out.data) / meanSquare(x.data);
    };
    const withHe = await grown(he);
    assert.ok(withHe > 0.5 && withHe < 2, `grew by ${withHe}`);
    assert.ok((await grown(pytorchDefault)) < 1e-3);
  },
);

test("the same seed gives the same numbers, another seed and another name others", () => {
  const values = (seed: number, initialiser: Initialiser): number[] => {
    const network = new Sequential({
      conv1: new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: [2, 3] }),
      conv2: new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: [2, 3] }),
    });
    initialise(network, new Random(seed), initialiser);
    const [first, second] = [
      parameterOf(network, "conv1.weight").value.data,
      parameterOf(network, "conv2.weight").value.data,
    ];
    assert.ok(
      first.every((value, i) => value !== second[i]),
      "two layers have the same weights",
    );
    return [...first];
  };
  for (const initialiser of [pytorchDefault, he, xavier]) {
    assert.equal(values(4, initialiser), values(4, initialiser));
    const other = values(5, initialiser);
    assert.ok(values(4, initialiser).every((value, i) => value !== other[i]));
  }
});

test("adding a layer leaves the numbers of the others as they were", () => {
  const conv = (): Conv2d => new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: [2, 3] });
  const affine = (): Affine => new Affine({ inFeatures: 7, outFeatures: 5 });
  const plain = new Sequential({ conv1: conv(), affine1: affine() });
  const grown = new Sequential({
    conv0: conv(),
    conv1: conv(),
    between: affine(),
    affine1: affine(),
  });
  for (const network of [plain, grown]) initialise(network, new Random(6));
  for (const { name, parameter } of plain.parameters)
    assertClose(parameterOf(grown, name).value, parameter.value, { tolerance: 0, what: name });
});

test("float32 weights are the float64 ones, rounded", () => {
  const [wide, narrow] = [wideNetwork("float64"), wideNetwork("float32")];
  for (const network of [wide, narrow]) initialise(network, new Random(7));
  for (const { name, parameter } of wide.parameters)
    assertClose(parameterOf(narrow, name).value, parameter.value.astype("float32"), {
      tolerance: 0,
      what: name,
    });
});

test(
  "a normalisation starts with weight 1, bias 0 and fresh running statistics, whatever the " +
    "initialiser and whatever was before",
  () => {
    const constant: Initialiser = (parameter) => void parameter.value.data.fill(7);
    for (const initialiser of [pytorchDefault, he, xavier, constant]) {
      const network = new Sequential({
        conv: new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: [2, 3] }),
        bn: new BatchNorm2d({ channels: 3 }),
        ln: new LayerNorm({ shape: [4, 5] }),
      });
      const own = [
        ...network.parameters.slice(2).map(({ parameter }) => parameter.value),
        ...network.buffers.map(({ buffer }) => buffer.value),
      ];
      assert.is(own.length, 6);
      for (const value of own) value.data.fill(-3);
      initialise(network, new Random(8), initialiser);
      assert.equal(
        own.map(({ size, data }) => [size, ...new Set(data)]),
        [
          [3, 1],
          [3, 0],
          [20, 1],
          [20, 0],
          [3, 0],
          [3, 1],
        ],
      );
      assert.ok(
        parameterOf(network, "conv.weight").value.data.every(
          (value) => value !== 0 && value !== -3,
        ),
        "the convolution is initialised as ever",
      );
    }
  },
);

test("a normalisation between two layers leaves their numbers as they were", () => {
  const conv = (): Conv2d => new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: [2, 3] });
  const [plain, normalised] = [
    new Sequential({ conv1: conv(), conv2: conv() }),
    new Sequential({ conv1: conv(), bn: new BatchNorm2d({ channels: 3 }), conv2: conv() }),
  ];
  for (const network of [plain, normalised]) initialise(network, new Random(9), he);
  for (const { name, parameter } of plain.parameters)
    assertClose(parameterOf(normalised, name).value, parameter.value, { tolerance: 0, what: name });
});

test.run();
