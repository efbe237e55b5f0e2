import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { col2im, conv2dGeometry } from "leibniz/im2col";
import { matmul, Random, Tensor } from "leibniz/tensor";
import {
  firstRoad,
  imageGradientReceipt,
  roadLengths,
  secondRoad,
  weightGradientReceipt,
  windowsOver,
  withFrame,
} from "leibniz/tracing";
import { assertClose, assertCloseArrays } from "../helpers/assert-close.js";
import { windowCases } from "../helpers/windows.js";

type Case = typeof windowCases extends fc.Arbitrary<infer T> ? T : never;

const [N, C, K] = [2, 3, 2];
const tolerance = 1e-12;

/** A layer without groups, and its gradients by the engine, in float64. */
async function layerOf({ seed, size: [H, W], kernelSize, ...options }: Case) {
  const random = new Random(seed);
  const { stride, padding, dilation } = options;
  const given = { stride, padding, dilation };
  const geometry = conv2dGeometry("test", H, W, { kernelSize, ...given });
  const x = random.normal([N, C, H, W], 0, 1, "float64");
  const weight = random.normal([K, C, ...kernelSize], 0, 1, "float64");
  const { out, cache } = await conv2dForward(x, weight, null, given);
  const dOut = random.normal(out.shape, 0, 1, "float64");
  const { dX, dWeight } = await conv2dBackward(dOut, cache);
  return { x, weight, given, geometry, out, dOut, dX, dWeight };
}

type Layer = Awaited<ReturnType<typeof layerOf>>;

async function overLayers(run: (layer: Layer) => void | Promise<void>): Promise<void> {
  const property = fc.asyncProperty(windowCases, async (one) => run(await layerOf(one)));
  await fc.assert(property, { seed: 5, numRuns: 60 });
}

/** Every place of a shape, in row-major order. */
function* placesOf([first = 1, ...rest]: readonly number[]): Generator<number[]> {
  for (let at = 0; at < first; at++)
    if (rest.length === 0) yield [at];
    else for (const others of placesOf(rest)) yield [at, ...others];
}

/** dCols = filtersᵀ · dOut, [N, R, P]: (conv2d.8). */
function columnsGradient({ weight, dOut, geometry: { kH, kW, outH, outW } }: Layer): Tensor {
  const filters = weight.reshape([K, C * kH * kW]).transpose();
  const dCols = Tensor.zeros([N, C * kH * kW, outH * outW], "float64");
  for (let n = 0; n < N; n++) {
    const rows = dOut.slice([n, n + 1]).reshape([K, outH * outW]);
    const product = matmul(filters, rows);
    for (const [r, s] of placesOf(product.shape)) dCols.set([n, r!, s!], product.get(r!, s!));
  }
  return dCols;
}

test("a pixel's receipt adds up to its gradient, and names its numbers", async () => {
  await overLayers((layer) => {
    const { dOut, weight, geometry, dX } = layer;
    const dCols = columnsGradient(layer);
    const sums = [...placesOf(dX.shape)].map(([n, c, h, w]) => {
      const { shares, sum } = imageGradientReceipt(dOut, weight, geometry, [n!, c!, h!, w!]);
      assert.is(shares.length, windowsOver(geometry, h!, w!).length);
      for (const { row, column, addends, p, q, i, j, sum: share } of shares) {
        assertCloseArrays([share], [dCols.get(n!, row, column)], { tolerance });
        assert.equal(
          addends.map(({ k, product }) => [k, product]),
          [0, 1].map((k) => [k, weight.get(k, c!, i, j) * dOut.get(n!, k, p, q)]),
        );
      }
      return sum;
    });
    assertCloseArrays(sums, dX.data, { tolerance });
  });
});

test("a place on the padding has the addends that col2im throws away", async () => {
  await overLayers((layer) => {
    const { dOut, weight, geometry, dX } = layer;
    const { H, W, padH, padW } = geometry;
    const framed = col2im(columnsGradient(layer), C, withFrame(geometry));
    assert.equal(framed.shape, [N, C, H + 2 * padH, W + 2 * padW]);
    for (const [n, c, a, b] of placesOf(framed.shape)) {
      const [h, w] = [a! - padH, b! - padW];
      const found = framed.get(n!, c!, a!, b!);
      const { sum } = imageGradientReceipt(dOut, weight, geometry, [n!, c!, h, w]);
      assertCloseArrays([sum], [found], { tolerance });
      const isPixel = h >= 0 && h < H && w >= 0 && w < W;
      if (isPixel) assertCloseArrays([dX.get(n!, c!, h, w)], [found], { tolerance });
    }
  });
});

test("a weight's receipt adds up to its gradient, an addend for each window", async () => {
  await overLayers(({ dOut, x, geometry, dWeight }) => {
    const { H, W, outH, outW } = geometry;
    const sums = [...placesOf(dWeight.shape)].map(([k, c, i, j]) => {
      const { addends, sum } = weightGradientReceipt(dOut, x, geometry, [k!, c!, i!, j!]);
      assert.is(addends.length, N * outH * outW);
      for (const { n, p, q, h, w, isPadding, value, dOut: factor, product } of addends) {
        assert.is(isPadding, h < 0 || w < 0 || h >= H || w >= W);
        assert.is(value, isPadding ? 0 : x.get(n, c!, h, w));
        assert.is(factor, dOut.get(n, k!, p, q));
        assert.is(product, value * factor);
      }
      return sum;
    });
    assertCloseArrays(sums, dWeight.data, { tolerance });
  });
});

test("after all windows the first road is at dX, and before that at a part of it", async () => {
  await overLayers((layer) => {
    const { geometry, dX, weight, dOut } = layer;
    const dCols = columnsGradient(layer);
    const windows = geometry.outH * geometry.outW;
    assertClose(firstRoad(dCols, C, geometry, windows), dX, { tolerance });
    const half = Math.floor(windows / 2);
    const begun = firstRoad(dCols, C, geometry, half);
    const sums = [...placesOf(dX.shape)].map(([n, c, h, w]) =>
      imageGradientReceipt(dOut, weight, geometry, [n!, c!, h!, w!])
        .shares.filter(({ column }) => column < half)
        .reduce((total, { sum }) => total + sum, 0),
    );
    assertCloseArrays(sums, begun.data, { tolerance });
  });
});

test("the second road is at the same dX, for every stride, padding and dilation", async () => {
  await overLayers(async ({ dOut, weight, geometry, dX }) => {
    const road = await secondRoad(dOut, weight, geometry);
    assertClose(road.dX, dX, { tolerance });
    const { kH, kW, strideH, strideW, padH, padW, dilationH, dilationW } = geometry;
    for (const [c, k, i, j] of placesOf(road.flipped.shape))
      assert.is(road.flipped.get(c!, k!, i!, j!), weight.get(k!, c!, kH - 1 - i!, kW - 1 - j!));
    for (const [n, k, a, b] of placesOf(road.up.shape)) {
      const [p, q] = [
        (a! - dilationH * (kH - 1) + padH) / strideH,
        (b! - dilationW * (kW - 1) + padW) / strideW,
      ];
      const isWindow =
        Number.isInteger(p) &&
        Number.isInteger(q) &&
        p >= 0 &&
        q >= 0 &&
        p < geometry.outH &&
        q < geometry.outW;
      assert.is(road.up.get(n!, k!, a!, b!), isWindow ? dOut.get(n!, k!, p, q) : 0);
    }
  });
});

test("the roads are as long as the chapter counts them", () => {
  const geometry = conv2dGeometry("test", 9, 9, { kernelSize: 3, stride: 2 });
  assert.equal(roadLengths(geometry, 1, 1), { first: 144, second: 729 });
  assert.equal(roadLengths(geometry, 2, 3), { first: 864, second: 4374 });
});

test.run();
