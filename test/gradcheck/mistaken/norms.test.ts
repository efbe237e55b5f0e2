/** The mistakes of the normalisations: each is one, and no two are the same. */
import { suite, test } from "uvu";
import * as assert from "uvu/assert";
import { Tensor } from "leibniz/tensor";
import { batchOf } from "../../../dist/gradcheck/mistaken/batch-norm.js";
import { batchNorm1d } from "../../../dist/gradcheck/mistaken/batch-norm1d.js";
import {
  batchNormPool2d,
  batchNormPool2dForm,
} from "../../../dist/gradcheck/mistaken/batch-norm-pool2d.js";
import { batchNorm2d } from "../../../dist/gradcheck/mistaken/batch-norm2d.js";
import { layerNorm, rowsOf } from "../../../dist/gradcheck/mistaken/layer-norm.js";
import type { Mistaken, MistakenPoint } from "../../../dist/gradcheck/mistaken/mistaken.js";
import {
  type Batch,
  standardised,
  sumPerPlace,
  termsOf,
  times,
  together,
} from "../../../dist/gradcheck/mistaken/standardised.js";
import { confusions, expectWellFormed, isAlike, pointsOf } from "./tell-apart.js";

function testList(
  layer: string,
  list: readonly Mistaken[],
  batchOfPoint: (point: MistakenPoint) => Batch,
): void {
  const ofLayer = suite(layer);
  ofLayer("with nothing wrong, the same loops give the layer's gradients", async () => {
    for (const point of await pointsOf(layer)) {
      const s = standardised(batchOfPoint(point));
      const { x, weight, bias } = point.right;
      assert.ok(isAlike(together(s, termsOf(s)), x!));
      assert.ok(isAlike(sumPerPlace(s, times(s.dOut, s.xHat)), weight!));
      assert.ok(isAlike(sumPerPlace(s, s.dOut), bias!));
    }
  });

  ofLayer("every mistake is one, and no two come to the same numbers", async () => {
    const points = await pointsOf(layer);
    expectWellFormed(list, points);
    assert.equal(confusions(list, points), []);
  });
  ofLayer.run();
}

testList("batchNorm2d", batchNorm2d, (point) => batchOf({ layer: "batchNorm2d" }, point));
testList("batchNorm1d", batchNorm1d, (point) => batchOf({ layer: "batchNorm1d" }, point));
testList("layerNorm", layerNorm, rowsOf);
testList("batchNormPool2d", batchNormPool2d, (point) => batchOf(batchNormPool2dForm, point));

test("the chapter's smallest case, with one of the three ways left out", () => {
  // dX̂ = (6, 0, −6, 24) brings back (2, 0, −2, 8), (−2, −2, −2, −2) and (3, 1, 1, −5)
  const row = (...values: number[]): Tensor => Tensor.from(values, [1, 4], "float64");
  const place = (value: number): Tensor => Tensor.full([4], value, "float64");
  const inputs = { x: row(2, 4, 4, 10), weight: place(1), bias: place(0) };
  const point = { options: { epsilon: 1e-14 }, inputs, dOut: row(6, 0, -6, 24) };
  const without = (words: string): number[] => {
    const found = layerNorm.filter(({ says }) => says.startsWith(words));
    assert.is(found.length, 1, words);
    return Array.from(found[0]!.gradient(point)!, (value) => Math.round(value * 1e9) / 1e9);
  };
  assert.equal(without("the direct term is missing"), [1, -1, -1, -7]);
  assert.equal(without("the mean's term is missing"), [5, 1, -1, 3]);
  assert.equal(without("the variance's term is missing"), [0, -2, -4, 6]);
  assert.equal(without("the terms of mean and variance are missing"), [2, 0, -2, 8]);
  assert.equal(without("the variance's term is twice"), [6, 0, -2, -4]);
});

/** What a learner's loops over a channel make of dX, dWeight and dBias. */
function inOneLoop({ inputs, options, dOut }: MistakenPoint, sign: "+=" | "=") {
  const [x, weight] = [inputs["x"]!, inputs["weight"]!];
  const [N, C, H, W] = x.shape as [number, number, number, number];
  const s = standardised(batchOf({ layer: "batchNorm2d" }, { inputs, options, dOut }));
  const dX = new Float64Array(x.size);
  const [dWeight, dBias] = [new Float64Array(C), new Float64Array(C)];
  const M = N * H * W;
  for (let c = 0; c < C; c++)
    for (let n = 0; n < N; n++)
      for (let i = 0; i < H * W; i++) {
        const e = (n * C + c) * H * W + i;
        dBias[c] = (sign === "=" ? 0 : dBias[c]!) + s.dOut(e);
        dWeight[c] = (sign === "=" ? 0 : dWeight[c]!) + s.dOut(e) * s.xHat(e);
        const taken = s.batch.running === null ? (dBias[c]! + s.xHat(e) * dWeight[c]!) / M : 0;
        dX[e] = weight.data[c]! * s.rho(e) * (s.dOut(e) - taken);
      }
  return { x: dX, weight: dWeight, bias: dBias };
}

test("sums that are not sums yet are told, in dX as in what is summed", async () => {
  const points = await pointsOf("batchNorm2d");
  const told = (argument: "x" | "weight" | "bias", sign: "+=" | "="): readonly string[] =>
    batchNorm2d
      .filter(
        (one) =>
          one.argument === argument &&
          points.every((point) => isAlike(one.gradient(point)!, inOneLoop(point, sign)[argument])),
      )
      .map(({ says }) => says);
  const last = ["the sum is only its last term: = stands for +="];
  assert.equal(told("weight", "="), last);
  assert.equal(told("bias", "="), last);
  assert.equal(told("x", "+="), [
    "dX is taken before the sums are complete: it needs loops of its own, behind theirs",
  ]);
});

test.run();
