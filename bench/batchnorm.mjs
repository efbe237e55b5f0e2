/**
 * What does batch normalisation cost? Three 3×3 convolutions with it, and the same without it and
 * with the plan off, so that both run the same layers but for the normalisation.
 *
 *     npm run build && node bench/batchnorm.mjs [THREADS] [SECONDS]
 *
 * Prints training images a second of both, from the median step of each, and their ratio. The two
 * take turns, step by step, since the machine is faster and slower by the minute.
 */
import {
  Affine,
  BatchNorm2d,
  Conv2d,
  Flatten,
  GlobalAveragePool2d,
  MaxPool2d,
  Relu,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
} from "leibniz/backprop";
import { openBackend } from "leibniz/kernels";
import { initialise, Sequential } from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import { Adam } from "leibniz/training";

const BATCH = 128;
const WARM_UP_STEPS = 3;
const threads = Number(process.argv[2] ?? 1);
const seconds = Number(process.argv[3] ?? 6);

const backend = await openBackend({ name: "wasm", threads });
const storage = { allocator: backend.persistent };
const random = new Random("batchnorm");
const x = random.normal([BATCH, 1, 28, 28]);
const labels = Uint8Array.from({ length: BATCH }, () => random.integer(10));

/** Convolution, normalisation if wanted, rectifier. */
function block(number, inChannels, outChannels, normalised) {
  const convolution = { inChannels, outChannels, kernelSize: 3, padding: 1 };
  return {
    [`conv${number}`]: new Conv2d(convolution, storage),
    ...(normalised && { [`bn${number}`]: new BatchNorm2d({ channels: outChannels }, storage) }),
    [`relu${number}`]: new Relu(),
  };
}

function network(normalised) {
  const layers = new Sequential({
    ...block(1, 1, 16, normalised),
    pool1: new MaxPool2d({ kernelSize: 2 }),
    ...block(2, 16, 32, normalised),
    pool2: new MaxPool2d({ kernelSize: 2 }),
    ...block(3, 32, 32, normalised),
    pool3: new GlobalAveragePool2d(),
    flatten: new Flatten(),
    classes: new Affine({ inFeatures: 32, outFeatures: 10 }, storage),
  });
  initialise(layers, new Random("initial"));
  return layers;
}

/** What does one step of training on a backend, and returns how long it took. */
function trainer(layers, on) {
  const optimizer = new Adam(layers.parameters, { learningRate: 1e-3 });
  return async () => {
    const started = performance.now();
    await on.step(async () => {
      layers.zeroGrad();
      const { out, backward } = await layers.forward(x, { backend: on, mode: "train" });
      const loss = await softmaxCrossEntropyForward(out, labels);
      const { dLogits } = await softmaxCrossEntropyBackward(Tensor.full([], 1), loss.cache);
      await backward(dLogits);
      await optimizer.step(on);
    });
    return performance.now() - started;
  };
}

const steps = {
  with: trainer(network(true), backend),
  without: trainer(network(false), { ...backend, fuses: false }),
};
const times = { with: [], without: [] };
for (let i = 0; i < WARM_UP_STEPS; i++) for (const step of Object.values(steps)) await step();
const started = performance.now();
while (performance.now() - started < 1000 * seconds)
  for (const [name, step] of Object.entries(steps)) times[name].push(await step());
await backend.dispose();

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const rate = (name) => (1000 * BATCH) / median(times[name]);
console.log(`wasm, ${threads} thread${threads === 1 ? "" : "s"}, batches of ${BATCH}`);
console.log(`with batch norm              ${rate("with").toFixed(0)} images/s`);
console.log(`without it, the plan off     ${rate("without").toFixed(0)} images/s`);
console.log(`ratio                        ${(rate("with") / rate("without")).toFixed(2)}`);
