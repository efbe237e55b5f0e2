import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  Affine,
  type Backward,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  Flatten,
  type Layer,
  MaxPool2d,
  Parameter,
  type Pass,
  type PassOptions,
  Relu,
  Residual,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
} from "leibniz/backprop";
import { type Differentiable, gradientCheck } from "leibniz/gradcheck";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { he, initialise, notebookNetwork, Sequential } from "leibniz/network";
import { add, Random, Tensor, tensor } from "leibniz/tensor";
import { Adam, Sgd } from "leibniz/training";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const training = { backend: reference, mode: "train" } as const;
const float64 = { dtype: "float64" } as const;
const scalarOne = Tensor.full([], 1, "float64");

/**
 * Two convolutions and two affine layers for images [N, 2, 9, 7], in float64 and with random
 * weights.
 */
function smallNetwork(seed: string): Sequential {
  const network = new Sequential({
    conv1: new Conv2d(
      { inChannels: 2, outChannels: 3, kernelSize: [3, 2], stride: [1, 2], padding: [1, 0] },
      float64,
    ), // → 3×9×3
    relu1: new Relu(),
    pool1: new MaxPool2d({ kernelSize: [3, 1], stride: [2, 1] }), // → 3×4×3
    conv2: new Conv2d(
      { inChannels: 3, outChannels: 4, kernelSize: [2, 3], padding: [0, 1] },
      float64,
    ), // → 4×3×3
    relu2: new Relu(),
    flatten: new Flatten(),
    affine1: new Affine({ inFeatures: 36, outFeatures: 6 }, float64),
    relu3: new Relu(),
    affine2: new Affine({ inFeatures: 6, outFeatures: 5 }, float64),
  });
  initialise(network, new Random(seed), he);
  return network;
}

const images = (seed: string): Tensor => new Random(seed).normal([3, 2, 9, 7], 0, 1, "float64");
const labels = [4, 0, 2];

/** Forward through the network and the loss, and back to the gradients of the parameters. */
async function backpropagate(network: Sequential, x: Tensor): Promise<void> {
  const { out, backward } = await network.forward(x, training);
  const { cache } = await softmaxCrossEntropyForward(out, labels);
  await backward((await softmaxCrossEntropyBackward(scalarOne, cache)).dLogits);
}

/** Copies of all gradients, by name. */
const gradients = (network: Sequential): Record<string, Tensor> =>
  Object.fromEntries(
    network.parameters.map(({ name, parameter }) => [name, parameter.grad.clone()]),
  );

/** A layer that multiplies by a parameter of its own and writes down what it is asked for. */
class Scale implements Layer {
  readonly kind = "scale";
  readonly parameters: readonly Parameter[];
  readonly calls: string[];
  readonly #name: string;

  constructor(name: string, factor: number, calls: string[]) {
    this.parameters = [new Parameter("factor", [], 1, 1, float64)];
    this.parameters[0]!.value.data[0] = factor;
    this.calls = calls;
    this.#name = name;
  }

  outputShape(inputShape: readonly number[]): number[] {
    return [...inputShape];
  }

  async forward(x: Tensor): Promise<Pass> {
    this.calls.push(`${this.#name} forward`);
    const backward: Backward = async (dOut, wantsDX) => {
      this.calls.push(
        `${this.#name} backward ${wantsDX === true ? "with" : "without"} dX, dOut ${dOut.item()}`,
      );
      return wantsDX === true ? this.#times(dOut) : null;
    };
    return { out: this.#times(x), backward };
  }

  #times(x: Tensor): Tensor {
    return Tensor.from([x.item() * this.parameters[0]!.value.item()], [], "float64");
  }
}

test(
  "layers run in their order, backwards in the opposite one, and the first is asked for no " + "dX",
  async () => {
    const calls: string[] = [];
    const network = new Sequential({
      first: new Scale("first", 2, calls),
      middle: new Scale("middle", 3, calls),
      last: new Scale("last", 5, calls),
    });
    const seen: [string, number][] = [];
    const { out, backward } = await network.forward(Tensor.full([], 7, "float64"), {
      ...training,
      observe: (name, value) => seen.push([name, value.item()]),
    });
    await backward(Tensor.full([], 11, "float64"));
    assert.is(out.item(), 210);
    assert.equal(seen, [
      ["first", 14],
      ["middle", 42],
      ["last", 210],
    ]);
    assert.equal(calls, [
      "first forward",
      "middle forward",
      "last forward",
      "last backward with dX, dOut 11",
      "middle backward with dX, dOut 55",
      "first backward without dX, dOut 165",
    ]);
  },
);

test("a convolution at the start computes no gradient of the image", async () => {
  let scattered = 0;
  const backend: Backend = {
    ...reference,
    productOntoImages: (...operands) => (scattered++, reference.productOntoImages(...operands)),
  };
  const network = smallNetwork("no dX");
  const pass = await network.forward(images("no dX"), { backend, mode: "train" });
  const { cache } = await softmaxCrossEntropyForward(pass.out, labels);
  const { dLogits } = await softmaxCrossEntropyBackward(scalarOne, cache);
  assert.is(await pass.backward(dLogits), null);
  assert.is(scattered, 1); // conv2's; conv1 would be the second
  assert.equal((await pass.backward(dLogits, true))!.shape, [3, 2, 9, 7]);
  assert.is(scattered, 3);
});

test("parameters are called layer.parameter, in the order of the layers", () => {
  const names = [
    "conv1.weight",
    "conv1.bias",
    "conv2.weight",
    "conv2.bias",
    "affine1.weight",
    "affine1.bias",
    "affine2.weight",
    "affine2.bias",
  ];
  assert.equal(
    smallNetwork("names").parameters.map(({ name }) => name),
    names,
  );
  const withoutBias = new Sequential({
    conv: new Conv2d({ inChannels: 1, outChannels: 2, kernelSize: [2, 3], bias: false }),
    relu: new Relu(),
  });
  assert.equal(
    withoutBias.parameters.map(({ name }) => name),
    ["conv.weight"],
  );
});

test("outputShapes is what forward really returns", async () => {
  const network = smallNetwork("shapes");
  const shapes: (readonly number[])[] = [];
  await network.forward(images("shapes"), {
    ...training,
    observe: (_, out) => shapes.push(out.shape),
  });
  assert.equal(network.outputShapes([3, 2, 9, 7]), shapes);
  assert.equal(shapes.at(-1), [3, 5]);
});

test(
  "backward agrees with numeric differentiation of the loss, for every entry of every " +
    "parameter",
  async () => {
    const network = smallNetwork("numeric");
    const x = images("numeric");
    const lossOf: Differentiable = async () => {
      const pass = await network.forward(x, training);
      const { out, cache } = await softmaxCrossEntropyForward(pass.out, labels);
      return {
        out,
        backward: async (dOut) => {
          network.zeroGrad();
          await pass.backward((await softmaxCrossEntropyBackward(dOut, cache)).dLogits);
          return gradients(network);
        },
      };
    };
    const values = Object.fromEntries(
      network.parameters.map(({ name, parameter }) => [name, parameter.value]),
    );
    const results = await gradientCheck(lossOf, values, { random: new Random("dOut") });
    assert.equal(
      results.map(({ argument, entries }) => [argument, entries]),
      [
        ["conv1.weight", 36],
        ["conv1.bias", 3],
        ["conv2.weight", 72],
        ["conv2.bias", 4],
        ["affine1.weight", 216],
        ["affine1.bias", 6],
        ["affine2.weight", 30],
        ["affine2.bias", 5],
      ],
    );
    for (const {
      argument,
      verdict,
      maxRelativeError,
      worstIndex,
      analytic,
      numeric,
      kinks,
    } of results) {
      assert.is(
        verdict,
        "pass",
        `${argument}: relative error ${maxRelativeError} at [${worstIndex}]: ${analytic} against ` +
          `${numeric}`,
      );
      assert.equal(kinks, [], argument);
    }
    for (const [name, gradient] of Object.entries(gradients(network)))
      assert.ok(
        gradient.data.some((entry) => Math.abs(entry) > 1e-3),
        `${name}: every gradient is about 0`,
      );
  },
);

test("gradients of two batches add up until zeroGrad", async () => {
  const network = smallNetwork("accumulate");
  await backpropagate(network, images("batch a"));
  const first = gradients(network);
  network.zeroGrad();
  for (const [name, gradient] of Object.entries(gradients(network)))
    assert.ok(
      gradient.data.every((entry) => entry === 0),
      name,
    );
  await backpropagate(network, images("batch b"));
  const second = gradients(network);
  await backpropagate(network, images("batch a"));
  for (const [name, both] of Object.entries(gradients(network))) {
    assertClose(both, add(first[name]!, second[name]!), { tolerance: 1e-14, what: name });
    assert.ok(
      first[name]!.data.some((entry, i) => Math.abs(entry - second[name]!.data[i]!) > 1e-3),
      `${name}: both batches have the same gradient`,
    );
  }
});

test("forward and backward leave values, input and upstream gradient as they are", async () => {
  const network = smallNetwork("purity");
  const [x, dOut] = [images("purity"), new Random("upstream").normal([3, 5], 0, 1, "float64")];
  const before = [
    x.clone(),
    dOut.clone(),
    ...network.parameters.map(({ parameter }) => parameter.value.clone()),
  ];
  await (await network.forward(x, training)).backward(dOut);
  [x, dOut, ...network.parameters.map(({ parameter }) => parameter.value)].forEach((tensor, i) =>
    assertClose(tensor, before[i]!, { tolerance: 0 }),
  );
});

test("an input that does not fit is refused with the layer's name and both shapes", async () => {
  const network = smallNetwork("errors");
  const wrong = new Random(0).normal([3, 4, 9, 7], 0, 1, "float64");
  await assertRejects(
    () => network.forward(wrong, training),
    "layer conv1: conv2d: expected weight of shape [K, 4, kH, kW] for x [3, 4, 9, 7], got [3, " +
      "2, 3, 2]",
  );
  await assertRejects(
    () => network.outputShapes([3, 4, 9, 7]),
    "layer conv1: ",
    "[3, 4, 9, 7]",
    "[3, 2, 3, 2]",
  );
});

test("so is one that fits the first layers but not a later one", async () => {
  const network = smallNetwork("errors");
  const wider = new Random(0).normal([3, 2, 9, 10], 0, 1, "float64");
  await assertRejects(
    () => network.forward(wider, training),
    "layer affine1: affine: ",
    "[3, 60]",
    "[6, 36]",
  );
  await assertRejects(
    () => network.outputShapes([3, 2, 9, 10]),
    "layer affine1: affine: ",
    "[3, 60]",
    "[6, 36]",
  );
  const broken = new Sequential({
    conv1: new Conv2d({ inChannels: 1, outChannels: 3, kernelSize: [2, 3] }),
    conv2: new Conv2d({ inChannels: 2, outChannels: 4, kernelSize: [3, 2] }),
  });
  await assertRejects(
    () => broken.forward(Tensor.zeros([2, 1, 5, 6]), training),
    "layer conv2: conv2d: ",
    "x [2, 3, 4, 4]",
    "got [4, 2, 3, 2]",
  );
});

test(
  "an upstream gradient that does not fit is refused with the layer's name and both " + "shapes",
  async () => {
    const network = smallNetwork("errors");
    const { backward } = await network.forward(images("errors"), training);
    await assertRejects(
      () => backward(Tensor.zeros([3, 4], "float64")),
      "layer affine2: ",
      "[3, 5]",
      "[3, 4]",
    );
  },
);

test("an error that is no fault of the input passes unchanged", async () => {
  const bug = new TypeError("a bug");
  const layer: Layer = {
    kind: "buggy",
    parameters: [],
    outputShape: () => {
      throw bug;
    },
    forward: () => Promise.reject(bug),
  };
  const network = new Sequential({ buggy: layer });
  const later: Layer = {
    ...layer,
    forward: async (x) => ({ out: x, backward: () => Promise.reject(bug) }),
  };
  const { backward } = await new Sequential({ later }).forward(scalarOne, training);
  for (const run of [
    async () => network.outputShapes([1]),
    () => network.forward(scalarOne, training),
    () => backward(scalarOne),
  ]) {
    assert.is(
      await run().then(
        () => null,
        (error: unknown) => error,
      ),
      bug,
    );
  }
});

test(
  "a network without layers is refused, and names that JavaScript would put in another " + "order",
  async () => {
    await assertRejects(() => new Sequential({}), "Sequential: expected at least one layer");
    await assertRejects(
      () => new Sequential({ conv: new Relu(), 0: new Relu() }),
      "Sequential: ",
      "0",
    );
    assert.equal(
      new Sequential({ b1: new Relu(), a1: new Relu(), "-1": new Relu() }).layers.map(
        ({ name }) => name,
      ),
      ["b1", "a1", "-1"],
    );
  },
);

test("one layer at two places adds its gradients, and the optimizer steps it once", async () => {
  const shared = new Affine({ inFeatures: 2, outFeatures: 2 }, float64);
  shared.weight.value.data.set([1, 2, 3, 4]);
  const network = new Sequential({ first: shared, second: shared });
  assert.equal(
    network.parameters.map(({ name }) => name),
    ["first.weight", "first.bias"],
  );
  const { out, backward } = await network.forward(tensor([[1, 2]]), training);
  assert.equal(out.toNested(), [[27, 59]]);
  assert.equal((await backward(tensor([[1, 1]]), true))!.toNested(), [[22, 32]]);
  // second: dOut [1, 1] times [5, 11]; first: [4, 6] times x
  assert.equal([...shared.weight.grad.data], [9, 19, 11, 23]);
  assert.equal([...shared.bias!.grad.data], [5, 7]);

  const scale = new Affine({ inFeatures: 1, outFeatures: 1, bias: false }, float64);
  scale.weight.value.data.set([1]);
  scale.weight.grad.data.set([1]);
  const { parameters } = new Sequential({ first: scale, second: scale });
  await new Sgd(parameters, { learningRate: 0.1 }).step(reference);
  assert.is(scale.weight.value.item(), 0.9);
});

test(
  "one layer of a chain and of a block inside it is one, too, running statistics " + "included",
  () => {
    const [affine, norm] = [
      new Affine({ inFeatures: 3, outFeatures: 3 }),
      new BatchNorm1d({ channels: 3 }),
    ];
    const network = new Sequential({
      affine,
      norm,
      block: new Residual({ body: { again: affine, relu: new Relu(), same: norm } }),
    });
    assert.equal(
      network.parameters.map(({ name }) => name),
      ["affine.weight", "affine.bias", "norm.weight", "norm.bias"],
    );
    assert.equal(
      network.buffers.map(({ name }) => name),
      ["norm.runningMean", "norm.runningVariance"],
    );
  },
);

test("a layer without parameters may stand twice, with a plan and without", async () => {
  const wasm = await wasmBackend({ threads: 1 });
  try {
    const relu = new Relu();
    const affine = (): Affine => new Affine({ inFeatures: 2, outFeatures: 2 });
    const layers = { a: affine(), relu1: relu, b: affine(), relu2: relu };
    const apart = new Sequential({ ...layers, relu1: new Relu(), relu2: new Relu() });
    const shared = new Sequential(layers);
    initialise(shared, new Random("relu twice"));
    const [x, dOut] = [new Random("x").normal([5, 2]), new Random("dOut").normal([5, 2])];
    for (const backend of [reference, wasm]) {
      const run = async (network: Sequential): Promise<Tensor[]> => {
        network.zeroGrad();
        const { out, backward } = await network.forward(x, { backend, mode: "train" });
        const dX = (await backward(dOut, true))!;
        return [out, dX, ...Object.values(gradients(network))].map((result) => result.clone());
      };
      const expected = await run(apart);
      (await run(shared)).forEach((result, i) =>
        assertClose(result, expected[i]!, { tolerance: 0, what: `${backend.name}, result ${i}` }),
      );
    }
  } finally {
    await wasm.dispose();
  }
});

test("two passes may be open at once, and go back in any order", async () => {
  const network = smallNetwork("siamese");
  const [a, b] = [images("left"), images("right")];
  const [dA, dB] = ["dA", "dB"].map((seed) => new Random(seed).normal([3, 5], 0, 1, "float64"));
  await (await network.forward(a, training)).backward(dA!);
  const ofA = gradients(network);
  network.zeroGrad();
  await (await network.forward(b, training)).backward(dB!);
  const ofB = gradients(network);
  for (const reversed of [false, true]) {
    network.zeroGrad();
    const [left, right] = [await network.forward(a, training), await network.forward(b, training)];
    if (reversed) await right.backward(dB!);
    await left.backward(dA!);
    if (!reversed) await right.backward(dB!);
    for (const [name, both] of Object.entries(gradients(network)))
      assertClose(both, add(ofA[name]!, ofB[name]!), { tolerance: 1e-14, what: name });
  }
});

test("backward may be called again, and adds again", async () => {
  const network = smallNetwork("again");
  const { backward } = await network.forward(images("again"), training);
  const dOut = new Random("dOut").normal([3, 5], 0, 1, "float64");
  const dX = (await backward(dOut, true))!;
  const once = gradients(network);
  assertClose((await backward(dOut, true))!, dX, { tolerance: 0 });
  for (const [name, twice] of Object.entries(gradients(network)))
    assertClose(twice, add(once[name]!, once[name]!), { tolerance: 1e-15, what: name });
});

test(
  "a pass without a mode is refused, and the way back of one that was not " + "recorded",
  async () => {
    const wasm = await wasmBackend({ threads: 1 });
    try {
      for (const backend of [reference, wasm]) {
        const network = notebookNetwork();
        const x = Tensor.zeros([1, 1, 28, 28]);
        for (const pass of [{ backend }, { backend, training: true }])
          await assertRejects(
            () => network.forward(x, pass as never),
            'network: expected the mode "train" or "evaluate", got none',
          );
        await assertRejects(
          () => network.forward(x, { mode: "train" } as never),
          "network: expected a pass with a backend, got none",
        );
        for (const mode of ["train", "evaluate"] as const) {
          const { backward } = await network.forward(x, { backend, mode, record: false });
          await assertRejects(
            () => backward(Tensor.zeros([1, 10])),
            "network.backward: expected a recorded forward pass, got one with record: false",
          );
        }
      }
    } finally {
      await wasm.dispose();
    }
  },
);

/**
 * For images [N, 2, 6, 5]: batch normalisation whose running statistics have moved, dropout, a
 * block.
 */
async function normalisedNetwork(seed: string): Promise<Sequential> {
  const network = new Sequential({
    conv1: new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: [3, 2] }, float64), // → 3×4×4
    bn1: new BatchNorm2d({ channels: 3, momentum: 0.5 }, float64),
    relu1: new Relu(),
    dropout1: new Dropout({ probability: 0.4 }),
    block: new Residual({
      body: {
        bn2: new BatchNorm2d({ channels: 3 }, float64),
        conv2: new Conv2d(
          { inChannels: 3, outChannels: 3, kernelSize: [1, 3], padding: [0, 1] },
          float64,
        ),
        dropout2: new Dropout({ probability: 0.3 }),
      },
    }),
    flatten: new Flatten(),
    affine: new Affine({ inFeatures: 48, outFeatures: 4 }, float64),
  });
  const random = new Random(seed);
  initialise(network, random.split("weights"), he);
  for (let step = 0; step < 3; step++) {
    const x = random.normal([4, 2, 6, 5], step, 2, "float64");
    await network.forward(x, { ...training, random: random.split(`step ${step}`), record: false });
  }
  return network;
}

/** The cross-entropy of a network in evaluation, as a function of the images and its parameters. */
function evaluationLoss(network: Sequential, onlyImages: boolean): Differentiable {
  return async ({ x }) => {
    const pass = await network.forward(x!, { backend: reference, mode: "evaluate" });
    const { out, cache } = await softmaxCrossEntropyForward(pass.out, [3, 0, 2]);
    return {
      out,
      choices: pass.choices!(),
      backward: async (dOut) => {
        network.zeroGrad();
        const { dLogits } = await softmaxCrossEntropyBackward(dOut, cache);
        const dX = (await pass.backward(dLogits, true))!;
        return onlyImages ? { x: dX } : { ...gradients(network), x: dX };
      },
    };
  };
}

test(
  "saliency: the gradient by the image in evaluation, through batch norm and " + "dropout",
  async () => {
    const network = await normalisedNetwork("saliency");
    const kept = network.buffers.map(({ buffer }) => [...buffer.value.data]);
    assert.ok(kept.flat().every((value) => value !== 0 && value !== 1));
    const x = new Random("saliency").normal([3, 2, 6, 5], 0, 1, "float64");
    const [result] = await gradientCheck(
      evaluationLoss(network, true),
      { x },
      { random: new Random(0) },
    );
    assert.equal(
      [result!.entries, result!.verdict],
      [180, "pass"],
      String(result!.maxRelativeError),
    );
    assert.equal(
      network.buffers.map(({ buffer }) => [...buffer.value.data]),
      kept,
    );
  },
);

test("fine-tuning under frozen batch norm: every gradient, and the statistics stay", async () => {
  const network = await normalisedNetwork("fine-tuning");
  const kept = network.buffers.map(({ buffer }) => [...buffer.value.data]);
  const values = Object.fromEntries(
    network.parameters.map(({ name, parameter }) => [name, parameter.value]),
  );
  const x = new Random("fine-tuning").normal([3, 2, 6, 5], 0, 1, "float64");
  const results = await gradientCheck(
    evaluationLoss(network, false),
    { ...values, x },
    { random: new Random(0), sample: 40 },
  );
  assert.equal(
    results.map(({ argument, verdict }) => [argument, verdict]),
    [...network.parameters.map(({ name }) => name), "x"].map((name) => [name, "pass"]),
    JSON.stringify(results.map(({ argument, maxRelativeError }) => [argument, maxRelativeError])),
  );
  // and such steps lower the loss
  const optimizer = new Sgd(network.parameters, { learningRate: 0.05 });
  const losses: number[] = [];
  for (let step = 0; step < 5; step++) {
    const { out, backward } = await evaluationLoss(network, false)({ x });
    losses.push(out.item());
    await backward(scalarOne);
    await optimizer.step(reference);
  }
  losses.forEach((loss, i) => assert.ok(i === 0 || loss < losses[i - 1]!, losses.join(", ")));
  assert.equal(
    network.buffers.map(({ buffer }) => [...buffer.value.data]),
    kept,
  );
});

test(
  "float64 images of a float32 network are converted at the door, and dOut at the " + "other",
  async () => {
    const wasm = await wasmBackend({ threads: 1 });
    try {
      const build = (backend: Backend): Sequential => {
        const storage = { allocator: backend.persistent };
        const network = new Sequential({
          conv: new Conv2d({ inChannels: 1, outChannels: 2, kernelSize: [2, 3] }, storage),
          relu: new Relu(),
          pool: new MaxPool2d({ kernelSize: 2 }),
          flatten: new Flatten(),
          affine: new Affine({ inFeatures: 12, outFeatures: 3 }, storage),
        });
        initialise(network, new Random("door"));
        return network;
      };
      const [x, dOut] = [
        new Random("x").normal([4, 1, 5, 8], 0, 1, "float64"),
        new Random("dOut").normal([4, 3], 0, 1, "float64"),
      ];
      for (const backend of [reference, wasm]) {
        const network = build(backend);
        const run = async (given: Tensor, back: Tensor, record = true): Promise<Tensor[]> => {
          network.zeroGrad();
          const { out, backward } = await network.forward(given, {
            backend,
            mode: "train",
            record,
          });
          if (!record) return [out];
          const dX = (await backward(back, true))!;
          return [out, dX, ...Object.values(gradients(network))];
        };
        const expected = await run(x.astype("float32"), dOut.astype("float32"));
        const results = await run(x, dOut);
        for (const [i, result] of results.entries()) {
          assert.is(result.dtype, "float32");
          assertClose(result, expected[i]!, { tolerance: 0, what: `${backend.name}, result ${i}` });
        }
        assertClose((await run(x, dOut, false))[0]!, expected[0]!, { tolerance: 0 });
      }
      // and the other way round
      const double = smallNetwork("door");
      const single = images("door").astype("float32");
      const { out, backward } = await double.forward(single, training);
      assert.is(out.dtype, "float64");
      assertClose(out, (await double.forward(single.astype("float64"), training)).out, {
        tolerance: 0,
      });
      const dX = await backward(new Random("dOut").normal([3, 5]), true);
      assert.is(dX!.dtype, "float64");
    } finally {
      await wasm.dispose();
    }
  },
);

test(
  "no output is the caller's own memory, though a layer returns x itself or a view of " + "it",
  async () => {
    const wasm = await wasmBackend({ threads: 1 });
    try {
      const layers: Record<string, Layer> = {
        dropout: new Dropout({ probability: 0.5 }),
        flatten: new Flatten(),
        block: new Residual({ body: { dropout: new Dropout({ probability: 0.5 }) } }),
      };
      for (const backend of [reference, wasm])
        for (const [name, layer] of Object.entries(layers))
          for (const record of [true, false]) {
            const pass: PassOptions = { backend, mode: "evaluate", record };
            const x = new Random("x").normal([2, 3, 4]);
            const before = x.clone();
            const inNetwork = (await new Sequential({ [name]: layer }).forward(x, pass)).out;
            const alone = (await layer.forward(x, pass)).out;
            for (const out of [inNetwork, alone]) {
              assert.not(out.sharesMemoryWith(x), `${backend.name}, ${name}, record: ${record}`);
              out.fill(7);
            }
            assertClose(x, before, { tolerance: 0, what: name });
          }
    } finally {
      await wasm.dispose();
    }
  },
);

test("a network gives its memory back, and says so when it is used afterwards", async () => {
  const wasm = await wasmBackend({ threads: 1, largestMB: 32 });
  try {
    const x = new Random("x").normal([2, 1, 28, 28]);
    const lossOf = async (network: Sequential): Promise<number> => {
      const { out, backward } = await network.forward(x, { backend: wasm, mode: "train" });
      const { out: loss, cache } = await softmaxCrossEntropyForward(out, [3, 5]);
      await backward((await softmaxCrossEntropyBackward(Tensor.full([], 1), cache)).dLogits);
      return loss.item();
    };
    // 1.6 MB each with gradients and Adam's running values: 200 of them would take ten times the
    // memory that there is
    let used: Sequential | null = null;
    let weight: Tensor | null = null;
    for (let i = 0; i < 200; i++) {
      const network = notebookNetwork({ allocator: wasm.persistent });
      if (i % 50 === 0) {
        initialise(network, new Random(i));
        const optimizer = new Adam(network.parameters);
        const before = await lossOf(network);
        await optimizer.step(wasm);
        assert.ok((await lossOf(network)) < before);
      } else new Adam(network.parameters);
      network.dispose();
      network.dispose(); // again does nothing
      used = network;
      weight = network.parameters[0]!.parameter.value;
    }
    const gone = "expected memory that is still there, got one that was disposed of";
    await assertRejects(
      () => lossOf(used!),
      "network: expected a network in use, got one that was",
    );
    await assertRejects(() => weight!.data, gone);
    assert.throws(() => used!.zeroGrad(), gone);
    await assertRejects(() => new Adam(used!.parameters).step(wasm), gone);
    const storage = { allocator: wasm.persistent };
    const norm = new Sequential({ bn: new BatchNorm2d({ channels: 3 }, storage) });
    norm.dispose();
    assert.is(norm.buffers.length, 2);
    for (const { buffer } of norm.buffers) await assertRejects(() => buffer.value.data, gone);
  } finally {
    await wasm.dispose();
  }
});

test("an open pass of a network that is disposed of cannot go back", async () => {
  const wasm = await wasmBackend({ threads: 1 });
  try {
    const network = notebookNetwork({ allocator: wasm.persistent });
    const pass: PassOptions = { backend: wasm, mode: "train" };
    const { backward } = await network.forward(Tensor.zeros([1, 1, 28, 28]), pass);
    network.dispose();
    await assertRejects(
      () => backward(Tensor.zeros([1, 10])),
      "layer affine2: affine.backward: expected memory that is still there, got one that was " +
        "disposed of",
    );
  } finally {
    await wasm.dispose();
  }
});

test("on the heap there is nothing to give back: disposing of a network does nothing", async () => {
  const network = smallNetwork("heap");
  await backpropagate(network, images("heap"));
  const expected = gradients(network);
  network.dispose();
  network.zeroGrad();
  await backpropagate(network, images("heap"));
  for (const [name, gradient] of Object.entries(gradients(network)))
    assertClose(gradient, expected[name]!, { tolerance: 0, what: name });
});

test.run();
