import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  affine,
  batchNorm2d,
  buildNetwork,
  conv2d,
  dropout,
  flatten,
  globalAveragePool2d,
  type LayerDescriptions,
  relu,
  residual,
} from "leibniz/network";
import { findRecipe, readRecipe, type Recipe, recipes, sizeRecipe } from "leibniz/training";
import { assertRejects } from "../helpers/assert-close.js";

const MNIST = { image: [1, 28, 28], classes: 10 };
const COLOURED = { image: [3, 20, 12], classes: 7 };

const recipeOf = (layers: LayerDescriptions, input?: readonly number[]): Recipe => ({
  ...findRecipe("default"),
  name: "own",
  network: { ...(input && { input }), layers },
});

test("for MNIST every recipe is the very same", () => {
  for (const recipe of recipes) assert.is(sizeRecipe(recipe, MNIST, "d"), recipe);
});

test("for other images and classes its network takes them and has an output for each class", () => {
  for (const recipe of recipes) {
    const sized = sizeRecipe(recipe, COLOURED, "d");
    const network = buildNetwork(sized.network);
    assert.equal(network.outputShapes([1, 3, 20, 12]).at(-1), [1, 7]);
    assert.equal(network.description!.layers["conv1"]!["inChannels"], 3);
    assert.equal(recipe.network.input, [1, 28, 28], "the recipe itself is as it was");
    assert.equal({ ...sized, network: recipe.network }, recipe);
    assert.equal(readRecipe(JSON.stringify(sized), "r"), sized);
    assert.is(sizeRecipe(sized, COLOURED, "d"), sized);
  }
});

test("class names are kept, replaced, and left out again", () => {
  const named = { ...MNIST, classNames: [..."abcdefghij"] };
  const first = sizeRecipe(recipes[0]!, named, "d");
  assert.equal(first.classNames, named.classNames);
  assert.equal(first.network, recipes[0]!.network);
  assert.equal(readRecipe(JSON.stringify(first), "r").classNames, named.classNames);
  assert.is(sizeRecipe(first, named, "d"), first);
  assert.not.ok("classNames" in sizeRecipe(first, MNIST, "d"));
});

test("the last layer with weights decides, whatever stands behind it", () => {
  const behind = recipeOf({
    conv: conv2d({ outChannels: 5, kernelSize: 3 }),
    norm: batchNorm2d(),
    relu: relu(),
    drop: dropout({ probability: 0.5 }),
    mean: globalAveragePool2d(),
    flat: flatten(),
  });
  const { layers, input } = sizeRecipe(behind, COLOURED, "d").network;
  assert.equal([input, layers["conv"]!["outChannels"]], [[3, 20, 12], 7]);
});

test("a network that cannot be sized says what it takes and what the data are", async () => {
  const fixed = recipeOf(
    {
      flat: flatten(),
      hidden: affine({ inFeatures: 784, outFeatures: 20 }),
      classes: affine({ outFeatures: 10 }),
    },
    [1, 28, 28],
  );
  await assertRejects(
    () => sizeRecipe(fixed, COLOURED, "pictures"),
    "pictures: expected images [1, 28, 28] and 10 classes, which the network of recipe own takes",
    "got images [3, 20, 12] and 7 classes; it cannot be sized to them: hidden: ",
    "720",
  );
  await assertRejects(
    () => sizeRecipe(recipes[0]!, { image: [1, 9, 40], classes: 10 }, "d"),
    "got images [1, 9, 40] and 10 classes; it cannot be sized to them: pool2",
  );
  const body = { conv: conv2d({ outChannels: 10, kernelSize: 1 }) };
  await assertRejects(
    () => sizeRecipe(recipeOf({ block: residual({ body }) }, [10, 1, 1]), COLOURED, "d"),
    "expected images [10, 1, 1], which the network",
  );
  const wide = recipeOf({ conv: conv2d({ outChannels: 5, kernelSize: 3 }), flat: flatten() });
  await assertRejects(
    () => sizeRecipe(wide, COLOURED, "d"),
    "expected images of any size and 5 classes",
    "network: expected logits [1, 7], got [1, 1260]",
  );
});

test("a recipe that is wrong for any data says so, and does not blame them", async () => {
  const wrong = recipeOf({ a: { kind: "conv2d", outChannels: 3, kernelSise: 3 } }, [1, 5, 4]);
  await assertRejects(() => sizeRecipe(wrong, COLOURED, "d"), "a: conv2d: expected options among");
});

test.run();
