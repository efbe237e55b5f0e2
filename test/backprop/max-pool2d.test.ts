import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { maxPool2dBackward, maxPool2dForward } from "leibniz/backprop";
import { conv2dGeometry } from "leibniz/im2col";
import { Random, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { holdPixels, windowCases } from "../helpers/windows.js";

test("forward and backward against loops over every window, with ties and overlaps", async () => {
  await fc.assert(
    fc.asyncProperty(windowCases, async ({ size: [H, W], seed, ...options }) => {
      const random = new Random(seed);
      const g = conv2dGeometry("test", H, W, options);
      if (!holdPixels(g))
        return assertRejects(
          () => maxPool2dForward(Tensor.zeros([1, 1, H, W]), options),
          "maxPool2d: expected windows that hold a pixel each, got ",
          " of windows on padding alone",
        );
      const x = Tensor.from(
        Float64Array.from({ length: 6 * H * W }, () => random.integer(4) - 6),
        [2, 3, H, W],
        "float64",
      ); // negative, with many ties
      const dOut = random.normal([2, 3, g.outH, g.outW], 0, 1, "float64");
      const [out, dX] = [Tensor.zeros(dOut.shape, "float64"), Tensor.zeros(x.shape, "float64")];
      for (let n = 0; n < 2; n++)
        for (let c = 0; c < 3; c++)
          for (let p = 0; p < g.outH; p++)
            for (let q = 0; q < g.outW; q++) {
              const pixels: [number, number][] = [];
              for (let i = 0; i < g.kH; i++)
                for (let j = 0; j < g.kW; j++)
                  pixels.push([
                    p * g.strideH - g.padH + i * g.dilationH,
                    q * g.strideW - g.padW + j * g.dilationW,
                  ]);
              const inside = pixels.filter(([h, w]) => h >= 0 && h < H && w >= 0 && w < W);
              const largest = Math.max(...inside.map(([h, w]) => x.get(n, c, h, w)));
              const [h, w] = inside.find(([h, w]) => x.get(n, c, h, w) === largest)!;
              out.set([n, c, p, q], largest);
              dX.set([n, c, h, w], dX.get(n, c, h, w) + dOut.get(n, c, p, q));
            }
      const own = await maxPool2dForward(x, options);
      assertClose(own.out, out, { tolerance: 0, what: "out" });
      assertClose((await maxPool2dBackward(dOut, own.cache)).dX, dX, {
        tolerance: 1e-14,
        what: "dX",
      });
    }),
    { seed: 8, numRuns: 200 },
  );
});

test("in a tie the first entry in row-major order gets the gradient", async () => {
  const { cache } = await maxPool2dForward(
    tensor([
      [
        [
          [1, 2, 2],
          [2, 2, 2],
        ],
      ],
    ]),
    { kernelSize: [2, 3] },
  );
  assert.equal((await maxPool2dBackward(tensor([[[[7]]]]), cache)).dX.toNested(), [
    [
      [
        [0, 7, 0],
        [0, 0, 0],
      ],
    ],
  ]);
});

test("windows that overlap add up on a pixel that wins several of them", async () => {
  const { out, cache } = await maxPool2dForward(
    tensor([
      [
        [
          [1, 5, 5, 2],
          [0, 4, 3, 5],
          [3, 1, 2, 2],
        ],
      ],
    ]),
    { kernelSize: [2, 3], stride: 1 },
  );
  assert.equal(out.toNested(), [
    [
      [
        [5, 5],
        [4, 5],
      ],
    ],
  ]);
  assert.equal([...cache.argmax.data], [1, 1, 5, 7]);
  assert.equal(
    (
      await maxPool2dBackward(
        tensor([
          [
            [
              [6, -11],
              [18, 12],
            ],
          ],
        ]),
        cache,
      )
    ).dX.toNested(),
    [
      [
        [
          [0, -5, 0, 0],
          [0, 18, 0, 12],
          [0, 0, 0, 0],
        ],
      ],
    ],
  );
});

test("padding as wide as the window less one is accepted, above and below", async () => {
  const x = tensor([
    [
      [
        [3, 7],
        [4, 6],
      ],
    ],
  ]);
  const { out, cache } = await maxPool2dForward(x, { kernelSize: 3, stride: 1, padding: 2 });
  assert.equal(out.toNested(), [
    [
      [
        [3, 7, 7, 7],
        [4, 7, 7, 7],
        [4, 7, 7, 7],
        [4, 6, 6, 6],
      ],
    ],
  ]);
  const { dX } = await maxPool2dBackward(Tensor.full([1, 1, 4, 4], 1, "float64"), cache);
  assert.equal(dX.toNested(), [
    [
      [
        [1, 9],
        [3, 3],
      ],
    ],
  ]);
});

test("a window that a small image slips through, or that lies beyond it, is refused", async () => {
  for (const [options, where] of [
    [{ kernelSize: [2, 1], stride: 1, padding: [1, 0], dilation: [3, 1] }, "row 0"],
    [{ kernelSize: [1, 2], stride: [1, 3], padding: [0, 2] }, "column 0"],
    [{ kernelSize: [1, 1], stride: [2, 1], padding: [1, 0] }, "row 0"],
  ] as const)
    await assertRejects(
      () => maxPool2dForward(Tensor.zeros([2, 1, 2, 3]), options),
      "maxPool2d: expected windows that hold a pixel each",
      `got ${where} of windows on padding alone`,
    );
});

test("a window full of −∞ still has a winner, its first pixel and not the padding", async () => {
  const { out, cache } = await maxPool2dForward(tensor([[[[-Infinity, -Infinity, 1]]]]), {
    kernelSize: [1, 2],
    padding: [0, 1],
  });
  assert.equal(out.toNested(), [[[[-Infinity, 1]]]]);
  assert.equal((await maxPool2dBackward(tensor([[[[4, -3]]]]), cache)).dX.toNested(), [
    [[[4, 0, -3]]],
  ]);
});

test("padding is −∞, not 0: it never wins over negative pixels", async () => {
  const { out } = await maxPool2dForward(
    tensor([
      [
        [
          [-3, -1, -2],
          [-5, -4, -6],
        ],
      ],
    ]),
    { kernelSize: [2, 3], stride: [1, 2], padding: [1, 1] },
  );
  assert.equal(out.toNested(), [
    [
      [
        [-1, -1],
        [-1, -1],
        [-4, -4],
      ],
    ],
  ]);
});

test("windows do not overlap unless asked to, and what no window reaches is cut off", async () => {
  const x = Tensor.from(
    Float64Array.from({ length: 35 }, (_, i) => i),
    [1, 1, 5, 7],
    "float64",
  );
  assert.equal((await maxPool2dForward(x, { kernelSize: [2, 3] })).out.toNested(), [
    [
      [
        [9, 12],
        [23, 26],
      ],
    ],
  ]);
});

test("a NaN in a window is not lost from sight", async () => {
  for (const nan of [0, 1, 4, 5, 8, 9]) {
    const values = [1, 2, 5, 2, 0, 3, 1, 4, 9, 0, -1, 6];
    values[nan] = NaN;
    const { out, cache } = await maxPool2dForward(tensor(values).reshape([1, 1, 3, 4]), {
      kernelSize: [3, 2],
    });
    assert.equal([...out.data].map(Number.isNaN), [true, false], `NaN at ${nan}`);
    assert.equal([...cache.argmax.data], [nan, 11], `NaN at ${nan}`);
  }
});

test("what makes no sense is refused", async () => {
  await assertRejects(
    () => maxPool2dForward(Tensor.zeros([2, 3, 4]), { kernelSize: 2 }),
    "maxPool2d",
    "[N, C, H, W]",
    "[2, 3, 4]",
  );
  await assertRejects(
    () => maxPool2dForward(Tensor.zeros([1, 1, 4, 5]), { kernelSize: [5, 2] }),
    "maxPool2d",
    "4×5",
    "5×2",
  );
  await assertRejects(
    () => maxPool2dForward(Tensor.zeros([1, 1, 4, 5]), { kernelSize: [2, 3], padding: [1, 3] }),
    "windows that hold a pixel each",
    "column 0 of windows on padding alone",
  );
  const { cache } = await maxPool2dForward(Tensor.zeros([1, 1, 4, 5]), { kernelSize: 2 });
  await assertRejects(
    () => maxPool2dBackward(Tensor.zeros([1, 1, 3, 2]), cache),
    "[1, 1, 2, 2]",
    "[1, 1, 3, 2]",
  );
});

test("a gradient of another batch, or with batch and channels exchanged, is refused", async () => {
  const { cache } = await maxPool2dForward(Tensor.zeros([2, 3, 4, 6]), { kernelSize: [2, 3] });
  for (const shape of [
    [3, 2, 2, 2],
    [1, 3, 2, 2],
    [2, 3, 2, 3],
  ]) {
    await assertRejects(
      () => maxPool2dBackward(Tensor.zeros(shape), cache),
      "maxPool2dBackward",
      "[2, 3, 2, 2]",
      `[${shape.join(", ")}]`,
    );
  }
});

test.run();
