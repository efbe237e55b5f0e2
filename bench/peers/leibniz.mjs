/** leibniz itself, as it is built in dist/: `node leibniz.mjs THREADS`. */
import { readFile } from "node:fs/promises";
import {
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
} from "../../dist/backprop/index.js";
import { openBackend } from "../../dist/kernels/index.js";
import { loadWeights, notebookNetwork } from "../../dist/network/index.js";
import { Tensor } from "../../dist/tensor/index.js";
import { Adam } from "../../dist/training/index.js";
import { BATCH, initialWeights, measure } from "./common.mjs";

const threads = Number(process.argv[2] ?? 1);
const backend = await openBackend({ name: "wasm", threads });
const network = notebookNetwork({ allocator: backend.persistent });
const weights = await initialWeights();
loadWeights(
  network,
  new Map(
    network.parameters.map(({ name, parameter }) => [
      name,
      Tensor.wrap(weights[name], parameter.value.shape),
    ]),
  ),
  "initial.safetensors",
);
const optimizer = new Adam(network.parameters, { learningRate: 1e-3 });
const { version } = JSON.parse(
  await readFile(new URL("../../package.json", import.meta.url), "utf8"),
);

function images(pixels) {
  const x = Tensor.zeros([BATCH, 1, 28, 28], "float32", backend.allocator);
  x.data.set(pixels);
  return x;
}

await measure({
  about: { library: "leibniz", version, threads, optimizer: "Adam" },
  trainBatch: (pixels, labels) =>
    backend.step(async () => {
      network.zeroGrad();
      const { out: logits, backward } = await network.forward(images(pixels), {
        backend,
        mode: "train",
      });
      const { out, cache } = await softmaxCrossEntropyForward(logits, labels);
      const { dLogits } = await softmaxCrossEntropyBackward(Tensor.full([], 1), cache);
      await backward(dLogits);
      await optimizer.step(backend);
      return out.item();
    }),
  classify: (pixels) =>
    backend.step(async () => {
      const pass = { backend, mode: "evaluate", record: false };
      return (await network.forward(images(pixels), pass)).out.data.slice();
    }),
});
await backend.dispose();
