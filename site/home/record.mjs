/**
 * Trains the small network whose numbers the home page shows:
 *
 *     npm run build && node site/home/record.mjs
 *
 * writes network.safetensors and digits.json beside this file: the network, and of each class the
 * first test image. Both are committed, so that a build needs no MNIST.
 */
import { writeFileSync } from "node:fs";
import {
  accuracy,
  adam,
  affine,
  conv2d,
  flatten,
  loadMnist,
  maxPool2d,
  open,
  relu,
  saveNetwork,
  softmaxCrossEntropy,
} from "leibniz";

const engine = await open({ seed: 1 });
const network = engine.network(
  {
    conv: conv2d({ outChannels: 6, kernelSize: 5 }),
    relu: relu(),
    pool: maxPool2d({ kernelSize: 2 }),
    flatten: flatten(),
    classes: affine({ outFeatures: 10 }),
  },
  { input: [1, 28, 28] },
);
const { train, test } = await loadMnist();
const goal = { loss: softmaxCrossEntropy(), optimizer: adam(), epochs: 3, batchSize: 64 };
const options = { ...goal, data: train, validation: test, metrics: { accuracy } };
for await (const event of engine.fit(network, options))
  if (event.type === "epoch") console.log(event.epoch, event.validation?.metrics.accuracy);

const beside = (name) => new URL(name, import.meta.url);
writeFileSync(beside("network.safetensors"), saveNetwork(network));
const digits = [];
for (let at = 0; digits.filter(Boolean).length < 10; at++) {
  const { x, target } = test.batch([at]);
  const [digit] = target;
  digits[digit] ??= {
    at,
    pixels: Buffer.from(Uint8Array.from(x.data, to8Bits)).toString("base64"),
  };
}
writeFileSync(beside("digits.json"), `${JSON.stringify(digits, null, 1)}\n`);
await engine.dispose();

/** A pixel as in MNIST's file. */
function to8Bits(value) {
  return Math.round(value * 255);
}
