import { test } from "uvu";
import { checkTiny } from "../helpers/tiny-experiment.js";

for (const name of [
  "third-of-the-data",
  "initialisation",
  "optimizers",
  "batch-norm",
  "depth",
  "capacity",
  "what-accuracy-sees",
  "permutation",
  "sample-size",
  "affine-learns-sobel",
  "filters",
  "shift",
  "padding-and-depth",
])
  test(`${name}, at its smallest, comes to the recorded digits and to a page`, () =>
    checkTiny(name));

test.run();
