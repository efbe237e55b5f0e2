/** What a newcomer gets wrong is told in one line, with the way out. */
import { Affine, lossKinds, Relu, TwoPassLayer } from "leibniz/backprop";
import { Dataset, type Examples } from "leibniz/data";
import { wasmBackend } from "leibniz/kernels";
import {
  affine,
  batchNorm2d,
  conv2d,
  describer,
  flatten,
  globalAveragePool2d,
  he,
  initialise,
  loadNetwork,
  pytorchDefault,
  relu,
  saveNetwork,
  Sequential,
  weightsSha256,
  xavier,
} from "leibniz/network";
import { multiply, Random, shown, type Tensor, tensor, whatIs } from "leibniz/tensor";
import {
  accuracy,
  Adam,
  adam,
  adamW,
  evaluate,
  type FitOptions,
  fit,
  measure,
  oneCycle,
  open,
  optimizerKinds,
  rmsProp,
  scheduleKinds,
  stepDecay,
  train,
} from "leibniz/training";
import { meanSquaredError, rotation, shift, softmaxCrossEntropy } from "leibniz";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertRejects } from "../helpers/assert-close.js";

const test = suite("slips");
const engine = await open({ backend: "reference" });
const { backend } = engine;
const loss = softmaxCrossEntropy();
const goal = { loss, optimizer: adam(), epochs: 1, batchSize: 3 };

/** Whatever the height and width are, it takes them. */
const layers = {
  conv: conv2d({ outChannels: 2, kernelSize: 3 }),
  pool: globalAveragePool2d(),
  flatten: flatten(),
  classes: affine({ outFeatures: 2 }),
};
const images = (...shape: number[]): Tensor => new Random(0).normal(shape, 0, 1, "float32");
const turned = images(6, 3, 5, 4);
const target = [0, 1, 0, 1, 0, 1];
const data = Dataset.from({ x: turned, target });
const right = Dataset.from({ x: images(6, 3, 4, 5), target });
const network = () => engine.network(layers, { input: [3, 4, 5] });

async function events(run: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of run) count++;
  return count;
}

/** Options as JavaScript gives them, past the types. */
const fitWith = (options: object): Promise<number> =>
  events(engine.fit(network(), { data: right, ...goal, ...options } as unknown as FitOptions));

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

test("a validation of another shape is refused before the first step", async () => {
  let steps = 0;
  const training = async (): Promise<void> => {
    for await (const _ of engine.fit(network(), { data: right, validation: data, ...goal }))
      steps++;
  };
  await assertRejects(training, "fit: validation: network: expected x of shape [N, 3, 4, 5]");
  assert.is(steps, 0);
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

test("a describer that was not called is named, with its call", async () => {
  for (const [options, message] of [
    [
      { optimizer: adam },
      "optimizer: expected a description, such as adam(), got the function adam; call it: adam()",
    ],
    [{ optimizer: adamW }, "got the function adamW; call it: adamW()"],
    [{ optimizer: rmsProp }, "got the function rmsProp; call it: rmsProp()"],
    [{ loss: softmaxCrossEntropy }, "the function softmaxCrossEntropy; call it: softmaxCross"],
    [{ loss: meanSquaredError }, "the function meanSquaredError; call it: meanSquaredError()"],
    [{ schedule: oneCycle }, "the function oneCycle; call it: oneCycle()"],
    [{ schedule: stepDecay }, "the function stepDecay; call it: stepDecay({ … })"],
    [{ augment: [rotation] }, "got the function rotation; call it: rotation({ … })"],
    [{ augment: shift }, "got the function shift; put it into an array: [ … ]"],
    [{ augment: shift({ pixels: 1 }) }, "put it into an array: [ … ]"],
    [{ metrics: { accuracy: softmaxCrossEntropy } }, "fit: expected metrics to be functions"],
    [{ loss: adam }, "loss: expected a description, such as softmaxCrossEntropy(), got the fun"],
  ] as const)
    await assertRejects(() => fitWith(options), message);
  const one = (layer: unknown) => () => engine.network({ one: layer } as never, { input: [3] });
  await assertRejects(
    one(relu),
    "one: layer: expected a description, such as relu(), got the function relu; call it: relu()",
  );
  await assertRejects(one(affine), "call it: affine({ … })");
  await assertRejects(one(batchNorm2d), "call it: batchNorm2d()");
  await assertRejects(one(Promise.resolve(relu())), "got a promise; is an await missing?");
});

test("every describer says how it is called", async () => {
  for (const [kinds, told] of [
    [optimizerKinds, (given: unknown) => ({ optimizer: given })],
    [lossKinds, (given: unknown) => ({ loss: given })],
    [scheduleKinds.slice(1), (given: unknown) => ({ schedule: given })],
  ] as const)
    for (const describe of kinds)
      await assertRejects(() => fitWith(told(describe)), "got the function ", "; call it: ");
});

test("a function that was called where it is wanted itself is told so", async () => {
  const call = (made: unknown) => made as () => unknown;
  for (const [name, initialiser] of Object.entries({ he, xavier, pytorchDefault }))
    await assertRejects(
      call(initialiser),
      `${name}: expected a parameter, got undefined; an initialiser is the function itself`,
    );
  await assertRejects(
    call(accuracy),
    "accuracy: expected logits [N, C], got undefined; a metric is",
  );
});

test("functions of one's own that return something else are told so", async () => {
  for (const [options, message] of [
    [
      { optimizer: () => adam() },
      "a function that returns an optimizer, got one that returns an object with kind; give fit",
    ],
    [
      { loss: () => softmaxCrossEntropy() },
      "fit: expected a loss that returns { loss, backward }, got one that returns an object with " +
        "kind; give that description itself",
    ],
    [{ loss: () => 3 }, "fit: expected a loss that returns { loss, backward }, got one that ret"],
    [
      { schedule: () => oneCycle() },
      "fit: expected a schedule that returns a number, got one that",
    ],
    [{ schedule: () => {} }, "fit: expected a schedule that returns a number, got one that retu"],
  ] as const)
    await assertRejects(() => fitWith(options), message);
  await assertRejects(
    () => measure(network(), { backend, data: right, loss: (() => 3) as never }),
    "measure: expected a loss that returns { loss, backward }, got one that returns 3",
  );
});

test("what is no data set is named, and which part of it may be one", async () => {
  const loaded = { train: right, test: right, classes: 2, classNames: ["a", "b"], found: "here" };
  const got = "got an object with train, test, classes, classNames, …";
  for (const [given, message] of [
    [loaded, `fit: expected data, a data set, ${got}; did you mean its .train?`],
    [
      Promise.resolve(loaded),
      "fit: expected data, a data set, got a promise; is an await missing?",
    ],
    [turned, "fit: expected data, a data set, got a Tensor; see Dataset.from"],
    [{}, "fit: expected data, a data set, got an empty object; see Dataset.from"],
    [{ count: 3, batch: 3 }, "fit: expected data, a data set, got an object with count, batch"],
    [{ count: "3", batch: () => {} }, 'data with a count of examples, at least 1, got "3"'],
  ] as const)
    await assertRejects(() => fitWith({ data: given }), message);
  await assertRejects(
    () => fitWith({ validation: loaded }),
    `fit: expected validation, a data set, ${got}; did you mean its .test?`,
  );
  const wrong = loaded as unknown as Examples;
  await assertRejects(
    () => evaluate({ network: network(), dataset: wrong, backend, batchSize: 2 }),
    `evaluate: expected dataset, a data set, ${got}; did you mean its .test?`,
  );
  await assertRejects(
    () => measure(network(), { backend, data: wrong, loss }),
    `measure: expected data, a data set, ${got}; did you mean its .train?`,
  );
});

test("images with too few bytes, or without labels, are refused at once", async () => {
  const images = { count: 2, height: 1, width: 3, pixels: new Uint8Array(5) };
  await assertRejects(
    () => fitWith({ data: { images, labels: Uint8Array.of(0, 1) } }),
    "fit: data: expected 6 bytes of pixels, 2 · 1 · 1 · 3, got 5",
  );
  const whole = { ...images, pixels: new Uint8Array(6) };
  await assertRejects(() => fitWith({ data: { images: whole } }), "a class number for each of 2");
  await assertRejects(
    () => fitWith({ data: { images: whole, labels: Uint8Array.of(0) } }),
    "fit: data: expected a label for each of 2 images, got 1 label;",
  );
});

test("an engine is no backend, and says where its own is", async () => {
  const message = "expected a backend, got an Engine; an engine's is engine.backend";
  const wrong = engine as never;
  await assertRejects(() => fit(network(), { data: right, ...goal, backend: wrong }), message);
  await assertRejects(() => measure(network(), { backend: wrong, data: right, loss }), message);
  await assertRejects(() => network().forward(turned, { backend: wrong, mode: "train" }), message);
});

test("predict takes a tensor, and says what to do with a data set", async () => {
  const expected = "predict: expected a tensor x of shape [N, …], got";
  for (const [given, message] of [
    [data, "a Dataset; data.batch([0, 1]).x has the first two examples; evaluate() goes through"],
    [data.batch([0]), "an object with x, target, weights; give it the batch's x"],
    [[[1, 2]], "an array; tensor([[…]]) makes one of nested arrays"],
    [Promise.resolve(turned), "a promise; is an await missing?"],
  ] as const)
    await assertRejects(() => engine.predict(network(), given as never), `${expected} ${message}`);
  await assertRejects(
    () => engine.predict({ r: relu() } as never, turned),
    "predict: expected a network, got an object with r; engine.network(…) makes one",
  );
  await assertRejects(() => engine.step(3 as never), "step: expected a function, got 3");
});

/** A layer of one's own, out = x · |x|. */
class SignedSquare extends TwoPassLayer<{ readonly size: Tensor }> {
  readonly kind = "signedSquare";
  override readonly differentiate = async (dOut: Tensor, { size }: { readonly size: Tensor }) => ({
    dX: multiply(dOut, multiply(size, 2)),
  });

  override async compute(x: Tensor) {
    return { out: multiply(x, x), cache: { size: x } };
  }
}
const signedSquare = describer<object>({
  kind: "signedSquare",
  rules: {},
  build: () => new SignedSquare(),
});

test("a layer of one's own without its describer is told where that goes", async () => {
  const described = () => engine.network({ square: signedSquare() });
  await assertRejects(
    described,
    "square: layer: expected a kind among conv2d, affine,",
    'got "signedSquare"; a layer of your own has a describer: open({ layers: [describer] })',
  );
  const way = "layers go into new Sequential({ … }); to describe one of your own, see describer";
  for (const [layer, got] of [
    [new SignedSquare(), "a SignedSquare, a layer itself"],
    [SignedSquare, "the class SignedSquare, which makes layers"],
  ] as const)
    await assertRejects(() => engine.network({ square: layer as never }), `got ${got}; ${way}`);
  await assertRejects(
    () => engine.network({ square: signedSquare() }, { layers: [signedSquare] } as never),
    "network: expected describers of layers in open({ layers: [ … ] }), got them as an option",
  );
  for (const given of [SignedSquare, new SignedSquare(), signedSquare()])
    await assertRejects(
      () => open({ backend: "reference", layers: [given] as never }),
      "open: expected layers to be an array of describers, the functions that describer() makes",
    );
  const knowing = await open({ backend: "reference", layers: [signedSquare] });
  const { out } = await knowing
    .network({ square: signedSquare() })
    .forward(tensor([[3]]), { backend, mode: "evaluate" });
  assert.equal([...out.data], [9]);
});

test("what takes layers by hand says where descriptions go", async () => {
  const one = (given: unknown) => () => new Sequential({ one: given } as never);
  const way = "descriptions go into engine.network({ … })";
  await assertRejects(one(relu), `a layer under the name one, got the function relu; ${way}`);
  await assertRejects(one(relu()), `a layer under the name one, got an object with kind; ${way}`);
  await assertRejects(one(Relu), "got the class Relu; is a new missing?");
});

test("a file with a layer of one's own says which describer it needs", async () => {
  const knowing = await open({ backend: "reference", layers: [signedSquare] });
  const described = { square: signedSquare(), classes: affine({ outFeatures: 2 }) };
  const bytes = saveNetwork(knowing.network(described, { input: [3] }));
  const message = 'got "signedSquare"; a layer of your own has a describer: open({ layers:';
  await assertRejects(
    () => engine.loadNetwork(bytes, "own.safetensors"),
    "own.safetensors",
    message,
  );
  await assertRejects(() => loadNetwork(bytes, "own.safetensors"), "or kinds: [describer] of");
  assert.is(knowing.loadNetwork(bytes, "own.safetensors").layers.length, 2);
  assert.is(loadNetwork(bytes, "own", { kinds: [signedSquare] }).layers.length, 2);
  const byHand = new Sequential({ one: new Affine({ inFeatures: 3, outFeatures: 2 }) });
  await assertRejects(
    () => engine.loadNetwork(saveNetwork(byHand), "own.safetensors"),
    "got weights alone, as of a network that was built by hand; build it again, and loadWeights(",
  );
});

test("options that a file would lose are refused when it is saved", async () => {
  const bent = describer<{ readonly by: unknown }>({
    kind: "bent",
    rules: { by: { expected: "a function", accepts: () => true } },
    build: () => new SignedSquare(),
  });
  const knowing = await open({ backend: "reference", layers: [bent] });
  for (const [by, got] of [
    [Math.abs, "the function abs"],
    [Number.NaN, "NaN"],
    [{ inner: new Date(0) }, "a Date"],
  ] as const) {
    const network = knowing.network({ one: bent({ by }) });
    const at = got === "a Date" ? "layers.one.by.inner" : "layers.one.by";
    await assertRejects(
      () => saveNetwork(network),
      `saveNetwork: expected ${at} to be what JSON has words for, got ${got}`,
    );
  }
  assert.ok(saveNetwork(knowing.network({ one: bent({ by: [1, { a: "b", c: null }] }) })));
});

test("an engine, a network and a backend that were disposed of are named", async () => {
  const wasm = await open({ threads: 1 });
  const network = wasm.network({ one: affine({ outFeatures: 2 }) }, { input: [3] });
  const x = tensor([[1, 2, 3]]);
  const data = Dataset.from({ x, target: [1] });
  const running = wasm.fit(network, { data, ...goal, epochs: 9 });
  await running.next();
  const gone = wasm.network({ one: affine({ outFeatures: 2 }) }, { input: [3] });
  gone.dispose();
  const used = "expected a network in use, got one that was disposed of";
  const options = { backend: wasm.backend, data, loss };
  await assertRejects(() => wasm.predict(gone, x), `network: ${used}`);
  await assertRejects(() => wasm.fit(gone, { data, ...goal }), `fit: ${used}`);
  await assertRejects(() => measure(gone, options), `measure: ${used}`);
  await assertRejects(() => saveNetwork(gone), `saveNetwork: ${used}`);
  await assertRejects(() => weightsSha256(gone), `weightsSha256: ${used}`);
  await assertRejects(() => initialise(gone, new Random(0)), `initialise: ${used}`);
  await wasm.dispose();
  const closed = "expected an engine in use, got one that was disposed of; open another";
  await assertRejects(() => running.next(), `fit: ${closed}`);
  await assertRejects(() => wasm.fit(network, { data, ...goal }), `fit: ${closed}`);
  await assertRejects(() => wasm.predict(network, x), `predict: ${closed}`);
  await assertRejects(() => wasm.step(() => 3), `step: ${closed}`);
  await assertRejects(() => wasm.network({ one: relu() }), `network: ${closed}`);
  await assertRejects(() => wasm.loadNetwork(new Uint8Array()), `loadNetwork: ${closed}`);
  const shut = "wasm: expected a backend in use, got one that was disposed of; open another";
  await assertRejects(() => measure(network, options), shut);
  await assertRejects(() => network.forward(x, { backend: wasm.backend, mode: "train" }), shut);
  const own = await wasmBackend({ threads: 1 });
  await own.dispose();
  await assertRejects(() => own.step(() => 3), shut);
});

test("an engine on the reference that was disposed of is named as well", async () => {
  const other = await open({ backend: "reference" });
  const network = other.network({ one: affine({ outFeatures: 2 }) }, { input: [3] });
  await other.dispose();
  await assertRejects(() => other.predict(network, tensor([[1, 2, 3]])), "an engine in use");
});

test("a batch callback that returns something else is told what is missing", async () => {
  const x = images(3, 3, 4, 5);
  const labels = [0, 1, 0];
  for (const [batch, message] of [
    [() => {}, "a batch, { x, target }, got undefined; is a return missing?"],
    [() => null, "a batch, { x, target }, got null"],
    [() => [x, labels], "a batch, { x, target }, got an array"],
    [() => x, "a batch, { x, target }, got a Tensor"],
    [
      () => ({ x: [[1]], target: labels }),
      "a batch with a tensor x, got an array; tensor(x) makes",
    ],
    [() => ({ x, labels }), "a target for each of 3 examples, got no targets"],
    [() => ({ x, target: [0] }), "a target for each of 3 examples, got 1 target"],
    [() => ({ x, target: 3 }), "a target for each of 3 examples, got 3"],
    [() => ({ x, target: labels, weights: 3 }), "a weight for each of 3 examples, got 3"],
  ] as const) {
    await assertRejects(() => fitWith({ data: { count: 3, batch } }), `fit: expected ${message}`);
    await assertRejects(
      () => measure(network(), { backend, data: { count: 3, batch } as never, loss }),
      `measure: expected ${message}`,
    );
  }
  const rows = Dataset.from({
    x,
    target: [
      [1, 0],
      [0, 1],
      [1, 0],
    ],
  });
  await assertRejects(
    () => fitWith({ data: rows }),
    "argmax(target, 1) tells the places of the 1s",
  );
});

test("x that is not finite is blamed on its example, not on the learning rate", async () => {
  const x = images(6, 3, 4, 5);
  x.set([4, 1, 2, 3], Number.NaN);
  const spoiled = Dataset.from({ x, target });
  const hint = "the input itself is not finite: x of example 4 holds NaN";
  let message = "";
  await fitWith({ data: spoiled, shuffle: false }).catch((error: Error) => {
    message = error.message;
  });
  assert.is(message, `fit: expected a finite loss, got NaN in epoch 0, step 2; ${hint}`);
  await assertRejects(
    () => measure(network(), { backend, data: spoiled, loss, batchSize: 2 }),
    hint,
  );
});

test("Dataset says what is wrong with columns, examples and changes", async () => {
  const from = (columns: object) => () => Dataset.from(columns as never);
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  for (const [columns, message] of [
    [{ x, labels: [0, 1] }, "got labels; did you mean target?"],
    [{ x, y: [0, 1] }, "got y; did you mean target?"],
    [{ x: new Float32Array(4), target: [0, 1] }, "got a Float32Array; Tensor.from(x, [count, …])"],
    [{ x: Promise.resolve(x), target: [0, 1] }, "got a promise; is an await missing?"],
    [{ x: [[1, 2], [3]], target: [0, 1] }, "Dataset.from: x: tensor: expected rows of equal"],
    [{ x, target: [0, Number.NaN] }, "class numbers whole and ≥ 0, got NaN for example 1"],
    [{ x, target: [0, null] }, "got null for example 1"],
    [{ x, target: [0, 1], weights: 3 }, "a weight for each of 2 examples, got 3"],
  ] as const)
    await assertRejects(from(columns), message);
  const generated = (example: unknown) => () => Dataset.generate(2, example as never).batch([0, 1]);
  for (const [example, message] of [
    [undefined, "Dataset.generate: expected a function of an index, got undefined"],
    [() => {}, "Dataset.generate: expected an example, { x, target }, got undefined at position 0"],
    [() => ({ x: [1] }), "got an object with x at position 0"],
    [async () => ({ x: [1], target: 0 }), "got a promise at position 0; examples are made at once"],
    [
      (n: number) => ({ x: [1], target: n ? [1] : 0 }),
      "targets of one kind, got class numbers and",
    ],
    [() => ({ x: "a", target: 0 }), "Dataset.generate: x: tensor: expected numbers in nested"],
  ] as const)
    await assertRejects(generated(example), message);
  const set = Dataset.from({ x, target: [0, 1] });
  const changed = (change: unknown) => () => set.map(change as never).batch([0]);
  await assertRejects(changed(3), "map: expected a function of a batch, got 3");
  await assertRejects(
    changed(() => {}),
    "map: expected a batch, { x, target }, got undefined",
  );
  await assertRejects(
    changed(async () => 3),
    "got a promise; is an await missing?",
  );
});

test("values are named with their article, and in one short line", () => {
  for (const [value, words] of [
    [null, "null"],
    [undefined, "undefined"],
    ["adam", '"adam"'],
    [3n, "3n"],
    [[], "an empty array"],
    [[1], "an array"],
    [{}, "an empty object"],
    [{ a: 1, b: 2 }, "an object with a, b"],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5 }, "an object with a, b, c, d, …"],
    [new Map(), "a Map"],
    [new Uint8Array(), "a Uint8Array"],
    [new Adam(network().parameters), "an Adam"],
    [engine, "an Engine"],
    [accuracy, "the function accuracy"],
    [SignedSquare, "the class SignedSquare"],
    [() => 3, "a function"],
    [class {}, "a class"],
    [Object.create(null), "an empty object"],
  ] as const)
    assert.is(whatIs(value), words);
  assert.is(shown({ a: [engine, relu, "b"] }), '{a: [an Engine,the function relu,"b"]}');
  assert.is(whatIs("x".repeat(99)).length, 61);
  assert.is(whatIs({ ["x".repeat(99)]: 1 }).length, 61);
});

test("the engine is given back", () => engine.dispose());

test.run();
