/** `--recipe NAME|FILE.json`: one of the recipes there are, or one from a file. */
import { type Command, Option } from "commander";
import { augmentationKinds } from "../data/index.js";
import { reject } from "../tensor/index.js";
import { findRecipe, readRecipe, type Recipe, recipes } from "../training/index.js";
import { readText } from "./files.js";
import { addHelp } from "./help.js";
import { withValues } from "./known-values.js";
import { didYouMean } from "./nearest.js";

/** @param what it is for, for --help */
export function recipeOption(what: string): Option {
  const names = recipes.map(({ name }) => name);
  const option = new Option(
    "--recipe <NAME|FILE.json>",
    `${what}: ${names.join(", ")}, or a file with a recipe in JSON, such as examples/recipe.json`,
  ).default("default");
  return withValues(option, names);
}

/** Puts below the options of `--help` what each recipe does. */
export function addRecipes(command: Command): Command {
  const longest = Math.max(...recipes.map(({ name }) => name.length));
  const lines = recipes.map(({ name, description }) => `  ${name.padEnd(longest)}  ${description}`);
  const augmentations = augmentationKinds.map(({ augmentationKind: { kind } }) => kind);
  return addHelp(
    command,
    `Recipes:\n${lines.join("\n")}\n` +
      `  ${"a file".padEnd(longest)}  may augment its images: ${augmentations.join(", ")}`,
    4 + longest,
  );
}

/** @throws InputError when there is no recipe of that name, or the file holds none */
export function chooseRecipe(value: string): Recipe {
  const isFile = value.endsWith(".json");
  if (!isFile && !recipes.some(({ name }) => name === value))
    reject(
      "--recipe",
      `one of ${recipes.map(({ name }) => name).join(", ")}, or a file FILE.json`,
      JSON.stringify(value),
      didYouMean(
        value,
        recipes.map(({ name }) => name),
      ),
    );
  return isFile ? readRecipe(readText(value), value) : findRecipe(value);
}
