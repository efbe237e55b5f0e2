/**
 * TensorFlow.js: `node tfjs.mjs cpu` (plain JavaScript) or `node tfjs.mjs wasm THREADS`. Its images
 * have their channels last.
 */
import tf from "@tensorflow/tfjs";
import {
  BATCH,
  channelsLast,
  channelsLastInputs,
  CLASSES,
  initialWeights,
  measure,
  transpose,
  versionOf,
} from "./common.mjs";
import { affine, convolve, prepare } from "./tfjs-wasm.mjs";

const [name = "cpu", threads = "1"] = process.argv.slice(2);
const isWasm = name === "wasm";
await (isWasm ? prepare(Number(threads)) : tf.setBackend("cpu"));

const weights = await initialWeights();
const variable = (values, shape) => tf.variable(tf.tensor(values, shape));
const conv1 = {
  filter: variable(channelsLast(weights["conv1.weight"], 16, 1), [3, 3, 1, 16]),
  bias: variable(weights["conv1.bias"], [16]),
};
const conv2 = {
  filter: variable(channelsLast(weights["conv2.weight"], 32, 16), [3, 3, 16, 32]),
  bias: variable(weights["conv2.bias"], [32]),
};
const affine1 = {
  b: variable(transpose(channelsLastInputs(weights["affine1.weight"]), 120, 800), [800, 120]),
  bias: variable(weights["affine1.bias"], [120]),
};
const affine2 = {
  b: variable(transpose(weights["affine2.weight"], 10, 120), [120, 10]),
  bias: variable(weights["affine2.bias"], [10]),
};

/** Logits [256, 10]. Bias and relu are part of a layer's kernel, as in the library's own layers. */
function forward(pixels) {
  const x = tf.tensor4d(pixels, [BATCH, 28, 28, 1]);
  const pooled1 = tf.maxPool(convolution(x, conv1, true), 2, 2, "valid");
  const pooled2 = tf.maxPool(convolution(pooled1, conv2, false), 2, 2, "valid");
  return product(product(tf.reshape(pooled2, [BATCH, 800]), affine1, "relu"), affine2, "linear");
}
const convolution = isWasm
  ? convolve
  : (x, { filter, bias }) =>
      tf.fused.conv2d({ x, filter, bias, strides: 1, pad: "valid", activation: "relu" });
const product = isWasm
  ? affine
  : (a, { b, bias }, activation) => tf.fused.matMul({ a, b, bias, activation });

/** Reads the number or numbers that a computation returns, and frees all it made. */
async function read(compute) {
  const out = tf.tidy(compute);
  const values = await out.data();
  out.dispose();
  return values;
}

const adam = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
await measure({
  about: {
    library: `TensorFlow.js ${name}`,
    version: await versionOf("@tensorflow/tfjs"),
    threads: Number(threads),
    optimizer: "Adam",
  },
  batches: isWasm ? Infinity : 1,
  trainBatch: async (pixels, labels) => {
    const loss = () =>
      tf.losses.softmaxCrossEntropy(
        tf.oneHot(tf.tensor1d(labels, "int32"), CLASSES),
        forward(pixels),
      );
    return (await read(() => adam.minimize(loss, true)))[0];
  },
  classify: (pixels) => read(() => forward(pixels)),
});
process.exit(); // its threads would go on
