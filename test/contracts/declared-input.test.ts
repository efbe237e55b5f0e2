/** An input that was declared is compared with what a network is given. */
import { affine, conv2d, flatten, globalAveragePool2d, type Sequential } from "leibniz/network";
import { InputError, Random } from "leibniz/tensor";
import { evaluate, measure, train } from "leibniz/training";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertRejects } from "../helpers/assert-close.js";
import {
  backend,
  data,
  engine,
  events,
  fitWith,
  goal,
  images,
  layers,
  loss,
  network,
  right,
  target,
  turned,
} from "../helpers/front-door.js";

const test = suite("declared input");

test("images of another shape than the declared input are refused, though they fit", async () => {
  const message =
    "network: expected x of shape [N, 3, 4, 5], the network's declared input, got [3, 3, 5, 4]; " +
    "its axes are in another order";
  const evaluating = { network: network(), dataset: data, backend, batchSize: 3 };
  const pass = { backend, mode: "train" } as const;
  const three = turned.slice([0, 3]);
  for (const run of [
    () => fitWith({ data }),
    () => fitWith({ data, freeze: ["conv"] }),
    () => fitWith({ data: right.map((batch) => ({ ...batch, x: three })) }),
    () => evaluate(evaluating),
    () => measure(network(), { backend, data, loss, batchSize: 3 }),
    () => engine.predict(network(), three),
    () => engine.step(async () => (await network().forward(three, pass)).out),
  ])
    await assertRejects(run, message);
  await assertRejects(
    () => engine.predict(network(), images(3, 4, 5)),
    "got [3, 4, 5]; a single example needs an axis for the batch: x.reshape([1, 3, 4, 5])",
  );
  const square = engine.network(layers, { input: [3, 4, 4] });
  await assertRejects(
    () => engine.predict(square, turned),
    "expected x of shape [N, 3, 4, 4], the network's declared input, got [6, 3, 5, 4]",
  );
});

test("train compares the images with the declared input, too", async () => {
  const options = { outChannels: 2, inChannels: 1, kernelSize: 3 };
  const gray = { ...layers, conv: conv2d(options) };
  const network = engine.network(gray, { input: [1, 4, 5] });
  const pixels = Uint8Array.from({ length: 6 * 20 }, (_, p) => 2 * p);
  const set = {
    images: { count: 6, height: 5, width: 4, pixels },
    labels: Uint8Array.from(target),
  };
  const options_ = { network, train: set, test: set, backend, random: new Random(0), epochs: 1 };
  await assertRejects(
    () => events(train({ recipe: goal, ...options_ })),
    "train: validation: network: expected x of shape [N, 1, 4, 5], the network's declared input",
  );
});

test("images of another shape to validate with are refused before the first step", async () => {
  const pixels = Uint8Array.from({ length: 6 * 60 }, (_, p) => p % 256);
  const validation = {
    images: { count: 6, channels: 3, height: 5, width: 4, pixels },
    labels: Uint8Array.from(target),
  } as const;
  let steps = 0;
  const training = async (): Promise<void> => {
    for await (const _ of engine.fit(network(), { data: right, validation, ...goal })) steps++;
  };
  await assertRejects(training, "fit: validation: network: expected x of shape [N, 3, 4, 5]");
  assert.is(steps, 0);
});

test("a data set that may draw is asked as often with a declared input as without", async () => {
  const asked = async (net: Sequential): Promise<number> => {
    let count = 0;
    const validation = right.map((batch) => {
      count++;
      return batch;
    });
    await events(engine.fit(net, { data: right, validation, ...goal }));
    return count;
  };
  const times = await asked(network());
  assert.ok(times > 0);
  const free = engine.network({
    ...layers,
    conv: conv2d({ inChannels: 3, outChannels: 2, kernelSize: 3 }),
    classes: affine({ inFeatures: 2, outFeatures: 2 }),
  });
  assert.is(await asked(free), times);
});

test("a network without a declared input takes what its layers take", async () => {
  const free = engine.network({
    conv: conv2d({ inChannels: 3, outChannels: 2, kernelSize: 3 }),
    pool: globalAveragePool2d(),
    flatten: flatten(),
    classes: affine({ inFeatures: 2, outFeatures: 2 }),
  });
  assert.ok((await events(engine.fit(free, { data, ...goal }))) > 0);
  assert.equal((await engine.predict(free, images(1, 3, 9, 7))).shape, [1, 2]);
});

test("who has stopped a training beforehand is not asked for examples", async () => {
  const stop = new AbortController();
  stop.abort(new InputError("enough"));
  const validation = right.map(() => {
    throw new Error("asked");
  });
  await assertRejects(() => fitWith({ validation, stop: stop.signal }), "enough");
});

test.run();
