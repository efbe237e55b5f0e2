/** The mistakes of the normalisations: each is one, and no two are the same. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { batchOf } from "../../../dist/gradcheck/mistaken/batch-norm.js";
import { batchNorm1d } from "../../../dist/gradcheck/mistaken/batch-norm1d.js";
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
  const test = suite(layer);
  test("with nothing wrong, the same loops give the layer's gradients", async () => {
    for (const point of await pointsOf(layer)) {
      const s = standardised(batchOfPoint(point));
      const { x, weight, bias } = point.right;
      assert.ok(isAlike(together(s, termsOf(s)), x!));
      assert.ok(isAlike(sumPerPlace(s, times(s.dOut, s.xHat)), weight!));
      assert.ok(isAlike(sumPerPlace(s, s.dOut), bias!));
    }
  });

  test("every mistake is one, and no two come to the same numbers", async () => {
    const points = await pointsOf(layer);
    expectWellFormed(list, points);
    assert.equal(confusions(list, points), []);
  });
  test.run();
}

testList("batchNorm2d", batchNorm2d, (point) => batchOf({ layer: "batchNorm2d" }, point));
testList("batchNorm1d", batchNorm1d, (point) => batchOf({ layer: "batchNorm1d" }, point));
testList("layerNorm", layerNorm, rowsOf);
