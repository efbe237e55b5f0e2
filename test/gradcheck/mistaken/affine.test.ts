/** The mistakes of affine and flatten: each is one, and no two are the same. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  affine,
  affineDBias,
  affineDWeight,
  affineDX,
  affineOf,
} from "../../../dist/gradcheck/mistaken/affine.js";
import { dXFrom, flatten, rightPlace } from "../../../dist/gradcheck/mistaken/flatten.js";
import { confusions, expectWellFormed, isAlike, pointsOf } from "./tell-apart.js";

test("with nothing wrong, the same loops give affine's gradients", async () => {
  for (const point of await pointsOf("affine")) {
    const numbers = affineOf(point);
    const { x, weight, bias } = point.right;
    assert.ok(isAlike(affineDX(numbers), x!));
    assert.ok(isAlike(affineDWeight(numbers), weight!));
    const dBias = affineDBias(numbers);
    if (bias === undefined) assert.is(dBias, null);
    else assert.ok(isAlike(dBias!, bias));
  }
});

test("with nothing wrong, the same loops give flatten's gradient", async () => {
  for (const { inputs, dOut, right } of await pointsOf("flatten")) {
    const shape = inputs["x"]!.shape as [number, number, number, number];
    assert.ok(isAlike(dXFrom(shape, dOut.contiguous().data, rightPlace), right["x"]!));
  }
});

for (const [layer, list] of Object.entries({ affine, flatten }))
  test(`every mistake of ${layer} is one, and no two come to the same numbers`, async () => {
    const points = await pointsOf(layer);
    expectWellFormed(list, points);
    for (const argument of new Set(list.map((one) => one.argument))) {
      const ofArgument = list.filter((one) => one.argument === argument);
      // some have no bias
      const having = points.filter(({ right }) => right[argument] !== undefined);
      assert.equal(confusions(ofArgument, having), []);
    }
  });

test.run();
