/** Mistakes in the slope of functions that are applied to each entry alone. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { erfc, exp, Tensor, tanh as tangent } from "leibniz/tensor";
import { elu } from "../../../dist/gradcheck/mistaken/elu.js";
import { gelu } from "../../../dist/gradcheck/mistaken/gelu.js";
import { leakyRelu } from "../../../dist/gradcheck/mistaken/leaky-relu.js";
import type { Mistaken } from "../../../dist/gradcheck/mistaken/mistaken.js";
import { relu } from "../../../dist/gradcheck/mistaken/relu.js";
import { sigmoid } from "../../../dist/gradcheck/mistaken/sigmoid.js";
import { silu } from "../../../dist/gradcheck/mistaken/silu.js";
import { type Slope, timesSlope } from "../../../dist/gradcheck/mistaken/slopes.js";
import { softplus } from "../../../dist/gradcheck/mistaken/softplus.js";
import { tanh } from "../../../dist/gradcheck/mistaken/tanh.js";
import { expectRight, expectToldApart, knownPoints } from "./told-apart.js";

/** Where a rectifier has its kink: a case that the catalog has to have too. */
const kinks = Tensor.from([0.5, 0, -0.7, 0, 1.2, 0], [2, 3], "float64");

const p = (x: number): number => 1 / (1 + exp(-x));
const layers: Readonly<Record<string, readonly [mistakes: readonly Mistaken[], right: Slope]>> = {
  relu: [relu, (x) => (x > 0 ? 1 : 0)],
  leakyRelu: [leakyRelu, (x, _, options) => (x > 0 ? 1 : Number(options["negativeSlope"] ?? 0.01))],
  sigmoid: [sigmoid, (x) => p(x) * (1 - p(x))],
  tanh: [tanh, (x) => 1 - tangent(x) ** 2],
  softplus: [softplus, p],
  silu: [silu, (x) => p(x) * (1 + x * (1 - p(x)))],
  gelu: [gelu, (x) => erfc(-x / Math.SQRT2) / 2 + (x * exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)],
  elu: [elu, (x) => (x > 0 ? 1 : exp(x))],
};

for (const [layer, [mistakes, right]] of Object.entries(layers)) {
  const besides = [{ options: {}, inputs: { x: kinks } }];

  test(`${layer}: with the right slope there is no mistake`, async () => {
    expectRight(await knownPoints(layer, besides), "x", (point) => timesSlope(point, right));
  });

  test(`${layer}: every mistake is one, and no two are told alike`, async () => {
    assert.ok(mistakes.length >= 8);
    expectToldApart(await knownPoints(layer, besides), mistakes);
  });
}

test.run();
