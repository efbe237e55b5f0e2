/** Recipes from files. */
import { buildLoss } from "../backprop/index.js";
import { buildAugmentations } from "../data/index.js";
import { checkSameData, checkSameNetwork, parseData } from "../network/index.js";
import {
  anything,
  checkOptions,
  flag,
  inside,
  oneOf,
  positive,
  reject,
  required,
  type Rule,
  type Rules,
  wholeNumber,
} from "../tensor/index.js";
import { buildSchedule } from "./build-schedule.js";
import { buildOptimizer } from "./optimizers/index.js";
import type { Recipe } from "./recipes.js";

/** More is no recipe, and would take long to look through. */
const LONGEST = 1_000_000;

/** It is printed, and a terminal obeys control characters. */
const isLine = (value: unknown): value is string =>
  typeof value === "string" && !/\p{Cc}/u.test(value);
const line: Rule = { expected: "a text on one line", accepts: isLine };
const count: Rule = {
  expected: "a whole number ≥ 1, or null for all",
  accepts: (value) => value === null || (Number.isSafeInteger(value) && (value as number) >= 1),
};
const data: Rule = {
  expected: "a description, { … }",
  accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

const rules: Rules<Recipe> = {
  name: required({
    expected: "a text of 1 to 60 characters",
    accepts: (value) => isLine(value) && value.length >= 1 && value.length <= 60,
  }),
  description: line,
  network: required(data),
  loss: data,
  optimizer: required(data),
  freshOptimizer: flag,
  schedule: data,
  clipNorm: positive,
  epochs: required(wholeNumber(1)),
  batchSize: required(wholeNumber(1)),
  images: count,
  augment: { expected: "an array of descriptions, [{ … }, …]", accepts: Array.isArray },
  shuffle: flag,
  dropLast: flag,
  classNames: {
    expected: "an array of texts on one line each",
    accepts: (value) => Array.isArray(value) && value.every(isLine),
  },
  meanOver: oneOf(["examples", "batches"]),
};

/**
 * A recipe from the text of a file: JSON with the names of a {@link Recipe}, of which `description`
 * may be left out. Its network is checked where it is built.
 *
 * @param where the file's name, for messages
 * @throws InputError when it is no recipe, naming the option that is wrong
 */
export function readRecipe(text: string, where: string): Recipe {
  if (text.length > LONGEST)
    reject(where, `a recipe of at most ${LONGEST} characters`, String(text.length));
  const given = { description: "", ...parseData(text, where) } as Recipe;
  return inside(where, () => {
    const recipe = checkOptions("recipe", given, rules);
    const { layers } = checkOptions("network", recipe.network, networkRules);
    if (Object.keys(layers).length === 0) reject("network", "at least one layer", "none");
    inside("optimizer", () => buildOptimizer(recipe.optimizer, []));
    if (recipe.augment !== undefined) buildAugmentations(recipe.augment);
    if (recipe.loss !== undefined) buildLoss(recipe.loss);
    if (recipe.schedule !== undefined) buildSchedule(recipe.schedule);
    return recipe;
  });
}

const networkRules: Rules<Recipe["network"]> = {
  input: anything("the shape of one example"),
  dtype: oneOf(["float32", "float64"]),
  layers: required(data),
};

/** What a recipe that leaves an option out trains with. */
const DEFAULTS = {
  loss: { kind: "softmaxCrossEntropy" },
  freshOptimizer: false,
  schedule: { kind: "constant" },
  clipNorm: null,
  images: null,
  augment: [],
  shuffle: true,
  dropLast: false,
  classNames: null,
  meanOver: "examples",
};

/**
 * Two recipes are the same if their networks and their ways of training are; what people read of
 * them, name and description, may differ.
 *
 * @param where the file that `found` comes from, for messages
 * @throws InputError naming the first option that differs: `optimizer.learningRate`
 */
export function checkSameRecipe(where: string, expected: Recipe, found: Recipe): void {
  checkSameNetwork(where, expected.network, found.network);
  checkSameTraining(where, expected, found);
}

/** The same for all but the network. */
export function checkSameTraining(where: string, expected: Recipe, found: Recipe): void {
  const training = ({ name: _, description: __, network: ___, ...rest }: Recipe) => ({
    ...DEFAULTS,
    ...rest,
  });
  checkSameData(where, training(expected), training(found), "recipe");
}
