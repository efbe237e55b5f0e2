/** Training on a backend whose numbers cannot be looked at: nothing looks, and all is the same. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { softmaxCrossEntropy } from "leibniz/backprop";
import { Dataset } from "leibniz/data";
import { type Backend, reference } from "leibniz/kernels";
import {
  affine,
  averagePool2d,
  batchNorm2d,
  buildNetwork,
  conv2d,
  dropout,
  flatten,
  gelu,
  layerNorm,
  maxPool2d,
  type NetworkDescription,
  relu,
  residual,
  weightsSha256,
} from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import {
  accuracy,
  adamW,
  fit,
  type FitOptions,
  type FitStep,
  measure,
  readState,
  sgd,
  type StepEvent,
  StepMeasures,
} from "leibniz/training";
import { assertRejects } from "../helpers/assert-close.js";
import { farBackend } from "../helpers/far-backend.js";

const description: NetworkDescription = {
  input: [2, 9, 8],
  layers: {
    conv1: conv2d({ outChannels: 4, kernelSize: 3, padding: 1 }),
    norm: batchNorm2d(),
    relu1: relu(),
    pool: maxPool2d({ kernelSize: 2 }),
    block: residual({
      body: { conv: conv2d({ outChannels: 4, kernelSize: 3, padding: 1 }), gelu: gelu() },
    }),
    mean: averagePool2d({ kernelSize: 2 }),
    flatten: flatten(),
    hidden: affine({ outFeatures: 6 }),
    norm2: layerNorm({ shape: [6] }),
    drop: dropout({ probability: 0.2 }),
    classes: affine({ outFeatures: 3 }),
  },
};
const random = new Random("elsewhere");
const data = Dataset.from({
  x: random.normal([24, 2, 9, 8]),
  target: Array.from({ length: 24 }, (_, n) => n % 3),
});

const variants: Readonly<Record<string, Partial<FitOptions>>> = {
  plain: {},
  "several batches a step, clipped": { accumulate: 2, clipNorm: 0.1 },
  "averaged, stopped early": {
    ...{ average: 0.9, validation: data, stopEarly: { patience: 1 } },
  },
  "Adam built anew": { optimizer: adamW({ learningRate: 0.01 }), freshOptimizer: true },
};

/** A step of `fit` as one of `train`, of which the measures take the numbers that both have. */
function asTrain(event: FitStep): StepEvent {
  const { examples: images, examplesPerSecond: imagesPerSecond } = event;
  return { ...event, images, imagesPerSecond, meanAccuracy: 0 } as StepEvent;
}

async function trained(backend: Backend, options: Partial<FitOptions>) {
  const network = buildNetwork(description, {
    storage: { allocator: backend.persistent },
    random: new Random(3),
  });
  const measures = new StepMeasures(network);
  const seen: unknown[] = [];
  const events = fit(network, {
    ...{ backend, data, loss: softmaxCrossEntropy(), epochs: 3, batchSize: 6 },
    ...{ optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }), metrics: { accuracy }, ...options },
  });
  for await (const event of events) {
    if (event.type === "step") {
      if (measures.looksAt(event)) await readState(backend, network, event.optimizer);
      seen.push(event.loss, event.metrics, measures.step(asTrain(event)));
    }
    if (event.type === "epoch") seen.push(event.loss, event.validation, weightsSha256(network));
  }
  const { loss, metrics } = await measure(network, {
    ...{ backend, data, loss: softmaxCrossEntropy(), metrics: { accuracy } },
  });
  return { seen, loss, metrics };
}

for (const [name, options] of Object.entries(variants))
  test(`${name}: the same, digit by digit`, async () => {
    const [near, far] = [await trained(reference, options), await trained(farBackend(), options)];
    assert.ok(near.seen.length > 10);
    assert.equal(far, near);
  });

test("whoever looks too early is told what to do", async () => {
  const backend = farBackend();
  const x = random.normal([2, 3]);
  const out = await backend.relu(x);
  assert.throws(() => out.data, /expected numbers that are here/);
  assert.throws(() => out.get(0, 0), /expected numbers that are here/);
  assert.throws(() => out.clone(), /expected numbers that are here/);
  assert.equal(out.reshape([6]).shape, [6]);
  const row = out.slice([0, 1]);
  assert.is(await backend.read(out), out);
  assert.equal(
    [...row.contiguous().data],
    [0, 1, 2].map((i) => Math.max(x.get(0, i), 0)),
  );
  await backend.accumulate(out, Tensor.full([2, 3], 1));
  await assertRejects(async () => out.item(), "one element");
  assert.throws(() => out.data, /expected numbers that are here/);
});

test("memory that is elsewhere is filled, compared and counted where it is", async () => {
  const backend = farBackend();
  const tensor = Tensor.zeros([4], "float32", backend.persistent);
  const { storage } = tensor;
  assert.is(storage.length, 4);
  assert.is(storage.dtype, "float32");
  const before = storage.version;
  tensor.fill(2);
  assert.is(storage.version, before + 1);
  assert.equal([...tensor.data], [2, 2, 2, 2]);
  const other = Tensor.zeros([4], "float32", backend.persistent);
  assert.ok(tensor.sharesMemoryWith(tensor.reshape([2, 2])));
  assert.not(tensor.sharesMemoryWith(other));
  assert.not(tensor.sharesMemoryWith(Tensor.zeros([4])));
  assert.not(Tensor.zeros([4]).sharesMemoryWith(tensor));
});

test.run();
