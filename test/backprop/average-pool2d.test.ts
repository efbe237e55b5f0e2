import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { averagePool2dBackward, averagePool2dForward } from "leibniz/backprop";
import { conv2dGeometry } from "leibniz/im2col";
import { Random, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { holdPixels, windowCases } from "../helpers/windows.js";

test("forward and backward against loops over every entry of every window", async () => {
  await fc.assert(
    fc.asyncProperty(windowCases, async ({ size: [H, W], seed, ...options }) => {
      const random = new Random(seed);
      const g = conv2dGeometry("test", H, W, options);
      if (!holdPixels(g))
        return assertRejects(
          () => averagePool2dForward(Tensor.zeros([1, 1, H, W]), options),
          "averagePool2d: expected windows that hold a pixel each, got ",
          " of windows on padding alone",
        );
      const x = random.normal([2, 3, H, W], 0, 1, "float64");
      const dOut = random.normal([2, 3, g.outH, g.outW], 0, 1, "float64");
      const [out, dX] = [Tensor.zeros(dOut.shape, "float64"), Tensor.zeros(x.shape, "float64")];
      for (let n = 0; n < 2; n++)
        for (let c = 0; c < 3; c++)
          for (let p = 0; p < g.outH; p++)
            for (let q = 0; q < g.outW; q++)
              for (let i = 0; i < g.kH; i++)
                for (let j = 0; j < g.kW; j++) {
                  const [h, w] = [
                    p * g.strideH - g.padH + i * g.dilationH,
                    q * g.strideW - g.padW + j * g.dilationW,
                  ];
                  if (h < 0 || h >= H || w < 0 || w >= W) continue;
                  out.set([n, c, p, q], out.get(n, c, p, q) + x.get(n, c, h, w) / (g.kH * g.kW));
                  dX.set([n, c, h, w], dX.get(n, c, h, w) + dOut.get(n, c, p, q) / (g.kH * g.kW));
                }
      const own = await averagePool2dForward(x, options);
      assertClose(own.out, out, { tolerance: 1e-13, what: "out" });
      assertClose((await averagePool2dBackward(dOut, own.cache)).dX, dX, {
        tolerance: 1e-13,
        what: "dX",
      });
    }),
    { seed: 9, numRuns: 200 },
  );
});

test("padded zeros are counted", async () => {
  const { out } = await averagePool2dForward(tensor([[[[4, 8, 6]]]]), {
    kernelSize: [2, 2],
    stride: 1,
    padding: [1, 1],
  });
  assert.equal(out.toNested(), [
    [
      [
        [1, 3, 3.5, 1.5],
        [1, 3, 3.5, 1.5],
      ],
    ],
  ]);
});

test("by default windows lie side by side, and what none reaches has gradient 0", async () => {
  const { out, cache } = await averagePool2dForward(
    tensor([
      [
        [
          [1, 3, 5, 9],
          [2, 4, 6, 9],
          [9, 9, 9, 9],
        ],
      ],
    ]),
    { kernelSize: [2, 3] },
  );
  assert.equal(out.toNested(), [[[[3.5]]]]);
  assert.equal((await averagePool2dBackward(tensor([[[[-12]]]]), cache)).dX.toNested(), [
    [
      [
        [-2, -2, -2, 0],
        [-2, -2, -2, 0],
        [0, 0, 0, 0],
      ],
    ],
  ]);
});

test("what makes no sense is refused", async () => {
  await assertRejects(
    () => averagePool2dForward(Tensor.zeros([2, 3, 4]), { kernelSize: 2 }),
    "averagePool2d",
    "[N, C, H, W]",
    "[2, 3, 4]",
  );
  await assertRejects(
    () => averagePool2dForward(Tensor.zeros([1, 1, 4, 5]), { kernelSize: [3, 2], padding: [3, 1] }),
    "windows that hold a pixel each",
    "row 0 of windows on padding alone",
  );
  const { cache } = await averagePool2dForward(Tensor.zeros([1, 1, 4, 5]), { kernelSize: 2 });
  await assertRejects(
    () => averagePool2dBackward(Tensor.zeros([1, 1, 2, 3]), cache),
    "[1, 1, 2, 2]",
    "[1, 1, 2, 3]",
  );
});

test("a gradient of another batch, or with batch and channels exchanged, is refused", async () => {
  const { cache } = await averagePool2dForward(Tensor.zeros([2, 3, 4, 6]), { kernelSize: [2, 3] });
  for (const shape of [
    [3, 2, 2, 2],
    [1, 3, 2, 2],
    [2, 3, 2, 3],
  ]) {
    await assertRejects(
      () => averagePool2dBackward(Tensor.zeros(shape), cache),
      "averagePool2dBackward",
      "[2, 3, 2, 2]",
      `[${shape.join(", ")}]`,
    );
  }
});

test.run();
