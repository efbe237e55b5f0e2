/** Which pixels speak for a digit? The gradient of a logit by the image, in evaluation. */
import { adam, fit, initialise, loadMnist, openBackend, Random } from "leibniz";
import { notebookNetwork, softmaxCrossEntropy, Tensor } from "leibniz";

const backend = await openBackend({ name: "wasm" });
const { train, test } = await loadMnist();
const network = notebookNetwork({ allocator: backend.persistent });
initialise(network, new Random(0));
const [data] = train.split(2000);
const [loss, optimizer] = [softmaxCrossEntropy(), adam({ learningRate: 2e-3 })];
const options = { backend, data, loss, optimizer, epochs: 2, batchSize: 20 };
for await (const event of fit(network, options))
  if (event.type === "epoch") console.log(`trained: loss ${event.loss.toFixed(3)}`);

const { x, target } = test.batch([0]);
const digit = (target as Int32Array)[0]!;
/** The digit's logit, and its gradient by the image: evaluated, and recorded all the same. */
const look = (image: Tensor): Promise<{ logit: number; dX: Tensor }> =>
  backend.step(async () => {
    const { out, backward } = await network.forward(image, { backend, mode: "evaluate" });
    const dOut = Tensor.zeros(out.shape);
    dOut.set([0, digit], 1);
    return { logit: out.get(0, digit), dX: (await backward(dOut, true))! };
  });

const { logit, dX } = await look(x);
const largest = Math.max(...dX.data.map(Math.abs));
for (let row = 2; row < 28; row += 2) {
  const shades = Array.from({ length: 28 }, (_, column) => {
    const strength = dX.get(0, 0, row, column) / largest;
    return strength > 0.2 ? "+" : strength < -0.2 ? "-" : ".";
  });
  console.log(shades.join(""));
}
x.data.set(x.data.map((pixel, i) => pixel + (0.1 * dX.data[i]!) / largest));
const moved = (await look(x)).logit;
console.log(`the logit of ${digit}: ${logit.toFixed(3)}, along the gradient ${moved.toFixed(3)}`);
await backend.dispose();
