/**
 * What does a layer cost in the rectifier's place? The notes' network with it in place of each of
 * the three rectifiers, beside the network as it is, with the plan off: so the others are the same
 * layers.
 *
 *     npm run build && node bench/layers-in-place.mjs [THREADS] [BATCH] [SECONDS]
 *
 * Prints, for each, the median step, the step that nine of ten are slower than, and the ratios of
 * both to the rectifier's. They take turns, step by step, since the machine is faster and slower by
 * the minute. "dense" is no layer that anybody wants: see below.
 */
import {
  Affine,
  Conv2d,
  Dropout,
  Flatten,
  LayerNorm,
  MaxPool2d,
  Relu,
  buildLoss,
  softmaxCrossEntropy,
} from "leibniz/backprop";
import { openBackend } from "leibniz/kernels";
import { initialise, Sequential } from "leibniz/network";
import { Random } from "leibniz/tensor";
import { Adam } from "leibniz/training";

const WARM_UP_STEPS = 3;
const [threads = 1, BATCH = 256, seconds = 6] = process.argv.slice(2).map(Number);

const backend = { ...(await openBackend({ name: "wasm", threads })), fuses: false };
const storage = { allocator: backend.persistent };
const random = new Random("layers in place");
const x = random.normal([BATCH, 1, 28, 28]);
const labels = Uint8Array.from({ length: BATCH }, () => random.integer(10));
const loss = buildLoss(softmaxCrossEntropy());

/**
 * What a gradient without zeros costs. Behind a max pooling and a rectifier, seven of eight entries
 * are 0, and the convolution in front skips them; behind any normalisation, none is. This adds
 * noise, forward and backward, and does nothing else.
 */
class Dense {
  kind = "dense";
  parameters = [];
  #noise;

  constructor(shape) {
    this.#noise = random.normal([BATCH, ...shape], 0, 1e-3, "float32", storage.allocator);
  }

  outputShape(shape) {
    return [...shape];
  }

  async forward(x) {
    const noise = this.#noise;
    return {
      out: await backend.add(x, noise),
      backward: (dOut) => backend.add(dOut, noise),
    };
  }
}

/** By name: the layer for an input of a given shape, without the batch's axis. */
const layers = {
  relu: () => new Relu(),
  dense: (shape) => new Dense(shape),
  dropout: () => new Dropout({ probability: 0.5 }),
  layerNorm: (shape) => new LayerNorm({ shape }, storage),
};

function network(layer) {
  const sequential = new Sequential({
    conv1: new Conv2d({ inChannels: 1, outChannels: 16, kernelSize: 3 }, storage),
    layer1: layer([16, 26, 26]),
    pool1: new MaxPool2d({ kernelSize: 2 }),
    conv2: new Conv2d({ inChannels: 16, outChannels: 32, kernelSize: 3 }, storage),
    layer2: layer([32, 11, 11]),
    pool2: new MaxPool2d({ kernelSize: 2 }),
    flatten: new Flatten(),
    affine1: new Affine({ inFeatures: 800, outFeatures: 120 }, storage),
    layer3: layer([120]),
    affine2: new Affine({ inFeatures: 120, outFeatures: 10 }, storage),
  });
  initialise(sequential, new Random("initial"));
  return sequential;
}

/** One step of training after another, and how long each took. */
function trainer(sequential) {
  const optimizer = new Adam(sequential.parameters, { learningRate: 1e-3 });
  let steps = 0;
  return async () => {
    const started = performance.now();
    await backend.step(async () => {
      sequential.zeroGrad();
      const pass = { backend, mode: "train", random: new Random(`step ${steps++}`) };
      const { out, backward } = await sequential.forward(x, pass);
      await backward(await (await loss(out, labels)).backward());
      await optimizer.step(backend);
    });
    return performance.now() - started;
  };
}

const names = Object.keys(layers);
const steps = names.map((name) => trainer(network(layers[name])));
const times = names.map(() => []);
for (let i = 0; i < WARM_UP_STEPS; i++) for (const step of steps) await step();
const started = performance.now();
while (performance.now() - started < 1000 * seconds)
  for (const [i, step] of steps.entries()) times[i].push(await step());
await backend.dispose();

/** The step that a share of all steps were faster than. */
const at = (share) => times.map((all) => all.sort((a, b) => a - b)[Math.floor(share * all.length)]);
const [medians, fast] = [at(0.5), at(0.1)];
console.log(`wasm, ${threads} thread${threads === 1 ? "" : "s"}, batches of ${BATCH}`);
for (const [i, name] of names.entries()) {
  const ratios = [medians, fast].map((of) => (of[i] / of[0]).toFixed(2));
  console.log(`${name.padEnd(12)}${medians[i].toFixed(1).padStart(8)} ms a step  ${ratios[0]}`);
  console.log(`${"".padEnd(12)}${fast[i].toFixed(1).padStart(8)} at best    ${ratios[1]}`);
}
