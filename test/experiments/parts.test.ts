import { drawSubset } from "leibniz/data";
import { buildNetwork, affine, he } from "leibniz/network";
import { Random } from "leibniz/tensor";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { atTheEnd } from "../../dist/experiments/parts/at-the-end.js";
import { deviation, heTimes } from "../../dist/experiments/parts/deviation.js";
import { drawnExamples } from "../../dist/experiments/parts/drawn-examples.js";
import { LossCurve } from "../../dist/experiments/parts/loss-curve.js";
import { medianOf, pairedBySeed, seriesOfRuns } from "../../dist/experiments/parts/many-runs.js";
import { tinyLaboratory } from "../helpers/tiny-experiment.js";

type Examples = ReturnType<typeof drawnExamples>["data"];

const pixels = (examples: Examples, indices: readonly number[]): number[] => [
  ...examples.batch(indices).x.contiguous().data,
];

test("images are drawn as the training command draws them", async () => {
  const { mnist } = await tinyLaboratory();
  const { data, test: tried } = drawnExamples(7, false, 3, { mnist });
  const order = [...drawSubset(mnist.train.count, 7, new Random(3).split("subset"))];
  assert.is(data.count, 7);
  assert.equal(pixels(data, [0, 1, 2, 3, 4, 5, 6]), pixels(mnist.train, order));
  assert.is(tried, mnist.test);
});

test("a search sees neither the test images nor those that it is tried on", async () => {
  const { mnist } = await tinyLaboratory();
  const first = mnist.train.count - mnist.train.count / 6;
  const { data, test: tried } = drawnExamples(Infinity, true, 0, { mnist });
  assert.is(data.count, first);
  assert.is(tried.count, mnist.train.count / 6);
  assert.equal(pixels(data, [0, first - 1]), pixels(mnist.train, [0, first - 1]));
  assert.equal(pixels(tried, [0]), pixels(mnist.train, [first]));
  const some = drawnExamples(50, true, 0, { mnist }).data;
  const order = [...drawSubset(first, 50, new Random(0).split("subset"))];
  assert.equal(pixels(some, [0, 49]), pixels(mnist.train, [order[0]!, order[49]!]));
});

test("a curve has the mean of every few losses, and leaves the rest out", () => {
  const curve = new LossCurve(3);
  for (const loss of [1, 2, 6, 4, 4, 1, 9, 9]) curve.add(loss);
  assert.equal(curve.means, [3, 3]);
});

test("weights have the deviation that is asked for, biases are 0", () => {
  const weights = (initialiser: Parameters<typeof deviation>[0] | typeof he): number[] => {
    const chosen = typeof initialiser === "number" ? deviation(initialiser) : initialiser;
    const network = buildNetwork(
      { input: [90], layers: { layer: affine({ outFeatures: 110 }) } },
      { random: new Random("deviation"), initialiser: chosen },
    );
    const [weight, bias] = network.parameters.map(({ parameter }) => [
      ...parameter.value.contiguous().data,
    ]);
    assert.ok(bias!.every((value) => value === 0));
    return weight!;
  };
  for (const size of [0.01, 1]) {
    const drawn = weights(size);
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const square = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
    // of 9,900 draws the deviation is within 3 % in all but one of 30,000 cases
    assert.ok(Math.abs(Math.sqrt(square) / size - 1) < 0.03, `${Math.sqrt(square)}`);
    assert.ok(Math.abs(mean) < 0.05 * size);
  }
  assert.equal(
    weights(heTimes(4)),
    weights(he).map((value) => 4 * value),
  );
});

test("a training that stopped counts as a guess", () => {
  assert.is(atTheEnd({ testAccuracy: [0.5, 0.7], stopped: null }), 0.7);
  assert.is(atTheEnd({ testAccuracy: [0.5], stopped: "the loss was lost" }), 0.1);
});

test("differences are paired by the seeds that both have", () => {
  const of = (...all: [number, number][]) => all.map(([seed, reached]) => ({ seed, reached }));
  const first = of([0, 0.9], [1, 0.8], [2, 0.7], [4, 0.1]);
  const difference = pairedBySeed(first, of([2, 0.6], [0, 0.7], [3, 0.2], [1, 0.5]))!;
  assert.is(difference.count, 3);
  assert.ok(Math.abs(difference.mean - 0.2) < 1e-12);
  assert.is(pairedBySeed(first, of([4, 0.1])), null);
});

test("a mean of runs goes as far as all of them", () => {
  const { points, runs } = seriesOfRuns("both", [
    [
      [1, 2],
      [2, 4],
      [3, 9],
    ],
    [
      [1, 4],
      [2, 0],
    ],
  ]);
  assert.equal(points, [
    [1, 3],
    [2, 2],
  ]);
  assert.is(runs!.length, 2);
});

test("a median is the one in the middle, or between the two", () => {
  assert.is(medianOf([5, 1e9, 1]), 5);
  assert.is(medianOf([4, 1, 2, 1e9]), 3);
});

test.run();
