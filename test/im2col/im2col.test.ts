import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { col2im, conv2dGeometry, im2col, type WindowGeometry } from "leibniz/im2col";
import {
  type Allocator,
  heapAllocator,
  map,
  multiply,
  Random,
  sum,
  Tensor,
  tensor,
} from "leibniz/tensor";
import { assertClose, assertCloseArrays, assertRejects } from "../helpers/assert-close.js";
import { windowCases } from "../helpers/windows.js";

/**
 * Visits every entry of every window with its place in cols and the pixel under it, straight from
 * the definition; null on the padding.
 */
function forEachEntry(
  N: number,
  C: number,
  g: WindowGeometry,
  visit: (col: [number, number, number], pixel: [number, number, number, number] | null) => void,
): void {
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let i = 0; i < g.kH; i++)
        for (let j = 0; j < g.kW; j++)
          for (let p = 0; p < g.outH; p++)
            for (let q = 0; q < g.outW; q++) {
              const [h, w] = [
                p * g.strideH - g.padH + i * g.dilationH,
                q * g.strideW - g.padW + j * g.dilationW,
              ];
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
      forEachEntry(2, 3, g, (col, pixel) =>
        expected.set(col, pixel === null ? 0 : x.get(...pixel)),
      );
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

/** A copy of x with the padding as real rows and columns of zeros around it. */
function framed(x: Tensor, { padH, padW }: WindowGeometry): Tensor {
  const [N, C, H, W] = x.shape as [number, number, number, number];
  const frame = Tensor.zeros([N, C, H + 2 * padH, W + 2 * padW], "float64");
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let h = 0; h < H; h++)
        for (let w = 0; w < W; w++) frame.set([n, c, h + padH, w + padW], x.get(n, c, h, w));
  return frame;
}

test("with the zeros of the padding written out, a window is a slice: both maps once more", () => {
  fc.assert(
    fc.property(windowCases, ({ size: [H, W], seed, ...options }) => {
      const g = conv2dGeometry("test", H, W, options);
      const random = new Random(seed);
      const [C, R, P] = [2, 2 * g.kH * g.kW, g.outH * g.outW];
      const x = random.normal([1, C, H, W], 0, 1, "float64");
      const y = random.normal([1, R, P], 0, 1, "float64");
      const frame = framed(x, g);
      const collected = Tensor.zeros(frame.shape, "float64");
      const cols = im2col(x, g);
      for (let s = 0, top = 0; top + (g.kH - 1) * g.dilationH < frame.shape[2]!; top += g.strideH) {
        for (
          let left = 0;
          left + (g.kW - 1) * g.dilationW < frame.shape[3]!;
          left += g.strideW, s++
        ) {
          let r = 0;
          for (let c = 0; c < C; c++)
            for (let h = top; h <= top + (g.kH - 1) * g.dilationH; h += g.dilationH)
              for (let w = left; w <= left + (g.kW - 1) * g.dilationW; w += g.dilationW, r++) {
                assert.is(cols.get(0, r, s), frame.get(0, c, h, w));
                collected.set([0, c, h, w], collected.get(0, c, h, w) + y.get(0, r, s));
              }
          assert.is(r, R);
        }
        if (top + g.strideH + (g.kH - 1) * g.dilationH >= frame.shape[2]!) assert.is(s, P);
      }
      assertClose(
        col2im(y, C, g),
        collected.slice(null, null, [g.padH, g.padH + H], [g.padW, g.padW + W]),
        { tolerance: 1e-14 },
      );
    }),
    { seed: 11, numRuns: 200 },
  );
});

test("⟨im2col(x), y⟩ = ⟨x, col2im(y)⟩: each is the other's adjoint", () => {
  fc.assert(
    fc.property(windowCases, ({ size: [H, W], seed, ...options }) => {
      const g = conv2dGeometry("test", H, W, options);
      const random = new Random(seed);
      const x = random.normal([2, 3, H, W], 0, 1, "float64");
      const y = random.normal([2, 3 * g.kH * g.kW, g.outH * g.outW], 0, 1, "float64");
      const terms = multiply(im2col(x, g), y);
      const left = sum(terms).item();
      const right = sum(multiply(x, col2im(y, 3, g))).item();
      // the sums may cancel; their rounding errors grow with their terms
      const scale = sum(map(terms, Math.abs)).item();
      assertCloseArrays([left, scale], [right, scale], { tolerance: 1e-14 });
    }),
    { seed: 4, numRuns: 300 },
  );
});

test("a small case by hand: two windows that share a column of pixels", () => {
  const g = conv2dGeometry("test", 2, 3, { kernelSize: [2, 2] });
  const x = tensor([
    [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
  ]);
  const cols = tensor([
    [
      [1, 2],
      [2, 3],
      [4, 5],
      [5, 6],
    ],
  ]);
  assertClose(im2col(x, g), cols, { tolerance: 0 });
  assertClose(
    col2im(cols, 1, g),
    tensor([
      [
        [
          [1, 4, 3],
          [4, 10, 6],
        ],
      ],
    ]),
    { tolerance: 0 },
  );
});

test(
  "col2im is not the inverse: a pixel returns as often as it was copied, and never from the " +
    "strip that the floor cuts off",
  () => {
    const g = conv2dGeometry("test", 4, 6, { kernelSize: [2, 3], stride: [2, 1] });
    const copied = col2im(im2col(Tensor.full([1, 1, 4, 6], 1, "float64"), g), 1, g);
    assertClose(
      copied,
      tensor([
        [
          [
            [1, 2, 3, 3, 2, 1],
            [1, 2, 3, 3, 2, 1],
            [1, 2, 3, 3, 2, 1],
            [1, 2, 3, 3, 2, 1],
          ],
        ],
      ]),
      { tolerance: 0 },
    );
    const cut = conv2dGeometry("test", 4, 6, { kernelSize: [1, 2], stride: [2, 4] });
    const left = col2im(im2col(Tensor.full([1, 1, 4, 6], 1, "float64"), cut), 1, cut);
    assertClose(
      left,
      tensor([
        [
          [
            [1, 1, 0, 0, 1, 1],
            [0, 0, 0, 0, 0, 0],
            [1, 1, 0, 0, 1, 1],
            [0, 0, 0, 0, 0, 0],
          ],
        ],
      ]),
      { tolerance: 0 },
    );
  },
);

test(
  "results are new, of the input's type, and live where the allocator says; " +
    "inputs stay as they are",
  () => {
    for (const dtype of ["float32", "float64"] as const) {
      const g = conv2dGeometry("test", 5, 7, { kernelSize: [2, 1] });
      const x = new Random("x").normal([2, 1, 5, 7], 0, 1, dtype);
      const y = new Random("y").normal([2, 2, 28], 0, 1, dtype);
      const before = [x.clone(), y.clone()] as const;
      const allocated: number[] = [];
      const allocator: Allocator = {
        allocate: (type, length) => {
          assert.is(type, dtype);
          allocated.push(length);
          return heapAllocator.allocate(type, length);
        },
      };
      const [cols, back] = [im2col(x, g, allocator), col2im(y, 1, g, allocator)];
      assert.equal(allocated, [2 * 2 * 28, 2 * 35]);
      assert.equal([cols.dtype, back.dtype], [dtype, dtype]);
      assert.not(cols.sharesMemoryWith(x) || back.sharesMemoryWith(y));
      assertClose(x, before[0], { tolerance: 0 });
      assertClose(y, before[1], { tolerance: 0 });
    }
  },
);

test("float32 and views that are not contiguous give the same numbers", () => {
  const g = conv2dGeometry("test", 5, 7, { kernelSize: [2, 3], stride: [2, 1], padding: [1, 0] });
  const x = new Random("views").normal([5, 2, 7, 3]).transpose([1, 3, 0, 2]);
  assertClose(im2col(x, g), im2col(x.clone(), g), { tolerance: 0 });
  const cols = new Random("cols").normal([g.outH * g.outW, 3 * 6, 2]).transpose();
  assertClose(col2im(cols, 3, g), col2im(cols.clone(), 3, g), { tolerance: 0 });
});

test("shapes that do not belong to the geometry are refused", async () => {
  const g = conv2dGeometry("test", 5, 7, { kernelSize: [2, 3] });
  await assertRejects(
    () => im2col(Tensor.zeros([2, 3, 7, 5]), g),
    "im2col",
    "[N, C, 5, 7]",
    "[2, 3, 7, 5]",
  );
  await assertRejects(() => im2col(Tensor.zeros([2, 3, 5, 8]), g), "[N, C, 5, 7]", "[2, 3, 5, 8]");
  await assertRejects(() => im2col(Tensor.zeros([2, 3, 6, 7]), g), "[N, C, 5, 7]", "[2, 3, 6, 7]");
  await assertRejects(
    () => im2col(Tensor.zeros([2, 3, 5, 7, 1]), g),
    "[N, C, 5, 7]",
    "[2, 3, 5, 7, 1]",
  );
  await assertRejects(
    () => im2col(Tensor.zeros([3, 5, 7]), g),
    "im2col",
    "[N, C, 5, 7]",
    "got [3, 5, 7]",
  );
  await assertRejects(
    () => col2im(Tensor.zeros([2, 18, 20, 1]), 3, g),
    "col2im",
    "[N, 18, 20]",
    "[2, 18, 20, 1]",
  );
  await assertRejects(
    () => col2im(Tensor.zeros([2, 18, 19]), 3, g),
    "col2im",
    "[N, 18, 20]",
    "[2, 18, 19]",
  );
  await assertRejects(() => col2im(Tensor.zeros([2, 18, 20]), 2, g), "[N, 12, 20]", "[2, 18, 20]");
});

test.run();
