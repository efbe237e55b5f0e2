import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as backprop from "leibniz/backprop";
import {
  Affine,
  affineBackward,
  affineForward,
  AveragePool2d,
  Conv2d,
  ConvPool2d,
  conv2dBackward,
  conv2dForward,
  Dropout,
} from "leibniz/backprop";
import {
  BatchNorm1d,
  batchNorm1dBackward,
  batchNorm1dForward,
  BatchNorm2d,
  BatchNormPool2d,
  batchNorm2dBackward,
  batchNorm2dForward,
  LayerNorm,
  layerNormBackward,
  layerNormForward,
} from "leibniz/backprop";
import {
  Elu,
  everyLayer,
  Flatten,
  Gelu,
  GlobalAveragePool2d,
  type Layer,
  LeakyRelu,
  MaxPool2d,
  type Parameter,
  type Pass,
  Relu,
  ReluPool2d,
  Residual,
  Sigmoid,
  Silu,
  Softplus,
  Tanh,
} from "leibniz/backprop";
import { type Differentiable, gradientCheck, type NamedTensors } from "leibniz/gradcheck";
import { reference } from "leibniz/kernels";
import { add, Random, sameShape, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

/** The same source of random numbers, so what is drawn is the same in every pass. */
const training = { backend: reference, mode: "train", random: new Random("pass") } as const;
const evaluating = { backend: reference, mode: "evaluate" } as const;

interface Example {
  readonly layer: Layer;
  readonly inputShape: readonly number[];
}

/** One layer of every kind, with random weights. No geometry is the same on both axes. */
function examples(seed: string): Example[] {
  const random = new Random(seed);
  const float64 = { dtype: "float64" } as const;
  const window = { kernelSize: [2, 3], stride: [1, 2], padding: [1, 2], dilation: [2, 1] } as const;
  const all: Example[] = [
    { layer: new Affine({ inFeatures: 7, outFeatures: 4 }, float64), inputShape: [3, 7] },
    {
      layer: new Affine({ inFeatures: 3, outFeatures: 5, bias: false }, float64),
      inputShape: [2, 3],
    },
    {
      layer: new Conv2d({ inChannels: 4, outChannels: 6, groups: 2, ...window }, float64),
      inputShape: [3, 4, 7, 6],
    },
    {
      layer: new Conv2d(
        { inChannels: 2, outChannels: 3, kernelSize: [3, 1], bias: false },
        float64,
      ),
      inputShape: [2, 2, 5, 4],
    },
    {
      layer: new MaxPool2d({ kernelSize: [2, 3], stride: [2, 1], padding: [0, 1] }),
      inputShape: [2, 3, 6, 7],
    },
    {
      layer: new AveragePool2d({ kernelSize: [3, 2], stride: [1, 2], padding: [1, 0] }),
      inputShape: [2, 3, 6, 7],
    },
    ...[true, false].map((rectify) => ({
      layer: new ConvPool2d(
        new Conv2d(
          { inChannels: 2, outChannels: 3, kernelSize: [3, 2], padding: [0, 1], bias: rectify },
          float64,
        ),
        new MaxPool2d({ kernelSize: [2, 3], stride: [2, 1], padding: [0, 1] }),
        rectify,
      ),
      inputShape: [2, 2, 7, 6],
    })),
    {
      layer: new BatchNormPool2d(
        new BatchNorm2d({ channels: 3 }, float64),
        new MaxPool2d({ kernelSize: [2, 3], stride: [2, 1], padding: [0, 1] }),
        true,
      ),
      inputShape: [2, 3, 6, 7],
    },
    {
      layer: new ReluPool2d({ kernelSize: [2, 3], stride: [2, 1], padding: [0, 1] }),
      inputShape: [2, 3, 6, 7],
    },
    { layer: new GlobalAveragePool2d(), inputShape: [2, 3, 4, 5] },
    { layer: new Flatten(), inputShape: [2, 3, 4, 5] },
    { layer: new Relu(), inputShape: [2, 3, 4, 5] },
    { layer: new BatchNorm2d({ channels: 3, epsilon: 0.1 }, float64), inputShape: [2, 3, 4, 5] },
    { layer: new BatchNorm1d({ channels: 4 }, float64), inputShape: [5, 4] },
    { layer: new BatchNorm1d({ channels: 3, momentum: 0.3 }, float64), inputShape: [2, 3, 5] },
    { layer: new LayerNorm({ shape: [3, 4, 5] }, float64), inputShape: [2, 3, 4, 5] },
    { layer: new LayerNorm({ shape: [6], epsilon: 0.1 }, float64), inputShape: [3, 6] },
    { layer: new LeakyRelu({ negativeSlope: 0.2 }), inputShape: [2, 3, 4, 5] },
    ...[new Sigmoid(), new Tanh(), new Softplus(), new Silu(), new Gelu(), new Elu()].map(
      (layer) => ({ layer, inputShape: [2, 3, 4, 5] }),
    ),
    { layer: new Dropout({ probability: 0.4 }), inputShape: [2, 3, 4, 5] },
    { layer: blockWithProjection(), inputShape: [2, 2, 6, 5] },
    {
      layer: new Residual({
        body: {
          affine1: new Affine({ inFeatures: 4, outFeatures: 3 }, float64),
          relu: new Relu(),
          affine2: new Affine({ inFeatures: 3, outFeatures: 4 }, float64),
        },
      }),
      inputShape: [3, 4],
    },
  ];
  for (const { layer } of all) {
    for (const { parameter } of parametersOf(layer))
      parameter.value.data.set(random.normal(parameter.value.shape, 0, 1, "float64").data);
  }
  return all;
}

function blockWithProjection(): Layer {
  const float64 = { dtype: "float64" } as const;
  return new Residual({
    body: {
      conv: new Conv2d(
        { inChannels: 2, outChannels: 3, kernelSize: [3, 2], stride: [2, 1], padding: [1, 0] },
        float64,
      ),
      relu: new Relu(),
    },
    shortcut: {
      projection: new Conv2d(
        { inChannels: 2, outChannels: 3, kernelSize: [1, 2], stride: [2, 1], bias: false },
        float64,
      ),
    },
  });
}

/** The layer's own and those of the layers inside it. */
function parametersOf(layer: Layer): { name: string; parameter: Parameter }[] {
  return everyLayer([{ name: layer.kind, layer }]).flatMap(({ name, layer: { parameters } }) =>
    parameters.map((parameter) => ({ name: `${name}.${parameter.name}`, parameter })),
  );
}

function normal(random: Random, shape: readonly number[]): Tensor {
  return random.normal(shape, 0, 1, "float64");
}

test("the examples below cover every kind of layer that there is", () => {
  const exported = Object.values(backprop).filter(
    (value) =>
      typeof value === "function" &&
      value !== backprop.TwoPassLayer &&
      "outputShape" in ((value as { prototype?: object }).prototype ?? {}),
  );
  const covered = new Set(examples("kinds").map(({ layer }) => layer.constructor));
  assert.ok(exported.length >= 7, `expected all layers, got ${exported.length}`);
  assert.equal(
    exported
      .filter((layer) => !covered.has(layer as never))
      .map((layer) => (layer as { name: string }).name),
    [],
  );
  for (const { layer } of examples("kinds"))
    assert.is(
      layer.kind,
      layer.constructor.name[0]!.toLowerCase() + layer.constructor.name.slice(1),
    );
});

test("a pass that was not recorded has no way back, and the message names the layer", async () => {
  const random = new Random("not recorded");
  for (const { layer, inputShape } of examples("not recorded")) {
    const x = normal(random, inputShape);
    const dOut = normal(random, layer.outputShape(inputShape));
    for (const pass of [training, evaluating]) {
      const { out } = await layer.forward(x, pass);
      const { out: same, backward } = await layer.forward(x, { ...pass, record: false });
      if (!(layer.kind.startsWith("batchNorm") && pass === evaluating))
        assertClose(same, out, { tolerance: 0, what: `${layer.kind}, not recorded` });
      for (const wantsDX of [true, false])
        await assertRejects(
          () => backward(dOut, wantsDX),
          `${layer.kind}.backward: expected a recorded forward pass, got one with record: false`,
        );
    }
    for (const { name, parameter } of parametersOf(layer))
      assert.ok(
        parameter.grad.data.every((entry) => entry === 0),
        `${name}.grad is no longer 0`,
      );
  }
});

test("a pass without a mode is refused by every layer, as is one without a backend", async () => {
  for (const { layer, inputShape } of examples("mode")) {
    const x = normal(new Random(0), inputShape);
    for (const [mode, told] of [
      [undefined, "none"],
      ["training", '"training"'],
      [true, "true"],
    ] as const)
      await assertRejects(
        () => layer.forward(x, { backend: reference, mode: mode as never }),
        `${layer.kind}: expected the mode "train" or "evaluate", got ${told}`,
      );
    await assertRejects(
      () => layer.forward(x, { mode: "train" } as never),
      `${layer.kind}: expected a pass with a backend, got none`,
    );
    await assertRejects(
      () => layer.forward(layer.forward(x, training) as never, training),
      `${layer.kind}: expected a tensor, got a promise; is an await missing?`,
    );
  }
});

test("evaluating computes what training does, and leaves an open pass as it is", async () => {
  const random = new Random("evaluation");
  for (const { layer, inputShape } of examples("evaluation")) {
    const x = normal(random, inputShape);
    const { out, backward } = await layer.forward(x, training);
    const dOut = normal(random, out.shape);
    const dX = (await backward(dOut))!;
    const evaluated = (await layer.forward(normal(random, inputShape), evaluating)).out;
    assert.equal(evaluated.shape, out.shape);
    // dropout leaves nothing out in evaluation
    const expected = layer.kind === "dropout" ? x : out;
    // Batch normalisation turns to its running statistics; its own tests say what it then does.
    if (!layer.kind.startsWith("batchNorm"))
      assertClose((await layer.forward(x, evaluating)).out, expected, {
        tolerance: 0,
        what: `${layer.kind} in evaluation`,
      });
    assertClose((await backward(dOut))!, dX, { tolerance: 0, what: `${layer.kind}: dX again` });
  }
});

test("an evaluated pass that is recorded has the gradients of what it computed", async () => {
  const random = new Random("saliency");
  for (const { layer, inputShape } of examples("saliency")) {
    const parameters = parametersOf(layer);
    const run: Differentiable = async ({ x }) => {
      const { out, backward } = await layer.forward(x!, evaluating);
      return {
        out,
        backward: async (dOut): Promise<NamedTensors> => {
          parameters.forEach(({ parameter }) => parameter.zeroGrad());
          const dX = (await backward(dOut))!;
          const grads = parameters.map(
            ({ name, parameter }) => [name, parameter.grad.clone()] as const,
          );
          return { x: dX, ...Object.fromEntries(grads) };
        },
      };
    };
    const values = parameters.map(({ name, parameter }) => [name, parameter.value] as const);
    const results = await gradientCheck(
      run,
      { x: normal(random, inputShape), ...Object.fromEntries(values) },
      { random, sample: 12 },
    );
    assert.is(results.length, 1 + parameters.length);
    for (const { argument, verdict, maxRelativeError } of results)
      assert.is(verdict, "pass", `${layer.kind}, ${argument}: ${maxRelativeError}`);
  }
});

test("backward may be called again, and adds again", async () => {
  const random = new Random("again");
  for (const { layer, inputShape } of examples("again")) {
    const { out, backward } = await layer.forward(normal(random, inputShape), training);
    const dOuts = [normal(random, out.shape), normal(random, out.shape)];
    const grads: Tensor[][] = [];
    for (const dOut of dOuts) {
      parametersOf(layer).forEach(({ parameter }) => parameter.zeroGrad());
      await backward(dOut);
      grads.push(parametersOf(layer).map(({ parameter }) => parameter.grad.clone()));
    }
    parametersOf(layer).forEach(({ parameter }) => parameter.zeroGrad());
    const once = await backward(dOuts[0]!);
    assertClose((await backward(dOuts[0]!))!, once!, { tolerance: 0, what: `${layer.kind}: dX` });
    await backward(dOuts[1]!, false);
    parametersOf(layer).forEach(({ name, parameter }, i) => {
      const [first, second] = [grads[0]![i]!, grads[1]![i]!];
      assertClose(parameter.grad, add(add(first, first), second), {
        tolerance: 1e-15,
        what: `${name}.grad`,
      });
    });
  }
});

for (const order of ["one after the other", "open at once, in their order", "open, backwards"])
  test(`gradients of two passes add up, each with its own input: ${order}`, async () => {
    const random = new Random("accumulate");
    for (const { layer, inputShape } of examples("accumulate")) {
      const alone: { grads: Tensor[]; dX: Tensor }[] = [];
      const inputs = [0, 1].map(() => ({
        x: normal(random, inputShape),
        dOut: normal(random, layer.outputShape(inputShape)),
      }));
      for (const { x, dOut } of inputs) {
        parametersOf(layer).forEach(({ parameter }) => parameter.zeroGrad());
        const { backward } = await layer.forward(x, training);
        const dX = await backward(dOut);
        alone.push({
          dX: dX!,
          grads: parametersOf(layer).map(({ parameter }) => parameter.grad.clone()),
        });
      }
      parametersOf(layer).forEach(({ parameter }) => parameter.zeroGrad());
      const back = async (i: number, { backward }: Pass): Promise<void> =>
        assertClose((await backward(inputs[i]!.dOut))!, alone[i]!.dX, {
          tolerance: 0,
          what: `${layer.kind} dX of pass ${i}`,
        });
      if (order === "one after the other") {
        for (const [i, { x }] of inputs.entries()) await back(i, await layer.forward(x, training));
      } else {
        const open: [number, Pass][] = [];
        for (const [i, { x }] of inputs.entries()) open.push([i, await layer.forward(x, training)]);
        if (order === "open, backwards") open.reverse();
        for (const [i, pass] of open) await back(i, pass);
      }
      parametersOf(layer).forEach(({ name, parameter }, i) => {
        const [first, second] = [alone[0]!.grads[i]!, alone[1]!.grads[i]!];
        assert.ok(
          first.data.some((entry) => entry !== 0) && second.data.some((entry) => entry !== 0),
          `${name}: expected gradients that are not 0`,
        );
        assertClose(parameter.grad, add(first, second), { tolerance: 1e-15, what: `${name}.grad` });
      });
    }
  });

test("a layer computes what its pure functions compute", async () => {
  const random = new Random("pure");
  const options = { stride: [1, 2], padding: [1, 2], dilation: [2, 1], groups: 2 } as const;
  const convolution = new Conv2d(
    { inChannels: 4, outChannels: 6, kernelSize: [2, 3], ...options },
    { dtype: "float64" },
  );
  const affine = new Affine({ inFeatures: 7, outFeatures: 4 }, { dtype: "float64" });
  for (const parameter of [...convolution.parameters, ...affine.parameters])
    parameter.value.data.set(normal(random, parameter.value.shape).data);
  for (const [layer, x] of [
    [convolution, normal(random, [3, 4, 7, 6])],
    [affine, normal(random, [3, 7])],
  ] as const) {
    const [weight, bias] = [layer.weight.value, layer.bias!.value];
    const pure =
      layer === convolution
        ? await conv2dForward(x, weight, bias, options)
        : await affineForward(x, weight, bias);
    const { out, backward: back } = await layer.forward(x, training);
    assertClose(out, pure.out, { tolerance: 0, what: `${layer.kind} out` });
    const dOut = normal(random, pure.out.shape);
    const dX = (await back(dOut))!;
    const expected =
      layer === convolution
        ? await conv2dBackward(dOut, pure.cache as backprop.Conv2dCache)
        : await affineBackward(dOut, pure.cache as backprop.AffineCache);
    assertClose(dX, expected.dX, { tolerance: 0, what: `${layer.kind} dX` });
    assertClose(layer.weight.grad, expected.dWeight, {
      tolerance: 0,
      what: `${layer.kind} weight.grad`,
    });
    assertClose(layer.bias!.grad, expected.dBias!, {
      tolerance: 0,
      what: `${layer.kind} bias.grad`,
    });
  }
});

test("so does a normalisation, and its output is where its options say", async () => {
  const random = new Random("pure normalisation");
  const float64 = { dtype: "float64" } as const;
  const running = { mean: Tensor.zeros([3], "float64"), variance: Tensor.full([3], 1, "float64") };
  const options = { epsilon: 0.2, momentum: 0.3 };
  const inTraining = { ...options, mode: "train" } as const;
  const [x2d, x1d, rows] = [
    normal(random, [2, 3, 4, 5]),
    normal(random, [4, 3]),
    normal(random, [2, 4, 5]),
  ];
  const pairs = [
    [
      new BatchNorm2d({ channels: 3, ...options }, float64),
      x2d,
      (w: Tensor, b: Tensor) => batchNorm2dForward(x2d, w, b, running, inTraining),
      batchNorm2dBackward,
    ],
    [
      new BatchNorm1d({ channels: 3, ...options }, float64),
      x1d,
      (w: Tensor, b: Tensor) => batchNorm1dForward(x1d, w, b, running, inTraining),
      batchNorm1dBackward,
    ],
    [
      new LayerNorm({ shape: [4, 5], epsilon: 0.2 }, float64),
      rows,
      (w: Tensor, b: Tensor) => layerNormForward(rows, w, b, { axes: 2, epsilon: 0.2 }),
      layerNormBackward,
    ],
  ] as const;
  for (const [layer, x, forward, backward] of pairs) {
    for (const { value } of layer.parameters) value.data.set(normal(random, value.shape).data);
    const pure = await forward(layer.weight.value, layer.bias.value);
    const { out, backward: back } = await layer.forward(x, training);
    assertClose(out, pure.out, { tolerance: 0, what: `${layer.kind} out` });
    const dOut = normal(random, x.shape);
    const dX = (await back(dOut))!;
    const expected = await backward(dOut, pure.cache as never);
    for (const [what, actual, by] of [
      ["dX", dX, expected.dX],
      ["dWeight", layer.weight.grad, expected.dWeight],
      ["dBias", layer.bias.grad, expected.dBias],
    ] as const) {
      assertClose(actual, by, { tolerance: 0, what: `${layer.kind} ${what}` });
    }
  }
});

test("without dX the parameters' gradients are the same, and null comes back", async () => {
  const random = new Random("wantsDX");
  for (const { layer, inputShape } of examples("wantsDX")) {
    const [x, dOut] = [normal(random, inputShape), normal(random, layer.outputShape(inputShape))];
    const first = await layer.forward(x, training);
    const dX = await first.backward(dOut);
    assert.ok(
      dX !== null && sameShape(dX.shape, inputShape),
      `${layer.kind}: expected a dX of shape [${inputShape}]`,
    );
    const grads = parametersOf(layer).map(({ parameter }) => parameter.grad.clone());
    parametersOf(layer).forEach(({ parameter }) => parameter.zeroGrad());
    const { backward } = await layer.forward(x, training);
    assert.is(await backward(dOut, false), null);
    parametersOf(layer).forEach(({ name, parameter }, i) =>
      assertClose(parameter.grad, grads[i]!, { tolerance: 0, what: `${name}.grad` }),
    );
  }
});

test("neither x, nor dOut, nor the weights are changed by a pass", async () => {
  const random = new Random("mutation");
  for (const { layer, inputShape } of examples("mutation")) {
    const [x, dOut] = [normal(random, inputShape), normal(random, layer.outputShape(inputShape))];
    const watched = [
      ["x", x],
      ["dOut", dOut],
      ...parametersOf(layer).map(({ name, parameter }) => [name, parameter.value] as const),
    ] as const;
    const before = watched.map(([, tensor]) => tensor.clone());
    const { out, backward } = await layer.forward(x, training);
    const outBefore = out.clone();
    await backward(dOut);
    watched.forEach(([name, tensor], i) =>
      assertClose(tensor, before[i]!, {
        tolerance: 0,
        what: `${layer.kind}: ${name} after a pass`,
      }),
    );
    assertClose(out, outBefore, { tolerance: 0, what: `${layer.kind}: out after backward` });
  }
});

/** An [h, w] pair of two different numbers. */
const pairOf = (min: number, max: number) =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).filter(([h, w]) => h !== w);

test("outputShape is the shape of the real output, for random geometries", async () => {
  const geometry = fc.record({
    image: pairOf(5, 12),
    channels: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 2 }),
    kernelSize: pairOf(1, 4),
    stride: pairOf(1, 3),
    padding: pairOf(0, 2),
    dilation: pairOf(1, 2),
    seed: fc.integer(),
  });
  let ran = 0;
  await fc.assert(
    fc.asyncProperty(
      geometry,
      async ({ image, channels, groups, kernelSize, stride, padding, dilation, seed }) => {
        const [inChannels, N] = [channels * groups, 2];
        const x = new Random(seed).normal([N, inChannels, ...image]);
        const layers: Layer[] = [
          new Conv2d({
            inChannels,
            outChannels: 3 * groups,
            kernelSize,
            stride,
            padding,
            dilation,
            groups,
          }),
          new MaxPool2d({ kernelSize, stride, padding, dilation }),
          new AveragePool2d({ kernelSize, stride, padding, dilation }),
          new GlobalAveragePool2d(),
          new Flatten(),
          new Relu(),
          new Dropout({ probability: 0.3 }),
          new Residual({
            body: {
              relu: new Relu(),
              conv: new Conv2d({
                inChannels,
                outChannels: 2 * groups,
                kernelSize,
                stride,
                padding,
                dilation,
                groups,
              }),
            },
            shortcut: {
              projection: new Conv2d({
                inChannels,
                outChannels: 2 * groups,
                kernelSize,
                stride,
                padding,
                dilation,
                bias: false,
              }),
            },
          }),
          new Gelu(),
          new Affine({ inFeatures: image[1], outFeatures: 4 }),
          new BatchNorm2d({ channels: inChannels }),
          new BatchNorm1d({ channels: image[1] }),
          new LayerNorm({ shape: image }),
        ];
        for (const layer of layers) {
          const input =
            layer.kind === "affine" || layer.kind === "batchNorm1d"
              ? x.reshape([N * inChannels * image[0], image[1]])
              : x;
          const promised = attempt(() => layer.outputShape(input.shape));
          if (promised === null) {
            await assertRejects(() => layer.forward(input, training), `${layer.kind}: expected`);
            continue;
          }
          const { out, backward } = await layer.forward(input, training);
          assert.equal(promised, out.shape, layer.kind);
          const dX = await backward(new Random(seed).normal(out.shape));
          assert.equal(dX!.shape, input.shape, `${layer.kind}: dX`);
          ran++;
        }
      },
    ),
    { seed: 7, numRuns: 60 },
  );
  assert.ok(ran > 300, `expected most geometries to fit, got ${ran} passes`);
});

/** The result of `run`, or null if it rejects its input. */
function attempt<Result>(run: () => Result): Result | null {
  try {
    return run();
  } catch (error) {
    if ((error as Error).name !== "InputError") throw error;
    return null;
  }
}

test("an unfit input is refused by outputShape and by forward in the same words", async () => {
  const unfit: [layer: Layer, shape: number[]][] = [
    [new Affine({ inFeatures: 7, outFeatures: 4 }), [3, 8]],
    [new Affine({ inFeatures: 7, outFeatures: 4 }), [3, 7, 1]],
    [new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: [2, 3] }), [2, 3, 5, 6]],
    [new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: [2, 3] }), [2, 2, 5]],
    [new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: [2, 7] }), [2, 2, 5, 6]],
    [new MaxPool2d({ kernelSize: [2, 3] }), [3, 5, 6]],
    [new MaxPool2d({ kernelSize: [2, 3], padding: [2, 1] }), [2, 3, 5, 6]],
    [new AveragePool2d({ kernelSize: [6, 3] }), [2, 3, 5, 6]],
    [new GlobalAveragePool2d(), [2, 3, 5]],
    [new Flatten(), []],
    [new BatchNorm2d({ channels: 3 }), [2, 4, 5, 6]],
    [new BatchNorm2d({ channels: 3 }), [2, 3, 5]],
    [new BatchNorm1d({ channels: 3 }), [3, 2]],
    [new BatchNorm1d({ channels: 3 }), [2, 3, 5, 6]],
    [new LayerNorm({ shape: [5, 6] }), [2, 3, 6, 5]],
    [new LayerNorm({ shape: [5, 6] }), [6]],
  ];
  for (const [layer, shape] of unfit) {
    const refusals = [];
    for (const run of [
      () => layer.outputShape(shape),
      () => layer.forward(Tensor.zeros(shape), training),
    ]) {
      try {
        await run();
        refusals.push("nothing");
      } catch (error) {
        refusals.push(`${(error as Error).name} ${(error as Error).message}`);
      }
    }
    assert.ok(
      refusals[0]!.startsWith(`InputError ${layer.kind}: expected `),
      `${layer.kind} [${shape}]: ${refusals[0]}`,
    );
    assert.is(refusals[1], refusals[0]);
  }
});

test("parameters carry names, shapes and fans: inputs of an output, outputs of an input", () => {
  const convolution = new Conv2d({
    inChannels: 4,
    outChannels: 6,
    kernelSize: [2, 3],
    groups: 2,
  });
  assert.equal(
    convolution.parameters.map(({ name, value, fanIn, fanOut }) => [
      name,
      value.shape,
      fanIn,
      fanOut,
    ]),
    [
      ["weight", [6, 2, 2, 3], 12, 18],
      ["bias", [6], 12, 18],
    ],
  );
  const affine = new Affine({ inFeatures: 7, outFeatures: 4 });
  assert.equal(
    affine.parameters.map(({ name, value, fanIn, fanOut }) => [name, value.shape, fanIn, fanOut]),
    [
      ["weight", [4, 7], 7, 4],
      ["bias", [4], 7, 4],
    ],
  );
  assert.equal(
    new Affine({ inFeatures: 7, outFeatures: 4, bias: false }).parameters.map(({ name }) => name),
    ["weight"],
  );
  for (const layer of [
    new BatchNorm2d({ channels: 3 }),
    new BatchNorm1d({ channels: 3 }),
    new LayerNorm({ shape: [3] }),
  ]) {
    assert.equal(
      layer.parameters.map(({ name, value, start }) => [name, value.shape, start, [...value.data]]),
      [
        ["weight", [3], 1, [1, 1, 1]],
        ["bias", [3], 0, [0, 0, 0]],
      ],
    );
  }
  const { buffers } = new BatchNorm2d({ channels: 2 });
  assert.equal(
    buffers.map(({ name, value, start }) => [name, value.shape, start, [...value.data]]),
    [
      ["runningMean", [2], 0, [0, 0]],
      ["runningVariance", [2], 1, [1, 1]],
    ],
  );
});

test.run();
