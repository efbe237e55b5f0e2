/** The front door: open, describe a network, fit, predict. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  accuracy,
  adam,
  affine,
  conv2d,
  Dataset,
  describer,
  dropout,
  flatten,
  type LayerDescriptions,
  maxPool2d,
  open,
  type OpenOptions,
  Random,
  Relu,
  relu,
  sgd,
  softmaxCrossEntropy,
  tanh,
  Tensor,
  weightsSha256,
} from "leibniz";
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
  assert.equal(Object.keys(network.description!), ["layers"]);
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
    "predict: expected a tensor x of shape [N, …], got object",
  );
});

test.run();
