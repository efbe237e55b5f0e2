/** Which learning rate is best? A network for each of them, one after another. */
import { accuracy, fit, initialise, loadMnist, openBackend, Random } from "leibniz";
import { notebookNetwork, sgd, softmaxCrossEntropy } from "leibniz";

const backend = await openBackend({ name: "wasm" });
const { train, test } = await loadMnist();
const [data] = train.shuffle(0).split(600);
const [validation] = test.split(300);

const found: { rate: number; right: number }[] = [];
for (const rate of [0.001, 0.02, 0.2]) {
  const network = notebookNetwork({ allocator: backend.persistent });
  initialise(network, new Random(0));
  const optimizer = sgd({ learningRate: rate, momentum: 0.9 });
  const goal = { loss: softmaxCrossEntropy(), metrics: { accuracy }, optimizer };
  let right = 0;
  try {
    const options = { backend, data, validation, ...goal, epochs: 3, batchSize: 10 };
    for await (const event of fit(network, options))
      if (event.type === "epoch") right = event.validation!.metrics["accuracy"]!;
    console.log(`learning rate ${rate}: accuracy ${right.toFixed(3)}`);
  } catch (error) {
    console.log(`learning rate ${rate}: ${(error as Error).message}`); // it may well diverge
  }
  found.push({ rate, right });
  network.dispose(); // a fast backend's memory is not the garbage collector's
}
const best = found.reduce((a, b) => (b.right > a.right ? b : a));
console.log(`the best learning rate is ${best.rate}`);
await backend.dispose();
