/**
 * Training steps that stay on a device: bytes there and back in each, and memory over thousands.
 *
 *     node bench/gpu-steps.mjs webgpu [STEPS] [notes]
 *
 * The small network takes 10,000 steps in a few minutes even on a software driver; `notes` is the
 * notes' network and MNIST in batches of 32. With `apart` behind it, results come back after each
 * product; with `stay`, they do not in any mode, also where gpu.js computes on the processor.
 * `beside` takes the same steps on wasm as well, and says how far the losses come apart.
 */
import { softmaxCrossEntropy } from "../dist/backprop/index.js";
import { Dataset, loadMnist } from "../dist/data/index.js";
import { gpuBackend, wasmBackend } from "../dist/kernels/index.js";
import {
  affine,
  buildNetwork,
  conv2d,
  flatten,
  maxPool2d,
  notebookDescription,
  relu,
} from "../dist/network/index.js";
import { Random } from "../dist/tensor/index.js";
import { adam, fit } from "../dist/training/index.js";

const [mode = "webgpu", asked = "10000", ...words] = process.argv.slice(2);
const [steps, isNotes] = [Number(asked), words.includes("notes")];

const small = {
  input: [2, 8, 9],
  layers: {
    conv: conv2d({ outChannels: 6, kernelSize: 3, padding: 1 }),
    relu: relu(),
    pool: maxPool2d({ kernelSize: 2 }),
    flatten: flatten(),
    classes: affine({ outFeatures: 10 }),
  },
};
const stepsOnDevice = words.includes("apart") ? false : words.includes("stay") || undefined;
const backend = await gpuBackend({ mode, smallestProduct: 0, stepsOnDevice });
const description = isNotes ? notebookDescription : small;
const batchSize = isNotes ? 32 : 8;
const random = new Random("gpu steps");
const data = isNotes
  ? (await loadMnist()).train
  : Dataset.from({
      x: random.uniform([800, ...small.input], 0, 1),
      target: Array.from({ length: 800 }, (_, n) => n % 10),
    });
const goal = { loss: softmaxCrossEntropy(), optimizer: adam(), data, batchSize };
const epochs = Math.ceil((steps * batchSize) / data.count);

/** Takes the steps on a backend, from the same weights each time. */
async function train(on, onStep) {
  const storage = { allocator: on.persistent };
  const network = buildNetwork(description, { random: new Random("weights"), storage });
  let taken = 0;
  for await (const event of fit(network, { ...goal, epochs, backend: on })) {
    if (event.type !== "step") continue;
    onStep(event);
    if (++taken === steps) break;
  }
  network.dispose();
}

let [done, before, times] = [0, backend.traffic, []];
let started = performance.now();
const every = Math.max(1, Math.floor(steps / 10));
console.log(
  "    step   sent/step  told/step  fetched/step  calls/step   held    RSS MB   heap MB  ms/step",
);
let calls = backend.callCount;
const losses = [];
await train(backend, ({ loss }) => {
  losses.push(loss);
  times.push(performance.now() - started);
  started = performance.now();
  if (++done % every === 0) {
    const { traffic } = backend;
    const { rss, heapUsed } = process.memoryUsage();
    const median = times.sort((a, b) => a - b)[times.length >> 1];
    const cells = [
      [done, 8],
      [(traffic.sent - before.sent) / every, 12],
      [(traffic.told - before.told) / every, 11],
      [(traffic.fetched - before.fetched) / every, 14],
      [(backend.callCount - calls) / every, 12],
      [backend.held, 7],
      [rss / 2 ** 20, 10],
      [heapUsed / 2 ** 20, 10],
      [median, 9],
    ];
    console.log(cells.map(([value, width]) => value.toFixed(0).padStart(width)).join(""));
    [before, calls, times] = [traffic, backend.callCount, []];
  }
});
console.log(`operations that had to come back: ${JSON.stringify([...backend.returns])}`);
await backend.dispose();

if (words.includes("beside")) {
  const wasm = await wasmBackend();
  const apart = [];
  await train(wasm, ({ loss }) => apart.push(Math.abs(loss - losses[apart.length])));
  const [most, last] = [Math.max(...apart), losses.at(-1)];
  console.log(
    `losses of ${apart.length} steps, from ${losses[0].toFixed(4)} to ${last.toFixed(4)}: ` +
      `at most ${most.toExponential(1)} from wasm's, at step ${apart.indexOf(most) + 1}`,
  );
  await wasm.dispose();
}
