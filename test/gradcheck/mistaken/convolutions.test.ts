/** The mistakes of the layers that convolve: each is one, and no two are the same. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  convolutionOf as convolutionOfBoth,
  convPool2d,
} from "../../../dist/gradcheck/mistaken/conv-pool2d.js";
import { conv2d, convolutionOf } from "../../../dist/gradcheck/mistaken/conv2d.js";
import {
  type Convolution,
  dBiasOf,
  dWeightOf,
  dXOf,
  rightPlaces,
} from "../../../dist/gradcheck/mistaken/convolution-loops.js";
import type { Mistaken, MistakenPoint } from "../../../dist/gradcheck/mistaken/mistaken.js";
import { confusions, expectWellFormed, isAlike, pointsOf } from "./tell-apart.js";

function testList(
  layer: string,
  list: readonly Mistaken[],
  of: (point: MistakenPoint) => Convolution,
): void {
  const test = suite(layer);

  test("with nothing wrong, the same loops give the layer's gradients", async () => {
    for (const point of await pointsOf(layer)) {
      const convolution = of(point);
      const places = rightPlaces(convolution);
      const { x, weight, bias } = point.right;
      assert.ok(isAlike(dXOf(convolution, places), x!));
      assert.ok(isAlike(dWeightOf(convolution, places), weight!));
      const dBias = dBiasOf(convolution, places);
      if (bias === undefined) assert.is(dBias, null);
      else assert.ok(isAlike(dBias!, bias));
    }
  });

  test("every mistake is one, and no two come to the same numbers", async () => {
    const points = await pointsOf(layer);
    expectWellFormed(list, points);
    for (const argument of ["x", "weight", "bias"]) {
      const ofArgument = list.filter((one) => one.argument === argument);
      // some have no bias
      const having = points.filter(({ right }) => right[argument] !== undefined);
      assert.equal(confusions(ofArgument, having), []);
    }
  });

  test.run();
}

testList("conv2d", conv2d, convolutionOf);
testList("convPool2d", convPool2d, (point) => convolutionOfBoth(point));
