import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  Affine,
  Conv2d,
  type Differentiable,
  Flatten,
  gradientCheck,
  type Layer,
  MaxPool2d,
  Parameter,
  Relu,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
} from "leibniz/backprop";
import { type Backend, reference } from "leibniz/kernels";
import { he, initialise, Sequential } from "leibniz/network";
import { add, Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const training = { backend: reference, training: true };
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
  const { cache } = await softmaxCrossEntropyForward(await network.forward(x, training), labels);
  await network.backward((await softmaxCrossEntropyBackward(scalarOne, cache)).dLogits);
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

  async forward(x: Tensor): Promise<Tensor> {
    this.calls.push(`${this.#name} forward`);
    return this.#times(x);
  }

  async backward(dOut: Tensor, wantsDX?: boolean): Promise<Tensor | null> {
    this.calls.push(
      `${this.#name} backward ${wantsDX === true ? "with" : "without"} dX, dOut ${dOut.item()}`,
    );
    return wantsDX === true ? this.#times(dOut) : null;
  }

  #times(x: Tensor): Tensor {
    return Tensor.from([x.item() * this.parameters[0]!.value.item()], [], "float64");
  }
}

test("layers run in order, and backwards in reverse; the first gives no dX", async () => {
  const calls: string[] = [];
  const network = new Sequential({
    first: new Scale("first", 2, calls),
    middle: new Scale("middle", 3, calls),
    last: new Scale("last", 5, calls),
  });
  const seen: [string, number][] = [];
  const out = await network.forward(Tensor.full([], 7, "float64"), {
    ...training,
    observe: (name, value) => seen.push([name, value.item()]),
  });
  await network.backward(Tensor.full([], 11, "float64"));
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
});

test("a convolution at the start computes no gradient of the image", async () => {
  let scattered = 0;
  const backend: Backend = {
    ...reference,
    col2im: (...operands) => (scattered++, reference.col2im(...operands)),
  };
  const network = smallNetwork("col2im");
  const { cache } = await softmaxCrossEntropyForward(
    await network.forward(images("col2im"), { backend, training: true }),
    labels,
  );
  await network.backward((await softmaxCrossEntropyBackward(scalarOne, cache)).dLogits);
  assert.is(scattered, 1); // conv2's; conv1 would be the second
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

test("backward agrees with numeric differentiation of the loss, for every entry", async () => {
  const network = smallNetwork("numeric");
  const x = images("numeric");
  const lossOf: Differentiable = async () => {
    const { out, cache } = await softmaxCrossEntropyForward(
      await network.forward(x, training),
      labels,
    );
    return {
      out,
      backward: async (dOut) => {
        network.zeroGrad();
        await network.backward((await softmaxCrossEntropyBackward(dOut, cache)).dLogits);
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
      `${argument}: relative error ${maxRelativeError} at [${worstIndex}]: ` +
        `${analytic} against ${numeric}`,
    );
    assert.equal(kinks, [], argument);
  }
  for (const [name, gradient] of Object.entries(gradients(network)))
    assert.ok(
      gradient.data.some((entry) => Math.abs(entry) > 1e-3),
      `${name}: every gradient is about 0`,
    );
});

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
  await network.forward(x, training);
  await network.backward(dOut);
  [x, dOut, ...network.parameters.map(({ parameter }) => parameter.value)].forEach((tensor, i) =>
    assertClose(tensor, before[i]!, { tolerance: 0 }),
  );
});

test("an input that does not fit is refused with the layer's name and both shapes", async () => {
  const network = smallNetwork("errors");
  const wrong = new Random(0).normal([3, 4, 9, 7], 0, 1, "float64");
  await assertRejects(
    () => network.forward(wrong, training),
    "layer conv1: conv2d: expected weight of shape [K, 4, kH, kW] for x [3, 4, 9, 7], " +
      "got [3, 2, 3, 2]",
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

test("an unfit upstream gradient is refused with the layer's name and both shapes", async () => {
  const network = smallNetwork("errors");
  await network.forward(images("errors"), training);
  await assertRejects(
    () => network.backward(Tensor.zeros([3, 4], "float64")),
    "layer affine2: ",
    "[3, 5]",
    "[3, 4]",
  );
});

test("an error that is no fault of the input passes unchanged", async () => {
  const bug = new TypeError("a bug");
  const layer: Layer = {
    kind: "buggy",
    parameters: [],
    outputShape: () => {
      throw bug;
    },
    forward: () => Promise.reject(bug),
    backward: () => Promise.reject(bug),
  };
  const network = new Sequential({ buggy: layer });
  for (const run of [
    async () => network.outputShapes([1]),
    () => network.forward(scalarOne, training),
    () => network.backward(scalarOne),
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

test("no layers are refused, and names that JavaScript would put in another order", async () => {
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
});

test.run();
