/** A notebook, cell by cell. For a quick look: 1000 digits and 2 epochs, as two arguments. */
import { accuracy, adam, Dataset, fit, initialise, loadMnist, openBackend } from "leibniz";
import { Random, Sequential, softmaxCrossEntropy, type Tensor } from "leibniz";
import { Affine, Conv2d, Flatten, MaxPool2d, Relu } from "leibniz/backprop";
import { drawSubset } from "leibniz/data";
// (a) What is needed: a backend, random numbers, and shapes as they are printed.
const [count, epochs] = [Number(process.argv[2] ?? 20_000), Number(process.argv[3] ?? 20)];
const [backend, random] = [await openBackend({ name: "wasm" }), new Random(0)];
const show = (of: readonly number[]): string => `(${of.join(", ")}${of.length === 1 ? "," : ""})`;
// (b) The digits in [0, 1] in flat rows. Some of them are drawn, and they are images again.
const flat = (data: Dataset): { x: Tensor; y: Int32Array } => {
  const { x, target } = data.batch(Uint32Array.from({ length: data.count }, (_, n) => n));
  return { x: x.reshape([data.count, 28 * 28]), y: target as Int32Array };
};
const mnist = await loadMnist();
const [all, test] = [flat(mnist.train), flat(mnist.test)];
console.log(...[all, test].flatMap(({ x, y }) => [show(x.shape), show([y.length])]));
const drawn = flat(mnist.train.gather(drawSubset(mnist.train.count, count, random)));
console.log(show(drawn.x.shape), show([drawn.y.length]));
const [data, validation] = [drawn, test].map(({ x, y }) => {
  const images = x.reshape([y.length, 1, 28, 28]);
  console.log(show(images.shape), images.rank);
  return Dataset.from({ x: images, target: y });
}) as [Dataset, Dataset];
// (c) The network. One rectifier and one pooling are used again and again.
const [relu, pool] = [new Relu(), new MaxPool2d({ kernelSize: 2 })];
const conv1 = new Conv2d({ inChannels: 1, outChannels: 16, kernelSize: 3 }); // 28 → 26, pooled 13
const conv2 = new Conv2d({ inChannels: 16, outChannels: 32, kernelSize: 3 }); // 11, pooled 5
const features = { conv1, relu1: relu, pool1: pool, conv2, relu2: relu, pool2: pool };
const ln1 = new Affine({ inFeatures: 32 * 5 * 5, outFeatures: 120 }); // 800 → 120
const ln2 = new Affine({ inFeatures: 120, outFeatures: 10 });
const network = new Sequential({ ...features, flatten: new Flatten(), ln1, relu3: relu, ln2 });
initialise(network, random);
// (d) An epoch: digits in order, in batches of 256, whose losses are averaged; then the test.
const goal = { loss: softmaxCrossEntropy(), metrics: { accuracy }, batchSize: 256, epochs };
const order = { shuffle: false, meanOver: "batches", freshOptimizer: true } as const;
// (e) The epochs, each with a new Adam.
const optimizer = adam({ learningRate: 1e-3, weightDecay: 0.1 });
for await (const e of fit(network, { backend, data, validation, ...goal, ...order, optimizer }))
  if (e.type === "epoch")
    console.log(
      `Epoch: ${e.epoch} Train Loss: ${e.loss.toFixed(2)} Train Acc: ${e.metrics["accuracy"]}`,
      `Test Loss: ${e.validation!.loss.toFixed(2)} Test Acc: ${e.validation!.metrics["accuracy"]}`,
    );
await backend.dispose();
