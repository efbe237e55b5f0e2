/**
 * How fast are networks with batch normalisation?
 *
 *     npm run build && node bench/batchnorm.mjs [--network convolutions|residual] [--threads 1,2]
 *       [--seconds 6] [--cpu]
 *
 * Prints training images a second, from the median step: of the network, and of the same without
 * its normalisations and with the plan off, so that both run the same layers but for these. The two
 * take turns, step by step, since the machine is faster and slower by the minute. With --cpu, time
 * on a processor counts: for one thread, on a busy machine. `batchnorm.py` beside this file is the
 * same in PyTorch.
 */
import { parseArgs } from "node:util";
import { softmaxCrossEntropyBackward, softmaxCrossEntropyForward } from "leibniz/backprop";
import { openBackend } from "leibniz/kernels";
import * as network from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import { Adam } from "leibniz/training";

const BATCH = 128;
const WARM_UP_STEPS = 3;
const { affine, batchNorm2d, conv2d, flatten, globalAveragePool2d, maxPool2d, relu, residual } =
  network;

/** A convolution, its normalisation if wanted, and perhaps a rectifier; by name. */
const convolution = (isNormalised, name, options, rectified = true) => ({
  [`conv${name}`]: conv2d({ kernelSize: 3, padding: 1, ...options }),
  ...(isNormalised && { [`bn${name}`]: batchNorm2d() }),
  ...(rectified && { [`relu${name}`]: relu() }),
});

const head = {
  average: globalAveragePool2d(),
  flatten: flatten(),
  classes: affine({ outFeatures: 10 }),
};

const networks = {
  convolutions: (isNormalised) => ({
    ...convolution(isNormalised, 1, { outChannels: 16 }),
    pool1: maxPool2d({ kernelSize: 2 }),
    ...convolution(isNormalised, 2, { outChannels: 32 }),
    pool2: maxPool2d({ kernelSize: 2 }),
    ...convolution(isNormalised, 3, { outChannels: 32 }),
    ...head,
  }),
  residual: (isNormalised) => {
    const block = (outChannels, stride = 1) =>
      residual({
        body: {
          ...convolution(isNormalised, 1, { outChannels, stride }),
          ...convolution(isNormalised, 2, { outChannels }, false),
        },
        ...(stride > 1 && {
          shortcut: convolution(
            isNormalised,
            "s",
            { outChannels, stride, kernelSize: 1, padding: 0 },
            false,
          ),
        }),
      });
    return {
      ...convolution(isNormalised, 1, { outChannels: 32 }),
      pool1: maxPool2d({ kernelSize: 2 }),
      block1: block(32),
      relu2: relu(),
      block2: block(64, 2),
      relu3: relu(),
      block3: block(64),
      relu4: relu(),
      block4: block(64),
      relu5: relu(),
      ...head,
    };
  },
};

const { values } = parseArgs({
  options: {
    network: { type: "string", default: "convolutions" },
    threads: { type: "string", default: "1,2" },
    seconds: { type: "string", default: "6" },
    cpu: { type: "boolean", default: false },
  },
});
const describe = networks[values.network];
if (describe === undefined) {
  console.error(`expected --network ${Object.keys(networks).join(" or ")}, got ${values.network}`);
  process.exit(2);
}

function clock() {
  const { user, system } = process.cpuUsage();
  return values.cpu ? (user + system) / 1000 : performance.now();
}

/** What does one step of training on a backend, and returns how long it took. */
function trainer(isNormalised, on, { x, labels }) {
  const description = { input: [1, 28, 28], layers: describe(isNormalised) };
  const built = network.buildNetwork(description, { storage: { allocator: on.persistent } });
  network.initialise(built, new Random("initial"));
  const optimizer = new Adam(built.parameters, { learningRate: 1e-3 });
  const step = async () => {
    const started = clock();
    await on.step(async () => {
      built.zeroGrad();
      const { out, backward } = await built.forward(x, { backend: on, mode: "train" });
      const loss = await softmaxCrossEntropyForward(out, labels);
      const { dLogits } = await softmaxCrossEntropyBackward(Tensor.full([], 1), loss.cache);
      await backward(dLogits);
      await optimizer.step(on);
    });
    return clock() - started;
  };
  const weights = built.parameters.reduce((sum, { parameter }) => sum + parameter.value.size, 0);
  return { step, weights };
}

async function measure(threads) {
  const backend = await openBackend({ name: "wasm", threads });
  const random = new Random("batchnorm");
  const x = random.normal([BATCH, 1, 28, 28]);
  const labels = Uint8Array.from({ length: BATCH }, () => random.integer(10));
  const trainers = {
    with: trainer(true, backend, { x, labels }),
    without: trainer(false, { ...backend, fuses: false }, { x, labels }),
  };
  const times = { with: [], without: [] };
  for (let i = 0; i < WARM_UP_STEPS; i++)
    for (const { step } of Object.values(trainers)) await step();
  for (const until = performance.now() + 1000 * values.seconds; performance.now() < until; )
    for (const [name, { step }] of Object.entries(trainers)) times[name].push(await step());
  await backend.dispose();
  const rate = (name) => (1000 * BATCH) / median(times[name]);
  const [rates, ratio] = [["with", "without"].map(rate), rate("with") / rate("without")];
  const columns = [values.network, trainers.with.weights, threads, ...rates.map(Math.round)];
  console.log([...columns, ratio.toFixed(2)].map((cell) => String(cell).padStart(12)).join(" "));
}

const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];

const titles = ["network", "weights", "threads", "with", "without", "ratio"];
console.log(titles.map((title) => title.padStart(12)).join(" "));
for (const threads of values.threads.split(",")) await measure(Number(threads));
