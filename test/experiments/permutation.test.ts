import { test } from "uvu";
import { testTiny } from "../helpers/tiny-experiment.js";

testTiny("permutation");

test.run();
