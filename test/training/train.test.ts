import { test } from "uvu";
import * as assert from "uvu/assert";
import { meanSquaredError } from "leibniz/backprop";
import { elastic, erasing, makeBatch, type LabelledImages, rotation, shift } from "leibniz/data";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import {
  affine,
  batchNorm1d,
  batchNorm2d,
  conv2d,
  flatten,
  initialise,
  maxPool2d,
  relu,
  type Sequential,
  weightsSha256,
} from "leibniz/network";
import { Random, type Tensor } from "leibniz/tensor";
import {
  Adam,
  adamW,
  buildOptimizer,
  decodeCheckpoint,
  encodeCheckpoint,
  evaluate,
  findRecipe,
  oneCycle,
  type Optimizer,
  type OptimizerDescription,
  type Recipe,
  recipeNetwork,
  recipes,
  sgd,
  stepDecay,
  train,
  type Training,
  type TrainingEvent,
  warmUp,
} from "leibniz/training";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
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

/** Two whole batches of the recipe `default`, and one that is cut short. */
const small = { train: first(mnist.train, 72), test: first(mnist.test, 20) };

interface Run {
  readonly network: Sequential;
  readonly events: TrainingEvent[];
}

/** A recipe, or one with functions in place of descriptions. */
type Choice = Training & Pick<Recipe, "network">;

async function run(
  recipe: Choice,
  backend: Backend,
  {
    seed = 1,
    epochs = 2,
    network = recipeNetwork(recipe, backend),
    data = small,
    from,
  }: {
    seed?: number;
    epochs?: number;
    network?: Sequential;
    data?: typeof small;
    from?: { epoch: number; optimizer: Optimizer };
  } = {},
): Promise<Run> {
  const random = new Random(seed);
  if (from === undefined) initialise(network, random.split("initial weights"));
  const events: TrainingEvent[] = [];
  for await (const event of train({
    recipe,
    network,
    ...data,
    backend,
    random,
    epochs,
    ...(from === undefined ? {} : { from }),
  }))
    events.push(event);
  return { network, events };
}

const wasm = await wasmBackend({ threads: 1 });
const recipe = findRecipe("default");

test("events come in order: a step for each batch, the evaluation, then the epoch", async () => {
  const { events } = await run(recipe, wasm);
  assert.equal(
    events.map(({ type }) => type),
    [0, 1].flatMap(() => ["step", "step", "step", "evaluating", "epoch"]),
  );
  const steps = events.flatMap((event) => (event.type === "step" ? [event] : []));
  assert.equal(
    steps.slice(0, 3).map(({ epoch, step, steps: all, images }) => [epoch, step, all, images]),
    [32, 64, 72].map((images, i) => [0, i + 1, 3, images]),
  );
  assert.ok(
    Math.abs(steps[0]!.loss - Math.log(10)) < 0.1,
    "before it has learned anything, the loss is that of a guess among ten",
  );
  const epoch = events.find((event) => event.type === "epoch")!;
  assert.ok(
    epoch.type === "epoch" &&
      epoch.result.trainLoss === steps[2]!.meanLoss &&
      epoch.result.trainAccuracy === steps[2]!.meanAccuracy,
  );
});

test("an epoch's loss is the mean over its images, the test loss that of evaluate", async () => {
  const { events, network } = await run(recipe, wasm, { epochs: 1 });
  const losses = events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
  const last = events.at(-1)!;
  if (last.type !== "epoch") throw new Error("expected an epoch");
  let [total, images] = [0, 0];
  for (const event of events) {
    if (event.type !== "step") continue;
    total += event.loss * (event.images - images);
    images = event.images;
    assert.ok(Math.abs(event.meanLoss - total / images) < 1e-12, `step ${event.step}`);
    assert.ok(event.imagesPerSecond > 0 && Number.isFinite(event.imagesPerSecond));
  }
  const whole = losses.slice(0, 2).reduce((sum, loss) => sum + 32 * loss, 0);
  assert.ok(Math.abs(last.result.trainLoss - (whole + 8 * losses[2]!) / 72) < 1e-12);
  const again = await evaluate({ network, dataset: small.test, backend: wasm, batchSize: 256 });
  assert.equal([last.result.testLoss, last.result.testAccuracy], [again.loss, again.accuracy]);
});

test("the notebook recipe alone has the notes' mean of batch means", async () => {
  const means = async (name: string): Promise<number[]> => {
    const chosen: Recipe = { ...findRecipe(name), batchSize: 32, shuffle: false };
    const { events, network } = await run(chosen, wasm, { epochs: 1 });
    const losses = events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
    const last = events.at(-1)!;
    if (last.type !== "epoch") throw new Error("expected an epoch");
    assert.is(losses.length, 3);
    const ofBatches = losses.reduce((sum, loss) => sum + loss, 0) / 3;
    const ofImages = losses.slice(0, 2).reduce((sum, loss) => sum + 32 * loss, 8 * losses[2]!) / 72;
    assert.ok(Math.abs(ofBatches - ofImages) > 1e-4);
    network.dispose();
    return [last.result.trainLoss - ofBatches, last.result.trainLoss - ofImages].map(Math.abs);
  };
  assert.ok((await means("notebook"))[0]! < 1e-12);
  for (const name of ["default", "tuned"]) assert.ok((await means(name))[1]! < 1e-12, name);
});

test("a recipe may have another loss: here the classes as a regression", async () => {
  const chosen: Recipe = { ...recipe, loss: meanSquaredError() };
  const data = { train: first(mnist.train, 200), test: first(mnist.test, 50) };
  const { events } = await run(chosen, wasm, { epochs: 3, data });
  const losses = events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
  // outputs near 0, of which one in ten should be 1
  assert.ok(Math.abs(losses[0]! - 0.1) < 0.02, String(losses[0]));
  const last = events.at(-1)!;
  assert.ok(last.type === "epoch" && last.result.testLoss < 0.09 && last.result.testAccuracy > 0.3);
});

test("32 images are learned by heart", async () => {
  const data = { train: first(mnist.train, 32), test: first(mnist.train, 32) };
  const { events } = await run(recipe, wasm, { epochs: 60, data });
  const last = events.at(-1)!;
  assert.ok(
    last.type === "epoch" && last.result.testAccuracy === 1,
    "accuracy 1 on what it has seen",
  );
});

test("the same seed gives the same weights, another seed others", async () => {
  const hash = async (seed: number): Promise<string> =>
    weightsSha256((await run(recipe, wasm, { seed, epochs: 1 })).network);
  const one = await hash(1);
  assert.is(await hash(1), one);
  assert.is.not(await hash(2), one);
});

/** All that may change from step to step. */
const scheduled: Recipe = {
  ...recipe,
  name: "scheduled",
  optimizer: adamW({ learningRate: 3e-3 }),
  schedule: warmUp(3, oneCycle()),
  clipNorm: 0.5,
};

/** Images that are another each time they are seen. */
const augmented: Recipe = {
  ...recipe,
  name: "augmented",
  augment: [
    shift({ pixels: 2 }),
    rotation({ degrees: 10 }),
    elastic({ strength: 20, smoothness: 3 }),
    erasing({ probability: 0.5, area: [0.02, 0.1] }),
  ],
};

for (const original of [...recipes, scheduled, augmented]) {
  const chosen = { ...original, batchSize: 32 }; // three steps an epoch
  test(
    `${chosen.name}: going on from a checkpoint is as if nothing had happened, to the ` + `bit`,
    async () => {
      const whole = recipeNetwork(chosen, wasm);
      const random = new Random(1);
      initialise(whole, random.split("initial weights"));
      const events: TrainingEvent[] = [];
      let bytes: Uint8Array | null = null;
      for await (const event of train({
        recipe: chosen,
        network: whole,
        ...small,
        backend: wasm,
        random,
        epochs: 3,
      })) {
        events.push(event);
        if (event.type === "epoch")
          bytes ??= encodeCheckpoint(whole, event.optimizer, {
            epochs: 1,
            recipe: chosen.name,
            seed: 1,
          });
      }
      const checkpoint = decodeCheckpoint(bytes!, "checkpoint");
      assert.equal(checkpoint.info, { epochs: 1, recipe: chosen.name, seed: 1 });
      const network = recipeNetwork(chosen, wasm);
      const optimizer = buildOptimizer(chosen.optimizer, network.parameters);
      checkpoint.restore(network, optimizer);
      const rest = await run(chosen, wasm, { epochs: 3, network, from: { epoch: 1, optimizer } });
      assert.is(await weightsSha256(network), await weightsSha256(whole));
      const rates = (events: readonly TrainingEvent[]): number[] =>
        events.flatMap((event) => (event.type === "step" ? [event.learningRate] : []));
      const done = rates(events).length / 3;
      assert.equal(rates(rest.events), rates(events).slice(done));
    },
  );
}

/**
 * The default recipe with a network that keeps running statistics. No biases in front of them:
 * their gradients are rounding errors, of which Adam makes whole steps.
 */
const normalised: Recipe = {
  ...recipe,
  network: {
    input: [1, 28, 28],
    layers: {
      conv1: conv2d({ outChannels: 6, kernelSize: [3, 5], stride: 2, bias: false }), // → 6×13×12
      bn1: batchNorm2d(),
      relu1: relu(),
      pool1: maxPool2d({ kernelSize: [2, 3] }), // → 6×6×4
      flatten: flatten(),
      affine1: affine({ outFeatures: 20, bias: false }),
      bn2: batchNorm1d(),
      relu2: relu(),
      affine2: affine({ outFeatures: 10 }),
    },
  },
};

test(
  "with batch normalisation: going on from a checkpoint is as if nothing had happened, " +
    "and so is evaluating",
  async () => {
    const whole = await run(normalised, wasm, { epochs: 3 });
    const part = await run(normalised, wasm, { epochs: 1 });
    const epoch = part.events.at(-1)!;
    if (epoch.type !== "epoch") throw new Error("expected an epoch");
    const network = recipeNetwork(normalised, wasm);
    const optimizer = buildOptimizer(normalised.optimizer, network.parameters);
    decodeCheckpoint(
      encodeCheckpoint(part.network, epoch.optimizer, { epochs: 1, recipe: "default", seed: 1 }),
      "checkpoint",
    ).restore(network, optimizer);
    const { loss, accuracy } = await evaluate({
      network,
      dataset: small.test,
      backend: wasm,
      batchSize: 256,
    });
    assert.equal([loss, accuracy], [epoch.result.testLoss, epoch.result.testAccuracy]);
    const inSmallBatches = await evaluate({
      network,
      dataset: small.test,
      backend: wasm,
      batchSize: 10,
    });
    assert.ok(
      Math.abs(inSmallBatches.loss - loss) < 1e-5,
      `in evaluation no image sees another: ${inSmallBatches.loss} and ${loss}`,
    );
    assert.is(
      await weightsSha256(network),
      await weightsSha256(part.network),
      "evaluating moved the running statistics",
    );
    await run(normalised, wasm, { epochs: 3, network, from: { epoch: 1, optimizer } });
    assert.is(await weightsSha256(network), await weightsSha256(whole.network));
  },
);

test(
  "with batch normalisation: another backend trains to the same losses and running " + "statistics",
  async () => {
    const data = { train: first(mnist.train, 96), test: first(mnist.test, 20) };
    // Adam would divide gradients that are rounding errors by their own size.
    const chosen: Recipe = {
      ...normalised,
      optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    };
    const [fast, plain] = [
      await run(chosen, wasm, { epochs: 1, data }),
      await run(chosen, reference, { epochs: 1, data }),
    ];
    const losses = ({ events }: Run): number[] =>
      events.flatMap((event) =>
        event.type === "step"
          ? [event.loss]
          : event.type === "epoch"
            ? [event.result.testLoss]
            : [],
      );
    assert.is(losses(fast).length, 4);
    losses(fast).forEach((loss, i) =>
      assert.ok(
        Math.abs(loss - losses(plain)[i]!) < 1e-5,
        `loss ${i}: ${loss} and ${losses(plain)[i]}`,
      ),
    );
    assert.is(losses(fast).length, 4);
    losses(fast).forEach((loss, i) =>
      assert.ok(
        Math.abs(loss - losses(plain)[i]!) < 1e-5,
        `loss ${i}: ${loss} and ${losses(plain)[i]}`,
      ),
    );
    for (const [i, { name, buffer }] of fast.network.buffers.entries()) {
      assertClose(buffer.value, plain.network.buffers[i]!.buffer.value, {
        tolerance: 1e-5,
        what: name,
      });
      assert.ok(
        buffer.value.data.some((value) => Math.abs(value - buffer.start) > 1e-2),
        `${name} has not moved`,
      );
    }
  },
);

test(
  "a schedule is asked for every step of the whole training, " +
    "and its rate is what the step is taken with",
  async () => {
    const asked: [number, number][] = [];
    const first5 = (step: number, total: number): number => (
      asked.push([step, total]), step < 5 ? 1 / (step + 1) : 0
    );
    const network = recipeNetwork(recipe, wasm);
    initialise(network, new Random(1));
    const chosen: Training = {
      ...recipe,
      optimizer: sgd({ learningRate: 0.25 }),
      schedule: first5,
    };
    const [rates, hashes]: [number[], string[]] = [[], []];
    for await (const event of train({
      recipe: chosen,
      network,
      ...small,
      backend: wasm,
      random: new Random(1),
      epochs: 3,
    })) {
      if (event.type !== "step") continue;
      rates.push(event.learningRate);
      hashes.push(await weightsSha256(network));
    }
    assert.equal(
      asked,
      Array.from({ length: 9 }, (_, step) => [step, 9]),
    );
    assert.equal(
      rates,
      [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, ...new Array<number>(4).fill(0)].map(
        (factor) => factor * 0.25,
      ),
    );
    assert.is(new Set(hashes).size, 5, "the weights stay once the rate is 0");
  },
);

test("a schedule of the factor f is f times the rate, and none is the factor 1", async () => {
  const withRate = (learningRate: number): OptimizerDescription =>
    sgd({ learningRate, momentum: 0.5 });
  const hash = async (chosen: Choice): Promise<string> =>
    weightsSha256((await run(chosen, wasm, { epochs: 1 })).network);
  const plain = await hash({ ...recipe, optimizer: withRate(0.125) });
  assert.is(await hash({ ...recipe, optimizer: withRate(0.5), schedule: () => 0.25 }), plain);
  assert.is(
    await hash({ ...recipe, optimizer: withRate(0.125), schedule: stepDecay({ every: 100 }) }),
    plain,
  );
  assert.is.not(
    await hash({ ...recipe, optimizer: withRate(0.125), schedule: stepDecay({ every: 2 }) }),
    plain,
  );
});

test("with a bound on the gradient, no step is longer than rate times bound", async () => {
  const lengths = async (clipNorm?: number): Promise<number[]> => {
    const network = recipeNetwork(recipe, wasm);
    initialise(network, new Random(1));
    const chosen: Recipe = {
      ...recipe,
      optimizer: sgd({ learningRate: 0.5 }),
      ...(clipNorm === undefined ? {} : { clipNorm }),
    };
    const weights = (): Float64Array[] =>
      network.parameters.map(({ parameter }) => Float64Array.from(parameter.value.data));
    let before = weights();
    const found: number[] = [];
    for await (const { type } of train({
      recipe: chosen,
      network,
      ...small,
      backend: wasm,
      random: new Random(1),
      epochs: 1,
    })) {
      if (type !== "step") continue;
      const after = weights();
      const squares = after.map((weight, k) =>
        weight.reduce((sum, w, i) => sum + (w - before[k]![i]!) ** 2, 0),
      );
      found.push(Math.sqrt(squares.reduce((sum, square) => sum + square)));
      before = after;
    }
    return found;
  };
  const free = await lengths();
  const bound = 0.05;
  assert.ok(free[0]! > 2 * 0.5 * bound, String(free));
  const clipped = await lengths(bound);
  clipped.forEach((length, step) =>
    assert.ok(length <= 0.5 * bound * (1 + 1e-4), `step ${step}: ${length}`),
  );
  assert.ok(Math.abs(clipped[0]! - 0.5 * bound) < 1e-6, String(clipped[0]));
  assert.equal(await lengths(1e9), free);
});

test("any number of threads gives the same weights, to the bit", async () => {
  const hashes = [];
  const data = { train: first(mnist.train, 256), test: first(mnist.test, 10) };
  for (const threads of [1, 2, 3]) {
    const backend = await wasmBackend({ threads });
    try {
      assert.is(backend.threads, threads);
      const { network, events } = await run({ ...recipe, batchSize: 64 }, backend, {
        epochs: 1,
        data,
      });
      assert.is(events.filter(({ type }) => type === "step").length, 4);
      hashes.push(await weightsSha256(network));
    } finally {
      await backend.dispose();
    }
  }
  assert.is(new Set(hashes).size, 1, hashes.join("\n"));
});

test("a loss that is not finite stops the training and names epoch, step and layer", async () => {
  const spoil = async (parameter: string, value: number): Promise<void> => {
    const network = recipeNetwork(recipe, reference);
    initialise(network, new Random(1));
    network.parameters.find(({ name }) => name === parameter)!.parameter.value.data[0] = value;
    const optimizer = new Adam(network.parameters);
    for await (const event of train({
      recipe,
      network,
      ...small,
      backend: reference,
      random: new Random(1),
      epochs: 1,
      from: { epoch: 0, optimizer },
    }))
      void event;
  };
  await assertRejects(
    () => spoil("conv2.bias", NaN),
    "expected a finite loss, got NaN in epoch 0, step 1",
    "the first layer whose output is not finite is conv2",
  );
  await assertRejects(() => spoil("affine1.weight", Infinity), "epoch 0, step 1", "is affine1");
});

test("it says where the loss stopped being finite, and takes that step no more", async () => {
  const network = recipeNetwork(recipe, wasm);
  initialise(network, new Random(1));
  const { value } = network.parameters.find(({ name }) => name === "affine2.bias")!.parameter;
  let [steps, spoiled] = [0, ""];
  const training = async (): Promise<void> => {
    for await (const event of train({
      recipe,
      network,
      ...small,
      backend: wasm,
      random: new Random(1),
      epochs: 3,
    })) {
      if (event.type !== "step") continue;
      steps++;
      if (event.epoch !== 1 || event.step !== 1) continue;
      value.data[4] = -Infinity;
      spoiled = await weightsSha256(network);
    }
  };
  await assertRejects(
    training,
    "train: expected a finite loss, got Infinity in epoch 1, step 2;",
    "is affine2",
    "lower the learning rate",
  );
  assert.is(steps, 3 + 1);
  assert.is(await weightsSha256(network), spoiled);
});

test("images with fewer bytes than pixels are refused before the first step", async () => {
  const { images, labels } = first(mnist.train, 96);
  const cut: LabelledImages = {
    images: { ...images, pixels: images.pixels.subarray(0, 64 * 784 + 5) },
    labels,
  };
  const network = recipeNetwork(recipe, reference);
  initialise(network, new Random(1));
  let steps = 0;
  const training = async (): Promise<void> => {
    for await (const { type } of train({
      recipe: { ...recipe, shuffle: false },
      network,
      train: cut,
      test: small.test,
      backend: reference,
      random: new Random(1),
      epochs: 1,
    }))
      if (type === "step") steps++;
  };
  await assertRejects(
    training,
    "train: expected 75264 bytes of pixels, 96 · 1 · 28 · 28, got 50181",
  );
  assert.is(steps, 0);
});

test(
  "a last step that spoils the weights is found out on the test images, " +
    "and the epoch does not count",
  async () => {
    const wild: Recipe = {
      ...recipe,
      batchSize: 72,
      optimizer: sgd({ learningRate: 1e30 }),
    };
    const network = recipeNetwork(wild, reference);
    initialise(network, new Random(1));
    const types: string[] = [];
    const training = async (): Promise<void> => {
      for await (const { type } of train({
        recipe: wild,
        network,
        ...small,
        backend: reference,
        random: new Random(1),
        epochs: 2,
      }))
        types.push(type);
    };
    await assertRejects(
      training,
      "train: expected a finite test loss, got NaN after epoch 0;",
      "lower the learning rate",
    );
    assert.equal(types, ["step", "evaluating"]);
  },
);

test("a loss can overflow although every layer's output is finite", async () => {
  const network = recipeNetwork(recipe, reference);
  initialise(network, new Random(1));
  const { value } = network.parameters.find(({ name }) => name === "affine2.bias")!.parameter;
  value.data.fill(3e38);
  value.data[small.train.labels[0]!] = -3e38;
  const data = { train: first(small.train, 1), test: small.test };
  const training = async (): Promise<void> => {
    for await (const event of train({
      recipe,
      network,
      ...data,
      backend: reference,
      random: new Random(1),
      epochs: 1,
    }))
      void event;
  };
  await assertRejects(
    training,
    "got Infinity in epoch 0, step 1",
    "every layer's output is finite, the loss itself is not",
  );
});

/**
 * With this recipe the weights stay as they are and every batch is one image, so each step's loss
 * tells which image it was.
 */
const still: Recipe = {
  ...recipe,
  batchSize: 1,
  optimizer: sgd({ learningRate: 0 }),
};
const twenty = { train: first(mnist.train, 20), test: first(mnist.test, 3) };

/** The images that each epoch used, in order. */
async function imagesSeen(chosen: Recipe, seed: number, subset?: Uint32Array): Promise<number[][]> {
  const network = recipeNetwork(chosen, wasm);
  initialise(network, new Random(0));
  const lossOfImage: number[] = [];
  for (let n = 0; n < 20; n++) {
    const { images, labels } = twenty.train;
    const one = {
      images: { ...images, count: 1, pixels: images.pixels.subarray(n * 784, (n + 1) * 784) },
      labels: labels.subarray(n, n + 1),
    };
    lossOfImage.push((await evaluate({ network, dataset: one, backend: wasm, batchSize: 1 })).loss);
  }
  assert.is(new Set(lossOfImage).size, 20);
  const seen: number[][] = [[], [], []];
  for await (const event of train({
    recipe: chosen,
    network,
    ...twenty,
    backend: wasm,
    random: new Random(seed),
    epochs: 3,
    ...(subset === undefined ? {} : { subset }),
  })) {
    if (event.type !== "step") continue;
    // a step's loss is float32, that of an evaluation float64
    const distances = lossOfImage.map((loss) => Math.abs(loss - event.loss));
    const nearest = Math.min(...distances);
    assert.ok(nearest < 1e-6, `${event.loss}, off by ${nearest}`);
    seen[event.epoch]!.push(distances.indexOf(nearest));
  }
  return seen;
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const all = Array.from({ length: 20 }, (_, i) => i);

test("a given subset is used in its order, epoch after epoch", async () => {
  const subset = Uint32Array.of(7, 3, 19, 0, 11);
  assert.equal(await imagesSeen({ ...still, shuffle: false }, 1, subset), [
    [...subset],
    [...subset],
    [...subset],
  ]);
});

test("a given subset is shuffled where the recipe says so", async () => {
  const epochs = await imagesSeen(still, 1, Uint32Array.of(7, 3, 19, 0, 11));
  for (const seen of epochs) assert.equal(sorted(seen), [0, 3, 7, 11, 19]);
  assert.is(new Set(epochs.map(String)).size, 3);
});

test("all images, shuffled: each once an epoch, in a new order each time", async () => {
  const epochs = await imagesSeen(still, 1);
  for (const seen of epochs) assert.equal(sorted(seen), all);
  assert.is(new Set([...epochs, ...(await imagesSeen(still, 2)), all].map(String)).size, 7);
  assert.equal(await imagesSeen(still, 1), epochs);
});

test("all images, not shuffled: in the file's order", async () => {
  assert.equal(await imagesSeen({ ...still, shuffle: false }, 1), [all, all, all]);
  assert.equal(await imagesSeen({ ...still, shuffle: false, images: 20 }, 1), [all, all, all]);
});

test("some images are drawn once, by the seed, and stay the same", async () => {
  const [drawn, ...later] = await imagesSeen({ ...still, shuffle: false, images: 6 }, 1);
  assert.is(new Set(drawn).size, 6);
  assert.equal(later, [drawn, drawn]);
  assert.equal((await imagesSeen({ ...still, shuffle: false, images: 6 }, 1))[0], drawn);
  assert.is.not(
    String((await imagesSeen({ ...still, shuffle: false, images: 6 }, 2))[0]),
    String(drawn),
  );
});

test("a step counts the images that were right before the update", async () => {
  const network = recipeNetwork(recipe, wasm);
  initialise(network, new Random(5));
  const guessed: number[] = [];
  const data = { train: first(mnist.train, 96), test: small.test };
  const recipe48: Recipe = { ...recipe, batchSize: 48, shuffle: false };
  const half = (from: number): LabelledImages => {
    const { images, labels } = data.train;
    return {
      images: {
        ...images,
        count: 48,
        pixels: images.pixels.subarray(from * 784, (from + 48) * 784),
      },
      labels: labels.subarray(from, from + 48),
    };
  };
  const judge = async (from: number): Promise<void> =>
    void guessed.push(
      (await evaluate({ network, dataset: half(from), backend: wasm, batchSize: 48 })).correct,
    );
  await judge(0);
  const accuracies: number[] = [];
  for await (const event of train({
    recipe: recipe48,
    network,
    ...data,
    backend: wasm,
    random: new Random(1),
    epochs: 1,
  })) {
    if (event.type !== "step") continue;
    accuracies.push(event.meanAccuracy);
    if (event.step === 1) await judge(48);
  }
  assert.equal(accuracies, [guessed[0]! / 48, (guessed[0]! + guessed[1]!) / 96]);
});

test("the notebook recipe renews its optimizer every epoch, the default one does not", async () => {
  const stepsAfterEpochs = async (name: string): Promise<number[]> => {
    const counted: number[] = [];
    const chosen: Recipe = { ...findRecipe(name), batchSize: 32 };
    const network = recipeNetwork(chosen, wasm);
    initialise(network, new Random(1));
    for await (const event of train({
      recipe: chosen,
      network,
      ...small,
      backend: wasm,
      random: new Random(1),
      epochs: 3,
    })) {
      if (event.type === "epoch") counted.push(event.optimizer.steps);
    }
    return counted;
  };
  assert.equal(await stepsAfterEpochs("default"), [3, 6, 9]);
  assert.equal(await stepsAfterEpochs("notebook"), [3, 3, 3]);
});

test("whoever stops in the middle of an epoch can go on with network and backend", async () => {
  const network = recipeNetwork(recipe, wasm);
  initialise(network, new Random(1));
  for (const stopAt of ["step", "evaluating", "epoch"] as const) {
    const before = await weightsSha256(network);
    let events = 0;
    for await (const { type } of train({
      recipe,
      network,
      ...small,
      backend: wasm,
      random: new Random(1),
      epochs: 2,
    })) {
      events++;
      if (type === stopAt) break;
    }
    assert.is(events, { step: 1, evaluating: 4, epoch: 5 }[stopAt]);
    assert.is.not(await weightsSha256(network), before);
  }
  const { loss } = await evaluate({ network, dataset: small.test, backend: wasm, batchSize: 32 });
  assert.ok(loss < Math.log(10), `${loss} after some training`);
});

test("nothing is left to do when the epochs are already done", async () => {
  const { network, events } = await run(recipe, wasm, { epochs: 1 });
  const before = await weightsSha256(network);
  const last = events.at(-1)!;
  if (last.type !== "epoch") throw new Error("expected an epoch");
  const rest = await run(recipe, wasm, {
    epochs: 1,
    network,
    from: { epoch: 1, optimizer: last.optimizer },
  });
  assert.equal(rest.events, []);
  assert.is(await weightsSha256(network), before);
});

test("evaluate: batches as they come, logits in order, and nothing is changed", async () => {
  const network = recipeNetwork(recipe, reference);
  initialise(network, new Random(1));
  const before = await weightsSha256(network);
  const seen: [number, number][] = [];
  const logits: Tensor[] = [];
  const result = await evaluate({
    network,
    dataset: small.test,
    backend: reference,
    batchSize: 6,
    onBatch: (batch, done) => (seen.push([batch.shape[0]!, done]), logits.push(batch)),
  });
  assert.equal(seen, [
    [6, 6],
    [6, 12],
    [6, 18],
    [2, 20],
  ]);
  assert.is(result.accuracy, result.correct / 20);
  const { x } = makeBatch(small.test, [18, 19]);
  assert.equal(
    logits[3]!.toNested(),
    (await network.forward(x, { backend: reference, mode: "evaluate" })).out.toNested(),
  );
  assert.is(await weightsSha256(network), before);
});

test("a checkpoint that is none, or of another optimizer, is refused", async () => {
  const network = recipeNetwork(recipe, reference);
  const bytes = encodeCheckpoint(network, new Adam(network.parameters), {
    epochs: 1,
    recipe: "default",
    seed: 0,
  });
  await assertRejects(() => decodeCheckpoint(bytes.slice(0, 100), "c"), "c:", "cut short");
  // of format 1, which has no digest that tells of any change at all
  const text = new TextDecoder("latin1").decode(bytes).replace("checkpoint 2", "checkpoint 1");
  const edited = (from: string, to: string): Uint8Array =>
    Buffer.from(text.replace(from, to), "latin1");
  await assertRejects(
    () => decodeCheckpoint(edited("leibniz checkpoint 1", "leibniz checkpoint 9"), "c"),
    "a leibniz checkpoint",
  );
  await assertRejects(
    () => decodeCheckpoint(edited('"epochs":"1"', '"epochs":"x"'), "c"),
    "epochs",
  );
  await assertRejects(
    () =>
      decodeCheckpoint(edited('"optimizer":"adam"', '"optimizer":"atom"'), "c").restore(
        network,
        new Adam(network.parameters),
      ),
    "the state of adam",
    "atom",
  );
});

test("the backend is given back", () => wasm.dispose());

test("a gradient that cannot be clipped is told with its place", async () => {
  const network = recipeNetwork(recipe, reference);
  initialise(network, new Random(1));
  const weight = network.parameters.find(({ name }) => name === "affine2.weight")!.parameter;
  const before = await weightsSha256(network);
  const accumulate = weight.accumulate.bind(weight);
  weight.accumulate = async (gradient, backend) => {
    await accumulate(gradient, backend);
    weight.grad.data[0] = Infinity;
  };
  const steps = train({
    recipe: { ...recipe, clipNorm: 1 },
    network,
    ...small,
    backend: reference,
    random: new Random(1),
    epochs: 1,
  });
  await assertRejects(
    () => steps.next(),
    "train: in epoch 0, step 1: clipGradients: expected finite gradients, got a norm of " +
      "Infinity in affine2.weight",
  );
  assert.is(await weightsSha256(network), before);
});

test.run();
