import { test } from "uvu";
import { testTiny } from "../helpers/tiny-experiment.js";

testTiny("sample-size");

test.run();
