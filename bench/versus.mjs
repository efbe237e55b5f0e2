/**
 * This checkout against another one, network by network, in turn, so that a busy machine slows
 * both:
 *
 *     node bench/versus.mjs ../other [--rounds 5] [--threads 1,2] [--only REGEX] [--seconds 3]
 *
 * With --cpu it counts the time that a process gets on a processor: for one thread, on a busy
 * machine.
 *
 * Both have to be built. Prints images per second, medians over the rounds, and the ratio's median.
 */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const BATCH = 256;
const WARM_UP_STEPS = 3;

/** Layers by name; `b` holds the checkout's layer classes, `s` is where parameters live. */
const networks = {
  notes: (b, s) => ({
    conv1: new b.Conv2d({ inChannels: 1, outChannels: 16, kernelSize: 3 }, s),
    relu1: new b.Relu(),
    pool1: new b.MaxPool2d({ kernelSize: 2 }),
    conv2: new b.Conv2d({ inChannels: 16, outChannels: 32, kernelSize: 3 }, s),
    relu2: new b.Relu(),
    pool2: new b.MaxPool2d({ kernelSize: 2 }),
    ...head(b, s, 800),
  }),
  "conv, pool, relu": (b, s) => ({
    conv1: new b.Conv2d({ inChannels: 1, outChannels: 16, kernelSize: 3 }, s),
    pool1: new b.MaxPool2d({ kernelSize: 2 }),
    relu1: new b.Relu(),
    conv2: new b.Conv2d({ inChannels: 16, outChannels: 32, kernelSize: 3 }, s),
    pool2: new b.MaxPool2d({ kernelSize: 2 }),
    relu2: new b.Relu(),
    ...head(b, s, 800),
  }),
  "3×3 pools of stride 2": (b, s) => ({
    conv1: new b.Conv2d({ inChannels: 1, outChannels: 16, kernelSize: 3 }, s),
    relu1: new b.Relu(),
    pool1: new b.MaxPool2d({ kernelSize: 3, stride: 2 }),
    conv2: new b.Conv2d({ inChannels: 16, outChannels: 32, kernelSize: 3 }, s),
    relu2: new b.Relu(),
    pool2: new b.MaxPool2d({ kernelSize: 3, stride: 2 }),
    ...head(b, s, 512),
  }),
  "without biases": (b, s) => ({
    conv1: new b.Conv2d({ inChannels: 1, outChannels: 16, kernelSize: 3, bias: false }, s),
    relu1: new b.Relu(),
    pool1: new b.MaxPool2d({ kernelSize: 2 }),
    conv2: new b.Conv2d({ inChannels: 16, outChannels: 32, kernelSize: 3, bias: false }, s),
    relu2: new b.Relu(),
    pool2: new b.MaxPool2d({ kernelSize: 2 }),
    ...head(b, s, 800),
  }),
  residual: (b, s) => ({
    conv1: new b.Conv2d({ inChannels: 1, outChannels: 16, kernelSize: 3, padding: 1 }, s),
    relu1: new b.Relu(),
    pool1: new b.MaxPool2d({ kernelSize: 2 }),
    block: new b.Residual({
      body: {
        conv2: new b.Conv2d({ inChannels: 16, outChannels: 16, kernelSize: 3, padding: 1 }, s),
        relu2: new b.Relu(),
        conv3: new b.Conv2d({ inChannels: 16, outChannels: 16, kernelSize: 3, padding: 1 }, s),
      },
    }),
    relu3: new b.Relu(),
    pool3: new b.MaxPool2d({ kernelSize: 2 }),
    ...head(b, s, 784),
  }),
  groups: (b, s) => ({
    conv1: new b.Conv2d({ inChannels: 1, outChannels: 16, kernelSize: 3 }, s),
    relu1: new b.Relu(),
    pool1: new b.MaxPool2d({ kernelSize: 2 }),
    conv2: new b.Conv2d({ inChannels: 16, outChannels: 32, kernelSize: 3, groups: 4 }, s),
    relu2: new b.Relu(),
    pool2: new b.MaxPool2d({ kernelSize: 2 }),
    ...head(b, s, 800),
  }),
};

function head(b, s, inFeatures) {
  return {
    flatten: new b.Flatten(),
    affine1: new b.Affine({ inFeatures, outFeatures: 120 }, s),
    relu: new b.Relu(),
    affine2: new b.Affine({ inFeatures: 120, outFeatures: 10 }, s),
  };
}

/**
 * Images per second of one network on one checkout, in this process: the fastest half of the steps.
 */
async function measure(checkout, name, threads, seconds) {
  const load = (path) => import(pathToFileURL(resolve(checkout, "dist", path, "index.js")).href);
  const folders = ["backprop", "kernels", "network", "tensor", "training"];
  const [b, kernels, { Sequential, initialise }, { Random, Tensor }, { Adam }] = await Promise.all(
    folders.map(load),
  );
  const backend = await kernels.wasmBackend({ threads });
  const isOld = backend.step === undefined; // before layers returned their backward
  const network = new Sequential(
    networks[name](b, { allocator: backend.persistent ?? backend.allocator }),
  );
  initialise(network, new Random(0));
  const optimizer = new Adam(network.parameters, {}, backend.allocator);
  const images = new Random(1).uniform([BATCH, 1, 28, 28], 0, 1);
  const labels = Int32Array.from({ length: BATCH }, (_, n) => n % 10);
  const inStep = (run) => (isOld ? backend.scope(run) : backend.step(run));
  const train = () =>
    inStep(async () => {
      const x = images.clone(backend.allocator);
      network.zeroGrad();
      const pass = await network.forward(
        x,
        isOld ? { backend, training: true } : { backend, mode: "train" },
      );
      const { cache } = await b.softmaxCrossEntropyForward(isOld ? pass : pass.out, labels);
      const { dLogits } = await b.softmaxCrossEntropyBackward(Tensor.full([], 1), cache);
      await (isOld ? network.backward(dLogits) : pass.backward(dLogits));
      await optimizer.step(backend);
    });
  const evaluation = {
    backend,
    ...(isOld ? { training: false } : { mode: "evaluate", record: false }),
  };
  const classify = () =>
    inStep(async () => {
      const x = images.clone(backend.allocator);
      const pass = await network.forward(x, evaluation);
      return (isOld ? pass : pass.out).data[0];
    });
  const speed = async (run) => {
    for (let step = 0; step < WARM_UP_STEPS; step++) await run();
    const times = [];
    for (const until = performance.now() + 1000 * seconds; performance.now() < until; ) {
      const started = clock();
      await run();
      times.push(clock() - started);
    }
    return (
      (1000 * BATCH) / median(times.sort((x, y) => x - y).slice(0, Math.ceil(times.length / 2)))
    );
  };
  const result = { train: await speed(train), classify: await speed(classify) };
  await backend.dispose();
  return result;
}

/** Milliseconds; of this process on a processor, where nothing else runs in it. */
function clock() {
  if (!values.cpu) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: "1,2" },
    only: { type: "string", default: "" },
    seconds: { type: "string", default: "3" },
    cpu: { type: "boolean", default: false },
    measure: { type: "string" },
  },
});
const [other] = positionals;
if (other === undefined) {
  console.error(
    "versus.mjs: expected the path of another checkout; usage: node bench/versus.mjs PATH",
  );
  process.exit(2);
}
if (values.measure !== undefined) {
  const result = await measure(
    other,
    values.measure,
    Number(values.threads),
    Number(values.seconds),
  );
  console.log(JSON.stringify(result));
  process.exit(0);
}
const here = resolve(fileURLToPath(new URL("..", import.meta.url)));
const run = (checkout, name, threads) => {
  const script = fileURLToPath(import.meta.url);
  const options = ["--measure", name, "--threads", threads, "--seconds", values.seconds];
  if (values.cpu) options.push("--cpu");
  const { stdout, stderr, status } = spawnSync("node", [script, checkout, ...options], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${checkout}, ${name}: ${stderr}`);
  return JSON.parse(stdout);
};
console.log("network                 threads  what         other     here    ratio");
for (const name of Object.keys(networks).filter((one) => new RegExp(values.only).test(one))) {
  for (const threads of values.threads.split(",")) {
    const rounds = Array.from({ length: Number(values.rounds) }, (_, round) => {
      const pair = round % 2 === 0 ? [other, here] : [here, other];
      const results = pair.map((checkout) => run(checkout, name, threads));
      return round % 2 === 0 ? results : results.reverse();
    });
    for (const what of ["train", "classify"]) {
      const [a, b] = [0, 1].map((i) => median(rounds.map((round) => round[i][what])));
      const ratio = median(rounds.map(([theirs, ours]) => ours[what] / theirs[what]));
      const columns = [name.padEnd(24), threads.padStart(7), `  ${what.padEnd(9)}`];
      const figures = [a, b].map((speed) => String(Math.round(speed)).padStart(9));
      console.log([...columns, ...figures, ratio.toFixed(3).padStart(9)].join(""));
    }
  }
}
