/** Two spirals, turned into each other: which one does a point of the plane belong to? */
import { accuracy, adamW, Dataset, fit, initialise, oneCycle, openBackend } from "leibniz";
import { Random, Sequential, softmaxCrossEntropy } from "leibniz";
import { Affine, Relu } from "leibniz/backprop";

const random = new Random("spirals");
const points = Array.from({ length: 1000 }, (_, n) => {
  const way = Math.sqrt(random.next()); // evenly along the spiral
  const angle = 3 * Math.PI * way + (n % 2) * Math.PI;
  const noise = (): number => 0.02 * random.nextNormal();
  return [way * Math.cos(angle) + noise(), way * Math.sin(angle) + noise()];
});
const data = Dataset.from({ x: points, target: points.map((_, n) => n % 2) });
const [train, unseen] = data.shuffle(random).split(0.8);

const network = new Sequential({
  hidden1: new Affine({ inFeatures: 2, outFeatures: 64 }),
  relu1: new Relu(),
  hidden2: new Affine({ inFeatures: 64, outFeatures: 64 }),
  relu2: new Relu(),
  classes: new Affine({ inFeatures: 64, outFeatures: 2 }),
});
initialise(network, random);

const backend = await openBackend({ name: "wasm" });
const sets = { data: train, validation: unseen };
const goal = { loss: softmaxCrossEntropy(), metrics: { accuracy } };
const pace = { epochs: 30, batchSize: 20, schedule: oneCycle() };
const optimizer = adamW({ learningRate: 0.01 });
for await (const event of fit(network, { backend, ...sets, ...goal, ...pace, optimizer })) {
  if (event.type !== "epoch" || event.epoch % 10 !== 9) continue;
  const right = event.validation!.metrics["accuracy"]!;
  console.log(`epoch ${event.epoch + 1}  accuracy on unseen points ${right.toFixed(3)}`);
}
await backend.dispose();
