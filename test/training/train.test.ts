import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadMnist, makeBatch, type Dataset } from "leibniz/data";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { initialise, type Sequential, weightsSha256 } from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import { Adam, decodeCheckpoint, encodeCheckpoint, evaluate, findRecipe, type Optimizer, type Recipe, train, type TrainingEvent } from "leibniz/training";
import { assertRejects } from "../helpers/assert-close.js";

const mnist = await loadMnist();

/** The first images of a data set. */
function first(dataset: Dataset, count: number): Dataset {
  const { height, width, pixels } = dataset.images;
  return { images: { count, height, width, pixels: pixels.subarray(0, count * height * width) }, labels: dataset.labels.subarray(0, count) };
}

const small = { train: first(mnist.train, 200), test: first(mnist.test, 50) };

interface Run {
  readonly network: Sequential;
  readonly events: TrainingEvent[];
}

async function run(recipe: Recipe, backend: Backend, { seed = 1, epochs = 2, network = recipe.network(backend), data = small, from }: { seed?: number; epochs?: number; network?: Sequential; data?: typeof small; from?: { epoch: number; optimizer: Optimizer } } = {}): Promise<Run> {
  const random = new Random(seed);
  if (from === undefined) initialise(network, random.split("initial weights"));
  const events: TrainingEvent[] = [];
  for await (const event of train({ recipe, network, ...data, backend, random, epochs, ...(from === undefined ? {} : { from }) })) events.push(event);
  return { network, events };
}

const wasm = await wasmBackend({ threads: 1 });
const recipe = findRecipe("default");

test("events come in order: a step for each batch, then the evaluation, then the epoch", async () => {
  const { events } = await run(recipe, wasm);
  assert.equal(events.map(({ type }) => type), [0, 1].flatMap(() => [...new Array<string>(7).fill("step"), "evaluating", "epoch"]));
  const steps = events.flatMap((event) => (event.type === "step" ? [event] : []));
  assert.equal(steps.slice(0, 7).map(({ epoch, step, steps: all, images }) => [epoch, step, all, images]), [32, 64, 96, 128, 160, 192, 200].map((images, i) => [0, i + 1, 7, images]));
  assert.ok(Math.abs(steps[0]!.loss - Math.log(10)) < 0.1, "before it has learned anything, the loss is that of a guess among ten");
  const epoch = events.find((event) => event.type === "epoch")!;
  assert.ok(epoch.type === "epoch" && epoch.result.trainLoss === steps[6]!.meanLoss && epoch.result.trainAccuracy === steps[6]!.meanAccuracy);
});

test("the loss of an epoch is the mean over its steps, the test loss that of evaluate", async () => {
  const { events, network } = await run(recipe, wasm, { epochs: 1 });
  const losses = events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
  const last = events.at(-1)!;
  if (last.type !== "epoch") throw new Error("expected an epoch");
  assert.ok(Math.abs(last.result.trainLoss - losses.reduce((sum, loss) => sum + loss, 0) / 7) < 1e-12);
  const again = await evaluate({ network, dataset: small.test, backend: wasm, batchSize: 256 });
  assert.equal([last.result.testLoss, last.result.testAccuracy], [again.loss, again.accuracy]);
});

test("32 images are learned by heart", async () => {
  const data = { train: first(mnist.train, 32), test: first(mnist.train, 32) };
  const { events } = await run(recipe, wasm, { epochs: 60, data });
  const last = events.at(-1)!;
  assert.ok(last.type === "epoch" && last.result.testAccuracy === 1, "accuracy 1 on what it has seen");
});

test("the same seed gives the same weights, another seed others", async () => {
  const hash = async (seed: number): Promise<string> => weightsSha256((await run(recipe, wasm, { seed, epochs: 1 })).network);
  assert.is(await hash(1), await hash(1));
  assert.is.not(await hash(2), await hash(1));
});

for (const name of ["default", "notebook"]) {
  test(`${name}: going on from a checkpoint is as if nothing had happened, to the bit`, async () => {
    const chosen = findRecipe(name);
    const whole = await run(chosen, wasm, { epochs: 3 });
    const part = await run(chosen, wasm, { epochs: 1 });
    const epoch = part.events.at(-1)!;
    if (epoch.type !== "epoch") throw new Error("expected an epoch");
    const bytes = encodeCheckpoint(part.network, epoch.optimizer, { epochs: 1, recipe: name, seed: 1 });
    const checkpoint = decodeCheckpoint(bytes, "checkpoint");
    assert.equal(checkpoint.info, { epochs: 1, recipe: name, seed: 1 });
    const network = chosen.network(wasm);
    const optimizer = chosen.optimizer(network, wasm);
    checkpoint.restore(network, optimizer);
    await run(chosen, wasm, { epochs: 3, network, from: { epoch: 1, optimizer } });
    assert.is(await weightsSha256(network), await weightsSha256(whole.network));
  });
}

test("any number of threads gives the same weights, to the bit", async () => {
  const hashes = [];
  for (const threads of [1, 2, 3]) {
    const backend = await wasmBackend({ threads });
    hashes.push(await weightsSha256((await run(recipe, backend, { epochs: 2 })).network));
    await backend.dispose();
  }
  assert.is(new Set(hashes).size, 1, hashes.join("\n"));
});

test("a loss that is not finite stops the training and names epoch, step and layer", async () => {
  const spoil = async (parameter: string, value: number): Promise<void> => {
    const network = recipe.network(reference);
    initialise(network, new Random(1));
    network.parameters.find(({ name }) => name === parameter)!.parameter.value.data[0] = value;
    const optimizer = new Adam(network.parameters);
    for await (const event of train({ recipe, network, ...small, backend: reference, random: new Random(1), epochs: 1, from: { epoch: 0, optimizer } })) void event;
  };
  await assertRejects(() => spoil("conv2.bias", NaN), "expected a finite loss, got NaN in epoch 0, step 1", "the first layer whose output is not finite is conv2");
  await assertRejects(() => spoil("affine1.weight", Infinity), "epoch 0, step 1", "is affine1");
});

test("evaluate: batches as they come, logits in order, and nothing is changed", async () => {
  const network = recipe.network(reference);
  initialise(network, new Random(1));
  const before = await weightsSha256(network);
  const seen: [number, number][] = [];
  const logits: Tensor[] = [];
  const result = await evaluate({ network, dataset: small.test, backend: reference, batchSize: 16, onBatch: (batch, done) => (seen.push([batch.shape[0]!, done]), logits.push(batch)) });
  assert.equal(seen, [[16, 16], [16, 32], [16, 48], [2, 50]]);
  assert.is(result.accuracy, result.correct / 50);
  const { x } = makeBatch(small.test, [48, 49]);
  assert.equal(logits[3]!.toNested(), (await network.forward(x, { backend: reference, training: false })).toNested());
  assert.is(await weightsSha256(network), before);
});

test("a checkpoint that is none, or of another optimizer, is refused", async () => {
  const network = recipe.network(reference);
  const bytes = encodeCheckpoint(network, new Adam(network.parameters), { epochs: 1, recipe: "default", seed: 0 });
  await assertRejects(() => decodeCheckpoint(bytes.slice(0, 100), "c"), "c:", "cut short");
  const text = new TextDecoder("latin1").decode(bytes);
  const edited = (from: string, to: string): Uint8Array => Uint8Array.from(text.replace(from, to), (character) => character.charCodeAt(0));
  await assertRejects(() => decodeCheckpoint(edited("leibniz checkpoint 1", "leibniz checkpoint 9"), "c"), "a leibniz checkpoint");
  await assertRejects(() => decodeCheckpoint(edited('"epochs":"1"', '"epochs":"x"'), "c"), "epochs");
  await assertRejects(() => decodeCheckpoint(edited('"optimizer":"adam"', '"optimizer":"atom"'), "c").restore(network, new Adam(network.parameters)), "the state of adam", "atom");
});

test.run();
