import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  Affine,
  Conv2d,
  Flatten,
  type Layer,
  MaxPool2d,
  type NamedLayer,
  namedLayers,
  Relu,
  softmaxCrossEntropy,
  buildLoss,
} from "leibniz/backprop";
import { reference } from "leibniz/kernels";
import { initialise, Sequential } from "leibniz/network";
import { Random, type Tensor } from "leibniz/tensor";
import {
  type Address,
  evaluate,
  inputsOf,
  notFiniteIn,
  nudge,
  originOf,
  type StepSetup,
  type TracedStep,
  tracedParameters,
  traceStep,
  type UpdateRule,
} from "leibniz/tracing";
import { Adam, type Optimizer, Sgd } from "leibniz/training";

const between = (random: Random, low: number, high: number): number =>
  low + random.integer(high - low);

const storage = { dtype: "float64" } as const;

const RULES: readonly UpdateRule[] = [
  { kind: "sgd", learningRate: 0.1, momentum: 0 },
  { kind: "sgd", learningRate: 0.05, momentum: 0.9 },
  { kind: "adam", learningRate: 0.02, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
];

function optimizerOf(layers: readonly NamedLayer[], { kind, ...options }: UpdateRule): Optimizer {
  const parameters = tracedParameters(layers);
  return kind === "sgd"
    ? new Sgd(parameters, options as { learningRate: number })
    : new Adam(parameters, options);
}

/** A small network of random, uneven shapes, strides, paddings and dilations. */
function randomNetwork(random: Random): { layers: Record<string, Layer>; x: Tensor } {
  const [H, W] = [between(random, 6, 9), between(random, 6, 9)];
  const C = between(random, 1, 3);
  const layers: Record<string, Layer> = {};
  let shape = [1, C, H, W];
  const add = (name: string, layer: Layer): void => {
    layers[name] = layer;
    shape = layer.outputShape(shape) as typeof shape;
  };
  const K = between(random, 1, 4);
  add(
    "conv1",
    new Conv2d(
      {
        ...{ inChannels: C, outChannels: K, bias: between(random, 0, 3) > 0 },
        kernelSize: [between(random, 1, 4), between(random, 1, 4)],
        stride: [between(random, 1, 3), between(random, 1, 3)],
        padding: [between(random, 0, 3), between(random, 0, 3)],
        dilation: [between(random, 1, 3), between(random, 1, 3)],
      },
      storage,
    ),
  );
  add("relu1", new Relu());
  // windows that overlap, so that a pixel wins several
  if (shape[2]! > 2 && shape[3]! > 2)
    add("pool1", new MaxPool2d({ kernelSize: [2, 3], stride: [between(random, 1, 3), 1] }));
  add("conv2", new Conv2d({ inChannels: K, outChannels: 2, kernelSize: 1 }, storage));
  add("flat", new Flatten());
  const I = shape[1]!;
  add(
    "fc1",
    new Affine({ inFeatures: I, outFeatures: 3, bias: between(random, 0, 2) > 0 }, storage),
  );
  add("relu2", new Relu());
  add("fc2", new Affine({ inFeatures: 3, outFeatures: 4 }, storage));
  return { layers, x: random.normal([1, C, H, W], 0, 1, "float64") };
}

function setupOf(seed: string, rule: UpdateRule): { network: Sequential; setup: StepSetup } {
  const random = new Random(seed);
  const { layers, x } = randomNetwork(random);
  const network = new Sequential(layers);
  initialise(network, random.split("weights"));
  const named = namedLayers(layers, "test");
  const optimizer = optimizerOf(named, rule);
  return { network, setup: { layers: named, optimizer, x, label: between(random, 0, 4) } };
}

const numberAt = (traced: TracedStep, { tensor, index }: Address): number =>
  traced.tensors.get(tensor)!.data[index]!;

test("every number of every tensor is what its inputs make of it, to the last bit", async () => {
  let numbers = 0;
  for (let n = 0; n < 9; n++) {
    const rule = RULES[n % RULES.length]!;
    const { setup } = setupOf(`network ${n}`, rule);
    for (let step = 1; step <= 3; step++) {
      const traced = await traceStep(setup);
      assert.is(traced.step, step);
      for (const { name, data } of traced.tensors.values())
        for (const [index, value] of data.entries()) {
          const origin = originOf(traced, { tensor: name, index }, rule);
          if (origin === null) continue;
          const again = evaluate(origin.expression, (at) => numberAt(traced, at));
          if (again !== value) assert.is(again, value, `${name}:${index}, step ${step}`);
          numbers++;
        }
    }
  }
  assert.ok(numbers > 10_000, `${numbers} numbers`);
});

test("every number leads down to the image, the target, and what the step began with", async () => {
  for (const [n, rule] of RULES.entries()) {
    const { setup } = setupOf(`leaves ${n}`, rule);
    const parameters = tracedParameters(setup.layers).map(({ name }) => name);
    const began = new Set(["x", "targets", ...parameters]);
    for (const name of setup.optimizer.state().keys()) {
      const [kind, ...parameter] = name.split(".");
      began.add(`${parameter.join(".")}.${kind}`);
    }
    const traced = await traceStep(setup);
    const order = [...traced.tensors.keys()];
    for (const { name, data } of traced.tensors.values()) {
      const isLeaf = originOf(traced, { tensor: name, index: 0 }, rule) === null;
      assert.is(isLeaf, began.has(name), name);
      if (isLeaf) continue;
      for (const index of data.keys())
        for (const input of inputsOf(originOf(traced, { tensor: name, index }, rule)!.expression)) {
          assert.is(numberAt(traced, input) === undefined, false);
          // what comes from earlier tensors alone ends at those that come from none
          assert.ok(
            order.indexOf(input.tensor) < order.indexOf(name),
            `${name} of ${input.tensor}`,
          );
        }
    }
  }
});

test("the traced step is the network's own", async () => {
  for (const [n, rule] of RULES.entries()) {
    const [own, traced] = [setupOf(`own ${n}`, rule), setupOf(`own ${n}`, rule)];
    const loss = buildLoss(softmaxCrossEntropy());
    for (let step = 1; step <= 3; step++) {
      const { network, setup } = own;
      network.zeroGrad();
      const pass = await network.forward(setup.x, { backend: reference, mode: "train" });
      const found = await loss(pass.out, [setup.label]);
      const dX = await pass.backward(await found.backward(), true);
      const { tensors } = await traceStep(traced.setup);
      assert.is(tensors.get("loss")!.data[0], found.loss);
      assert.equal([...tensors.get("conv1.dX")!.data], [...dX!.contiguous().data]);
      for (const { name, gradient, parameter } of tracedParameters(setup.layers))
        assert.equal([...tensors.get(gradient)!.data], [...parameter.grad.data], name);
      await setup.optimizer.step(reference);
      for (const { name, parameter } of tracedParameters(setup.layers))
        assert.equal([...tensors.get(`${name}.new`)!.data], [...parameter.value.data], name);
    }
  }
});

test("a small nudge changes the loss as the gradient says, and leaves no trace", async () => {
  const rule = RULES[1]!;
  const { setup } = setupOf("nudge", rule);
  await traceStep(setup);
  const traced = await traceStep(setup);
  const after = tracedParameters(setup.layers).map(({ parameter }) => [...parameter.value.data]);
  for (const tensor of ["x", "conv1.weight", "fc1.weight", "fc2.bias"])
    for (const index of [0, 1, 2]) {
      const [still, up, down] = await nudge(traced, { tensor, index }, [0, 1e-5, -1e-5]);
      assert.is(still!.loss, traced.tensors.get("loss")!.data[0]);
      assert.is(still!.switched, 0);
      assert.is(up!.switched, 0);
      const slope = (up!.loss - down!.loss) / 2e-5;
      const foreseen = (up!.predicted - down!.predicted) / 2e-5;
      assert.ok(Math.abs(slope - foreseen) < 1e-8, `${tensor}:${index} ${slope} ${foreseen}`);
    }
  const [far] = await nudge(traced, { tensor: "conv1.weight", index: 0 }, [50]);
  assert.ok(far!.switched > 0);
  assert.equal(
    tracedParameters(setup.layers).map(({ parameter }) => [...parameter.value.data]),
    after,
  );
});

test("NaN and infinite numbers are found where they come from", async () => {
  const rule = RULES[0]!;
  const { setup } = setupOf("not finite", rule);
  assert.equal(notFiniteIn(await traceStep(setup)), []);
  setup.x.set([0, 0, 2, 3], Number.NaN);
  const found = notFiniteIn(await traceStep(setup));
  assert.equal(
    found.slice(0, 2).map(({ tensor }) => tensor),
    ["x", "conv1.out"],
  );
  assert.is(found[0]!.count, 1);
  assert.is(found[0]!.index, 2 * setup.x.shape[3]! + 3);
  assert.ok(Number.isNaN(found[0]!.value));
});

test("a number that is not there is refused", async () => {
  const rule = RULES[0]!;
  const traced = await traceStep(setupOf("refused", rule).setup);
  assert.throws(() => originOf(traced, { tensor: "conv9.out", index: 0 }, rule), /a tensor of the/);
  assert.throws(() => originOf(traced, { tensor: "loss", index: 1 }, rule), /an index below 1/);
  let message = "";
  await nudge(traced, { tensor: "loss", index: 0 }, [1]).catch((error: Error) => {
    message = error.message;
  });
  assert.match(message, /a number of the image or of a parameter/);
});

test.run();
