/**
 * How fast the notes' network trains, by backend and threads, in one run: `npm run build && node bench/train.mjs [STEPS]`.
 * Batches of 256. The first steps, while the engine warms up, are not counted; the median step is.
 */
import { softmaxCrossEntropyBackward, softmaxCrossEntropyForward } from "leibniz/backprop";
import { loadMnist, makeBatch } from "leibniz/data";
import { openBackend } from "leibniz/kernels";
import { initialise, notebookNetwork } from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import { Adam } from "leibniz/training";

const STEPS = Number(process.argv[2] ?? 30);
const BATCH = 256;
const { train } = await loadMnist();

async function imagesPerSecond(choice, steps) {
  const backend = await openBackend(choice);
  const network = notebookNetwork({ allocator: backend.allocator });
  initialise(network, new Random(0));
  const optimizer = new Adam(network.parameters, {}, backend.allocator);
  const times = [];
  for (let step = 0; step < steps; step++) {
    const indices = Uint32Array.from({ length: BATCH }, (_, n) => (step * BATCH + n) % train.images.count);
    const started = performance.now();
    await backend.scope(async () => {
      const { x, labels } = makeBatch(train, indices, backend.allocator);
      network.zeroGrad();
      const logits = await network.forward(x, { backend, training: true });
      const { cache } = await softmaxCrossEntropyForward(logits, labels);
      const { dLogits } = await softmaxCrossEntropyBackward(Tensor.full([], 1), cache);
      await network.backward(dLogits);
      await optimizer.step(backend);
    });
    times.push(performance.now() - started);
  }
  await backend.dispose();
  const counted = times.slice(Math.ceil(steps / 3)).sort((a, b) => a - b);
  return (BATCH / counted[Math.floor(counted.length / 2)]) * 1000;
}

const reference = await imagesPerSecond({ name: "reference" }, Math.ceil(STEPS / 3));
const line = (name, speed) => console.log(`${name.padEnd(20)}${Math.round(speed).toString().padStart(7)} images/s  ${(speed / reference).toFixed(1).padStart(5)} × reference`);
line("reference", reference);
line("gpu (webasm)", await imagesPerSecond({ name: "gpu", mode: "webasm" }, Math.ceil(STEPS / 3)));
for (const threads of [1, 2]) line(`wasm, ${threads} thread${threads === 1 ? "" : "s"}`, await imagesPerSecond({ name: "wasm", threads }, STEPS));
