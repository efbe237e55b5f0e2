import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  Affine,
  Conv2d,
  Dropout,
  Flatten,
  GlobalAveragePool2d,
  MaxPool2d,
  Relu,
  Residual,
} from "leibniz/backprop";
import type { LabelledImages } from "leibniz/data";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import {
  decodeSafetensors,
  encodeSafetensors,
  initialise,
  loadWeights,
  networkWeights,
  Sequential,
  weightsSha256,
} from "leibniz/network";
import { Random, type Tensor } from "leibniz/tensor";
import {
  decodeCheckpoint,
  encodeCheckpoint,
  buildOptimizer,
  findRecipe,
  type Optimizer,
  type OptimizerDescription,
  train,
  type Training,
  type TrainingEvent,
} from "leibniz/training";
import { assertRejects } from "../helpers/assert-close.js";
import { mnist as loadedOnce } from "../helpers/mnist.js";

const mnist = await loadedOnce();

/** The first images of a data set. */
function first(dataset: LabelledImages, count: number): LabelledImages {
  const { height, width, pixels } = dataset.images;
  return {
    images: { count, height, width, pixels: pixels.subarray(0, count * height * width) },
    labels: dataset.labels.subarray(0, count),
  };
}

const small = { train: first(mnist.train, 100), test: first(mnist.test, 20) };

/** Two residual blocks, one with a projection, and three dropouts, one of them inside a block. */
function blocks({ persistent: allocator }: Backend): Sequential {
  const convolution = (inChannels: number, outChannels: number, stride = 1): Conv2d =>
    new Conv2d({ inChannels, outChannels, kernelSize: 3, padding: 1, stride }, { allocator });
  return new Sequential({
    conv: convolution(1, 4),
    pool: new MaxPool2d({ kernelSize: 2 }),
    block1: new Residual({
      body: {
        relu: new Relu(),
        conv1: convolution(4, 4),
        dropout: new Dropout({ probability: 0.1 }),
        conv2: convolution(4, 4),
      },
    }),
    block2: new Residual({
      body: {
        relu1: new Relu(),
        conv1: convolution(4, 8, 2),
        relu2: new Relu(),
        conv2: convolution(8, 8),
      },
      shortcut: {
        projection: new Conv2d(
          { inChannels: 4, outChannels: 8, kernelSize: 1, stride: 2, bias: false },
          { allocator },
        ),
      },
    }),
    relu: new Relu(),
    dropout1: new Dropout({ probability: 0.2 }),
    flatten: new Flatten(),
    affine1: new Affine({ inFeatures: 8 * 7 * 7, outFeatures: 16 }, { allocator }),
    dropout2: new Dropout({ probability: 0.5 }),
    affine2: new Affine({ inFeatures: 16, outFeatures: 10 }, { allocator }),
  });
}

const recipe: Training & { readonly optimizer: OptimizerDescription } = {
  ...findRecipe("default"),
  batchSize: 32,
};

interface Start {
  readonly network: Sequential;
  readonly from: { readonly epoch: number; readonly optimizer: Optimizer };
}

async function run(
  backend: Backend,
  {
    seed = 1,
    epochs = 1,
    data = small,
    start,
  }: { seed?: number; epochs?: number; data?: typeof small; start?: Start } = {},
): Promise<{ network: Sequential; events: TrainingEvent[] }> {
  const random = new Random(seed);
  const network = start?.network ?? blocks(backend);
  if (start === undefined) initialise(network, random.split("initial weights"));
  const events: TrainingEvent[] = [];
  for await (const event of train({
    recipe,
    network,
    ...data,
    backend,
    random,
    epochs,
    ...(start === undefined ? {} : { from: start.from }),
  }))
    events.push(event);
  return { network, events };
}

const wasm = await wasmBackend({ threads: 1 });

test("a network of blocks and dropouts learns a few images by heart", async () => {
  const data = { train: first(mnist.train, 32), test: first(mnist.train, 32) };
  const { events } = await run(wasm, { epochs: 250, data });
  const last = events.at(-1)!;
  assert.ok(
    last.type === "epoch" && last.result.testAccuracy === 1 && last.result.testLoss < 0.1,
    JSON.stringify(last),
  );
});

for (const backend of [wasm, reference]) {
  test(
    `${backend.name}: going on from a checkpoint is as if nothing had happened, to the ` + `bit`,
    async () => {
      const whole = await run(backend, { epochs: 3 });
      const part = await run(backend, { epochs: 1 });
      const epoch = part.events.at(-1)!;
      if (epoch.type !== "epoch") throw new Error("expected an epoch");
      const checkpoint = decodeCheckpoint(
        encodeCheckpoint(part.network, epoch.optimizer, { epochs: 1, recipe: "blocks", seed: 1 }),
        "checkpoint",
      );
      const network = blocks(backend);
      const optimizer = buildOptimizer(recipe.optimizer, network.parameters);
      checkpoint.restore(network, optimizer);
      const rest = await run(backend, {
        epochs: 3,
        start: { network, from: { epoch: 1, optimizer } },
      });
      const losses = (events: readonly TrainingEvent[]): number[] =>
        events.flatMap((event) => (event.type === "step" && event.epoch > 0 ? [event.loss] : []));
      assert.equal(losses(rest.events), losses(whole.events));
      assert.is(await weightsSha256(network), await weightsSha256(whole.network));
    },
  );
}

test("the same seed gives the same weights, and any number of threads", async () => {
  const hashes = [];
  for (const threads of [1, 2, 3]) {
    const backend = await wasmBackend({ threads });
    try {
      hashes.push(await weightsSha256((await run(backend)).network));
    } finally {
      await backend.dispose();
    }
  }
  assert.is(new Set(hashes).size, 1, hashes.join("\n"));
});

test(
  "every step draws masks of its own, the same with the same seed, and others with " + "another",
  async () => {
    const masks = async (seed: number): Promise<string[]> => {
      const network = new Sequential({
        flatten: new Flatten(),
        affine: new Affine({ inFeatures: 784, outFeatures: 40 }),
        dropout: new Dropout({ probability: 0.5 }),
        head: new Affine({ inFeatures: 40, outFeatures: 10 }),
      });
      initialise(network, new Random(0));
      const seen: string[] = [];
      const watched = new Proxy(network, {
        get: (target, key) =>
          key === "forward"
            ? (...[x, pass]: Parameters<Sequential["forward"]>) =>
                target.forward(x, {
                  ...pass,
                  observe: (name, out) =>
                    pass.mode === "train" &&
                    name === "dropout" &&
                    seen.push(
                      Array.from(out.data.subarray(0, 400), (entry) => Number(entry !== 0)).join(
                        "",
                      ),
                    ),
                })
            : (Reflect.get(target, key, target) as unknown),
      });
      const optimizer = buildOptimizer(recipe.optimizer, network.parameters);
      for await (const event of train({
        recipe,
        network: watched,
        ...small,
        backend: reference,
        random: new Random(seed),
        epochs: 2,
        from: { epoch: 0, optimizer },
      }))
        void event;
      return seen;
    };
    const first = await masks(1);
    assert.is(first.length, 8);
    assert.is(new Set([...first, ...(await masks(2))]).size, 16);
    assert.equal(await masks(1), first);
  },
);

test("parameters inside a block are saved and loaded under the block's name", async () => {
  const [from, to] = [blocks(reference), blocks(reference)];
  initialise(from, new Random("from"));
  initialise(to, new Random("to"));
  const { tensors } = decodeSafetensors(
    encodeSafetensors({ tensors: networkWeights(from), metadata: {} }),
    "blocks.safetensors",
  );
  assert.equal(
    [...tensors.keys()],
    [
      "conv.weight",
      "conv.bias",
      "block1.conv1.weight",
      "block1.conv1.bias",
      "block1.conv2.weight",
      "block1.conv2.bias",
      "block2.conv1.weight",
      "block2.conv1.bias",
      "block2.conv2.weight",
      "block2.conv2.bias",
      "block2.projection.weight",
      "affine1.weight",
      "affine1.bias",
      "affine2.weight",
      "affine2.bias",
    ],
  );
  loadWeights(to, tensors, "blocks.safetensors");
  assert.is(await weightsSha256(to), await weightsSha256(from));
  const missing = new Map(tensors);
  missing.delete("block2.projection.weight");
  await assertRejects(
    () => loadWeights(to, missing, "blocks.safetensors"),
    "blocks.safetensors: expected the weights of this network, got no block2.projection.weight",
  );
});

test("every parameter inside a block starts from its own numbers; zeroGrad reaches it", () => {
  const network = blocks(reference);
  initialise(network, new Random(3));
  const value = (name: string): Tensor =>
    network.parameters.find((candidate) => candidate.name === name)!.parameter.value;
  for (const { name, parameter } of network.parameters)
    assert.ok(
      parameter.value.data.some((entry) => entry !== 0),
      `${name} is 0`,
    );
  assert.is.not(
    String(value("block1.conv1.weight").data),
    String(value("block1.conv2.weight").data),
  );
  for (const { parameter } of network.parameters) parameter.grad.data.fill(1);
  network.zeroGrad();
  for (const { name, parameter } of network.parameters)
    assert.ok(
      parameter.grad.data.every((entry) => entry === 0),
      name,
    );
});

test("a loss that is not finite is blamed on the layer inside the block", async () => {
  const spoil = async (parameter: string): Promise<void> => {
    const network = blocks(reference);
    initialise(network, new Random(1));
    network.parameters.find(({ name }) => name === parameter)!.parameter.value.data[0] = Infinity;
    const optimizer = buildOptimizer(recipe.optimizer, network.parameters);
    await run(reference, { start: { network, from: { epoch: 0, optimizer } } });
  };
  await assertRejects(
    () => spoil("block1.conv2.weight"),
    "expected a finite loss",
    "epoch 0, step 1",
    "the first layer whose output is not finite is block1.conv2;",
  );
  await assertRejects(() => spoil("block2.projection.weight"), "is block2.projection;");
});

test(
  "a loss that only a mask spoils is blamed on the dropout: the step is run once more as it " +
    "was",
  async () => {
    const network = new Sequential({
      pool: new GlobalAveragePool2d(),
      flatten: new Flatten(),
      affine: new Affine({ inFeatures: 1, outFeatures: 10 }),
      dropout: new Dropout({ probability: 0.9 }),
    });
    // finite, and ten times that is not
    network.parameters.find(({ name }) => name === "affine.bias")!.parameter.value.data.fill(2e38);
    const optimizer = buildOptimizer(recipe.optimizer, network.parameters);
    await assertRejects(
      () => run(reference, { start: { network, from: { epoch: 0, optimizer } } }),
      "epoch 0, step 1",
      "the first layer whose output is not finite is dropout;",
    );
  },
);

test("the backend is given back", () => wasm.dispose());

test.run();
