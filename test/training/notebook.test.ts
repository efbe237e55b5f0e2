import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseSubset } from "leibniz/data";
import { openBackend } from "leibniz/kernels";
import { decodeSafetensors, initialise, loadWeights } from "leibniz/network";
import { Random } from "leibniz/tensor";
import { findRecipe, recipeNetwork, train } from "leibniz/training";
import { root } from "../helpers/cli.js";
import { mnist as loadedOnce } from "../helpers/mnist.js";

const fixture = (name: string): Buffer =>
  readFileSync(join(root, "test/fixtures/notebook-seed0", name));
const mnist = await loadedOnce();
const subset = parseSubset(
  fixture("subset.json").toString(),
  mnist.train.images.count,
  "subset.json",
);
const { stepLosses, epochs } = JSON.parse(fixture("trajectory.json").toString()) as Trajectory;

interface Trajectory {
  readonly stepLosses: readonly (readonly number[])[];
  readonly epochs: readonly {
    readonly trainLoss: number;
    readonly trainAccuracy: number;
    readonly testLoss: number;
    readonly testAccuracy: number;
  }[];
}

/** Requires that an epoch's step losses are the recorded ones, to 1e-5 nats each. */
function assertFollows(losses: readonly number[], epoch: number, steps: number): void {
  assert.is(losses.length, steps);
  for (const [step, loss] of losses.entries()) {
    const recorded = stepLosses[epoch]![step]!;
    assert.ok(
      Math.abs(loss - recorded) <= 1e-5,
      `epoch ${epoch}, step ${step + 1}: recorded ${recorded}, got ${loss}`,
    );
  }
}

test("reference: the first 4 steps of the notes' experiment follow PyTorch's", async () => {
  const recipe = findRecipe("notebook");
  const backend = await openBackend({ name: "reference" });
  const network = recipeNetwork(recipe, backend);
  loadWeights(
    network,
    decodeSafetensors(fixture("initial.safetensors"), "initial").tensors,
    "initial",
  );
  const losses: number[] = [];
  for await (const event of train({
    recipe,
    network,
    ...mnist,
    backend,
    random: new Random(0),
    epochs: 1,
    subset,
  })) {
    if (event.type === "step") losses.push(event.loss);
    if (losses.length === 4) break;
  }
  assertFollows(losses, 0, 4);
});

test("wasm: one epoch matches PyTorch's, and the next starts with a new optimizer", async () => {
  const recipe = findRecipe("notebook");
  const backend = await openBackend({ name: "wasm" });
  try {
    const network = recipeNetwork(recipe, backend);
    loadWeights(
      network,
      decodeSafetensors(fixture("initial.safetensors"), "initial").tensors,
      "initial",
    );
    const losses: number[][] = [[], []];
    for await (const event of train({
      recipe,
      network,
      ...mnist,
      backend,
      random: new Random(0),
      epochs: 2,
      subset,
    })) {
      if (event.type === "step") losses[event.epoch]!.push(event.loss);
      if (event.type === "epoch") {
        const { trainLoss, trainAccuracy, testLoss, testAccuracy } = event.result;
        const recorded = epochs[0]!;
        assert.ok(
          Math.abs(trainLoss - recorded.trainLoss) <= 1e-5,
          `train loss ${trainLoss}, recorded ${recorded.trainLoss}`,
        );
        assert.ok(
          Math.abs(testLoss - recorded.testLoss) <= 1e-5,
          `test loss ${testLoss}, recorded ${recorded.testLoss}`,
        );
        // A logit that is as large as the next one may go either way: two images of 20,000, one
        // of 10,000.
        assert.ok(
          Math.abs(trainAccuracy - recorded.trainAccuracy) <= 2.5 / 20_000,
          `train accuracy ${trainAccuracy}, recorded ${recorded.trainAccuracy}`,
        );
        assert.ok(
          Math.abs(testAccuracy - recorded.testAccuracy) <= 1.5 / 10_000,
          `test accuracy ${testAccuracy}, recorded ${recorded.testAccuracy}`,
        );
      }
      if (losses[1]!.length === 12) break;
    }
    assertFollows(losses[0]!, 0, 79);
    assertFollows(losses[1]!, 1, 12);
  } finally {
    await backend.dispose();
  }
});

test("the comparison sees the order of the images, and the weights at the start", async () => {
  const recipe = findRecipe("notebook");
  const backend = await openBackend({ name: "wasm" });
  const firstLosses = async (order: Uint32Array, seed: number | null): Promise<number[]> => {
    const network = recipeNetwork(recipe, backend);
    if (seed === null)
      loadWeights(
        network,
        decodeSafetensors(fixture("initial.safetensors"), "initial").tensors,
        "initial",
      );
    else initialise(network, new Random(seed));
    const losses: number[] = [];
    for await (const event of train({
      recipe,
      network,
      ...mnist,
      backend,
      random: new Random(0),
      epochs: 1,
      subset: order,
    })) {
      if (event.type === "step") losses.push(event.loss);
      if (losses.length === 3) break;
    }
    return losses;
  };
  const worst = (losses: readonly number[]): number =>
    Math.max(...losses.map((loss, step) => Math.abs(loss - stepLosses[0]![step]!)));
  try {
    assert.ok(worst(await firstLosses(subset, null)) <= 1e-5);
    assert.ok(worst(await firstLosses(subset.slice().reverse(), null)) > 1e-3, "reversed");
    assert.ok(worst(await firstLosses(subset.slice().sort(), null)) > 1e-3, "sorted");
    assert.ok(worst(await firstLosses(subset, 0)) > 1e-3, "other weights");
  } finally {
    await backend.dispose();
  }
});

test.run();
