/** XOR: four points that no single layer can tell apart. */
import { accuracy, adam, Dataset, fit, initialise, openBackend } from "leibniz";
import { Random, Sequential, softmaxCrossEntropy } from "leibniz";
import { Affine, Tanh } from "leibniz/backprop";

const corners = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const data = Dataset.from({ x: corners, target: [0, 1, 1, 0] });

const network = new Sequential({
  hidden: new Affine({ inFeatures: 2, outFeatures: 8 }),
  tanh: new Tanh(),
  classes: new Affine({ inFeatures: 8, outFeatures: 2 }),
});
initialise(network, new Random(0));

const backend = await openBackend({ name: "reference" });
for await (const event of fit(network, {
  backend,
  data,
  loss: softmaxCrossEntropy(),
  metrics: { accuracy },
  optimizer: adam({ learningRate: 0.05 }),
  epochs: 200,
  batchSize: 4,
})) {
  if (event.type !== "epoch" || event.epoch % 20 !== 19) continue;
  const { epoch, loss, metrics } = event;
  console.log(`epoch ${epoch + 1}  loss ${loss.toFixed(4)}  accuracy ${metrics["accuracy"]}`);
}
await backend.dispose();
