/** `--recipe NAME|FILE.json`: one of the recipes there are, or one from a file. */
import { Option } from "commander";
import { augmentationKinds } from "../data/index.js";
import { reject } from "../tensor/index.js";
import { findRecipe, readRecipe, type Recipe, recipes } from "../training/index.js";
import { readText } from "./files.js";

/** @param what it is for, for --help */
export function recipeOption(what: string): Option {
  const names = recipes.map(({ name, description }) => `${name} (${description})`).join("; ");
  const augmentations = augmentationKinds
    .map(({ augmentationKind }) => augmentationKind.kind)
    .join(", ");
  return new Option(
    "--recipe <NAME|FILE.json>",
    `${what}: ${names}; or a file with a recipe in JSON, such as examples/recipe.json, which may ` +
      `augment its images: ${augmentations}`,
  ).default("default");
}

/** @throws InputError when there is no recipe of that name, or the file holds none */
export function chooseRecipe(value: string): Recipe {
  const isFile = value.endsWith(".json");
  if (!isFile && !recipes.some(({ name }) => name === value))
    reject(
      "--recipe",
      `one of ${recipes.map(({ name }) => name).join(", ")}, or a file FILE.json`,
      JSON.stringify(value),
    );
  return isFile ? readRecipe(readText(value), value) : findRecipe(value);
}
