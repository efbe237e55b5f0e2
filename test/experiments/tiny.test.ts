import { experiments } from "leibniz/experiments";
import { test } from "uvu";
import { testTiny } from "../helpers/tiny-experiment.js";

for (const { name } of experiments) testTiny(name);

test.run();
