/**
 * Training steps that stay on a device: bytes there and back in each, and memory over thousands.
 *
 *     node bench/gpu-steps.mjs webgpu [STEPS] [notes]
 *
 * The small network takes 10,000 steps in a few minutes even on a software driver; `notes` is the
 * notes' network in batches of 32. With `apart` behind it, results come back after each product;
 * with `stay`, they do not in any mode, also where gpu.js computes on the processor.
 */
import { softmaxCrossEntropy } from "../dist/backprop/index.js";
import { Dataset } from "../dist/data/index.js";
import { gpuBackend } from "../dist/kernels/index.js";
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
const [batchSize, count] = isNotes ? [32, 320] : [8, 800];
const random = new Random("gpu steps");
const data = Dataset.from({
  x: random.uniform([count, ...description.input], 0, 1),
  target: Array.from({ length: count }, (_, n) => n % 10),
});
const storage = { allocator: backend.persistent };
const network = buildNetwork(description, { random: new Random("weights"), storage });
const goal = { loss: softmaxCrossEntropy(), optimizer: adam(), data, batchSize };
const epochs = Math.ceil((steps * batchSize) / count);

let [done, before, times] = [0, backend.traffic, []];
let started = performance.now();
const every = Math.max(1, Math.floor(steps / 10));
console.log(
  "    step   sent/step  told/step  fetched/step  calls/step   held    RSS MB   heap MB  ms/step",
);
let calls = backend.callCount;
for await (const event of fit(network, { ...goal, epochs, backend })) {
  if (event.type !== "step") continue;
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
}
console.log(`operations that had to come back: ${JSON.stringify([...backend.returns])}`);
await backend.dispose();
