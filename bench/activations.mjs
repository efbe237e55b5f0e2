/**
 * What does an activation cost? A step of training of the notes' network with each of them in the
 * place of every relu, against the same with relu; the plan is off, so that nothing is fused.
 *
 *     npm run build && node bench/activations.mjs [--threads 1,2] [--seconds 20]
 *                                                [--only REGEX] [--cpu]
 *
 * Prints, for each number of threads, the median of relu's steps, and of the ratios within a round,
 * in which all take one step, with the quarter of the rounds below and the quarter above. With
 * --cpu it counts the time that the process gets on a processor: for one thread, on a busy machine.
 */
import { parseArgs } from "node:util";
import {
  Affine,
  Conv2d,
  Elu,
  Flatten,
  Gelu,
  LeakyRelu,
  MaxPool2d,
  Relu,
  Sigmoid,
  Silu,
  Softplus,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  Tanh,
} from "leibniz/backprop";
import { openBackend } from "leibniz/kernels";
import { initialise, Sequential } from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import { Adam } from "leibniz/training";

const BATCH = 256;
const WARM_UP_STEPS = 5;
const all = { LeakyRelu, Elu, Silu, Gelu, Sigmoid, Tanh, Softplus };

const { values } = parseArgs({
  options: {
    threads: { type: "string", default: "1,2" },
    seconds: { type: "string", default: "20" },
    only: { type: "string", default: "" },
    cpu: { type: "boolean", default: false },
  },
});

const wanted = Object.entries(all).filter(([name]) => new RegExp(values.only).test(name));
const random = new Random("activations");
const x = random.normal([BATCH, 1, 28, 28]);
const labels = Uint8Array.from({ length: BATCH }, () => random.integer(10));

function network(Activation, storage) {
  const layers = new Sequential({
    conv1: new Conv2d({ inChannels: 1, outChannels: 16, kernelSize: 3 }, storage),
    activation1: new Activation(),
    pool1: new MaxPool2d({ kernelSize: 2 }),
    conv2: new Conv2d({ inChannels: 16, outChannels: 32, kernelSize: 3 }, storage),
    activation2: new Activation(),
    pool2: new MaxPool2d({ kernelSize: 2 }),
    flatten: new Flatten(),
    affine1: new Affine({ inFeatures: 800, outFeatures: 120 }, storage),
    activation3: new Activation(),
    affine2: new Affine({ inFeatures: 120, outFeatures: 10 }, storage),
  });
  initialise(layers, new Random("initial"));
  return layers;
}

/** Milliseconds; of this process on a processor with --cpu. */
function clock() {
  if (!values.cpu) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What does one step of training on a backend, and returns how long it took. */
function trainer(layers, on) {
  const optimizer = new Adam(layers.parameters, { learningRate: 1e-3 });
  return async () => {
    const started = clock();
    await on.step(async () => {
      const images = x.clone(on.allocator);
      layers.zeroGrad();
      const { out, backward } = await layers.forward(images, { backend: on, mode: "train" });
      const loss = await softmaxCrossEntropyForward(out, labels);
      const { dLogits } = await softmaxCrossEntropyBackward(Tensor.full([], 1), loss.cache);
      await backward(dLogits);
      await optimizer.step(on);
    });
    return clock() - started;
  };
}

/** The numbers with a quarter, a half and three quarters of all below them. */
function quartiles(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return [0.25, 0.5, 0.75].map((share) => sorted[Math.floor(share * sorted.length)]);
}

for (const threads of values.threads.split(",").map(Number)) {
  const backend = { ...(await openBackend({ name: "wasm", threads })), fuses: false };
  const storage = { allocator: backend.persistent };
  const steps = [["Relu", Relu], ...wanted].map(([name, Activation]) => ({
    name,
    run: trainer(network(Activation, storage), backend),
    times: [],
  }));
  for (let i = 0; i < WARM_UP_STEPS; i++) for (const { run } of steps) await run();
  const until = performance.now() + 1000 * Number(values.seconds);
  while (performance.now() < until) for (const { run, times } of steps) times.push(await run());
  await backend.dispose();
  const relu = steps[0].times;
  const [, median] = quartiles(relu);
  const perImage = ((1000 * median) / BATCH).toFixed(0);
  console.log(`${threads} thread${threads === 1 ? "" : "s"}, relu: ${perImage} µs an image`);
  for (const { name, times } of steps.slice(1)) {
    const ratios = quartiles(times.map((time, i) => time / relu[i])).map((r) => r.toFixed(2));
    console.log(`${name.padEnd(10)} ${ratios[1]} × relu (${ratios[0]}–${ratios[2]})`);
  }
}
