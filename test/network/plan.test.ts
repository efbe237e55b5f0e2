/** Fusion: which layers are replaced, and that nobody can tell but by the clock. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  Affine,
  AveragePool2d,
  BatchNorm2d,
  BatchNormPool2d,
  Conv2d,
  ConvPool2d,
  Flatten,
  type Layer,
  LeakyRelu,
  MaxPool2d,
  type NamedLayer,
  type PassOptions,
  Relu,
  ReluPool2d,
  Residual,
} from "leibniz/backprop";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { initialise, notebookNetwork, Sequential } from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

type Layers = Record<string, Layer>;

const backends = [await wasmBackend({ threads: 1 }), await wasmBackend({ threads: 2 })];
const [wasm] = backends as [Backend, Backend];
const plain = (backend: Backend): Backend => ({ ...backend, fuses: false });

const conv = (options: object = {}): Conv2d =>
  new Conv2d({ inChannels: 2, outChannels: 4, kernelSize: [3, 2], ...options });
const pool = (): MaxPool2d => new MaxPool2d({ kernelSize: [2, 3] });
const relu = (): Relu => new Relu();
const norm = (): BatchNorm2d => new BatchNorm2d({ channels: 4 });

/** `conv, pool = convPool2d(conv relu pool)`: names, and what stands under a name for what. */
function described(planned: readonly NamedLayer[]): string {
  return planned
    .map(({ name, layer, parts }) => {
      if (parts !== undefined)
        return `${name} = ${layer.kind}(${parts.map((part) => part.name).join(" ")})`;
      const branches = (layer.branches ?? []).map((branch) => described(branch));
      return branches.length > 0 ? `${name}[${branches.join(" | ")}]` : name;
    })
    .join(", ");
}

class OwnConv extends Conv2d {}
class OwnNorm extends BatchNorm2d {}
class OwnRelu extends Relu {}
class OwnPool extends MaxPool2d {}
class OwnBlock extends Residual {}

const table: readonly (readonly [layers: Layers, planned: string])[] = [
  [{ conv: conv(), pool: pool() }, "pool = convPool2d(conv pool)"],
  [{ conv: conv(), relu: relu(), pool: pool() }, "pool = convPool2d(conv relu pool)"],
  [{ conv: conv(), pool: pool(), relu: relu() }, "relu = convPool2d(conv pool relu)"],
  [{ conv: conv(), r1: relu(), pool: pool(), r2: relu() }, "r2 = convPool2d(conv r1 pool r2)"],
  [
    { conv: conv(), r1: relu(), pool: pool(), r2: relu(), r3: relu() },
    "r2 = convPool2d(conv r1 pool r2), r3",
  ],
  [{ relu: relu(), pool: pool() }, "pool = reluPool2d(relu pool)"],
  [{ relu: relu(), pool: pool(), r2: relu() }, "pool = reluPool2d(relu pool), r2"],
  [{ conv: conv(), r1: relu(), r2: relu(), pool: pool() }, "conv, r1, pool = reluPool2d(r2 pool)"],
  [{ conv: conv(), p1: pool(), p2: pool() }, "p1 = convPool2d(conv p1), p2"],
  [{ c1: conv(), c2: conv({ inChannels: 4 }), pool: pool() }, "c1, pool = convPool2d(c2 pool)"],
  [
    { c1: conv(), p1: pool(), c2: conv({ inChannels: 4 }), r2: relu(), p2: pool() },
    "p1 = convPool2d(c1 p1), p2 = convPool2d(c2 r2 p2)",
  ],
  // one pixel apart, without gaps, over all channels: said or left out
  [
    { conv: conv({ stride: [1, 1], dilation: 1, groups: 1, padding: [1, 0] }), pool: pool() },
    "pool = convPool2d(conv pool)",
  ],
  [{ conv: conv({ bias: false }), pool: pool() }, "pool = convPool2d(conv pool)"],
  [
    { conv: conv(), pool: new MaxPool2d({ kernelSize: 3, stride: [1, 2], padding: 1 }) },
    "pool = convPool2d(conv pool)",
  ],
  [{ conv: conv({ stride: 2 }), pool: pool() }, "conv, pool"],
  [{ conv: conv({ stride: [1, 2] }), pool: pool() }, "conv, pool"],
  [{ conv: conv({ stride: [2, 1] }), pool: pool() }, "conv, pool"],
  [{ conv: conv({ dilation: [1, 2] }), pool: pool() }, "conv, pool"],
  [{ conv: conv({ dilation: [2, 1] }), pool: pool() }, "conv, pool"],
  [{ conv: conv({ groups: 2 }), pool: pool() }, "conv, pool"],
  [{ conv: conv({ stride: 2 }), relu: relu(), pool: pool() }, "conv, pool = reluPool2d(relu pool)"],
  [
    { conv: conv({ groups: 2 }), relu: relu(), pool: pool(), r2: relu() },
    "conv, pool = reluPool2d(relu pool), r2",
  ],
  // a class that extends one of these may do something else
  [
    {
      conv: new OwnConv({ inChannels: 2, outChannels: 4, kernelSize: [3, 2] }),
      relu: relu(),
      pool: pool(),
    },
    "conv, pool = reluPool2d(relu pool)",
  ],
  [{ conv: conv(), relu: new OwnRelu(), pool: pool() }, "conv, relu, pool"],
  [{ conv: conv(), pool: pool(), relu: new OwnRelu() }, "pool = convPool2d(conv pool), relu"],
  [{ conv: conv(), relu: relu(), pool: new OwnPool({ kernelSize: 2 }) }, "conv, relu, pool"],
  [{ relu: new OwnRelu(), pool: pool() }, "relu, pool"],
  // others are no part of a rule
  [{ conv: conv(), leaky: new LeakyRelu(), pool: pool() }, "conv, leaky, pool"],
  [
    { conv: conv(), bn: norm(), relu: relu(), pool: pool() },
    "conv, pool = batchNormPool2d(bn relu pool)",
  ],
  [{ bn: norm(), pool: pool(), r2: relu() }, "r2 = batchNormPool2d(bn pool r2)"],
  [{ bn: norm(), r1: relu(), pool: pool(), r2: relu() }, "r2 = batchNormPool2d(bn r1 pool r2)"],
  [{ bn: norm(), pool: pool() }, "pool = batchNormPool2d(bn pool)"],
  [{ bn: norm(), relu: relu() }, "bn, relu"],
  [
    { bn: norm(), relu: relu(), pool: new MaxPool2d({ kernelSize: 2, dilation: [1, 2] }) },
    "bn, pool = reluPool2d(relu pool)",
  ],
  [{ bn: new OwnNorm({ channels: 4 }), pool: pool() }, "bn, pool"],
  [{ conv: conv(), relu: relu(), pool: new AveragePool2d({ kernelSize: 2 }) }, "conv, relu, pool"],
  [{ pool: pool(), relu: relu() }, "pool, relu"],
  [{ pool: pool(), conv: conv() }, "pool, conv"],
  [{ conv: conv(), relu: relu() }, "conv, relu"],
  [
    {
      block: new Residual({
        body: {
          relu: relu(),
          pool: pool(),
          inner: new Residual({ body: { conv: conv(), relu: relu(), pool: pool() } }),
          last: conv(),
        },
        shortcut: { c2: conv(), p2: pool() },
      }),
      relu: relu(),
      pool: pool(),
    },
    "block[pool = reluPool2d(relu pool), inner[pool = convPool2d(conv relu pool)], last | " +
      "p2 = convPool2d(c2 p2)], pool = reluPool2d(relu pool)",
  ],
  [{ block: new OwnBlock({ body: { conv: conv(), pool: pool() } }) }, "block[conv, pool]"],
  // a block's last layer and what comes behind the block are no neighbours
  [{ block: new Residual({ body: { conv: conv() } }), pool: pool() }, "block[conv], pool"],
];

test("which layers are replaced, and by what", () => {
  for (const [layers, planned] of table)
    assert.is(described(new Sequential(layers).planned), planned);
});

test("the network itself stays what it was: layers, names and parameters", () => {
  for (const [layers] of table) {
    const network = new Sequential(layers);
    assert.equal(
      network.layers.map(({ name, layer }) => [name, layer === layers[name]]),
      Object.keys(layers).map((name) => [name, true]),
    );
    // a fused layer's parameters are the first layer's own
    for (const { layer, parts } of network.planned)
      if (layer instanceof ConvPool2d || layer instanceof BatchNormPool2d)
        assert.ok(
          layer.parameters.every((one, i) => one === parts![0]!.layer.parameters[i]) &&
            layer.parameters.length === parts![0]!.layer.parameters.length,
        );
      else if (parts !== undefined) assert.instance(layer, ReluPool2d);
  }
  assert.equal(
    notebookNetwork().parameters.map(({ name }) => name),
    ["conv1", "conv2", "affine1", "affine2"].flatMap((name) => [`${name}.weight`, `${name}.bias`]),
  );
});

test("a backend says whether it fuses, and can be told not to", async () => {
  const network = notebookNetwork();
  initialise(network, new Random(0));
  const kinds = async (backend: Backend): Promise<string[]> => {
    const names: string[] = [];
    const { choices } = await network.forward(new Random("x").normal([1, 1, 28, 28]), {
      backend,
      mode: "train",
    });
    for (const { what } of choices!()) names.push(what.replace(/ .*/, ""));
    return names;
  };
  // the winners of each fused layer go by the pooling's name; where the rectifier's 0 wins is one
  assert.equal(await kinds(wasm), ["pool1:", "pool2:", "relu3:"]);
  for (const backend of [plain(wasm), reference])
    assert.equal(await kinds(backend), ["relu1:", "pool1:", "relu2:", "pool2:", "relu3:"]);
});

interface Example {
  readonly what: string;
  readonly layers: () => Layers;
  readonly shape: readonly number[];
}

const channels = (inChannels: number, outChannels: number, options: object = {}): Conv2d =>
  new Conv2d({ inChannels, outChannels, kernelSize: 3, ...options });

const runs: readonly Example[] = [
  {
    what: "the notes' two blocks",
    layers: () => ({
      conv1: channels(1, 6),
      relu1: relu(),
      pool1: new MaxPool2d({ kernelSize: 2 }),
      conv2: channels(6, 8),
      relu2: relu(),
      pool2: new MaxPool2d({ kernelSize: 2 }),
      flatten: new Flatten(),
      affine: new Affine({ inFeatures: 8 * 5 * 4, outFeatures: 5 }),
    }),
    shape: [5, 1, 27, 23],
  },
  {
    what: "a convolution without bias, windows of 3 × 3 two apart",
    layers: () => ({
      conv: channels(2, 5, { bias: false, padding: [1, 2] }),
      relu: relu(),
      pool: new MaxPool2d({ kernelSize: 3, stride: 2 }),
    }),
    shape: [3, 2, 13, 16],
  },
  {
    what: "windows that overlap and hang over the edge, without a rectifier",
    layers: () => ({
      conv: new Conv2d({ inChannels: 3, outChannels: 4, kernelSize: [1, 4] }),
      pool: new MaxPool2d({ kernelSize: [3, 2], stride: [2, 1], padding: [1, 0] }),
    }),
    shape: [2, 3, 9, 12],
  },
  {
    what: "a rectifier behind the pooling",
    layers: () => ({
      conv: channels(2, 4),
      pool: new MaxPool2d({ kernelSize: 2 }),
      relu: relu(),
    }),
    shape: [4, 2, 12, 10],
  },
  {
    what: "rectifiers on both sides, a dilated pooling",
    layers: () => ({
      conv: channels(1, 3, { padding: 1 }),
      relu1: relu(),
      pool: new MaxPool2d({ kernelSize: [2, 3], stride: [1, 2], dilation: [2, 1] }),
      relu2: relu(),
    }),
    shape: [2, 1, 8, 11],
  },
  {
    what: "a rectifier and a pooling alone, behind a convolution with steps",
    layers: () => ({
      conv: channels(2, 4, { stride: [2, 1] }),
      relu: relu(),
      pool: new MaxPool2d({ kernelSize: [3, 2], stride: [1, 2] }),
    }),
    shape: [3, 2, 13, 10],
  },
  {
    what: "batch normalisations, one behind a rectified pooling",
    layers: () => ({
      // a bias would have no gradient: the normalisation takes it away
      conv: channels(1, 5, { padding: 1, bias: false }),
      bn1: new BatchNorm2d({ channels: 5 }),
      relu1: relu(),
      pool1: new MaxPool2d({ kernelSize: 2 }),
      bn2: new BatchNorm2d({ channels: 5, momentum: 0.4 }),
      pool2: new MaxPool2d({ kernelSize: [3, 2], stride: [1, 2], padding: [1, 0] }),
      relu2: relu(),
      conv2: channels(5, 3),
    }),
    shape: [6, 1, 19, 22],
  },
  {
    what: "inside blocks, in the body and in the shortcut",
    layers: () => ({
      conv: channels(1, 4, { padding: 1 }),
      block: new Residual({
        body: {
          conv1: channels(4, 6, { padding: 1 }),
          relu1: relu(),
          pool1: new MaxPool2d({ kernelSize: 2 }),
          inner: new Residual({ body: { relu: relu(), conv: channels(6, 6, { padding: 1 }) } }),
        },
        shortcut: {
          projection: new Conv2d({ inChannels: 4, outChannels: 6, kernelSize: 1, bias: false }),
          pool: new MaxPool2d({ kernelSize: 2 }),
        },
      }),
      relu: relu(),
      last: new MaxPool2d({ kernelSize: [2, 3] }),
    }),
    shape: [2, 1, 12, 14],
  },
];

interface Done {
  readonly out: Tensor;
  readonly gradients: ReadonlyMap<string, Tensor>;
}

/** One forward and one backward pass, everything copied. */
async function run(
  network: Sequential,
  shape: readonly number[],
  backend: Backend,
  observe?: PassOptions["observe"],
): Promise<Done> {
  network.zeroGrad();
  const { out, backward } = await network.forward(new Random("x").normal(shape), {
    backend,
    mode: "train",
    ...(observe && { observe }),
  });
  const dX = (await backward(new Random("dOut").normal(out.shape), true))!;
  const grads = network.parameters.map(
    ({ name, parameter }) => [name, parameter.grad.clone()] as const,
  );
  return { out: out.clone(), gradients: new Map([["x", dX.clone()], ...grads]) };
}

function built({ layers, what }: Example): Sequential {
  const network = new Sequential(layers());
  initialise(network, new Random(what));
  for (const { name, parameter } of network.parameters)
    if (name.endsWith("bias"))
      parameter.value.copyFrom(new Random(name).normal(parameter.value.shape, 0, 0.3));
  return network;
}

/** To the bit: 0 and −0 are two. */
function assertSame(actual: Tensor, expected: Tensor, what: string): void {
  assert.equal(actual.shape, expected.shape, what);
  const [a, b] = [actual.contiguous().data, expected.contiguous().data];
  const at = a.findIndex((value, i) => !Object.is(value, b[i]));
  assert.ok(at < 0, `${what}: entry ${at} is ${a[at]}, not ${b[at]}`);
}

for (const example of runs)
  test(
    `${example.what}: the same output to the bit, the same gradients up to ` + `rounding`,
    async () => {
      const network = built(example);
      assert.ok(/(conv|relu|Norm)Pool2d/.test(described(network.planned)), "something is fused");
      const truth = await run(network, example.shape, reference);
      for (const backend of backends)
        for (const inStep of [true, false]) {
          const within = (fused: Backend): Promise<Done> => {
            const once = (): Promise<Done> => run(network, example.shape, fused);
            return inStep ? fused.step(once) : once();
          };
          const [planned, apart] = [await within(backend), await within(plain(backend))];
          const where = `${backend.threads} threads${inStep ? ", in a step" : ""}`;
          assertSame(planned.out, apart.out, `out, ${where}`);
          assertClose(planned.out, truth.out, { tolerance: 1e-5, what: `out, ${where}` });
          assert.equal([...planned.gradients.keys()], [...apart.gradients.keys()]);
          for (const [name, gradient] of planned.gradients) {
            assert.ok(
              gradient.data.some((entry) => entry !== 0),
              name,
            );
            for (const other of [apart, truth])
              assertClose(gradient, other.gradients.get(name)!, {
                tolerance: 2e-5,
                what: `${name}, ${where}`,
              });
          }
        }
    },
  );

for (const example of runs)
  test(`${example.what}: an observer sees every layer's output, and changes nothing`, async () => {
    const network = built(example);
    for (const backend of backends) {
      const look = async (which: Backend): Promise<{ done: Done; seen: [string, Tensor][] }> => {
        const seen: [string, Tensor][] = [];
        const done = await run(network, example.shape, which, (name, out) =>
          seen.push([name, out.clone()]),
        );
        return { done, seen };
      };
      const [planned, apart] = [await look(backend), await look(plain(backend))];
      assert.equal(
        planned.seen.map(([name]) => name),
        apart.seen.map(([name]) => name),
      );
      planned.seen.forEach(([name, out], i) => assertSame(out, apart.seen[i]![1], name));
      const unseen = await run(network, example.shape, backend);
      assertSame(planned.done.out, unseen.out, "out");
      for (const [name, gradient] of unseen.gradients)
        assertSame(planned.done.gradients.get(name)!, gradient, name);
    }
  });

test("an error carries the name of the layer that it belongs to, as without a plan", async () => {
  const blocks = (inChannels: number, body = 6): Layers => ({
    conv1: channels(inChannels, 6, { padding: 1 }),
    relu1: relu(),
    pool1: new MaxPool2d({ kernelSize: [4, 2] }),
    block: new Residual({
      body: {
        conv2: channels(body, 6, { padding: 1 }),
        pool2: new MaxPool2d({ kernelSize: 3, stride: 1, padding: 1 }),
      },
    }),
    relu3: relu(),
    pool3: new MaxPool2d({ kernelSize: [2, 4] }),
  });
  for (const [layers, shape, ...message] of [
    [blocks(2), [1, 3, 8, 8], "layer conv1: conv2d: expected weight of shape [K, 3, kH, kW]"],
    [blocks(2), [1, 2, 8], "layer conv1: conv2d: "],
    [blocks(2), [1, 2, 3, 8], "layer pool1: maxPool2d: "],
    [blocks(2), [1, 2, 8, 1], "layer pool1: maxPool2d: "],
    [blocks(2, 5), [1, 2, 8, 8], "layer block.conv2: conv2d: ", "[K, 6, kH, kW]"],
    [blocks(2), [1, 2, 8, 6], "layer pool3: maxPool2d: "],
    [blocks(2), [1, 2, 4, 8], "layer pool3: maxPool2d: "],
    [{ relu: relu(), pool: pool() }, [2, 5, 6], "layer pool: maxPool2d: "],
    [{ conv: channels(2, 3), pool: pool(), relu: relu() }, [1, 2, 3, 9], "layer pool: maxPool2d: "],
  ] as const) {
    const network = new Sequential(layers);
    const messages = new Set<string>();
    for (const backend of [wasm, plain(wasm), reference])
      for (const record of [true, false])
        await network.forward(Tensor.zeros(shape), { backend, mode: "train", record }).then(
          () => messages.add("none"),
          (error: Error) => messages.add(`${error.name}: ${error.message}`),
        );
    assert.is(messages.size, 1, [...messages].join("\n"));
    for (const piece of message) assert.ok([...messages][0]!.includes(piece), [...messages][0]);
    assert.ok([...messages][0]!.startsWith("InputError: layer "));
    // outputShapes says the same
    await assertRejects(() => network.outputShapes(shape), ...message);
  }
});

test(
  "a dOut that does not fit, a change in place, and an open pass go by the last " + "name",
  async () => {
    const network = built({
      what: "errors",
      layers: () => ({
        conv: channels(1, 2),
        relu: relu(),
        pool: new MaxPool2d({ kernelSize: 2 }),
      }),
      shape: [],
    });
    const pass: PassOptions = { backend: wasm, mode: "train" };
    const { out, backward } = await network.forward(new Random("x").normal([1, 1, 6, 8]), pass);
    assert.equal(out.shape, [1, 2, 2, 3]);
    await assertRejects(
      () => backward(Tensor.zeros([1, 2, 3, 2])),
      "layer pool: convPool2dBackward: expected dOut of shape [1, 2, 2, 3], got [1, 2, 3, 2]",
    );
    network.parameters[0]!.parameter.value.fill(1);
    await assertRejects(
      () => backward(Tensor.zeros(out.shape)),
      "layer pool: convPool2d.backward: expected weight as it was in the forward pass",
    );
  },
);

test("float64 and a batch of no images go through a plan as well", async () => {
  const float64 = { dtype: "float64" } as const;
  const network = new Sequential({
    conv: new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: [3, 2] }, float64),
    relu: relu(),
    pool: new MaxPool2d({ kernelSize: 2 }),
  });
  initialise(network, new Random("float64"));
  const results = async (backend: Backend, N: number): Promise<Tensor[]> => {
    network.zeroGrad();
    const x = new Random("x").normal([N, 2, 6, 9], 0, 1, "float64");
    const { out, backward } = await network.forward(x, { backend, mode: "train" });
    const dX = (await backward(new Random("dOut").normal(out.shape, 0, 1, "float64"), true))!;
    return [out, dX, ...network.parameters.map(({ parameter }) => parameter.grad.clone())];
  };
  for (const N of [4, 0]) {
    const expected = await results(reference, N);
    (await results(wasm, N)).forEach((result, i) =>
      assertClose(result, expected[i]!, { tolerance: 1e-12, what: `${N} images, result ${i}` }),
    );
  }
  const single = built({
    what: "none",
    layers: () => ({ conv: channels(2, 3), pool: pool() }),
    shape: [],
  });
  const none = await run(single, [0, 2, 6, 9], wasm);
  assert.equal(none.out.shape, [0, 3, 2, 2]);
  assert.equal(none.gradients.get("x")!.shape, [0, 2, 6, 9]);
  assert.ok(none.gradients.get("conv.weight")!.data.every((entry) => entry === 0));
});

test("one convolution at two places of a plan adds its gradients", async () => {
  const shared = channels(2, 2, { padding: 1 });
  const example = {
    what: "shared",
    layers: () => ({
      conv1: shared,
      relu1: relu(),
      pool1: new MaxPool2d({ kernelSize: 2 }),
      conv2: shared,
      pool2: new MaxPool2d({ kernelSize: 2 }),
    }),
    shape: [3, 2, 12, 10],
  };
  const network = built(example);
  assert.is(
    described(network.planned),
    "pool1 = convPool2d(conv1 relu1 pool1), pool2 = convPool2d(conv2 pool2)",
  );
  const [planned, truth] = [
    await run(network, example.shape, wasm),
    await run(network, example.shape, reference),
  ];
  assert.equal([...planned.gradients.keys()], ["x", "conv1.weight", "conv1.bias"]);
  for (const [name, gradient] of planned.gradients)
    assertClose(gradient, truth.gradients.get(name)!, { tolerance: 2e-5, what: name });
});

test("a window on padding alone is refused, with a plan and without", async () => {
  const pool = new MaxPool2d({ kernelSize: 2, dilation: [2, 1], padding: [1, 0] });
  const one = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 1, bias: false });
  const network = new Sequential({ conv: one, pool, relu: relu() });
  const x = Tensor.full([1, 1, 1, 4], 5);
  for (const backend of [wasm, reference])
    await assertRejects(
      () => network.forward(x, { backend, mode: "evaluate" }),
      "maxPool2d: expected windows that hold a pixel each",
    );
});

test("the backends are given back", async () => {
  for (const backend of backends) await backend.dispose();
});

test.run();
