import { test } from "uvu";
import * as assert from "uvu/assert";
import { Affine, Flatten, type Layer, type PassOptions } from "leibniz/backprop";
import { type LabelledImages, makeDataset } from "leibniz/data";
import { openBackend, reference } from "leibniz/kernels";
import { initialise, notebookNetwork, Sequential, weightsSha256 } from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import { evaluate } from "leibniz/training";
import { assertClose, assertCloseArrays, assertRejects } from "../helpers/assert-close.js";
import { mnist, someImages } from "../helpers/mnist.js";

/**
 * Images of 1 × 2 pixels whose logits are the pixels themselves, 0 … 1, and a third class with
 * logit 0.5.
 */
function twoPixels(): Sequential {
  const affine = new Affine({ inFeatures: 2, outFeatures: 3 });
  affine.weight.value.data.set([1, 0, 0, 1, 0, 0]);
  affine.bias!.value.data.set([0, 0, 0.5]);
  return new Sequential({ flatten: new Flatten(), affine });
}

const PIXELS = [255, 0, /**/ 0, 255, /**/ 51, 102, /**/ 204, 0, /**/ 0, 0];
const LABELS = [0, 0, 2, 0, 1];
const dataset: LabelledImages = makeDataset(
  { count: 5, height: 1, width: 2, pixels: Uint8Array.from(PIXELS) },
  Uint8Array.from(LABELS),
  "test",
);
const LOGITS = [
  [1, 0, 0.5],
  [0, 1, 0.5],
  [0.2, 0.4, 0.5],
  [0.8, 0, 0.5],
  [0, 0, 0.5],
];
const lossOf = (n: number): number =>
  Math.log(LOGITS[n]!.reduce((sum, logit) => sum + Math.exp(logit), 0)) - LOGITS[n]![LABELS[n]!]!;
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

for (const batchSize of [1, 2, 3, 5, 8]) {
  test(
    `batches of ${batchSize}: the loss is the mean over the images, the accuracy the share ` +
      `of the images`,
    async () => {
      const network = twoPixels();
      const options = { network, dataset, backend: reference, batchSize };
      const result = await evaluate(options);
      const all = [0, 1, 2, 3, 4];
      assertCloseArrays([result.loss], [mean(all.map(lossOf))], { tolerance: 1e-7, what: "loss" });
      const starts = all.filter((n) => n % batchSize === 0);
      const batchMeans = starts.map((start) =>
        mean(all.slice(start, start + batchSize).map(lossOf)),
      );
      const { loss: ofBatches } = await evaluate({ ...options, meanOver: "batches" });
      assertCloseArrays([ofBatches], [mean(batchMeans)], { tolerance: 1e-7, what: "of batches" });
      assert.is(result.correct, 3); // images 0, 2 and 3
      assert.is(result.accuracy, 3 / 5);
      assert.ok(result.seconds >= 0 && result.seconds < 10);
    },
  );
}

test("a last batch of another size does not change the loss", async () => {
  const affine = new Affine({ inFeatures: 1, outFeatures: 2 });
  // the white image has logits −3 and 3, the others 0 and 0
  affine.weight.value.copyFrom(Tensor.from([-3, 3], [2, 1]));
  const network = new Sequential({ flatten: new Flatten(), affine });
  const pixels = Uint8Array.of(0, 0, 0, 0, 255);
  const five = { images: { count: 5, height: 1, width: 1, pixels }, labels: new Uint8Array(5) };
  for (const batchSize of [5, 4, 2, 1]) {
    const { loss } = await evaluate({ network, dataset: five, backend: reference, batchSize });
    assert.ok(Math.abs(loss - 1.7550128814755024) < 1e-15, `${batchSize}: ${loss}`);
  }
});

test(
  "after every batch: its logits in the images' order, as copies, and how many are " + "done",
  async () => {
    const seen: [Tensor, number][] = [];
    await evaluate({
      network: twoPixels(),
      dataset,
      backend: reference,
      batchSize: 2,
      onBatch: (logits, done) => seen.push([logits, done]),
    });
    assert.equal(
      seen.map(([, done]) => done),
      [2, 4, 5],
    );
    assert.equal(
      seen.map(([logits]) => [...logits.shape]),
      [
        [2, 3],
        [2, 3],
        [1, 3],
      ],
    );
    assertCloseArrays(
      seen.flatMap(([logits]) => [...logits.data]),
      LOGITS.flat(),
      { tolerance: 1e-6 },
    );
  },
);

test(
  "the network is run for evaluation: its layers keep nothing that a backward pass could " + "use",
  async () => {
    const passes: PassOptions[] = [];
    const spy: Layer = {
      kind: "spy",
      parameters: [],
      outputShape: (shape) => [...shape],
      forward: async (x, pass) => (passes.push(pass), new Flatten().forward(x, pass)),
    };
    const network = new Sequential({ spy, affine: new Affine({ inFeatures: 2, outFeatures: 3 }) });
    await evaluate({ network, dataset, backend: reference, batchSize: 2 });
    assert.ok(passes.length > 1);
    for (const { mode, record } of passes) assert.equal([mode, record], ["evaluate", false]);
  },
);

test(
  "on a backend that reclaims memory the logits stay, and agree with the " + "reference",
  async () => {
    const { test: images } = await mnist();
    const few = someImages(images, 70, 100);
    const backend = await openBackend({ name: "wasm", threads: 2 });
    try {
      const fast = notebookNetwork({ allocator: backend.persistent });
      initialise(fast, new Random(3));
      const before = await weightsSha256(fast);
      const logits: Tensor[] = [];
      const result = await evaluate({
        network: fast,
        dataset: few,
        backend,
        batchSize: 32,
        onBatch: (batch) => logits.push(batch),
      });
      assert.is(await weightsSha256(fast), before);
      for (const { name, parameter } of fast.parameters)
        assert.ok(
          parameter.grad.data.every((value) => value === 0),
          name,
        );

      const slow = notebookNetwork();
      initialise(slow, new Random(3));
      const expected: Tensor[] = [];
      const reliable = await evaluate({
        network: slow,
        dataset: few,
        backend: reference,
        batchSize: 32,
        onBatch: (batch) => expected.push(batch),
      });
      assert.is(logits.length, 3);
      for (const [i, batch] of logits.entries())
        assertClose(batch, expected[i]!, { tolerance: 1e-5, what: `batch ${i}` });
      assertCloseArrays([result.loss], [reliable.loss], { tolerance: 1e-6, what: "loss" });
      assert.is(result.correct, reliable.correct);
    } finally {
      await backend.dispose();
    }
  },
);

test("weights that overflow are an error that names the layer, and so is a bad image", async () => {
  const network = notebookNetwork();
  initialise(network, new Random(0));
  for (const { parameter } of network.parameters)
    for (let i = 0; i < parameter.value.size; i++) parameter.value.data[i]! *= 1e12;
  const { test: digits } = await mnist();
  const options = { network, dataset: someImages(digits, 5), backend: reference, batchSize: 3 };
  await assertRejects(
    () => evaluate(options),
    "evaluate: expected a finite loss, got NaN for examples 0 to 2; " +
      "the first layer whose output is not finite is affine2",
  );
  const x = Tensor.from([1, NaN, 3, 4], [2, 2]);
  const examples = { count: 2, batch: () => ({ x, target: [0, 1] }) };
  await assertRejects(
    () => evaluate({ ...options, network: twoPixels(), dataset: examples }),
    "evaluate: expected a finite loss, got NaN for examples 0 to 1; the input itself is not " +
      "finite: x of example 0 holds NaN",
  );
});

test.run();
