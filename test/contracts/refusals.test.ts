/** What cannot be done right is refused, and nothing is shared that a caller may write to. */
import {
  Affine,
  BatchNorm2d,
  conv2dBackward,
  conv2dForward,
  convPool2dForward,
  Dropout,
  Flatten,
  type Layer,
  MaxPool2d,
  Parameter,
  type Pass,
  type PassOptions,
  Relu,
  TwoPassLayer,
} from "leibniz/backprop";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { affine, buildNetwork, saveNetwork, Sequential } from "leibniz/network";
import { concat, type DType, gather, Random, Tensor, tensor, where } from "leibniz/tensor";
import { Adam, cosine, decodeCheckpoint, encodeCheckpoint, Sgd, warmUp } from "leibniz/training";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertRejects } from "../helpers/assert-close.js";

const test = suite("refusals");
const wasm = await wasmBackend({ threads: 1, largestMB: 64 });
const pass: PassOptions = { backend: reference, mode: "train" };
const rate = { learningRate: 0.1, momentum: 0.9 };
const ones = (...shape: number[]): Tensor => Tensor.full(shape, 1);

test("two parameters under one name are not mixed up by an optimizer", async () => {
  const a = new Sequential({ a: new Affine({ inFeatures: 200, outFeatures: 10 }) });
  const b = new Sequential({ a: new Affine({ inFeatures: 2, outFeatures: 10 }) });
  await assertRejects(
    () => new Adam([...a.parameters, ...b.parameters]),
    "Adam: expected each parameter once, under a name of its own, got a.weight again",
  );
});

test("an update whose tensors differ in shape is refused, and writes nowhere", async () => {
  for (const backend of [reference, wasm]) {
    const [value, grad] = [3, 2].map((size) => Tensor.zeros([size], "float32", backend.persistent));
    const options = { learningRate: 1, momentum: 0, nesterov: false, weightDecay: 0, step: 1 };
    await assertRejects(
      () => backend.update("sgd", { value: value!, grad: grad!, velocity: null }, options),
      "sgdUpdate: expected tensors of one shape, [3], got [2]",
    );
    await assertRejects(
      () =>
        backend.update("adamax" as "sgd", { value: value!, grad: value!, velocity: null }, options),
      'update: expected one of sgd, adagrad, rmsprop, adam, got "adamax"',
    );
    for (const { storage } of [value!, grad!]) storage.dispose();
  }
});

test("optimizers that are disposed of leave nothing with the parameters", () => {
  const parameter = new Parameter("weight", [1 << 18], 1, 1, { allocator: wasm.persistent });
  // 1 MB each, more of them than the memory could hold
  for (let i = 0; i < 200; i++) new Sgd([{ name: "w", parameter }], rate).dispose();
  parameter.dispose();
});

test("dX is never the caller's dOut, or a view of it", async () => {
  const layers: readonly Layer[] = [new Flatten(), new Dropout({ probability: 0.5 })];
  for (const layer of layers)
    for (const chain of [
      layer,
      new Sequential({ layer }),
      new Sequential({ layer, relu: new Relu() }),
    ]) {
      const { out, backward } = await chain.forward(ones(2, 3), { ...pass, mode: "evaluate" });
      const dOut = ones(...out.shape);
      const dX = await backward(dOut, true);
      dOut.fill(9);
      assert.equal([...dX!.data], [1, 1, 1, 1, 1, 1]);
    }
});

test("dOut of another shape is refused, though it has as many entries", async () => {
  const flat = await new Flatten().forward(ones(2, 3, 2), pass);
  await assertRejects(
    () => flat.backward(ones(3, 4)),
    "flattenBackward: expected dOut of shape [2, 6]",
  );
  const dropout = new Dropout({ probability: 0.5 });
  const kept = await dropout.forward(ones(2, 3), { ...pass, mode: "evaluate" });
  await assertRejects(
    () => kept.backward(ones(6)),
    "dropoutBackward: expected dOut of shape [2, 3]",
  );
});

/** A layer of one's own that forgets dX. */
class Forgetful extends TwoPassLayer<{ x: Tensor }> {
  readonly kind = "forgetful";
  override readonly differentiate = async () => ({ dX: null });

  override async compute(x: Tensor) {
    return { out: x.clone(), cache: { x } };
  }
}

test("a layer of one's own that returns no dX is named", async () => {
  const affine = new Affine({ inFeatures: 3, outFeatures: 3 });
  const nothing: Layer = {
    kind: "nothing",
    parameters: [],
    outputShape: (shape) => [...shape],
    forward: async (x): Promise<Pass> => ({ out: x.clone(), backward: async () => null }),
  };
  for (const own of [nothing, new Forgetful()]) {
    const { backward } = await new Sequential({ affine, own }).forward(ones(2, 3), pass);
    await assertRejects(() => backward(ones(2, 3)), "own", "expected dX");
  }
});

test(
  "the columns of an image that was changed are refused, by the plain functions " + "too",
  async () => {
    const x = new Random(0).normal([1, 1, 4, 5]);
    const { out, cache } = await conv2dForward(x, ones(1, 1, 2, 3), null, {}, wasm);
    x.fill(0);
    await assertRejects(
      () => conv2dBackward(ones(...out.shape), cache, wasm),
      "im2col: expected x as it was when its columns were made, got one that was changed in place",
    );
  },
);

test("a fused pooling whose window lies on padding alone", async () => {
  const pool = { kernelSize: 2, dilation: [2, 1], padding: [1, 0] } as const;
  const options = { conv: {}, pool, rectify: false };
  await assertRejects(
    () => convPool2dForward(ones(1, 1, 1, 4), ones(1, 1, 1, 1), null, options),
    "maxPool2d: expected windows that hold a pixel each, got row 0 of windows on padding alone",
  );
});

test("an observer that throws leaves running statistics as one pass makes them", async () => {
  const statistics = async (backend: Backend): Promise<number[]> => {
    const network = new Sequential({
      bn: new BatchNorm2d({ channels: 2 }),
      pool: new MaxPool2d({ kernelSize: 2 }),
    });
    const x = new Random(1).normal([4, 2, 6, 6], 5);
    const observe = (): never => {
      throw new Error("enough");
    };
    const message = await network.forward(x, { backend, mode: "train", observe }).then(
      () => "none",
      (error: Error) => error.message,
    );
    assert.is(message, "enough");
    return [...network.buffers[0]!.buffer.value.data];
  };
  const [fused, apart] = [await statistics(wasm), await statistics(reference)];
  for (const [c, mean] of apart.entries()) assert.ok(Math.abs(fused[c]! - mean) < 1e-6);
  assert.ok(apart.every((mean) => mean > 0.4 && mean < 0.6));
});

test("names without control characters, options and metadata that there are", async () => {
  await assertRejects(
    () => new Sequential({ "re\u001blu": new Relu() }),
    'expected names without control characters, got "re\\u001blu"',
  );
  const description = { input: [3], layers: { a: affine({ outFeatures: 2 }) } };
  await assertRejects(
    () => buildNetwork(description, { initializer: () => {} } as never),
    "buildNetwork: expected options among",
    "did you mean initialiser?",
  );
  const network = buildNetwork(description);
  await assertRejects(
    () => saveNetwork(network, { network: "mine" }),
    "saveNetwork: expected metadata under other names than network",
  );
  await assertRejects(
    () => saveNetwork(network, { epochs: 3 } as never),
    "saveNetwork: expected a text as epochs, got 3",
  );
  await assertRejects(
    () => warmUp(3, cosine(), { steps: 99 } as never),
    "warmUp: expected options among from, got steps",
  );
});

test("a layer may be called optimizer, and its weights are no state of one", () => {
  const network = buildNetwork({ input: [3], layers: { optimizer: affine({ outFeatures: 2 }) } });
  const optimizer = new Sgd(network.parameters, rate);
  const bytes = encodeCheckpoint(network, optimizer, { epochs: 1, recipe: "own", seed: 0 });
  const weights = [...network.parameters[0]!.parameter.value.data];
  network.parameters[0]!.parameter.value.fill(0);
  decodeCheckpoint(bytes, "checkpoint").restore(network, optimizer);
  assert.equal([...network.parameters[0]!.parameter.value.data], weights);
});

test("what is no tensor is refused by concat, gather and where", async () => {
  const x = ones(2, 3);
  const wrong = "a" as unknown as Tensor;
  await assertRejects(() => concat(5 as never, 0), "concat: expected an array of tensors, got 5");
  await assertRejects(
    () => concat([x, 5 as never], 0),
    "concat: expected tensors alone, got 5 at place 1",
  );
  await assertRejects(
    () => gather([1] as never, [0], 0),
    "gather: expected a tensor, got an array",
  );
  for (const choice of [wrong, undefined as never])
    await assertRejects(() => where(x, choice, 1), "where: expected a tensor or a number");
});

test("what is no layer, no element type, no number of threads", async () => {
  await assertRejects(
    () => new Sequential([new Relu()] as unknown as Record<string, Layer>),
    "Sequential: expected layers by their names, got an array",
  );
  await assertRejects(
    () => new Sequential({ relu: Relu as unknown as Layer }),
    "Sequential: expected a layer under the name relu, got the class Relu; is a new missing?",
  );
  await assertRejects(
    () => Tensor.zeros([2], "float16" as DType),
    'Tensor: expected the element type "float32" or "float64", got "float16"',
  );
  await assertRejects(
    () => wasmBackend({ threads: 0 }),
    "wasmBackend: expected threads to be a whole number ≥ 1, got 0",
  );
  const { backward } = await new Sequential({ relu: new Relu() }).forward(tensor([[1]]), pass);
  await assertRejects(
    () => backward(undefined as unknown as Tensor),
    "network.backward: expected dOut, a tensor, got undefined",
  );
});

test("a pooling keeps its options, whatever becomes of the object that they came in", () => {
  const options = { kernelSize: 2 };
  const pool = new MaxPool2d(options);
  options.kernelSize = 4;
  assert.equal(pool.outputShape([1, 1, 4, 4]), [1, 1, 2, 2]);
});

test("the backend is given back", () => wasm.dispose());

test.run();
