/** What a report says, against what can be computed by hand. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { LabelledImages } from "leibniz/data";
import { reference } from "leibniz/kernels";
import { affine, conv2d, flatten, relu, type Sequential } from "leibniz/network";
import {
  type ComparedRun,
  comparisonPage,
  confusionOf,
  countRight,
  deadUnits,
  Inside,
  pairedDifference,
  predictAll,
  reportPage,
  type ReportedRun,
  worstMistakes,
} from "leibniz/report";
import { Random } from "leibniz/tensor";
import { type Recipe, recipeNetwork, sgd } from "leibniz/training";
import { classesSection } from "../../dist/report/classes-section.js";
import { thumbnail } from "../../dist/report/thumbnails.js";
import { assertCloseArrays, assertRejects } from "../helpers/assert-close.js";

/** Images of 1 × 2 pixels. */
function images(labels: readonly number[], pixels: readonly number[]): LabelledImages {
  return {
    images: { count: labels.length, height: 1, width: 2, pixels: Uint8Array.from(pixels) },
    labels: Uint8Array.from(labels),
  };
}

/** Two classes: the outputs are the two pixels, tenfold. */
const recipe: Recipe = {
  ...{ name: "pixels", description: "", epochs: 1, batchSize: 2 },
  network: {
    input: [1, 1, 2],
    layers: { flatten: flatten(), out: affine({ outFeatures: 2 }) },
  },
  optimizer: sgd({ learningRate: 0.1 }),
};

function runOf(network: Sequential, more: Partial<ReportedRun> = {}): ReportedRun {
  const train = images([0, 1, 0], [255, 0, 0, 255, 51, 0]);
  return {
    ...{ name: "run", recipe, log: [], measures: [], network, initial: "not kept" },
    ...{ backend: reference, train, test: train, classNames: ["left", "right"] },
    ...{ command: "leibniz train", facts: [], ...more },
  };
}

function pixelsTimesTen(): Sequential {
  const network = recipeNetwork(recipe, reference);
  network.parameters[0]!.parameter.value.data.set([10, 0, 0, 10]);
  network.parameters[1]!.parameter.value.fill(0);
  return network;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

test("every test image is guessed, with the softmax of the outputs", async () => {
  const data = images([0, 1, 1], [255, 0, 0, 51, 204, 0]);
  const predictions = await predictAll(runOf(pixelsTimesTen(), { test: data }));
  assert.equal([...predictions.guesses], [0, 1, 0]);
  const expected = [sigmoid(10), sigmoid(-10), sigmoid(-2), sigmoid(2), sigmoid(8), sigmoid(-8)];
  assertCloseArrays(predictions.probabilities, expected, { tolerance: 1e-6 });
  assert.is(countRight(predictions), 2);
  assert.equal(confusionOf(predictions), [
    [1, 0],
    [1, 1],
  ]);
});

test("the worst mistake first, each with the nearest image of the right class", async () => {
  const data = images([1, 1, 0, 1], [51, 0, 255, 0, 255, 0, 0, 255]);
  const train = images([0, 1, 1], [255, 0, 255, 255, 0, 153]);
  const predictions = await predictAll(runOf(pixelsTimesTen(), { test: data, train }));
  const shown = worstMistakes(predictions, { train, trainedOn: [0, 1], test: data }, 1);
  assert.is(shown[0]!.nearest!.index, 1, "what the network was not shown, it cannot know");
  const unseen = worstMistakes(predictions, { train, trainedOn: [0], test: data }, 1);
  assert.is(unseen[0]!.nearest, null);
  const worst = worstMistakes(predictions, { train, test: data }, 5);
  assert.equal(
    worst.map(({ index, label, guess }) => [index, label, guess]),
    [
      [1, 1, 0],
      [0, 1, 0],
    ],
  );
  assert.equal(worst[0]!.nearest, { index: 1, distance: 1 });
  assert.is(worst[1]!.nearest!.index, 2);
  // (0.2, 0) and (0, 0.6)
  assert.ok(Math.abs(worst[1]!.nearest!.distance - Math.sqrt(0.04 + 0.36)) < 1e-12);
  const none = worstMistakes(predictions, { train: images([0], [0, 0]), test: data }, 1);
  assert.is(none[0]!.nearest, null);
});

test("a report ends early when it is asked to, within a batch or between sections", async () => {
  const run = runOf(pixelsTimesTen());
  const reason = new Error("enough");
  for (const isAtOnce of [true, false]) {
    const stop = new AbortController();
    if (isAtOnce) stop.abort(reason);
    else setImmediate(() => stop.abort(reason));
    const ended = await reportPage(run, stop.signal).catch((error: unknown) => error);
    assert.is(ended, reason);
  }
});

test("inside: every layer forward and backward, and the gradient by the image", async () => {
  const inside = new Inside(recipe, pixelsTimesTen());
  const data = images([1], [51, 0]);
  const { layers, dX } = await inside.look(data, 0);
  assert.equal(
    layers.map(({ name, kind }) => [name, kind]),
    [
      ["flatten", "flatten"],
      ["out", "affine"],
    ],
  );
  assertCloseArrays(layers[0]!.out.data, [0.2, 0], { tolerance: 1e-6 });
  assertCloseArrays(layers[1]!.out.data, [2, 0], { tolerance: 1e-6 });
  // softmax − 1 at the label, and ten times that at the pixels
  const p = sigmoid(2);
  assertCloseArrays(layers[1]!.dOut.data, [p, -p], { tolerance: 1e-6 });
  assertCloseArrays(layers[0]!.dOut.data, [10 * p, -10 * p], { tolerance: 1e-6 });
  assertCloseArrays(dX.data, [10 * p, -10 * p], { tolerance: 1e-6 });
  assert.equal(dX.shape, [1, 1, 1, 2]);
  assert.equal([...(await inside.saliency(data, 0, 1)).data], [0, 10]);
});

test("looking inside leaves the trained network alone", async () => {
  const network = pixelsTimesTen();
  const before = network.parameters.map(({ parameter }) => [...parameter.grad.data]);
  await new Inside(recipe, network).look(images([1], [51, 0]), 0);
  const after = network.parameters.map(({ parameter }) => [...parameter.grad.data]);
  assert.equal(after, before);
});

test("dead rectifiers are counted: units, maps, zeros, also inside layers", async () => {
  const layers = {
    conv: conv2d({ outChannels: 3, kernelSize: 1 }),
    relu: relu(),
    flatten: flatten(),
    out: affine({ outFeatures: 2 }),
  };
  const own: Recipe = { ...recipe, network: { input: [1, 1, 2], layers } };
  const network = recipeNetwork(own, reference, new Random(1));
  const [weight, bias] = network.parameters.map(({ parameter }) => parameter.value);
  weight!.data.set([1, -1, 1]);
  bias!.data.set([0, 0, 0.5]);
  // one image switches on the first pixel, the other the second; a weight below 0 neither
  const test = images([0, 1], [255, 0, 0, 51]);
  const { images: looked, layers: counted } = await deadUnits(runOf(network, { test }));
  assert.is(looked, 2);
  assert.equal(counted, [
    { layer: "relu", units: 6, dead: 2, deadChannels: { dead: 1, of: 3 }, zeros: 0.5 },
  ]);
  const one = await deadUnits(runOf(network, { test }), 1);
  assert.is(one.images, 1);
  assert.is(one.layers[0]!.dead, 3);
  assert.equal((await deadUnits(runOf(pixelsTimesTen(), { test }))).layers, []);
});

test("any number of classes, with short names and long ones, has its section", () => {
  for (const classes of [2, 10, 12, 13, 35, 36, 37, 47, 50, 51, 130])
    for (const name of ["a", "a class with a name that fills a line"]) {
      const labels = Uint8Array.from({ length: 3 * classes }, (_, n) => n % classes);
      const guesses = Uint32Array.from(labels, (label, n) => (n % 7 === 0 ? 0 : label));
      const probabilities = new Float64Array(3 * classes * classes);
      const classNames = Array.from({ length: classes }, (_, c) => `${name}${c % 10}`);
      const predictions = { count: 3 * classes, classes, probabilities, guesses, labels, loss: 1 };
      const run = runOf(pixelsTimesTen(), { classNames });
      const { body } = classesSection(run, predictions);
      const isDrawn = body.join("").includes("<title>Table of confusions</title>");
      assert.is(isDrawn, classes <= (name === "a" ? 50 : 36), `${classes} of ${name}`);
    }
});

test("a run within its first epoch has a page; one that is not finite is refused", async () => {
  const page = await reportPage(runOf(pixelsTimesTen()));
  assert.match(page, /pixels within its first epoch: 100 % of 3 test images guessed right\./);
  assert.match(page, /Left out: no epoch has been finished yet\./);
  assert.match(page, /None: every test image is guessed right\./);
  assert.match(page, /Left out: this run was begun before these were measured\./);
  const spoiled = pixelsTimesTen();
  spoiled.parameters[0]!.parameter.value.data[0] = Number.NaN;
  await assertRejects(() => reportPage(runOf(spoiled)), "finite");
});

test("pairs: only images that one of two gets right count", () => {
  const first = [true, true, true, false, false, true, true, true];
  const second = [true, false, false, false, true, true, true, false];
  const { onlyFirst, onlySecond, difference, low, high } = pairedDifference(first, second);
  assert.equal([onlyFirst, onlySecond, difference], [3, 1, 0.25]);
  // 3.5 and 1.5 of 10: 0.2 ± 1.96 √(5 − 0.4) / 10
  assert.ok(Math.abs(low - (0.2 - 0.195996 * Math.sqrt(4.6))) < 1e-6);
  assert.ok(Math.abs(high - (0.2 + 0.195996 * Math.sqrt(4.6))) < 1e-6);
  const turned = pairedDifference(second, first);
  assert.equal([turned.low, turned.high], [-high, -low]);
  const same = pairedDifference(first, first);
  assert.ok(same.difference === 0 && same.low < 0 && same.high === -same.low);
  assert.is(pairedDifference([true], [false]).high, 1, "no difference is larger than 1");
  assert.is(pairedDifference([false], [true]).low, -1);
});

test("recipes: means over seeds, and differences seed by seed", () => {
  const run = (recipe: string, seed: number, right: number): ComparedRun => ({
    ...{ name: `${recipe} ${seed}`, recipe, seed, parameters: 7, log: [], testSet: "same" },
    setup: recipe,
    isRight: Array.from({ length: 200 }, (_, n) => n < right),
  });
  const page = comparisonPage([
    ...[run("plain", 1, 160), run("plain", 2, 164), run("plain", 3, 168)],
    ...[run("wide", 3, 174), run("wide", 1, 168), run("wide", 9, 100)],
    run("alone", 1, 120),
  ]);
  const section = /<section id="recipes">.*?<\/section>/s.exec(page)![0];
  // 80, 82, 84: t of 2 degrees is 4.3027, times 2 / √3
  assert.match(section, /82 ± 5<\/text>/);
  assert.match(section, /plain \(3 runs\)/);
  assert.not.match(section, /alone/);
  // 84 − 80 and 87 − 84: 3.5 ± 12.706 · 0.7071 / √2
  assert.match(section, /<td class="number">2<\/td><td class="number">\+3.5<\/td>/);
  assert.match(section, /−2\.85 to \+9\.85/);
  const single = comparisonPage([run("plain", 1, 160), run("wide", 1, 160)]);
  assert.match(single, /Left out: no recipe was trained with more than one seed/);
  // the same run once more is no repetition, and neither is one on other images
  const again = { ...run("plain", 1, 160), name: "copy" };
  const once = comparisonPage([run("plain", 1, 160), again]);
  assert.match(once, /Left out: no recipe was trained with more than one seed/);
  const onOthers = [4, 5].map((seed) => ({ ...run("plain", seed, 180), setup: "other images" }));
  const two = comparisonPage([run("plain", 1, 160), run("plain", 2, 164), again, ...onOthers]);
  assert.match(two, /plain, as in plain 1 \(2 runs\)/);
  assert.match(two, /plain, as in plain 4 \(2 runs\)/);
  assert.match(two, /90 ± 0<\/text>/);
});

test("large pictures are made smaller by means of blocks, of every channel", () => {
  const values = Float64Array.from({ length: 2 * 3 * 130 }, (_, i) => i % 130);
  const { shape, values: small } = thumbnail({ caption: "c", shape: [2, 3, 130], values });
  assert.equal(shape, [2, 1, 44]);
  assert.equal([small[0], small[1], small[43], small[44]], [1, 4, 129, 1]);
  const same = { caption: "c", shape: [2, 2], values: [1, 2, 3, 4] };
  assert.equal(thumbnail(same), same);
});

test.run();
