/** The front door: open, describe a network, fit, predict. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  accuracy,
  adam,
  affine,
  batchNorm1d,
  conv2d,
  Dataset,
  dropout,
  type Examples,
  flatten,
  type LayerDescriptions,
  type Loss,
  maxPool2d,
  meanSquaredError,
  open,
  type OpenOptions,
  Random,
  relu,
  saveNetwork,
  sgd,
  softmaxCrossEntropy,
  tanh,
  Tensor,
} from "leibniz";
import { buildLoss, Relu, weightedSum } from "leibniz/backprop";
import { describer, weightsSha256 } from "leibniz/network";
import { Adam } from "leibniz/training";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const xor = Dataset.from({
  x: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  target: [0, 1, 1, 0],
});
const layers: LayerDescriptions = {
  hidden: affine({ outFeatures: 8 }),
  tanh: tanh(),
  classes: affine({ outFeatures: 2 }),
};

const briefly = {
  data: xor,
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate: 0.01 }),
  epochs: 3,
  batchSize: 2,
};

test("XOR, from the front door to the answers, on each backend", async () => {
  for (const backend of ["wasm", "reference"] as const) {
    const engine = await open({ backend, seed: 1 });
    const network = engine.network(layers, { input: [2] });
    let last = Infinity;
    for await (const event of engine.fit(network, {
      data: xor,
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: 0.05 }),
      metrics: { accuracy },
      epochs: 150,
      batchSize: 4,
    }))
      if (event.type === "epoch") last = event.loss;
    assert.ok(last < 0.01, `${backend}: ${last}`);
    const { x } = xor.batch([0, 1, 2, 3]);
    const answers = await engine.predict(network, x);
    assert.equal(answers.shape, [4, 2]);
    const guesses = [0, 1, 2, 3].map((n) => Number(answers.get(n, 1) > answers.get(n, 0)));
    assert.equal(guesses, [0, 1, 1, 0]);
    await engine.dispose();
  }
});

test("without an input's shape, everything has to be said, and is enough", async () => {
  const engine = await open({ backend: "reference" });
  const network = engine.network({
    conv: conv2d({ inChannels: 1, outChannels: 2, kernelSize: 3 }),
    relu: relu(),
    pool: maxPool2d({ kernelSize: 2 }),
    flatten: flatten(),
    classes: affine({ inFeatures: 2 * 2 * 3, outFeatures: 3 }),
  });
  assert.equal((await engine.predict(network, Tensor.full([4, 1, 6, 8], 1))).shape, [4, 3]);
  assert.equal(Object.keys(network.description!), ["dtype", "layers"]);
  await assertRejects(
    async () => engine.network({ conv: conv2d({ outChannels: 2, kernelSize: 3 }) }),
    "conv: conv2d: expected inChannels, a whole number ≥ 1, got none",
  );
});

test("the seed alone decides: weights, order, and what dropout leaves out", async () => {
  const noisy = {
    ...layers,
    dropout: dropout({ probability: 0.3 }),
    more: affine({ outFeatures: 2 }),
  };
  const trained = async (seed: number, before: number): Promise<string> => {
    const engine = await open({ seed, threads: 1 });
    for (let i = 0; i < before; i++) engine.network(layers, { input: [3] });
    const network = engine.network(noisy, { input: [2] });
    const options = { data: xor, loss: softmaxCrossEntropy(), epochs: 3, batchSize: 2 };
    for await (const _ of engine.fit(network, {
      ...options,
      optimizer: sgd({ learningRate: 0.1 }),
    }));
    const sha = await weightsSha256(network);
    network.dispose();
    await engine.dispose();
    return sha;
  };
  const first = await trained(5, 0);
  assert.is(await trained(5, 2), first);
  assert.is.not(await trained(6, 0), first);
});

test("steps, element types, and layers of one's own", async () => {
  const rectifier = describer<object>({ kind: "rectifier", rules: {}, build: () => new Relu() });
  const engine = await open({ backend: "reference", layers: [rectifier] });
  const network = engine.network(
    { a: affine({ outFeatures: 2 }), own: rectifier() },
    { input: [3], dtype: "float64" },
  );
  assert.is(network.parameters[0]!.parameter.value.dtype, "float64");
  const x = new Random(0).normal([2, 3], 0, 1, "float64");
  const out = await engine.step(async () => (await engine.predict(network, x)).clone());
  assertClose(out, await engine.predict(network, x), { tolerance: 0 });
  assert.ok(out.data.every((value) => value >= 0));
});

test("a whole description makes the same network, a file one with its weights", async () => {
  const [engine, other] = [await open({ seed: 4, threads: 1 }), await open({ seed: 4 })];
  const network = engine.network(layers, { input: [2], dtype: "float64" });
  const again = other.network(JSON.parse(JSON.stringify(network.description)));
  assert.equal(again.description, network.description);
  assert.is(again.description!.dtype, "float64");
  assert.is(await weightsSha256(again), await weightsSha256(network));
  assert.is(
    other.network(network.description!, { dtype: "float32" }).description!.dtype,
    "float32",
  );
  // a layer may be called what a part of a description is called
  const named = engine.network(
    { input: relu(), layers: affine({ outFeatures: 2 }) },
    { input: [3] },
  );
  assert.equal(Object.keys(named.description!.layers), ["input", "layers"]);
  for await (const _ of engine.fit(network, { ...briefly, epochs: 1 }));
  const loaded = other.loadNetwork(saveNetwork(network), "n");
  assert.is(await weightsSha256(loaded), await weightsSha256(network));
  const { x } = xor.batch([0, 1, 2, 3]);
  assertClose(await other.predict(loaded, x), await engine.predict(network, x), { tolerance: 0 });
  await assertRejects(() => other.loadNetwork(new Uint8Array(2), "n"), "n: expected a safetensors");
  for (const one of [engine, other]) await one.dispose();
});

test("predictions beside a training wait for its steps, and change nothing in it", async () => {
  for (const backend of ["wasm", "reference"] as const) {
    const images = new Random(1).normal([40, 1, 9, 8]);
    const data = Dataset.from({ x: images, target: [...Array(40).keys()].map((n) => n % 3) });
    const deep = {
      conv: conv2d({ outChannels: 6, kernelSize: 3 }),
      relu: relu(),
      pool: maxPool2d({ kernelSize: 2 }),
      flatten: flatten(),
      classes: affine({ outFeatures: 3 }),
    };
    const run = async (beside: boolean): Promise<string> => {
      const engine = await open({ backend, seed: 3 });
      const [network, other] = [1, 2].map(() => engine.network(deep, { input: [1, 9, 8] }));
      const before = (await engine.predict(other!, images)).clone();
      let [training, answers] = [true, 0];
      const ask = async (): Promise<void> => {
        while (training) {
          assertClose(await engine.predict(other!, images), before, { tolerance: 0 });
          assert.equal((await engine.step(async () => images.clone())).data, images.data);
          answers++;
          await new Promise((done) => setTimeout(done));
        }
      };
      const asking = beside ? [ask(), ask()] : [];
      for (const one of asking) one.catch(() => {}); // told below
      const own = softmaxCrossEntropy();
      const options = { ...briefly, data, validation: data, loss: own, epochs: 8, batchSize: 8 };
      // the others have their turn after every step
      for await (const _ of engine.fit(network!, options))
        await new Promise((done) => setTimeout(done));
      training = false;
      await Promise.all(asking);
      assert.is(answers > 4, beside);
      const sha = await weightsSha256(network!);
      await engine.dispose();
      return sha;
    };
    assert.is(await run(true), await run(false));
  }
});

test("two trainings on one engine take turns, as if each were alone", async () => {
  const trained = async (together: boolean): Promise<string[]> => {
    const engine = await open({ seed: 3, threads: 1 });
    const networks = [1, 2].map(() => engine.network(layers, { input: [2] }));
    const run = async (i: number): Promise<void> => {
      for await (const _ of engine.fit(networks[i]!, { ...briefly, seed: i })) await null;
    };
    if (together) await Promise.all([run(0), run(1)]);
    else for (const i of [0, 1]) await run(i);
    const shas = await Promise.all(networks.map((network) => weightsSha256(network)));
    await engine.dispose();
    return shas;
  };
  assert.equal(await trained(true), await trained(false));
});

test("a loss and a data set of one's own may ask for predictions inside of a step", async () => {
  const engine = await open({ seed: 3, threads: 1 });
  const [network, teacher] = [1, 2].map(() => engine.network(layers, { input: [2] }));
  const taught: Examples = {
    count: 4,
    batch: async (indices) => {
      const { x } = xor.batch(indices);
      return { x, target: await engine.predict(teacher!, x) };
    },
  };
  const squared = buildLoss(meanSquaredError());
  const loss: Loss = async (prediction, target, weights) => {
    await engine.step(() => engine.predict(teacher!, Tensor.full([1, 2], 1)));
    return squared(prediction, target, weights);
  };
  const options = { ...briefly, data: taught, validation: taught, loss };
  for await (const event of engine.fit(network!, options))
    if (event.type === "epoch") assert.ok(event.loss >= 0);
  await engine.dispose();
});

test("so may a part of a sum of losses, and its backward", async () => {
  const engine = await open({ seed: 3, threads: 1 });
  const [network, teacher] = [1, 2].map(() => engine.network(layers, { input: [2] }));
  const squared = buildLoss(meanSquaredError());
  let asked = 0;
  const ask = async (): Promise<Tensor> => {
    asked++;
    return engine.predict(teacher!, Tensor.full([1, 2], 1));
  };
  const own: Loss = async (prediction, _target, weights) => {
    await ask();
    const { loss, backward } = await squared(prediction, prediction.clone(), weights);
    return { loss, backward: async (dOut) => (await ask(), backward(dOut)) };
  };
  const loss = weightedSum([
    [1, softmaxCrossEntropy()],
    [0.5, own],
  ]);
  for await (const _ of engine.fit(network!, { ...briefly, loss })) await null;
  assert.is(asked, 2 * 3 * 2);
  await engine.dispose();
});

test("what is wrong is refused by name", async () => {
  const refused = (options: object, ...pieces: string[]): Promise<void> =>
    assertRejects(() => open(options as OpenOptions), ...pieces);
  await refused({ backends: "wasm" }, "open: expected options among", "did you mean backend?");
  await refused({ backend: "cuda" }, "openBackend: expected a backend (wasm, reference, gpu)");
  await refused({ seed: 0.5 }, "open: expected seed to be a whole number or a text, got 0.5");
  await refused({ layers: [relu()] }, "open: expected layers to be an array of describers");
  const engine = await open({ backend: "reference" });
  await assertRejects(
    async () => engine.network(layers, { inputs: [2] } as never),
    "network: expected options among input, initialiser, dtype, got inputs; did you mean input?",
  );
  const network = engine.network(layers, { input: [2] });
  await assertRejects(
    () => engine.predict(network, [[1, 2]] as never),
    "predict: expected a tensor x of shape [N, …], got an array",
  );
});

const goal = {
  data: xor,
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate: 0.05 }),
  epochs: 6,
  batchSize: 4,
};

test("several predictions at once are answered one after the other", async () => {
  const engine = await open({ threads: 1 });
  const network = engine.network(layers, { input: [2] });
  const inputs = [1, 2, 3, 4].map((n) => Tensor.full([n, 2], n));
  const together = await Promise.all(inputs.map((x) => engine.predict(network, x)));
  for (const [i, x] of inputs.entries())
    assertClose(together[i]!, await engine.predict(network, x), { tolerance: 0 });
  const failing = engine.predict(network, Tensor.full([1, 3], 1));
  const next = engine.predict(network, inputs[0]!);
  await assertRejects(() => failing, "expected x of shape [N, 2]");
  assert.equal((await next).shape, [1, 2]);
  await engine.dispose();
});

test("a network is trained by one loop at a time, and by the next when that is over", async () => {
  const engine = await open({ backend: "reference" });
  const network = engine.network(layers, { input: [2] });
  const train = async (): Promise<void> => {
    for await (const event of engine.fit(network, goal)) if (event.type === "epoch") break;
  };
  const outcomes = await Promise.allSettled([train(), train()]);
  assert.equal(
    outcomes.map(({ status }) => status),
    ["fulfilled", "rejected"],
  );
  await assertRejects(async () => {
    throw (outcomes[1] as PromiseRejectedResult).reason;
  }, "fit: expected a network that is not being trained, got one of another loop that runs");
  await train();
});

test("training again keeps no optimizer, and a network that fails no memory", async () => {
  const engine = await open({ threads: 1 });
  const wide = { ...layers, hidden: affine({ outFeatures: 60_000 }) };
  const network = engine.network(wide, { input: [2] });
  const held = (): number =>
    engine.backend.persistent.allocate("float32", 1).data.buffer.byteLength;
  const once = async (): Promise<void> => {
    for await (const _ of engine.fit(network, { ...goal, epochs: 1 }));
  };
  await once();
  await once();
  const before = held();
  for (let i = 0; i < 10; i++) await once();
  const broken = { ...wide, conv: conv2d({ outChannels: 1, kernelSize: 3 }) };
  for (let i = 0; i < 10; i++)
    await assertRejects(async () => engine.network(broken, { input: [2] }), "conv: conv2d:");
  assert.is(held(), before);
  await engine.dispose();
});

test("slips at the front door are told in a line", async () => {
  const engine = await open({ backend: "reference" });
  const network = engine.network(layers, { input: [2] });
  const refused = async (options: object, ...pieces: string[]): Promise<void> =>
    assertRejects(
      async () => void engine.fit(network, { ...goal, ...options } as never),
      ...pieces,
    );
  await refused({ backend: engine.backend }, "fit: expected no backend, since the engine has one");
  await refused({ metrics: accuracy }, "fit: expected metrics to be functions by name");
  await refused({ freeze: "hidden" }, "fit: expected freeze to be an array of names");
  await refused({ schedule: "cosine" }, "fit: expected schedule to be a schedule, such as");
  await refused({ random: 1 }, "fit: expected random to be a Random");
  await refused({ seed: NaN }, "fit: expected seed to be a whole number or a text");
  await refused({ from: 3 }, "fit: expected from to be { epoch, optimizer }");
  await refused({ validation: 0.2 }, "fit: expected validation, a data set, got 0.2");
  await refused({ validation: [] }, "fit: expected validation, a data set, got an empty array");
  await refused({ data: { count: 0, batch: () => null } }, "data with a count of examples");
  await refused({ optimizer: () => undefined }, "a function that returns an optimizer");
  await assertRejects(
    async () => void engine.fit(undefined as never, goal),
    "fit: expected a network",
  );
  await assertRejects(
    async () => void engine.predict(undefined as never, Tensor.full([1], 1)),
    "predict: expected a network",
  );
  const all = network.parameters;
  await refused(
    { freeze: ["hidden"], optimizer: () => new Adam(all) },
    "fit: expected an optimizer of the parameters that are trained, and of no other",
  );
  await assertRejects(
    async () => Dataset.from({ x: [[1]], target: [0], weight: [1] } as never),
    "Dataset.from: expected options among x, target, weights, classes, got weight",
    "did you mean weights?",
  );
});

test("breaking off at the event that stops leaves the best weights", async () => {
  const engine = await open({ backend: "reference", seed: 2 });
  const network = engine.network(layers, { input: [2] });
  const weights = (): string =>
    network.parameters.map(({ parameter }) => parameter.value.data.join()).join();
  let best = "";
  const stopEarly = { patience: 2 };
  const optimizer = sgd({ learningRate: 30 }); // far too much: it soon gets no better
  const options = { ...goal, optimizer, stopEarly, validation: xor, epochs: 50 };
  let stopped = false;
  for await (const event of engine.fit(network, options)) {
    if (event.type !== "epoch") continue;
    if (event.isBest === true) best = weights();
    if (!event.stops) continue;
    stopped = true;
    assert.is.not(weights(), best);
    break;
  }
  assert.ok(stopped);
  assert.is(weights(), best);
});

test("a step that is refused leaves running statistics as they were", async () => {
  const engine = await open({ backend: "reference" });
  const network = engine.network({ norm: batchNorm1d(), ...layers }, { input: [2] });
  for await (const _ of engine.fit(network, { ...goal, epochs: 1 }));
  const statistics = (): number[] =>
    network.buffers.flatMap(({ buffer }) => [...buffer.value.data]);
  const before = statistics();
  const x = Tensor.full([4, 2], 1);
  x.set([1, 1], NaN);
  await assertRejects(async () => {
    for await (const _ of engine.fit(network, {
      ...goal,
      data: Dataset.from({ x, target: [0, 1, 1, 0] }),
    }));
  }, "fit: expected a finite loss");
  assert.equal(statistics(), before);
  assert.ok(before.some((value) => value !== 0 && value !== 1));
});

test.run();
