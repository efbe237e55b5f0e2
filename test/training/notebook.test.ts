import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadMnist, parseSubset } from "leibniz/data";
import { openBackend } from "leibniz/kernels";
import { decodeSafetensors, initialise, loadWeights } from "leibniz/network";
import { Random } from "leibniz/tensor";
import { findRecipe, train } from "leibniz/training";
import { assertCloseArrays } from "../helpers/assert-close.js";
import { root } from "../helpers/cli.js";

const fixture = (name: string): Buffer => readFileSync(join(root, "test/fixtures/notebook-seed0", name));
const mnist = await loadMnist();
const subset = parseSubset(fixture("subset.json").toString(), mnist.train.images.count, "subset.json");
const { stepLosses } = JSON.parse(fixture("trajectory.json").toString()) as { stepLosses: number[][] };

for (const [name, steps] of [["reference", 12], ["wasm", 79]] as const) {
  test(`${name}: the first ${steps} steps of the notes' experiment follow PyTorch's`, async () => {
    const recipe = findRecipe("notebook");
    const backend = await openBackend({ name });
    try {
      const network = recipe.network(backend);
      loadWeights(network, decodeSafetensors(fixture("initial.safetensors"), "initial").tensors, "initial");
      const losses: number[] = [];
      for await (const event of train({ recipe, network, ...mnist, backend, random: new Random(0), epochs: 1, subset })) {
        if (event.type === "step") losses.push(event.loss);
        if (losses.length === steps) break;
      }
      for (const [step, loss] of losses.slice(0, 12).entries()) {
        assert.ok(Math.abs(loss - stepLosses[0]![step]!) <= 1e-5, `step ${step + 1}: expected ${stepLosses[0]![step]}, got ${loss}`);
      }
      assertCloseArrays(losses, stepLosses[0]!.slice(0, steps), { tolerance: steps === 12 ? 1e-6 : 1e-4, what: "step losses" });
    } finally {
      await backend.dispose();
    }
  });
}

test("the comparison sees in which order the images come, and which weights the network starts from", async () => {
  const recipe = findRecipe("notebook");
  const backend = await openBackend({ name: "wasm" });
  const firstLosses = async (order: Uint32Array, seed: number | null): Promise<number[]> => {
    const network = recipe.network(backend);
    if (seed === null) loadWeights(network, decodeSafetensors(fixture("initial.safetensors"), "initial").tensors, "initial");
    else initialise(network, new Random(seed));
    const losses: number[] = [];
    for await (const event of train({ recipe, network, ...mnist, backend, random: new Random(0), epochs: 1, subset: order })) {
      if (event.type === "step") losses.push(event.loss);
      if (losses.length === 3) break;
    }
    return losses;
  };
  const worst = (losses: readonly number[]): number => Math.max(...losses.map((loss, step) => Math.abs(loss - stepLosses[0]![step]!)));
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
