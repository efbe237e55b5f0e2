/**
 * ConvNetJS, image by image in plain JavaScript, on one thread. It has no Adam: Adadelta keeps as
 * many averages for each weight. Its images and filters have their channels last.
 */
import convnetjs from "convnetjs";
import {
  BATCH,
  channelsLast,
  channelsLastInputs,
  CLASSES,
  initialWeights,
  measure,
  PIXELS,
  versionOf,
} from "./common.mjs";

const network = new convnetjs.Net();
network.makeLayers([
  { type: "input", out_sx: 28, out_sy: 28, out_depth: 1 },
  { type: "conv", sx: 3, filters: 16, activation: "relu" },
  { type: "pool", sx: 2, stride: 2 },
  { type: "conv", sx: 3, filters: 32, activation: "relu" },
  { type: "pool", sx: 2, stride: 2 },
  { type: "fc", num_neurons: 120, activation: "relu" },
  { type: "softmax", num_classes: CLASSES },
]);

const weights = await initialWeights();
const inRows = {
  conv1: transposedFilter(weights["conv1.weight"], 16, 1),
  conv2: transposedFilter(weights["conv2.weight"], 32, 16),
  affine1: channelsLastInputs(weights["affine1.weight"]),
  affine2: weights["affine2.weight"],
};
const weighted = network.layers.filter(({ filters }) => filters !== undefined);
Object.entries(inRows).forEach(([name, values], l) => {
  const { filters, biases } = weighted[l];
  const length = values.length / filters.length;
  filters.forEach((filter, k) => filter.w.set(values.subarray(k * length, (k + 1) * length)));
  biases.w.set(weights[`${name}.bias`]);
});

/** A filter [K, C, 3, 3] as [K, 3, 3, C]. */
function transposedFilter(filter, K, C) {
  const last = channelsLast(filter, K, C);
  return last.map((_, i) => last[(i % (9 * C)) * K + Math.floor(i / (9 * C))]);
}

const trainer = new convnetjs.Trainer(network, {
  method: "adadelta",
  batch_size: BATCH,
  l2_decay: 0,
});
const image = new convnetjs.Vol(28, 28, 1, 0);

/** The n-th image of a batch, until the next call. */
function load(pixels, n) {
  image.w.set(pixels.subarray(n * PIXELS, (n + 1) * PIXELS));
  return image;
}

await measure({
  about: {
    library: "ConvNetJS",
    version: await versionOf("convnetjs"),
    threads: 1,
    optimizer: "Adadelta",
  },
  batches: 9,
  trainBatch(pixels, labels) {
    let loss = 0;
    for (let n = 0; n < BATCH; n++)
      loss += trainer.train(load(pixels, n), labels[n]).cost_loss / BATCH;
    return loss;
  },
  classify(pixels) {
    const out = new Float32Array(BATCH * CLASSES);
    for (let n = 0; n < BATCH; n++) out.set(network.forward(load(pixels, n)).w, n * CLASSES);
    return out;
  },
});
