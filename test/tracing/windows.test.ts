import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  averagePool2dForward,
  conv2dBackward,
  conv2dForward,
  maxPool2dForward,
} from "leibniz/backprop";
import { conv2dGeometry } from "leibniz/im2col";
import { Random, Tensor } from "leibniz/tensor";
import { channelSums, outputSizes, patchOf, patchProducts, windowsOver } from "leibniz/tracing";
import { holdPixels, windowCases } from "../helpers/windows.js";
import { assertCloseArrays } from "../helpers/assert-close.js";

type Case = typeof windowCases extends fc.Arbitrary<infer T> ? T : never;

const [N, C, K] = [2, 3, 2];

/** Float64, so that no rounding hides a wrong place. */
function drawn(seed: number, shape: readonly number[]): Tensor {
  const random = new Random(seed);
  const size = shape.reduce((product, extent) => product * extent, 1);
  return Tensor.from(
    Array.from({ length: size }, () => random.nextNormal()),
    shape,
    "float64",
  );
}

const imageOf = ({ seed, size: [H, W] }: Case): Tensor => drawn(seed, [N, C, H, W]);

const optionsOf = ({ stride, padding, dilation }: Case) => ({ stride, padding, dilation });

const geometryOf = (one: Case) =>
  conv2dGeometry("test", ...one.size, { kernelSize: one.kernelSize, ...optionsOf(one) });

async function overCases(run: (one: Case) => Promise<void>, numRuns = 60): Promise<void> {
  await fc.assert(fc.asyncProperty(windowCases, run), { seed: 3, numRuns });
}

/** Every place of a shape, in row-major order. */
function* placesOf([first = 1, ...rest]: readonly number[]): Generator<number[]> {
  for (let at = 0; at < first; at++)
    if (rest.length === 0) yield [at];
    else for (const others of placesOf(rest)) yield [at, ...others];
}

test("the products of a patch add up to conv2d's output", async () => {
  await overCases(async (one) => {
    const x = imageOf(one);
    const weight = drawn(one.seed + 1, [K, C, ...one.kernelSize]);
    const { out } = await conv2dForward(x, weight, null, optionsOf(one));
    const sums = [...placesOf(out.shape)].map(([n, k, p, q]) => {
      const patch = patchOf(x, geometryOf(one), [n!, p!, q!]);
      const products = patchProducts(patch, weight, k!);
      const all = products.reduce((sum, { product }) => sum + product, 0);
      const byChannel = channelSums(products).reduce((sum, part) => sum + part, 0);
      assertCloseArrays([byChannel], [all], { tolerance: 1e-12 });
      return all;
    });
    assertCloseArrays(sums, out.data, { tolerance: 1e-12 });
  });
});

test("an entry is on the padding exactly where no pixel is, and names its pixel", async () => {
  await overCases(async (one) => {
    const x = imageOf(one);
    const geometry = geometryOf(one);
    for (const [p, q] of placesOf([geometry.outH, geometry.outW]))
      for (const { c, h, w, isPadding, value } of patchOf(x, geometry, [1, p!, q!])) {
        assert.is(isPadding, h < 0 || w < 0 || h >= geometry.H || w >= geometry.W);
        assert.is(value, isPadding ? 0 : x.get(1, c, h, w));
      }
  });
});

test("of a patch, the largest entry and the mean are the poolings' outputs", async () => {
  await overCases(async (one) => {
    const geometry = geometryOf(one);
    if (!holdPixels(geometry)) return;
    const x = imageOf(one);
    const options = { kernelSize: one.kernelSize, ...optionsOf(one) };
    const largest = await maxPool2dForward(x, options);
    const mean = await averagePool2dForward(x, options);
    for (const [n, c, p, q] of placesOf(mean.out.shape)) {
      const patch = patchOf(x, geometry, [n!, p!, q!]).filter((entry) => entry.c === c);
      const pixels = patch.filter(({ isPadding }) => !isPadding).map(({ value }) => value);
      assert.is(largest.out.get(n!, c!, p!, q!), Math.max(...pixels));
      const sum = patch.reduce((total, { value }) => total + value, 0);
      assertCloseArrays([sum / patch.length], [mean.out.get(n!, c!, p!, q!)], {
        tolerance: 1e-12,
      });
    }
  });
});

test("windowsOver finds the windows whose weights are in the pixel's own gradient", async () => {
  await overCases(async (one) => {
    const geometry = geometryOf(one);
    const { H, W, outH, outW } = geometry;
    const x = drawn(one.seed, [1, 1, H, W]);
    const weight = drawn(one.seed + 1, [1, 1, ...one.kernelSize]);
    const { cache } = await conv2dForward(x, weight, null, optionsOf(one));
    const dOut = drawn(one.seed + 2, [1, 1, outH, outW]);
    const { dX } = await conv2dBackward(dOut, cache);
    const sums = [...placesOf([H, W])].map(([h, w]) =>
      windowsOver(geometry, h!, w!).reduce(
        (sum, { p, q, i, j }) => sum + weight.get(0, 0, i, j) * dOut.get(0, 0, p, q),
        0,
      ),
    );
    assertCloseArrays(sums, dX.data, { tolerance: 1e-12 });
  });
});

test("windowsOver is patchOf, read backward, in the order of the windows", async () => {
  await overCases(async (one) => {
    const geometry = geometryOf(one);
    const x = drawn(one.seed, [1, 1, geometry.H, geometry.W]);
    const forward: string[] = [];
    for (const [p, q] of placesOf([geometry.outH, geometry.outW]))
      for (const { i, j, h, w, isPadding } of patchOf(x, geometry, [0, p!, q!]))
        if (!isPadding) forward.push([h, w, p, q, i, j].join());
    const backward: string[] = [];
    for (const [h, w] of placesOf([geometry.H, geometry.W])) {
      const windows = windowsOver(geometry, h!, w!);
      const order = windows.map(({ p, q }) => p * geometry.outW + q);
      assert.equal(
        order,
        [...order].sort((a, b) => a - b),
      );
      for (const { p, q, i, j } of windows) backward.push([h, w, p, q, i, j].join());
    }
    assert.equal(backward.sort(), forward.sort());
  });
});

test("outputSizes says the numbers on the way to the engine's own", async () => {
  await overCases(async (one) => {
    const geometry = geometryOf(one);
    const sizes = outputSizes(geometry);
    assert.equal([sizes[0].out, sizes[1].out], [geometry.outH, geometry.outW]);
    for (const { size, kernel, stride, padding, dilation, room, steps, out, rest } of sizes) {
      assert.is(steps, Math.floor(room / stride));
      assert.is(out, steps + 1);
      // the last window ends `rest` before the frame does
      const end = steps * stride + dilation * (kernel - 1) + 1;
      assert.is(end + rest, size + 2 * padding);
      assert.ok(rest < stride);
    }
  }, 300);
});

test.run();
