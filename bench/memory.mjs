/**
 * Memory that has to stay flat: a loop that knows no `step`, and a sweep that makes and disposes of
 * networks. `npm run build && node bench/memory.mjs [STEPS] [NETWORKS]`
 *
 * Prints the process's resident memory, after a garbage collection if Node has --expose-gc.
 */
import { softmaxCrossEntropyBackward, softmaxCrossEntropyForward } from "leibniz/backprop";
import { loadMnist, makeBatch } from "leibniz/data";
import { wasmBackend } from "leibniz/kernels";
import { initialise, notebookNetwork } from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import { Adam } from "leibniz/training";

const BATCH = 32;
const [steps = 2000, networks = 200] = process.argv.slice(2).map(Number);
const { train } = await loadMnist();
const backend = await wasmBackend({ threads: 1, largestMB: 256 });

function built(seed) {
  const network = notebookNetwork({ allocator: backend.persistent });
  initialise(network, new Random(seed));
  return { network, optimizer: new Adam(network.parameters) };
}

/** One step of training, wherever its tensors live. @returns its loss */
async function step({ network, optimizer }, n) {
  const indices = Array.from({ length: BATCH }, (_, i) => (n * BATCH + i) % train.labels.length);
  const { x, labels } = makeBatch(train, indices, backend.allocator);
  network.zeroGrad();
  const { out: logits, backward } = await network.forward(x, { backend, mode: "train" });
  const { out, cache } = await softmaxCrossEntropyForward(logits, labels);
  await backward((await softmaxCrossEntropyBackward(Tensor.full([], 1), cache)).dLogits);
  await optimizer.step(backend);
  return out.item();
}

function report(what, extra) {
  globalThis.gc?.();
  const resident = Math.round(process.memoryUsage.rss() / 2 ** 20);
  console.log(`${what.padEnd(26)}${String(resident).padStart(5)} MB  ${extra}`);
}

for (const inStep of [false, true]) {
  const one = built(0);
  const started = performance.now();
  let loss = 0;
  for (let n = 0; n < steps; n++) {
    loss = inStep ? await backend.step(() => step(one, n)) : await step(one, n);
    if ((n + 1) % (steps / 4) !== 0) continue;
    const speed = Math.round(((n + 1) * BATCH) / ((performance.now() - started) / 1000));
    const where = inStep ? "in steps" : "outside of steps";
    report(`${where}, ${n + 1}`, `loss ${loss.toFixed(6)}  ${speed} images/s`);
  }
  one.network.dispose();
}
for (let seed = 0; seed < networks; seed++) {
  const one = built(seed);
  for (let n = 0; n < 2; n++) await backend.step(() => step(one, n));
  one.network.dispose();
  if ((seed + 1) % (networks / 4) === 0) report(`networks, ${seed + 1}`, "");
}
await backend.dispose();
