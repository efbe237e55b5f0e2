/** A regression: one wave of the sine from noisy points. */
import { adam, cosine, Dataset, fit, initialise, meanSquaredError } from "leibniz";
import { openBackend, Random, Sequential } from "leibniz";
import { Affine, Tanh } from "leibniz/backprop";

const random = new Random(0);
const xs = Array.from({ length: 300 }, () => -Math.PI + 2 * Math.PI * random.next());
const train = Dataset.from({
  x: xs.map((x) => [x]),
  target: xs.map((x) => [Math.sin(x) + 0.05 * random.nextNormal()]),
});
/** Points without noise, which training has not seen. */
const test = Dataset.generate(100, (n) => {
  const x = -3 + (6 * n) / 99;
  return { x: [x], target: [Math.sin(x)] };
});

const network = new Sequential({
  hidden1: new Affine({ inFeatures: 1, outFeatures: 32 }),
  tanh1: new Tanh(),
  hidden2: new Affine({ inFeatures: 32, outFeatures: 32 }),
  tanh2: new Tanh(),
  value: new Affine({ inFeatures: 32, outFeatures: 1 }),
});
initialise(network, random);

const backend = await openBackend({ name: "wasm" });
const shared = { backend, data: train, validation: test, loss: meanSquaredError() };
const pace = { epochs: 60, batchSize: 20, schedule: cosine() };
const optimizer = adam({ learningRate: 0.01 });
for await (const event of fit(network, { ...shared, ...pace, optimizer })) {
  if (event.type !== "epoch" || event.epoch % 10 !== 9) continue;
  const { epoch, loss, validation } = event;
  const [trainError, testError] = [loss.toFixed(5), validation!.loss.toFixed(5)];
  console.log(`epoch ${epoch + 1}  train error ${trainError}  test error ${testError}`);
}
await backend.dispose();
