/**
 * No option is ignored: an unknown name, a wrong type or a value out of range is refused, by the
 * option's name, with the name that was meant. What is `undefined` counts as left out.
 */
import * as layers from "leibniz/backprop";
import { gpuBackend, openBackend, reference, wasmBackend } from "leibniz/kernels";
import { Sequential } from "leibniz/network";
import { Random, Tensor, tensor } from "leibniz/tensor";
import * as training from "leibniz/training";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertRejects } from "../helpers/assert-close.js";

const test = suite("options");

/** Calls as JavaScript makes them, past the types. */
const b = layers as unknown as Record<string, new (...given: unknown[]) => layers.Layer>;
const f = layers as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
const t = training as unknown as Record<string, new (...given: unknown[]) => object> &
  Record<string, (...given: unknown[]) => unknown>;
const ones = (...shape: number[]): Tensor => Tensor.full(shape, 1);
const logits = tensor([
  [1, 2, 3],
  [3, 5, 4],
]);
const conv = { inChannels: 1, outChannels: 1, kernelSize: 1 };

const net = new Sequential({ relu: new layers.Relu() });
const judged = { backend: reference, data: {}, loss: layers.meanSquaredError() };

const windowNames = "kernelSize, stride, padding, dilation";
const convNames = `inChannels, outChannels, ${windowNames}, groups, bias`;

/** What somebody wrote, and what the message has to say. */
const slips: readonly (readonly [what: string, run: () => unknown, message: string])[] = [
  [
    "a letter out of place",
    () => new b.Conv2d!({ inChannels: 1, outChannels: 1, kenrelSize: 2 }),
    `Conv2d: expected options among ${convNames}, got kenrelSize; did you mean kernelSize?`,
  ],
  [
    "TensorFlow's name",
    () => new b.Conv2d!({ ...conv, strides: 2 }),
    `Conv2d: expected options among ${convNames}, got strides; did you mean stride?`,
  ],
  [
    "PyTorch's spelling",
    () => new b.Affine!({ in_features: 10, out_features: 5 }),
    "Affine: expected options among inFeatures, outFeatures, bias, got in_features; " +
      "did you mean inFeatures?",
  ],
  [
    "an option that there is not",
    () => new b.MaxPool2d!({ kernelSize: 2, ceilMode: true }),
    `MaxPool2d: expected options among ${windowNames}, got ceilMode`,
  ],
  [
    "numbers instead of options",
    () => new b.Conv2d!(1, 8, 3),
    `Conv2d: expected an object of options (${convNames}), got 1`,
  ],
  [
    "a missing option",
    () => new b.Conv2d!({ inChannels: 1, kernelSize: 3 }),
    "Conv2d: expected outChannels, a whole number ≥ 1, got none",
  ],
  [
    "an option that is undefined and cannot be left out",
    () => new b.Affine!({ inFeatures: 3, outFeatures: undefined }),
    "Affine: expected outFeatures, a whole number ≥ 1, got none",
  ],
  [
    "a text for a number",
    () => new b.Conv2d!({ ...conv, padding: "valid" }),
    'Conv2d: expected padding to be a whole number ≥ 0, or two of them as [h, w], or "same", got ' +
      '"valid"',
  ],
  [
    "four numbers for two",
    () => new b.AveragePool2d!({ kernelSize: 2, padding: [0, 1, 0, 1] }),
    "AveragePool2d: expected padding to be a whole number ≥ 0, or two of them as [h, w], " +
      'or "same", got [0,1,0,1]',
  ],
  [
    "a stride of 0",
    () => new b.Conv2d!({ ...conv, stride: 0 }),
    "Conv2d: expected stride to be a whole number ≥ 1, or two of them as [h, w], got 0",
  ],
  [
    "groups that do not divide",
    () => new b.Conv2d!({ inChannels: 3, outChannels: 4, kernelSize: 3, groups: 2 }),
    "Conv2d: expected inChannels to be a multiple of 2 groups, got 3",
  ],
  [
    "groups that do not divide the output",
    () => new b.Conv2d!({ inChannels: 4, outChannels: 3, kernelSize: 3, groups: 2 }),
    "Conv2d: expected outChannels to be a multiple of 2 groups, got 3",
  ],
  [
    "a number for true or false",
    () => new b.Affine!({ inFeatures: 3, outFeatures: 2, bias: 0 }),
    "Affine: expected bias to be true or false, got 0",
  ],
  [
    "a number instead of options",
    () => new b.Dropout!(0.5),
    "Dropout: expected an object of options (probability), got 0.5",
  ],
  [
    "TensorFlow's rate",
    () => new b.Dropout!({ rate: 0.5 }),
    "Dropout: expected options among probability, got rate; did you mean probability?",
  ],
  [
    "PyTorch's eps",
    () => new b.BatchNorm2d!({ channels: 1, eps: 3 }),
    "BatchNorm2d: expected options among channels, epsilon, momentum, got eps; " +
      "did you mean epsilon?",
  ],
  [
    "a momentum above 1",
    () => new b.BatchNorm1d!({ channels: 1, momentum: 1.5 }),
    "BatchNorm1d: expected momentum to be a number from 0 to 1, got 1.5",
  ],
  [
    "no axes",
    () => new b.LayerNorm!({ shape: [] }),
    "LayerNorm: expected shape to be an array of whole numbers ≥ 1, at least one, got []",
  ],
  [
    "a slope that is not a number",
    () => new b.LeakyRelu!({ negativeSlope: NaN }),
    "LeakyRelu: expected negativeSlope to be a finite number, got NaN",
  ],
  [
    "a branch by another name",
    () => new b.Residual!({ body: { relu: new layers.Relu() }, shortcuts: {} }),
    "Residual: expected options among body, shortcut, got shortcuts; did you mean shortcut?",
  ],
  [
    "a tensor as options",
    () => new b.MaxPool2d!(ones(2)),
    `MaxPool2d: expected an object of options (${windowNames}), got a Tensor`,
  ],
  [
    "an element type that there is not",
    () => new b.Affine!({ inFeatures: 3, outFeatures: 2 }, { dtype: "float16" }),
    'storage of a parameter: expected dtype to be "float32" or "float64", got "float16"',
  ],
  [
    "PyTorch's lr",
    () => new t.Adam!([], { lr: 0.1 }),
    "Adam: expected options among learningRate, beta1, beta2, epsilon, weightDecay, got lr; " +
      "did you mean learningRate?",
  ],
  [
    "an optimizer without parameters",
    () => new t.Sgd!({ learningRate: 0.1 }),
    "Sgd: expected a network's parameters, then the options, got an object with learningRate",
  ],
  [
    "no learning rate",
    () => new t.Sgd!([], {}),
    "Sgd: expected learningRate, a finite number ≥ 0, got none",
  ],
  [
    "another library's option",
    () => new t.AdamW!([], { amsgrad: true }),
    "AdamW: expected options among learningRate, beta1, beta2, epsilon, weightDecay, got amsgrad",
  ],
  [
    "a share of all",
    () => new t.RmsProp!([], { alpha: 1 }),
    "RmsProp: expected alpha to be a number from 0 to below 1, got 1",
  ],
  [
    "a decay that is an object",
    () => new t.Adagrad!([], { weightDecay: new Map() }),
    "Adagrad: expected weightDecay to be a finite number ≥ 0, got a Map",
  ],
  [
    "a schedule's option",
    () => t.oneCycle!({ peekAt: 0.2 }),
    "oneCycle: expected options among peakAt, start, end, threePhases, got peekAt; " +
      "did you mean peakAt?",
  ],
  [
    "what fit is told, and measure is not",
    () => t.measure!(net, { ...judged, epochs: 3 }),
    "measure: expected options among backend, data, loss, metrics, batchSize, meanOver, onBatch, " +
      "got epochs",
  ],
  [
    "a batch of nobody, measured",
    () => t.measure!(net, { ...judged, batchSize: 0 }),
    "measure: expected batchSize to be a whole number ≥ 1, got 0",
  ],
  [
    "a loss that is left out",
    () => t.measure!(net, { backend: reference, data: [] }),
    "measure: expected loss, a loss, such as softmaxCrossEntropy(), got none",
  ],
  [
    "a slip, evaluated",
    () => t.evaluate!({ network: net, ...judged, batchsize: 3 }),
    "evaluate: expected options among network, dataset, backend, batchSize, loss, meanOver, " +
      "onBatch, got",
  ],
  [
    "no batch size, evaluated",
    () => t.evaluate!({ network: net, dataset: [], backend: reference }),
    "evaluate: expected batchSize, a whole number ≥ 1, got none",
  ],
  [
    "no steps",
    () => t.stepDecay!({ every: 0 }),
    "stepDecay: expected every to be a whole number ≥ 1, got 0",
  ],
  [
    "a function's option, as a layer's",
    () => f.maxPool2dForward!(ones(1, 1, 5, 5), { kernelSize: 2, ceilMode: true }),
    `maxPool2d: expected options among ${windowNames}, got ceilMode`,
  ],
  [
    "average pooling",
    () => f.averagePool2dForward!(ones(1, 1, 2, 2), { kernelSize: 2, countIncludePad: false }),
    `averagePool2d: expected options among ${windowNames}, got countIncludePad`,
  ],
  [
    "a convolution",
    () => f.conv2dForward!(ones(1, 1, 5, 5), ones(1, 1, 1, 1), null, { strides: 2 }),
    "conv2d: expected options among stride, padding, dilation, groups, kernelSize, got strides; " +
      "did you mean stride?",
  ],
  [
    "a kernel's size that is not the weight's",
    () => f.conv2dForward!(ones(1, 1, 5, 5), ones(1, 1, 2, 3), null, { kernelSize: [3, 2] }),
    "conv2d: expected a weight of kernelSize [3,2], got [1, 1, 2, 3]",
  ],
  [
    "weights of classes",
    () => f.softmaxCrossEntropyForward!(logits, [1, 0], { weight: [1, 10] }),
    "softmaxCrossEntropy: expected options among labelSmoothing, got weight",
  ],
  [
    "normalisation",
    () => f.layerNormForward!(ones(2, 3), ones(3), ones(3), { eps: 1 }),
    "layerNorm: expected options among axes, epsilon, got eps; did you mean epsilon?",
  ],
  [
    "what a pass was told before",
    () =>
      new layers.Relu().forward(ones(2), {
        backend: reference,
        mode: "train",
        training: true,
      } as never),
    "relu: expected options among backend, mode, record, random, observe, ownsInput, got training",
  ],
  [
    "a pass's option",
    () =>
      new layers.Relu().forward(ones(2), {
        backend: reference,
        mode: "train",
        recrod: false,
      } as never),
    "relu: expected options among backend, mode, record, random, observe, ownsInput, got recrod; " +
      "did you mean record?",
  ],
  [
    "a backend's",
    () => openBackend({ name: "wasm", thread: 2 } as never),
    "openBackend: expected options among name, mode, threads, check, got thread; " +
      "did you mean threads?",
  ],
  [
    "a backend's value",
    () => wasmBackend({ threads: 1.5 }),
    "wasmBackend: expected threads to be a whole number ≥ 1, got 1.5",
  ],
  [
    "gpu.js's",
    () => gpuBackend({ kernelCapacity: 0 }),
    "gpuBackend: expected kernelCapacity to be a whole number ≥ 1, got 0",
  ],
];

for (const [what, run, message] of slips)
  test(what, () => assertRejects(async () => run(), message));

test("what is undefined counts as left out", async () => {
  const pool = new layers.MaxPool2d({ kernelSize: 2, stride: undefined } as never);
  assert.equal(pool.outputShape([1, 1, 4, 4]), [1, 1, 2, 2]);
  const { out } = await layers.maxPool2dForward(ones(1, 1, 4, 4), {
    kernelSize: 2,
    stride: undefined,
  } as never);
  assert.equal(out.shape, [1, 1, 2, 2]);
  assert.is(new training.Adam([], { learningRate: undefined } as never).learningRate, 1e-3);
});

test("options are copied: what is written to them later changes nothing", () => {
  const options = { kernelSize: 2 };
  const pool = new layers.MaxPool2d(options);
  options.kernelSize = 3;
  assert.equal(pool.outputShape([1, 1, 6, 6]), [1, 1, 3, 3]);
  const stride = [1, 1];
  const pairs = new layers.MaxPool2d({ kernelSize: 2, stride } as never);
  stride[0] = 2;
  assert.equal(pairs.outputShape([1, 1, 4, 4]), [1, 1, 3, 3]);
});

test("a batch of no rows has no loss", async () => {
  await assertRejects(
    () => layers.softmaxCrossEntropyForward(new Random(0).normal([0, 3]), []),
    "softmaxCrossEntropy: expected at least one row, got none",
  );
  const { out } = await layers.softmaxCrossEntropyForward(logits, Float32Array.of(2, 1));
  assert.ok(Math.abs(out.item() - 0.4076059644443804) < 1e-6); // PyTorch's, for [2, 1]
});

test.run();
