/** The mistakes of rectifier and pooling in one: each is one, and no two are the same. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { reluPool2dBackward, reluPool2dForward } from "leibniz/backprop";
import { Random, Tensor } from "leibniz/tensor";
import { poolingOf, reluPool2d } from "../../../dist/gradcheck/mistaken/relu-pool2d.js";
import { dealtOut, toWinner } from "../../../dist/gradcheck/mistaken/winners.js";
import { confusions, expectWellFormed, isAlike, type Point, pointsOf } from "./tell-apart.js";

/** Whole numbers from −2 to 1: many ties, and many windows whose largest pixel is 0. */
async function tied(): Promise<Point> {
  const random = new Random("ties");
  const options = { kernelSize: [2, 3], stride: [1, 2] } as const;
  const numbers = Float64Array.from({ length: 2 * 3 * 5 * 7 }, () => random.integer(4) - 2);
  const x = Tensor.from(numbers, [2, 3, 5, 7], "float64");
  const { out, cache } = await reluPool2dForward(x, options);
  const dOut = random.normal(out.shape, 0, 1, "float64");
  const { dX } = await reluPool2dBackward(dOut, cache);
  return { options, inputs: { x }, dOut, right: { x: dX.contiguous().data } };
}

test("with nothing wrong, the same loops give the layer's gradient", async () => {
  for (const point of [...(await pointsOf("reluPool2d")), await tied()])
    assert.ok(isAlike(dealtOut(poolingOf(point), toWinner), point.right["x"]!));
});

test("every mistake is one, and no two come to the same numbers", async () => {
  const points = [...(await pointsOf("reluPool2d")), await tied()];
  expectWellFormed(reluPool2d, points);
  assert.equal(confusions(reluPool2d, points), []);
});

test.run();
