/** Pictures of 3 channels and 16 × 12 pixels in 5 classes, with a residual block. */
import { accuracy, adam, Dataset, fit, initialise, openBackend } from "leibniz";
import { Random, Sequential, softmaxCrossEntropy, type Tensor } from "leibniz";
import { Affine, BatchNorm2d, Conv2d, Flatten } from "leibniz/backprop";
import { GlobalAveragePool2d, Relu, Residual } from "leibniz/backprop";

/** A bar on noise: lying in channel 0, 1 or 2, or standing in channel 0 or 1. */
function picture(index: number): { x: Tensor; target: number } {
  const random = new Random(`picture ${index}`);
  const [target, x] = [index % 5, random.normal([3, 16, 12], 0, 0.5)];
  const place = random.integer(12);
  for (let i = 0; i < 12; i++) {
    const at = target < 3 ? [target, place, i] : [target - 3, i, place];
    x.set(at, x.get(...at) + 2);
  }
  return { x, target };
}
const [train, test] = Dataset.generate(500, picture).split(400);

const conv = (inChannels: number): Conv2d =>
  new Conv2d({ inChannels, outChannels: 8, kernelSize: 3, padding: 1, bias: false });
const norm = (): BatchNorm2d => new BatchNorm2d({ channels: 8 });
const block = new Residual({
  body: { conv1: conv(8), bn1: norm(), relu: new Relu(), conv2: conv(8), bn2: norm() },
});
const entry = { conv: conv(3), bn: norm(), relu1: new Relu() };
const head = { pool: new GlobalAveragePool2d(), flatten: new Flatten() };
const classes = new Affine({ inFeatures: 8, outFeatures: 5 });
const network = new Sequential({ ...entry, block, relu2: new Relu(), ...head, classes });
initialise(network, new Random(0));

const backend = await openBackend({ name: "wasm" });
const sets = { data: train, validation: test, epochs: 4, batchSize: 25 };
const goal = { loss: softmaxCrossEntropy(), metrics: { accuracy } };
const optimizer = adam({ learningRate: 0.01 });
for await (const event of fit(network, { backend, ...sets, ...goal, optimizer }))
  if (event.type === "epoch")
    console.log(`epoch ${event.epoch + 1}  accuracy ${event.validation!.metrics["accuracy"]}`);
await backend.dispose();
