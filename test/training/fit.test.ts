import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  Affine,
  BatchNorm1d,
  Dropout,
  type Layer,
  meanSquaredError,
  type PassOptions,
  Relu,
  Residual,
  softmaxCrossEntropy,
  Tanh,
  TwoPassLayer,
} from "leibniz/backprop";
import { Dataset, type Examples } from "leibniz/data";
import { reference, wasmBackend } from "leibniz/kernels";
import { initialise, networkWeights, Sequential, weightsSha256 } from "leibniz/network";
import { InputError, Random, Tensor } from "leibniz/tensor";
import {
  accuracy,
  adam,
  adamW,
  fit,
  type FitEpoch,
  type FitEvent,
  type FitOptions,
  type FitStep,
  measure,
  Sgd,
  sgd,
} from "leibniz/training";
import { assertClose, assertCloseArrays, assertRejects } from "../helpers/assert-close.js";

/** 40 points whose class is the sign of a sum, and whose number is the sum. */
const points = new Random("points").normal([40, 3], 0, 1, "float64");
const sums = [...Array(40).keys()].map((n) => points.get(n, 0) + points.get(n, 1));
const classes = Dataset.from({ x: points, target: sums.map((sum) => Number(sum > 0)) });
const numbers = Dataset.from({ x: points, target: sums.map((sum) => [sum]) });

function built(outputs: number, seed = 1): Sequential {
  const network = new Sequential({
    a: new Affine({ inFeatures: 3, outFeatures: 8 }, { dtype: "float64" }),
    tanh: new Tanh(),
    b: new Affine({ inFeatures: 8, outFeatures: 4 }, { dtype: "float64" }),
    relu: new Relu(),
    c: new Affine({ inFeatures: 4, outFeatures: outputs }, { dtype: "float64" }),
  });
  initialise(network, new Random(seed));
  return network;
}

const plain = {
  backend: reference,
  data: classes,
  loss: softmaxCrossEntropy(),
  optimizer: sgd({ learningRate: 0.5 }),
  epochs: 2,
  batchSize: 8,
} satisfies FitOptions;
/** What `measure` takes of it. */
const measured = { backend: plain.backend, data: classes, loss: plain.loss };

async function all(network: Sequential, options: FitOptions): Promise<FitEvent[]> {
  const events: FitEvent[] = [];
  for await (const event of fit(network, options)) events.push(event);
  return events;
}
const steps = (events: readonly FitEvent[]): FitStep[] =>
  events.filter((event) => event.type === "step");
const epochs = (events: readonly FitEvent[]): FitEpoch[] =>
  events.filter((event) => event.type === "epoch");
const weights = (network: Sequential): number[] =>
  [...networkWeights(network).values()].flatMap((tensor) => [...tensor.data]);

test("a regression without a validation: events in order, and the loss falls", async () => {
  const network = built(1);
  const events = await all(network, {
    ...plain,
    data: numbers,
    loss: meanSquaredError(),
    optimizer: adam({ learningRate: 0.02 }),
    epochs: 40,
  });
  assert.equal(
    events.slice(0, 7).map(({ type }) => type),
    [...Array<string>(5).fill("step"), "epoch", "step"],
  );
  const [first, last] = [epochs(events)[0]!, epochs(events).at(-1)!];
  assert.is(first.validation, null);
  assert.equal([first.isBest, first.stops, first.metrics], [null, false, {}]);
  assert.ok(last.loss < 0.02 * first.loss, `${first.loss} → ${last.loss}`);
});

test("steps and epochs tell losses and metrics as means over their examples", async () => {
  const network = built(2);
  const still = { ...plain, optimizer: sgd({ learningRate: 0 }), batchSize: 12, epochs: 1 };
  const largest = (logits: Tensor): number => Math.max(...logits.contiguous().data);
  const events = await all(network, {
    ...still,
    validation: classes,
    metrics: { accuracy, largest },
  });
  assert.equal(
    events.slice(4).map(({ type }) => type),
    ["validating", "epoch"],
  );
  const [epoch] = epochs(events);
  const { loss, metrics } = await measure(network, {
    ...measured,
    metrics: { accuracy },
    batchSize: 40,
  });
  assertCloseArrays([epoch!.loss, epoch!.validation!.loss], [loss, loss], { tolerance: 1e-14 });
  assert.is(epoch!.metrics["accuracy"], metrics["accuracy"]);
  assert.is(epoch!.validation!.metrics["accuracy"], metrics["accuracy"]);
  // the mean of the largest in batches of 12, 12, 12 and 4, in the order of this epoch
  const taken = steps(events);
  assert.equal(
    taken.map(({ examples }) => examples),
    [12, 24, 36, 40],
  );
  let total = 0;
  taken.forEach(({ loss: own, examples, meanLoss }, s) => {
    total += own * (examples - (taken[s - 1]?.examples ?? 0));
    assertCloseArrays([meanLoss], [total / examples], { tolerance: 1e-14 });
  });
  assert.ok(epoch!.metrics["largest"]! > 0);
});

test("a metric may give a number for each example, or their mean", async () => {
  const network = built(2);
  const first = (logits: Tensor): number[] =>
    [...Array(logits.shape[0]!).keys()].map((n) => logits.get(n, 0));
  const meanOfFirst = (logits: Tensor): number =>
    first(logits).reduce((a, b) => a + b, 0) / logits.shape[0]!;
  const { metrics } = await measure(network, {
    ...measured,
    metrics: { first, meanOfFirst },
    batchSize: 7,
  });
  assertCloseArrays([metrics["meanOfFirst"]!], [metrics["first"]!], { tolerance: 1e-12 });
  const { out } = await network.forward(points, { backend: reference, mode: "evaluate" });
  assertCloseArrays([metrics["first"]!], [first(out).reduce((a, b) => a + b, 0) / 40], {
    tolerance: 1e-12,
  });
});

test("batches that are accumulated are one large batch, whatever their sizes", async () => {
  for (const [batchSize, accumulate] of [
    [12, 10],
    [7, 6],
    [40, 3],
  ] as const) {
    const [one, many] = [built(2), built(2)];
    const whole = steps(await all(one, { ...plain, batchSize: 40 }));
    const parts = steps(await all(many, { ...plain, batchSize, accumulate }));
    assert.equal(
      parts.map(({ steps, examples }) => [steps, examples]),
      [
        [1, 40],
        [1, 40],
      ],
    );
    assertCloseArrays(
      parts.map(({ loss }) => loss),
      whole.map(({ loss }) => loss),
      { tolerance: 1e-13 },
    );
    assertCloseArrays(weights(many), weights(one), { tolerance: 1e-13 });
  }
  const events = steps(await all(built(2), { ...plain, accumulate: 2, epochs: 1 }));
  assert.equal(
    events.map(({ step, steps, examples }) => [step, steps, examples]),
    [
      [1, 3, 16],
      [2, 3, 32],
      [3, 3, 40],
    ],
  );
});

test("weights of the examples count in steps, means and accumulated batches", async () => {
  const given = [...Array(40).keys()].map((n) => n % 4);
  const weighted = Dataset.from({
    x: points,
    target: sums.map((sum) => Number(sum > 0)),
    weights: given,
  });
  const repeated = weighted.gather(given.flatMap((weight, n) => Array<number>(weight).fill(n)));
  const often = Dataset.generate(60, (n) => {
    const { x, target } = repeated.batch([n]);
    return { x: x.reshape([3]), target: (target as Int32Array)[0]! };
  });
  const run = async (
    options: Partial<FitOptions>,
  ): Promise<{ last: FitEpoch; after: number[] }> => {
    const network = built(2);
    const options2 = { ...plain, shuffle: false, metrics: { accuracy }, ...options };
    const events = await all(network, { ...options2, validation: options2.data });
    return { last: epochs(events).at(-1)!, after: weights(network) };
  };
  const expected = await run({ data: often, batchSize: 60 });
  for (const options of [{ batchSize: 40 }, { batchSize: 9, accumulate: 5 }]) {
    const { last, after } = await run({ data: weighted, ...options });
    assertCloseArrays(after, expected.after, { tolerance: 1e-12 });
    for (const [a, b] of [
      [last, expected.last],
      [last.validation!, expected.last.validation!],
    ] as const) {
      assertCloseArrays([a.loss], [b.loss], { tolerance: 1e-12 });
      assertCloseArrays([a.metrics["accuracy"]!], [b.metrics["accuracy"]!], { tolerance: 1e-12 });
    }
  }
});

test("a batch of weights 0 alone moves nothing", async () => {
  const none = Dataset.from({
    x: points,
    target: [...Array(40).keys()].map((n) => n % 2),
    weights: [...Array(40).keys()].map((n) => Number(n >= 8)),
  });
  const network = built(2);
  const before = weights(network);
  for await (const event of fit(network, { ...plain, data: none, shuffle: false })) {
    if (event.type !== "step") continue;
    assert.equal(
      weights(network).every((w, i) => w === before[i]),
      event.step === 1,
    );
    if (event.step === 2) break;
  }
});

test("the seed decides, shuffling or not, and the last small batch may be left out", async () => {
  const run = async (options: Partial<FitOptions>): Promise<string> => {
    const network = built(2);
    await all(network, { ...plain, batchSize: 12, ...options });
    return weightsSha256(network);
  };
  assert.is(await run({}), await run({ seed: 0 }));
  assert.is(await run({ seed: "7" }), await run({ random: new Random(7) }));
  assert.is.not(await run({ seed: 1 }), await run({ seed: 2 }));
  assert.is(await run({ seed: 1, shuffle: false }), await run({ seed: 2, shuffle: false }));
  assert.is(
    await run({ shuffle: false, dropLast: true }),
    await run({ shuffle: false, data: classes.split(36)[0] }),
  );
  const taken = steps(await all(built(2), { ...plain, batchSize: 12, dropLast: true, epochs: 1 }));
  assert.equal(
    taken.map(({ examples, steps }) => [examples, steps]),
    [
      [12, 3],
      [24, 3],
      [36, 3],
    ],
  );
});

test("a data set may be any object, and may have to be waited for", async () => {
  const [one, other] = [built(2), built(2)];
  await all(one, plain);
  const own: Examples = {
    count: 40,
    batch: async (indices) => {
      await new Promise((done) => setTimeout(done));
      return classes.batch(indices);
    },
  };
  await all(other, { ...plain, data: own, validation: own });
  assert.is(await weightsSha256(other), await weightsSha256(one));
  const short = { count: 40, batch: () => classes.batch([0]) };
  await assertRejects(
    () => all(built(2), { ...plain, data: short }),
    "fit: expected x of 8 examples, [8, …], got [1, 3]",
  );
});

/** Tells which passes it sees. */
class Spy extends TwoPassLayer<{ x: Tensor }> {
  readonly kind = "spy";
  readonly passes: { mode: string; record: boolean | undefined }[] = [];
  backwards = 0;
  override readonly differentiate = async (dOut: Tensor) => (this.backwards++, { dX: dOut });

  override async compute(x: Tensor, { mode, record }: PassOptions) {
    this.passes.push({ mode, record });
    return { out: x, cache: { x } };
  }
}

function normalised(): { network: Sequential; spies: readonly Spy[] } {
  const spies = [new Spy(), new Spy()];
  const network = new Sequential({
    a: new Affine({ inFeatures: 3, outFeatures: 6 }, { dtype: "float64" }),
    spy1: spies[0]!,
    bn1: new BatchNorm1d({ channels: 6 }, { dtype: "float64" }),
    dropout: new Dropout({ probability: 0.5 }),
    block: new Residual({
      body: {
        b: new Affine({ inFeatures: 6, outFeatures: 6 }, { dtype: "float64" }),
        bn2: new BatchNorm1d({ channels: 6 }, { dtype: "float64" }),
      },
    }),
    spy2: spies[1]!,
    c: new Affine({ inFeatures: 6, outFeatures: 2 }, { dtype: "float64" }),
  });
  initialise(network, new Random(3));
  return { network, spies };
}

/** The names of all tensors that a training changes. */
async function changed(
  freeze: readonly string[],
): Promise<{ names: string[]; spies: readonly Spy[] }> {
  const { network, spies } = normalised();
  const before = new Map(
    [...networkWeights(network)].map(([name, value]) => [name, value.clone()]),
  );
  await all(network, {
    ...plain,
    freeze,
    optimizer: adamW({ learningRate: 0.1, weightDecay: 0.1 }),
  });
  const names = [...networkWeights(network)]
    .filter(([name, value]) => value.data.some((entry, i) => entry !== before.get(name)!.data[i]))
    .map(([name]) => name);
  return { names, spies };
}

test("what is frozen stays to the bit, running statistics too, and costs no backward", async () => {
  const everything = await changed([]);
  assert.is(everything.names.length, 6 + 4 + 4);
  assert.ok(everything.spies.every(({ backwards }) => backwards === 10));
  const front = await changed(["a", "bn1", "block.b.weight", "block.b.bias"]);
  assert.equal(front.names, [
    "block.bn2.weight",
    "block.bn2.bias",
    "c.weight",
    "c.bias",
    "block.bn2.runningMean",
    "block.bn2.runningVariance",
  ]);
  assert.is(front.spies[0]!.backwards, 0);
  assert.ok(
    front.spies[0]!.passes.every(({ mode, record }) => mode === "evaluate" && record === false),
  );
  assert.is(front.spies[1]!.backwards, 10);
  const head = await changed(["a", "bn1", "block"]);
  assert.equal(head.names, ["c.weight", "c.bias"]);
  assert.is(head.spies[1]!.backwards, 0);
  const middle = await changed(["block.bn2.weight", "block.bn2.bias", "c.weight"]);
  assert.ok(!middle.names.some((name) => /^block.bn2|^c.weight/.test(name)), String(middle.names));
  assert.equal(middle.names, [
    "a.weight",
    "a.bias",
    "bn1.weight",
    "bn1.bias",
    "block.b.weight",
    "block.b.bias",
    "c.bias",
    "bn1.runningMean",
    "bn1.runningVariance",
  ]);
});

test("a layer that only keeps something may be frozen by its name", async () => {
  const modes = async (freeze: readonly string[]): Promise<Set<string>> => {
    const [seen, network] = [new Set<string>(), built(2)];
    const counter: Layer = {
      kind: "counter",
      parameters: [],
      buffers: [{ name: "count", value: Tensor.zeros([1]), start: 0 }],
      outputShape: (shape) => [...shape],
      forward: async (x, { mode }) => (seen.add(mode), { out: x, backward: async (dOut) => dOut }),
    };
    const layers = network.layers.map(({ name, layer }) => [name, layer]);
    await all(new Sequential({ ...Object.fromEntries(layers), counter }), { ...plain, freeze });
    return seen;
  };
  assert.equal([...(await modes([]))], ["train"]);
  assert.equal([...(await modes(["counter"]))], ["evaluate"]);
});

test("with a frozen front the rest trains as it would on the front's outputs", async () => {
  const [whole, rest] = [built(2), built(2)];
  const layers = Object.fromEntries(rest.layers.map(({ name, layer }) => [name, layer]));
  const { a, tanh, b, relu, c } = layers as Record<string, Layer>;
  const front = new Sequential({ a: a!, tanh: tanh! });
  const { out } = await front.forward(points, { backend: reference, mode: "evaluate" });
  const { target } = classes.batch([...Array(40).keys()]);
  const data = Dataset.from({ x: out, target });
  await all(new Sequential({ b: b!, relu: relu!, c: c! }), { ...plain, data });
  await all(whole, { ...plain, freeze: ["a"] });
  assert.is(await weightsSha256(whole), await weightsSha256(rest));
});

test("a last batch of one example that batch normalisation refuses may be dropped", async () => {
  const { network } = normalised();
  const options = { ...plain, batchSize: 13, epochs: 1 }; // 40 = 3·13 + 1
  const complaint = "fit: in epoch 0, step 4, a last batch of one example: layer bn1: ";
  await assertRejects(() => all(network, options), complaint, "; dropLast: true leaves it out");
  assert.is(steps(await all(network, { ...options, dropLast: true })).length, 3);
});

test("only what is trained is clipped", async () => {
  const norms: number[] = [];
  for (const freeze of [[], ["b", "c.weight"]]) {
    const network = built(2);
    let before = weights(network);
    const options = {
      ...plain,
      freeze,
      optimizer: sgd({ learningRate: 1 }),
      clipNorm: 1e-3,
      epochs: 1,
    };
    for await (const event of fit(network, options)) {
      if (event.type !== "step") continue;
      const after = weights(network);
      norms.push(Math.hypot(...after.map((w, i) => w - before[i]!)));
      before = after;
    }
  }
  assert.is(norms.length, 10);
  for (const norm of norms) assert.ok(Math.abs(norm - 1e-3) < 1e-6, String(norm));
});

test("the average of the weights is shown after each epoch, training goes on without", async () => {
  const [average, without] = [built(2), built(2)];
  const seen: number[][] = [];
  for await (const event of fit(without, plain))
    if (event.type === "step") seen.push(weights(without));
  const d = 0.8;
  const shown: number[][] = [];
  for await (const event of fit(average, { ...plain, average: d, validation: classes })) {
    if (event.type === "step")
      assert.equal(weights(average), seen[shown.length * 5 + event.step - 1]);
    if (event.type === "epoch") {
      shown.push(weights(average));
      const { loss } = await measure(average, { ...measured, batchSize: 256 });
      assert.is(event.validation!.loss, loss);
    }
  }
  for (const [e, last] of [5, 10].entries()) {
    const factors = seen.slice(0, last).map((_, i) => d ** (last - 1 - i));
    const total = factors.reduce((a, b) => a + b, 0);
    const expected = seen[0]!.map((_, i) =>
      factors.reduce((sum, f, s) => sum + (f / total) * seen[s]![i]!, 0),
    );
    assertCloseArrays(shown[e]!, expected, { tolerance: 1e-13 });
  }
  assert.equal(weights(average), shown[1]);
});

test("training stops early when it gets no better, and ends with its best weights", async () => {
  // trained to grow, the output overshoots what the validation wants
  const line = new Affine({ inFeatures: 1, outFeatures: 1, bias: false }, { dtype: "float64" });
  const network = new Sequential({ line });
  const data = Dataset.from({ x: [[1]], target: [[10]] });
  const validation = Dataset.from({ x: [[1]], target: [[4]] });
  const run = async (stopEarly: FitOptions["stopEarly"], metrics = {}): Promise<FitEpoch[]> => {
    line.weight.value.fill(0.01);
    const optimizer = sgd({ learningRate: 0.05 }); // closer to 10 by a tenth of the way
    const options = { ...plain, data, validation, loss: meanSquaredError(), optimizer, metrics };
    return epochs(await all(network, { ...options, epochs: 30, stopEarly }));
  };
  const stopped = await run({ patience: 3 });
  const values = stopped.map(({ validation }) => validation!.loss);
  const best = values.indexOf(Math.min(...values));
  assert.is(stopped.length, best + 4);
  assert.equal(
    stopped.map(({ isBest }) => isBest),
    values.map((_, e) => e <= best),
  );
  assert.equal(
    stopped.map(({ stops }) => stops),
    values.map((_, e) => e === best + 3),
  );
  const judged = { backend: reference, data: validation, loss: meanSquaredError() };
  const kept = (await measure(network, judged)).loss;
  assert.is(kept, values[best]);
  await run({ patience: 3, keepBest: false });
  const last = (await measure(network, judged)).loss;
  assert.is(last, values.at(-1));
  const output = (prediction: Tensor): number => prediction.item();
  assert.is((await run({ patience: 2, on: "output", goal: "highest" }, { output })).length, 30);
  assert.is((await run({ patience: 2, on: "output", goal: "lowest" }, { output })).length, 3);
  assert.is(
    (await run({ patience: 2, on: "output", goal: "highest", least: 0.5 }, { output })).length,
    15,
  );
});

test("a new optimizer each epoch, a run that goes on, and rates of a schedule", async () => {
  const options = { ...plain, optimizer: adam({ learningRate: 0.01 }), epochs: 3 };
  const counts = async (freshOptimizer: boolean): Promise<number[]> =>
    epochs(await all(built(2), { ...options, freshOptimizer })).map(
      ({ optimizer }) => optimizer.steps,
    );
  assert.equal(
    [await counts(true), await counts(false)],
    [
      [5, 5, 5],
      [15, 15, 15],
    ],
  );
  const [whole, parts] = [built(2), built(2)];
  await all(whole, { ...options, schedule: (t, T) => 1 - t / T });
  let first: FitEpoch | null = null;
  for await (const event of fit(parts, { ...options, schedule: (t, T) => 1 - t / T })) {
    if (event.type !== "epoch") continue;
    first = event;
    break;
  }
  const rest = await all(parts, {
    ...options,
    schedule: (t, T) => 1 - t / T,
    from: { epoch: 1, optimizer: first!.optimizer },
  });
  assertCloseArrays(
    steps(rest).map(({ learningRate }) => learningRate),
    [...Array(10).keys()].map((t) => 0.01 * (1 - (t + 5) / 15)),
    { tolerance: 1e-15 },
  );
  assert.is(await weightsSha256(parts), await weightsSha256(whole));
});

for (const [name, option] of Object.entries({
  shuffled: {},
  "with a fresh optimizer each epoch": { freshOptimizer: true },
  "as means of batches": { meanOver: "batches" },
} satisfies Record<string, Partial<FitOptions>>)) {
  test(`a run that goes on within an epoch comes to the same bits, ${name}`, async () => {
    const options = {
      ...{ ...plain, validation: classes, metrics: { accuracy }, epochs: 3 },
      ...{ optimizer: adam({ learningRate: 0.05 }), batchSize: 7, ...option },
    } satisfies FitOptions;
    const network = built(2);
    const whole = await all(network, options);
    const means = (events: readonly FitEvent[]) =>
      epochs(events).map(({ loss, metrics, validation }) => ({ loss, metrics, validation }));
    const count = steps(whole).length / 3;
    // after its first step, in the middle, and after its last, before the validation
    for (const stopAt of [count + 1, count + 3, 2 * count]) {
      const parts = built(2);
      let last: FitStep | null = null;
      let done = 0;
      for await (const event of fit(parts, options)) {
        if (event.type !== "step" || ++done < stopAt) continue;
        last = event;
        break;
      }
      const { optimizer, progress, epoch } = last!;
      const copied = JSON.parse(JSON.stringify(progress)) as typeof progress;
      const rest = await all(parts, { ...options, from: { epoch, optimizer, progress: copied } });
      assert.is(await weightsSha256(parts), await weightsSha256(network));
      assert.is(steps(rest).length, 3 * count - stopAt);
      assert.equal(means(rest), means(whole).slice(1));
    }
  });
}

test("progress that is none of this training is refused", async () => {
  const network = built(2);
  const first = (await all(network, { ...plain, metrics: { accuracy } }))[0] as FitStep;
  const { optimizer, progress } = first;
  const from = (change: object): FitOptions => ({
    ...{ ...plain, metrics: { accuracy } },
    from: { epoch: 0, optimizer, progress: { ...progress, ...change } as typeof progress },
  });
  const { sums } = progress;
  const { weight: _, ...lighter } = sums;
  for (const change of [
    { step: 0 },
    { step: 1.5 },
    { seconds: NaN },
    { sums: null },
    { sums: lighter },
    { sums: { ...sums, metrics: {} } },
    { sums: { ...sums, metrics: { precision: 1 } } },
    { sums: { ...sums, loss: "1" } },
  ])
    await assertRejects(() => all(network, from(change)), "fit: expected from.progress with step");
  await assertRejects(
    () => all(network, from({ step: 6 })),
    "fit: expected from a step up to 5, got 6",
  );
});

test("stop ends the training between steps, and between batches of a validation", async () => {
  for (const within of ["step", "validating"]) {
    const stop = new AbortController();
    const seen: string[] = [];
    const run = async (): Promise<void> => {
      const options = { ...plain, validation: classes, stop: stop.signal };
      for await (const { type } of fit(built(2), options)) {
        seen.push(type);
        if (type === within) stop.abort(new InputError("enough"));
      }
    };
    await assertRejects(run, "enough");
    assert.is(seen.at(-1), within);
    assert.is(seen.length, within === "step" ? 1 : 6);
  }
  await assertRejects(
    () => all(built(2), { ...plain, stop: true as never }),
    "fit: expected stop to be an AbortSignal, got true",
  );
});

test("a run that goes on takes up neither early stopping nor an average, and says so", async () => {
  const network = built(2);
  const optimizer = new Sgd(network.parameters, { learningRate: 0.1 });
  const from = { epoch: 1, optimizer };
  for (const option of [{ stopEarly: { patience: 1 } }, { average: 0.5 }]) {
    await assertRejects(
      () => all(network, { ...plain, from, ...option }),
      `fit: expected no ${Object.keys(option)[0]} in a run that goes on`,
      "in no checkpoint",
    );
    await all(network, { ...plain, from: { epoch: 0, optimizer }, ...option });
    const { progress } = steps(await all(network, plain))[0]!;
    await assertRejects(
      () => all(network, { ...plain, from: { epoch: 0, optimizer, progress }, ...option }),
      "in a run that goes on",
    );
  }
});

test("weights so small or large that float32 has none of them train as others do", async () => {
  const some = [...Array(40).keys()].map((n) => ((n * 7) % 5) / 4);
  const trained = async (factor: number, accumulate: number): Promise<string> => {
    const data: Examples = {
      count: 40,
      batch: (indices) => ({
        ...classes.batch(indices),
        weights: Array.from(indices, (n) => some[n]! * factor),
      }),
    };
    const network = new Sequential({
      a: new Affine({ inFeatures: 3, outFeatures: 8 }),
      tanh: new Tanh(),
      b: new Affine({ inFeatures: 8, outFeatures: 2 }),
    });
    initialise(network, new Random(1));
    const options = { ...plain, data, accumulate, batchSize: 4 };
    const [first] = epochs(await all(network, { ...options, validation: data }));
    assert.ok(first!.loss > 0.1 && first!.validation!.loss > 0.1, `${factor}`);
    return weightsSha256(network);
  };
  for (const accumulate of [1, 3]) {
    const plainly = await trained(1, accumulate);
    for (const factor of [2 ** -900, 2 ** -140, 2 ** 128, 2 ** 900])
      assert.is(await trained(factor, accumulate), plainly, `${factor}, ${accumulate} batches`);
  }
});

test("batches of a step whose weights are worlds apart are refused", async () => {
  const data: Examples = {
    count: 2,
    batch: (indices) => ({
      ...classes.batch(indices),
      weights: Array.from(indices, (n) => (n === 0 ? 1e-30 : 1e30)),
    }),
  };
  const options = { ...plain, data, accumulate: 2, batchSize: 1, shuffle: false };
  await assertRejects(
    () => all(built(2), options),
    "fit: expected batches of a step whose weights are of comparable size",
  );
});

test("float64 data train a float32 network on the fast backend as on the reference", async () => {
  const wasm = await wasmBackend({ threads: 2 });
  const run = async (backend: FitOptions["backend"]): Promise<Tensor> => {
    const allocator = backend.persistent;
    const network = new Sequential({
      a: new Affine({ inFeatures: 3, outFeatures: 8 }, { allocator }),
      tanh: new Tanh(),
      b: new Affine({ inFeatures: 8, outFeatures: 1 }, { allocator }),
    });
    initialise(network, new Random(0));
    await all(network, {
      ...plain,
      backend,
      data: numbers,
      loss: meanSquaredError(),
      accumulate: 2,
      average: 0.9,
      freeze: ["a.bias"],
    });
    return Tensor.from(weights(network), [weights(network).length], "float64");
  };
  assertClose(await run(wasm), await run(reference), { tolerance: 1e-5 });
  await wasm.dispose();
});

test("a refused step leaves running statistics alone, whichever batch spoils it", async () => {
  for (const accumulate of [1, 2]) {
    const network = new Sequential({
      bn: new BatchNorm1d({ channels: 3 }),
      classes: new Affine({ inFeatures: 3, outFeatures: 2 }),
    });
    initialise(network, new Random(1));
    let batches = 0;
    const data: Examples = {
      count: 8,
      batch: async (indices) => {
        const x = new Random(2).normal([indices.length, 3], 5);
        if (++batches === accumulate) x.data[0] = NaN;
        return { x, target: Array.from(indices, (n) => n % 2) };
      },
    };
    const options = { ...plain, data, batchSize: 4, accumulate };
    await assertRejects(() => all(network, options), "NaN");
    assert.is(batches, accumulate);
    assert.equal([...network.buffers[0]!.buffer.value.data], [0, 0, 0]);
  }
});

test("a network that was never initialised is refused, at any depth of its layers", async () => {
  const network = new Sequential({
    a: new Affine({ inFeatures: 3, outFeatures: 8 }),
    tanh: new Tanh(),
    b: new Affine({ inFeatures: 8, outFeatures: 2 }),
  });
  const complaint =
    "fit: expected a network with initial weights, got weights that are all 0, with which it " +
    "learns nothing; call initialise(network, random) first";
  await assertRejects(() => all(network, plain), complaint);
  initialise(network, new Random(0));
  await all(network, plain);
  const { network: other } = normalised();
  for (const { parameter } of other.parameters)
    if (parameter.start === null) parameter.value.fill(0);
  await assertRejects(() => all(other, plain), complaint);
  const alone = new Sequential({ a: new Affine({ inFeatures: 3, outFeatures: 2 }) });
  const events = await all(alone, { ...plain, epochs: 5 });
  assert.ok(epochs(events).at(-1)!.loss < 0.4, "a single layer starts from 0 as well as anywhere");
});

const refused: [
  why: string,
  options: Partial<Record<keyof FitOptions | "clipnorm", unknown>>,
  ...pieces: string[],
][] = [
  [
    "an unknown option",
    { clipnorm: 1 },
    "options among backend, data,",
    "got clipnorm; did you mean clipNorm?",
  ],
  [
    "no data",
    { data: undefined },
    "fit: expected data, a data set, got undefined; see Dataset.from",
  ],
  ["no backend", { backend: "wasm" }, 'a backend, got "wasm"; see openBackend'],
  ["no loss", { loss: "mse" }, 'a loss such as softmaxCrossEntropy(), got "mse"'],
  [
    "an optimizer that was built",
    { optimizer: new Sgd([], { learningRate: 1 }) },
    "got a Sgd; or give a function",
  ],
  ["half an epoch", { epochs: 0.5 }, "epochs to be a whole number ≥ 1, got 0.5"],
  ["no batch size", { batchSize: undefined }, "batchSize, a whole number ≥ 1, got none"],
  ["accumulating nothing", { accumulate: 0 }, "accumulate to be a whole number ≥ 1, got 0"],
  [
    "less than a batch",
    { dropLast: true, batchSize: 41 },
    "data for a whole batch of 41, got 40 examples",
  ],
  ["a negative norm", { clipNorm: -1 }, "clipNorm to be a finite number above 0, got -1"],
  [
    "an average of 1",
    { average: 1 },
    "fit: expected average to be a number from 0 to below 1, got 1",
  ],
  [
    "freezing a stranger",
    { freeze: ["d"] },
    "names of parameters or layers to freeze, got d; there are a, a.weight, a.bias, tanh,",
  ],
  [
    "freezing everything",
    { freeze: ["a", "b", "c"] },
    "some parameters to train, got all of them frozen",
  ],
  [
    "patience of 0",
    { stopEarly: { patience: 0 } },
    "fit: stopEarly: expected patience to be a whole number ≥ 1, got 0",
  ],
  [
    "an unknown metric",
    { stopEarly: { patience: 1, on: "accuracy" } },
    "stopEarly on one of loss, got accuracy",
  ],
  [
    "a metric without a goal",
    { metrics: { accuracy }, stopEarly: { patience: 1, on: "accuracy" } },
    'the goal "lowest" or "highest" for accuracy, got undefined',
  ],
  [
    "a metric of other examples",
    { metrics: { half: () => [1] } },
    "metric half: expected a number, or one for each of 8 examples, got 1 of them",
  ],
  [
    "targets of another kind",
    { data: numbers },
    "softmaxCrossEntropy: expected 8 class numbers, got a tensor of shape [8, 1]",
  ],
];

for (const [why, options, ...pieces] of refused)
  test(`refused: ${why}`, () =>
    assertRejects(() => all(built(2), { ...plain, ...options } as FitOptions), ...pieces));

test.run();
