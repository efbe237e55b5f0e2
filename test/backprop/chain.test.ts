import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  Affine,
  Chain,
  Conv2d,
  Dropout,
  everyLayer,
  Flatten,
  type Layer,
  type Layers,
  namedLayers,
  Relu,
  Residual,
} from "leibniz/backprop";
import { reference } from "leibniz/kernels";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const pass = { backend: reference, mode: "train" } as const;
const float64 = { dtype: "float64" } as const;
const chainOf = (layers: Layers): Chain => new Chain(namedLayers(layers, "chain"));

/** [N, 2, 5, 6] → [N, 4]; a block in the body of a block. */
function nested(): Chain {
  const convolution = (): Conv2d =>
    new Conv2d({ inChannels: 2, outChannels: 2, kernelSize: [3, 5], padding: [1, 2] }, float64);
  return chainOf({
    conv: convolution(),
    block1: new Residual({
      body: {
        conv1: convolution(),
        inner: new Residual({ body: { conv: convolution() } }),
        relu: new Relu(),
      },
      shortcut: { projection: convolution() },
    }),
    flatten: new Flatten(),
    affine: new Affine({ inFeatures: 60, outFeatures: 4 }, float64),
  });
}

const FULL_NAMES = [
  "conv",
  "block1.conv1",
  "block1.inner.conv",
  "block1.inner",
  "block1.relu",
  "block1.projection",
  "block1",
  "flatten",
  "affine",
];

/** A layer that writes down the source that it was given. */
function spy(seeds: string[]): Layer {
  return {
    kind: "spy",
    parameters: [],
    outputShape: (shape) => [...shape],
    forward: async (x, { random }) => {
      seeds.push(random?.seed ?? "none");
      return { out: x, backward: async (dOut) => dOut };
    },
  };
}

test("layers inside layers have the names of all that they are in, and come before them", () => {
  assert.equal(
    everyLayer(nested().layers).map(({ name }) => name),
    FULL_NAMES,
  );
  assert.equal(
    everyLayer(nested().layers).map(({ layer }) => layer.kind),
    ["conv2d", "conv2d", "conv2d", "residual", "relu", "conv2d", "residual", "flatten", "affine"],
  );
});

test("observe is shown every layer's output at every depth, when it is done", async () => {
  const chain = nested();
  for (const { layer } of everyLayer(chain.layers))
    for (const { value } of layer.parameters) value.data.fill(0.1);
  const seen: [string, Tensor][] = [];
  const { out } = await chain.forward(new Random("x").normal([3, 2, 5, 6], 0, 1, "float64"), {
    ...pass,
    observe: (name, value) => seen.push([name, value]),
  });
  assert.equal(
    seen.map(([name]) => name),
    FULL_NAMES,
  );
  assert.equal(
    seen.map(([, value]) => value.shape),
    [...new Array<number[]>(7).fill([3, 2, 5, 6]), [3, 60], [3, 4]],
  );
  assert.is(seen.at(-1)![1], out);
});

test(
  "each layer draws from a source split off by its full name, " +
    "and keeps it when layers are added before it",
  async () => {
    const seeds: string[] = [];
    const x = Tensor.zeros([2, 3]);
    const chain = chainOf({
      spy: spy(seeds),
      block: new Residual({ body: { spy: spy(seeds) }, shortcut: { other: spy(seeds) } }),
    });
    await chain.forward(x, { ...pass, random: new Random("step 3") });
    await chainOf({ first: new Dropout({ probability: 0.5 }), spy: spy(seeds) }).forward(x, {
      ...pass,
      random: new Random("step 3"),
    });
    assert.equal(seeds, ["step 3/spy", "step 3/block/spy", "step 3/block/other", "step 3/spy"]);
    await chain.forward(x, pass);
    assert.equal(seeds.slice(4), ["none", "none", "none"]);
  },
);

test("two dropouts in one network leave out different entries", async () => {
  const masks: Tensor[] = [];
  const chain = chainOf({
    a: new Dropout({ probability: 0.5 }),
    b: new Dropout({ probability: 0.5 }),
  });
  await chain.forward(Tensor.full([4, 9], 1, "float64"), {
    ...pass,
    random: new Random(1),
    observe: (_, out) => masks.push(out),
  });
  const [first, second] = masks as [Tensor, Tensor];
  assert.ok(
    first.data.some((entry, i) => entry !== 0 && second.data[i] === 0),
    "the second leaves out some that the first did not",
  );
});

test(
  "dX comes back if it is wanted, and is what the layers return one after the " + "other",
  async () => {
    const layers = {
      affine1: new Affine({ inFeatures: 3, outFeatures: 4 }, float64),
      affine2: new Affine({ inFeatures: 4, outFeatures: 2 }, float64),
    };
    const random = new Random("dX");
    for (const { weight } of Object.values(layers))
      weight.value.data.set(random.normal(weight.value.shape, 0, 1, "float64").data);
    const chain = chainOf(layers);
    const [x, dOut] = [
      random.normal([5, 3], 0, 1, "float64"),
      random.normal([5, 2], 0, 1, "float64"),
    ];
    const { backward } = await chain.forward(x, pass);
    const dX = await backward(dOut, true);
    const first = await layers.affine1.forward(x, pass);
    const second = await layers.affine2.forward(first.out, pass);
    assertClose(dX!, (await first.backward((await second.backward(dOut))!))!, { tolerance: 0 });
    assert.is(await backward(dOut), null);
    // a relu returns its dX without being asked
    const relu = await chainOf({ relu: new Relu() }).forward(x, pass);
    assert.is(await relu.backward(x), null);
  },
);

test("what does not fit is refused with the layer's full name, once", async () => {
  const wrong = chainOf({
    block1: new Residual({
      body: {
        inner: new Residual({
          body: {
            relu: new Relu(),
            conv2: new Conv2d({
              inChannels: 3,
              outChannels: 3,
              kernelSize: [1, 3],
              padding: [0, 1],
            }),
          },
        }),
      },
    }),
  });
  const message =
    "layer block1.inner.conv2: conv2d: expected weight of shape [K, 2, kH, kW] " +
    "for x [1, 2, 5, 6], got [3, 3, 1, 3]";
  for (const run of [
    async () => void wrong.outputShapes([1, 2, 5, 6]),
    async () => void (await wrong.forward(Tensor.zeros([1, 2, 5, 6]), pass)),
  ]) {
    const error = await run().then(
      () => null,
      (thrown: unknown) => thrown as Error,
    );
    assert.is(error?.message, message);
    assert.is(error?.name, "InputError");
  }
  const uneven = chainOf({
    block1: new Residual({ body: { affine: new Affine({ inFeatures: 3, outFeatures: 4 }) } }),
  });
  await assertRejects(
    () => uneven.outputShapes([5, 3]),
    "layer block1: residual: expected the body's output to have x's shape [5, 3], got [5, 4]",
  );
});

test("an upstream gradient that does not fit is refused with the full name as well", async () => {
  const broken: Layer = {
    kind: "broken",
    parameters: [],
    outputShape: (shape) => [...shape],
    forward: async (x) => ({ out: x, backward: async () => Tensor.zeros([1, 1]) }),
  };
  const chain = chainOf({
    block: new Residual({
      body: { affine: new Affine({ inFeatures: 3, outFeatures: 3 }), broken },
    }),
  });
  const { backward } = await chain.forward(Tensor.zeros([2, 3]), pass);
  await assertRejects(
    () => backward(Tensor.zeros([2, 3]), true),
    "layer block.affine: affineBackward: expected dOut of shape [2, 3], got [1, 1]",
  );
});

test("names that would be saved twice are refused at whatever depth", async () => {
  const block = (): Layer => new Residual({ body: { relu: new Relu() } });
  await assertRejects(
    () => chainOf({ block: block(), "block.relu": new Relu() }),
    "chain: expected a name of its own for every layer, got block.relu twice",
  );
  await assertRejects(
    () => chainOf({ a: block(), 7: new Relu() }),
    "chain: expected names that are no whole numbers",
    "got 7",
  );
  assert.is(everyLayer(chainOf({ a: block(), b: block() }).layers).length, 4);
});

test.run();
