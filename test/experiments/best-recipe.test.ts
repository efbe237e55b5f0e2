/** The recipe that people train with is what the experiment chose, and not what somebody liked. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chosenRecipe } from "leibniz/experiments/parts/best-choices";
import { findRecipe } from "leibniz/training";
import { root } from "../helpers/cli.js";

interface Choice {
  readonly network: string;
  readonly images: string;
  readonly details: string;
  readonly epochs: number;
}

test("the recipe best is the choice of the experiment best", () => {
  const file = join(root, "results/experiments/best/measurements.jsonl");
  const units = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => JSON.parse(line) as { setting: string; options: Choice });
  const { options } = units.find(({ setting }) => setting === "final")!;
  const { name, description, ...recipe } = findRecipe("best");
  assert.equal(recipe, { ...chosenRecipe(options), epochs: options.epochs });
});

test.run();
