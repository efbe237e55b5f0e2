import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dBackward, conv2dForward, maxPool2dForward, reluForward } from "leibniz/backprop";
import { Random, Tensor } from "leibniz/tensor";
import {
  halfTurn,
  type LayerUnderShift,
  moved,
  shiftedImage,
  throughLayer,
  type WatchedLayer,
} from "leibniz/tracing";
import { assertClose } from "../helpers/assert-close.js";

function drawn(seed: number, shape: readonly number[]): Tensor {
  const random = new Random(seed);
  const size = shape.reduce((product, extent) => product * extent, 1);
  return Tensor.from(
    Array.from({ length: size }, () => random.nextNormal()),
    shape,
    "float64",
  );
}

/** A drawing that stays away from the edges by this many pixels. */
function within(seed: number, [H, W]: readonly [number, number], margin: number): Tensor {
  const x = drawn(seed, [1, 1, H, W]);
  const values = Array.from(x.data, (value, at) => {
    const [h, w] = [Math.floor(at / W), at % W];
    const isInside = h >= margin && w >= margin && h < H - margin && w < W - margin;
    return isInside ? value : 0;
  });
  return Tensor.from(values, x.shape, "float64");
}

/** The image, and after it each of the layers. */
async function underShift(
  x: Tensor,
  shift: readonly [number, number],
  layers: readonly WatchedLayer[],
): Promise<LayerUnderShift[]> {
  const found = [shiftedImage(x, shift)];
  for (const layer of layers) found.push(await throughLayer(found.at(-1)!, layer));
  return found;
}

const conv = (weight: Tensor, stride = 1): WatchedLayer => ({
  name: "conv",
  stride,
  run: async (x) => (await conv2dForward(x, weight, null, { stride, padding: 1 })).out,
});
const pool: WatchedLayer = {
  name: "pool",
  stride: 2,
  run: async (x) => (await maxPool2dForward(x, { kernelSize: 2 })).out,
};

test("moved moves down and right, loses what leaves, and repeats the edge", () => {
  const x = Tensor.from([1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6], [1, 2, 2, 3]);
  const rows = (dH: number, dW: number): unknown[] =>
    (moved(x, dH, dW).toNested() as number[][][][]).flat(2);
  assert.equal(rows(1, 0), [
    [1, 2, 3],
    [1, 2, 3],
    [-1, -2, -3],
    [-1, -2, -3],
  ]);
  assert.equal(rows(0, -2), [
    [3, 3, 3],
    [6, 6, 6],
    [-3, -3, -3],
    [-6, -6, -6],
  ]);
  assert.equal(rows(-1, 1), [
    [4, 4, 5],
    [4, 4, 5],
    [-4, -4, -5],
    [-4, -4, -5],
  ]);
  assertClose(moved(x, 0, 0), x, { tolerance: 0 });
  assert.equal(rows(5, -7)[0], [3, 3, 3]);
});

test("a half turn takes a convolution to its true convolution, away from the edges", async () => {
  // (conv2d.12): the gradient of the input is the true convolution of dOut with the filter
  const weight = drawn(1, [1, 1, 2, 3]);
  const dOut = drawn(2, [1, 1, 4, 5]);
  const { cache } = await conv2dForward(drawn(3, [1, 1, 5, 7]), weight, null);
  const { dX } = await conv2dBackward(dOut, cache);
  const { out } = await conv2dForward(dOut, halfTurn(weight), null, { padding: [1, 2] });
  assertClose(out, dX, { tolerance: 1e-12 });
});

test("a half turn keeps filters and channels apart, and twice is none", () => {
  const weight = drawn(4, [2, 3, 2, 4]);
  const turned = halfTurn(weight);
  assert.is(turned.get(1, 2, 0, 0), weight.get(1, 2, 1, 3));
  assert.is(turned.get(0, 1, 1, 2), weight.get(0, 1, 0, 1));
  assertClose(halfTurn(turned), weight, { tolerance: 0 });
});

test("a convolution follows a picture that moves within its frame", async () => {
  const x = within(5, [11, 9], 4);
  const layers = [conv(drawn(6, [1, 1, 3, 3]))];
  const [image, filtered] = await underShift(x, [1, -2], layers);
  for (const { followed, change, kept } of [image!, filtered!]) {
    assert.ok(Math.abs(followed! - 1) < 1e-12);
    assert.ok(change! > 0.5);
    // both have the same norm: ‖a − b‖² = 2·‖a‖²·(1 − cosine)
    assert.ok(Math.abs(change! ** 2 - 2 * (1 - kept!)) < 1e-12);
  }
});

test("a stride follows only whole steps of its own", async () => {
  const x = within(7, [12, 14], 4);
  const weight = drawn(8, [1, 1, 3, 3]);
  const [, one] = await underShift(x, [0, 1], [conv(weight, 2)]);
  assert.is(one!.followed, null);
  const [, two, pooled] = await underShift(x, [2, -2], [conv(weight, 2), pool]);
  assert.ok(Math.abs(two!.followed! - 1) < 1e-12);
  assert.is(pooled!.followed, null, "four pixels of the picture are one of the pooled map");
  const [, , four] = await underShift(x, [4, 0], [conv(weight, 2), pool]);
  assert.ok(four!.followed! > 0.5 && four!.followed! <= 1);
});

test("the change of a known case", async () => {
  // one pixel of 3 moves: √(3² + 3²) / 3
  const x = Tensor.from([0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0], [1, 1, 2, 6], "float64");
  const relu: WatchedLayer = {
    name: "relu",
    stride: 1,
    run: async (input) => (await reluForward(input)).out,
  };
  const found = await underShift(x, [0, 1], [relu, pool]);
  assert.equal(
    found.map(({ name }) => name),
    ["x", "relu", "pool"],
  );
  assert.ok(Math.abs(found[0]!.change! - Math.SQRT2) < 1e-15);
  assert.is(found[0]!.kept, 0);
  assert.is(found[2]!.change, 0, "it stays in its window of two");
  assert.is(found[2]!.kept, 1);
  const [image, , far] = await underShift(x, [0, -2], [relu, pool]);
  assert.is(far!.followed, 1);
  assert.is(image!.followed, 1);
});

test("of a picture that is black, nothing is said", async () => {
  const black = Tensor.from(new Float64Array(12), [1, 1, 3, 4], "float64");
  const [image] = await underShift(black, [1, 1], []);
  assert.equal([image!.change, image!.kept, image!.followed], [null, null, null]);
  const corner = Tensor.from([1, 0, 0, 0], [1, 1, 2, 2], "float64");
  const [gone] = await underShift(corner, [-1, 0], []);
  assert.equal([gone!.change, gone!.kept, gone!.followed], [1, null, null]);
});

test.run();
