/** A loss whose gradient is not divided by N, under plain descent and under Adam. */
import { Tensor } from "leibniz/tensor";
import { softmaxCrossEntropyForward } from "leibniz/backprop";
import { adam, affine, flatten, loadMnist, open, relu, sgd, softmaxCrossEntropy } from "leibniz";
import { lineChart } from "leibniz/figures";

export const breaks = "loss-gradient-not-averaged";

const [BATCH, STEPS] = [32, 60];

/** The losses of the first steps; the gradient is `factor` times what it should be. */
async function train(optimizer, factor) {
  const engine = await open({ seed: 0, backend: "reference" });
  const network = engine.network(
    {
      flatten: flatten(),
      hidden: affine({ outFeatures: 24 }),
      relu: relu(),
      classes: affine({ outFeatures: 10 }),
    },
    { input: [1, 28, 28] },
  );
  const { train: images } = await loadMnist();
  const [data] = images.split(BATCH * STEPS);
  const shipped = softmaxCrossEntropy.lossKind.build({});
  const loss = async (...given) => {
    const result = await shipped(...given);
    return { ...result, backward: (dOut = 1) => result.backward(factor * dOut) };
  };
  const points = [];
  for await (const event of engine.fit(network, {
    data,
    loss,
    optimizer,
    epochs: 1,
    batchSize: BATCH,
  }))
    if (event.type === "step") points.push([event.step, event.loss]);
  await engine.dispose();
  return points;
}

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const descent = () => sgd({ learningRate: 0.3 });
  const series = [
    ["descent, right", descent(), 1],
    ["descent, not averaged", descent(), BATCH],
    ["Adam, right", adam({ learningRate: 0.003 }), 1],
    ["Adam, not averaged", adam({ learningRate: 0.003 }), BATCH],
  ];
  const { out: guessing } = await softmaxCrossEntropyForward(Tensor.zeros([1, 10]), [0]);
  const drawn = [];
  for (const [name, optimizer, factor] of series) {
    const points = await train(optimizer, factor);
    // the last one lies on the one before it, so it is drawn as dots
    const isDotted = drawn.length === series.length - 1;
    drawn.push(isDotted ? { name, dots: points.filter((_, i) => i % 4 === 0) } : { name, points });
  }
  return lineChart({
    title: "A gradient 32 times too large",
    description:
      "Plain descent with the mistake jumps to losses far above chance; Adam with it follows Adam " +
      "without it, since it divides gradients by their size.",
    width: 400,
    height: 250,
    x: { label: "step, of 32 images" },
    y: { label: "loss in nats", scale: "log" },
    series: drawn,
    rules: [{ axis: "y", at: guessing.item(), name: "log 10, guessing" }],
  });
}
