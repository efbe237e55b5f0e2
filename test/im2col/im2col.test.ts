import * as fc from "fast-check";
import { test } from "uvu";
import { col2im, conv2dGeometry, im2col, type WindowGeometry } from "leibniz/im2col";
import { multiply, Random, sum, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertCloseArrays, assertRejects } from "../helpers/assert-close.js";
import { windowCases } from "../helpers/windows.js";

/** Visits every entry of every window with its place in cols and the pixel under it, straight from the definition; null on the padding. */
function forEachEntry(N: number, C: number, g: WindowGeometry, visit: (col: [number, number, number], pixel: [number, number, number, number] | null) => void): void {
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let i = 0; i < g.kH; i++)
        for (let j = 0; j < g.kW; j++)
          for (let p = 0; p < g.outH; p++)
            for (let q = 0; q < g.outW; q++) {
              const [h, w] = [p * g.strideH - g.padH + i * g.dilationH, q * g.strideW - g.padW + j * g.dilationW];
              const isInside = h >= 0 && h < g.H && w >= 0 && w < g.W;
              visit([n, (c * g.kH + i) * g.kW + j, p * g.outW + q], isInside ? [n, c, h, w] : null);
            }
}

test("im2col against loops from its definition, over random windows", () => {
  fc.assert(
    fc.property(windowCases, ({ size: [H, W], seed, ...options }) => {
      const g = conv2dGeometry("test", H, W, options);
      const x = new Random(seed).normal([2, 3, H, W], 0, 1, "float64");
      const expected = Tensor.zeros([2, 3 * g.kH * g.kW, g.outH * g.outW], "float64");
      forEachEntry(2, 3, g, (col, pixel) => expected.set(col, pixel === null ? 0 : x.get(...pixel)));
      assertClose(im2col(x, g), expected, { tolerance: 0 });
    }),
    { seed: 2, numRuns: 200 },
  );
});

test("col2im against loops that add every entry back onto its pixel", () => {
  fc.assert(
    fc.property(windowCases, ({ size: [H, W], seed, ...options }) => {
      const g = conv2dGeometry("test", H, W, options);
      const cols = new Random(seed).normal([2, 3 * g.kH * g.kW, g.outH * g.outW], 0, 1, "float64");
      const expected = Tensor.zeros([2, 3, H, W], "float64");
      forEachEntry(2, 3, g, (col, pixel) => {
        if (pixel !== null) expected.set(pixel, expected.get(...pixel) + cols.get(...col));
      });
      assertClose(col2im(cols, 3, g), expected, { tolerance: 1e-14 });
    }),
    { seed: 3, numRuns: 200 },
  );
});

test("⟨im2col(x), y⟩ = ⟨x, col2im(y)⟩: each is the other's adjoint", () => {
  fc.assert(
    fc.property(windowCases, ({ size: [H, W], seed, ...options }) => {
      const g = conv2dGeometry("test", H, W, options);
      const random = new Random(seed);
      const x = random.normal([2, 3, H, W], 0, 1, "float64");
      const y = random.normal([2, 3 * g.kH * g.kW, g.outH * g.outW], 0, 1, "float64");
      const left = sum(multiply(im2col(x, g), y)).item();
      const right = sum(multiply(x, col2im(y, 3, g))).item();
      const scale = sum(multiply(y, y)).item() + 1;
      assertCloseArrays([left / scale], [right / scale], { tolerance: 1e-12 });
    }),
    { seed: 4, numRuns: 300 },
  );
});

test("a small case by hand: two windows that share a column of pixels", () => {
  const g = conv2dGeometry("test", 2, 3, { kernelSize: [2, 2] });
  const x = tensor([[[[1, 2, 3], [4, 5, 6]]]]);
  const cols = tensor([[[1, 2], [2, 3], [4, 5], [5, 6]]]);
  assertClose(im2col(x, g), cols, { tolerance: 0 });
  assertClose(col2im(cols, 1, g), tensor([[[[1, 4, 3], [4, 10, 6]]]]), { tolerance: 0 });
});

test("float32 and views that are not contiguous give the same numbers", () => {
  const g = conv2dGeometry("test", 5, 7, { kernelSize: [2, 3], stride: [2, 1], padding: [1, 0] });
  const x = new Random("views").normal([5, 2, 7, 3]).transpose([1, 3, 0, 2]);
  assertClose(im2col(x, g), im2col(x.clone(), g), { tolerance: 0 });
  const cols = new Random("cols").normal([g.outH * g.outW, 3 * 6, 2]).transpose();
  assertClose(col2im(cols, 3, g), col2im(cols.clone(), 3, g), { tolerance: 0 });
});

test("shapes that do not belong to the geometry are refused", async () => {
  const g = conv2dGeometry("test", 5, 7, { kernelSize: [2, 3] });
  await assertRejects(() => im2col(Tensor.zeros([2, 3, 7, 5]), g), "im2col", "[N, C, 5, 7]", "[2, 3, 7, 5]");
  await assertRejects(() => im2col(Tensor.zeros([3, 5, 7]), g), "[3, 5, 7]");
  await assertRejects(() => col2im(Tensor.zeros([2, 18, 19]), 3, g), "col2im", "[N, 18, 20]", "[2, 18, 19]");
  await assertRejects(() => col2im(Tensor.zeros([2, 18, 20]), 2, g), "[N, 12, 20]", "[2, 18, 20]");
});

test.run();
