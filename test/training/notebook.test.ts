import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import { loadMnist, parseSubset } from "leibniz/data";
import { openBackend } from "leibniz/kernels";
import { decodeSafetensors, loadWeights } from "leibniz/network";
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
      assertCloseArrays(losses, stepLosses[0]!.slice(0, steps), { tolerance: steps === 12 ? 1e-6 : 1e-4, what: "step losses" });
    } finally {
      await backend.dispose();
    }
  });
}

test.run();
