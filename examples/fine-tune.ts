/** A network that knows the digits 0 to 4 learns 5 to 9 from 200 pictures: only its last layer. */
import { accuracy, adam, type Dataset, fit, initialise, loadMnist } from "leibniz";
import { notebookNetwork, openBackend, Random, Sequential, softmaxCrossEntropy } from "leibniz";
import { Affine } from "leibniz/backprop";

const mnist = await loadMnist();
/** The first pictures of five digits, which become the classes 0 to 4. */
function digits(from: "train" | "test", first: number, count: number): Dataset {
  const { labels } = mnist[from];
  const chosen = [...labels.keys()].filter((n) => Math.floor(labels[n]! / 5) === first / 5);
  return mnist[from].gather(chosen.slice(0, count)).map(({ x, target }) => {
    return { x, target: Array.from(target as Int32Array, (label) => label - first) };
  });
}

const backend = await openBackend({ name: "wasm" });
const goal = { backend, loss: softmaxCrossEntropy(), metrics: { accuracy }, batchSize: 20 };
/** Trains on `count` digits. @returns the share of unseen ones that it gets right afterwards */
async function train(network: Sequential, first: number, count: number, freeze: string[]) {
  const sets = { data: digits("train", first, count), validation: digits("test", first, 500) };
  const pace = { epochs: 6000 / count, optimizer: adam({ learningRate: 4e-3 }) };
  let right = 0;
  for await (const event of fit(network, { ...goal, ...sets, ...pace, freeze }))
    if (event.type === "epoch") right = event.validation!.metrics["accuracy"]!;
  return right.toFixed(3);
}

const body = notebookNetwork({ allocator: backend.persistent }).layers.slice(0, -1);
const layers = Object.fromEntries(body.map(({ name, layer }) => [name, layer]));
const withHead = (): Sequential =>
  new Sequential({ ...layers, head: new Affine({ inFeatures: 120, outFeatures: 5 }) });

const [low, high] = [withHead(), withHead()]; // the same layers, and a last one each
initialise(low, new Random(0));
console.log(`0 to 4, everything trained: ${await train(low, 0, 2000, [])}`);
const { weight } = high.layers.at(-1)!.layer as Affine;
weight.value.copyFrom(new Random(1).uniform([5, 120], -0.1, 0.1));
const known = ["conv1", "conv2", "affine1"];
console.log(`5 to 9, the last layer alone: ${await train(high, 5, 200, known)}`);
await backend.dispose();
