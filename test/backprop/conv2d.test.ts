import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { conv2dGeometry, type WindowGeometry } from "leibniz/im2col";
import { reference } from "leibniz/kernels";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { windowCases } from "../helpers/windows.js";

interface Case {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly dOut: Tensor;
  readonly groups: number;
  readonly g: WindowGeometry;
}

/** Visits every product that a convolution adds up: seven loops and the two of a group. */
function forEachProduct(
  { x, weight, groups, g }: Case,
  visit: (out: number[], x: number[], weight: number[]) => void,
): void {
  const [N] = x.shape as [number];
  const [K, perGroup, kH, kW] = weight.shape as [number, number, number, number];
  for (let n = 0; n < N; n++)
    for (let k = 0; k < K; k++)
      for (let p = 0; p < g.outH; p++)
        for (let q = 0; q < g.outW; q++)
          for (let c = 0; c < perGroup; c++)
            for (let i = 0; i < kH; i++)
              for (let j = 0; j < kW; j++) {
                const [h, w] = [
                  p * g.strideH - g.padH + i * g.dilationH,
                  q * g.strideW - g.padW + j * g.dilationW,
                ];
                const channel = Math.floor(k / (K / groups)) * perGroup + c;
                if (h >= 0 && h < g.H && w >= 0 && w < g.W)
                  visit([n, k, p, q], [n, channel, h, w], [k, c, i, j]);
              }
}

const addTo = (target: Tensor, index: number[], value: number): void =>
  target.set(index, target.get(...index) + value);

const cases = fc.tuple(windowCases, fc.constantFrom(1, 2)).map(
  ([
    {
      size: [H, W],
      seed,
      ...options
    },
    groups,
  ]) => {
    const random = new Random(seed);
    const g = conv2dGeometry("test", H, W, options);
    const make = (shape: number[]): Tensor => random.normal(shape, 0, 1, "float64");
    const tensors = {
      x: make([2, 4, H, W]),
      weight: make([6, 4 / groups, g.kH, g.kW]),
      bias: make([6]),
      dOut: make([2, 6, g.outH, g.outW]),
    };
    return { options: { ...options, groups }, test: { ...tensors, groups, g } };
  },
);

test("forward against the loops of the definition", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ options, test: c }) => {
      const expected = c.bias.reshape([1, 6, 1, 1]).broadcastTo(c.dOut.shape).clone();
      forEachProduct(c, (out, x, weight) =>
        addTo(expected, out, c.x.get(...x) * c.weight.get(...weight)),
      );
      assertClose((await conv2dForward(c.x, c.weight, c.bias, options)).out, expected, {
        tolerance: 1e-13,
      });
    }),
    { seed: 5, numRuns: 100 },
  );
});

test("dX, dWeight and dBias against the same loops: dOut goes to both factors", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ options, test: c }) => {
      const [dX, dWeight, dBias] = [
        Tensor.zeros(c.x.shape, "float64"),
        Tensor.zeros(c.weight.shape, "float64"),
        Tensor.zeros([6], "float64"),
      ];
      forEachProduct(c, (out, x, weight) => {
        addTo(dX, x, c.dOut.get(...out) * c.weight.get(...weight));
        addTo(dWeight, weight, c.dOut.get(...out) * c.x.get(...x));
      });
      for (let n = 0; n < 2; n++)
        for (let k = 0; k < 6; k++)
          for (let p = 0; p < c.g.outH; p++)
            for (let q = 0; q < c.g.outW; q++) addTo(dBias, [k], c.dOut.get(n, k, p, q));
      const { cache } = await conv2dForward(c.x, c.weight, c.bias, options);
      const own = await conv2dBackward(c.dOut, cache);
      assertClose(own.dX, dX, { tolerance: 1e-13, what: "dX" });
      assertClose(own.dWeight, dWeight, { tolerance: 1e-13, what: "dWeight" });
      assertClose(own.dBias!, dBias, { tolerance: 1e-13, what: "dBias" });
    }),
    { seed: 6, numRuns: 100 },
  );
});

test(
  "dX once more: dOut, spread out by the stride, " +
    "fully convolved with the filter turned by half a turn",
  async () => {
    await fc.assert(
      fc.asyncProperty(windowCases, async ({ size: [H, W], seed, ...options }) => {
        const random = new Random(seed);
        const g = conv2dGeometry("test", H, W, options);
        const { kH, kW } = g;
        const x = random.normal([1, 2, H, W], 0, 1, "float64");
        const weight = random.normal([3, 2, kH, kW], 0, 1, "float64");
        const dOut = random.normal([1, 3, g.outH, g.outW], 0, 1, "float64");
        // zeros between the entries of dOut, and behind them so far that every pixel is reached
        const [frameH, frameW] = [g.dilationH * (kH - 1), g.dilationW * (kW - 1)];
        const spread = Tensor.zeros(
          [1, 3, H + 2 * g.padH + frameH, W + 2 * g.padW + frameW],
          "float64",
        );
        for (let k = 0; k < 3; k++)
          for (let p = 0; p < g.outH; p++)
            for (let q = 0; q < g.outW; q++)
              spread.set(
                [0, k, frameH + p * g.strideH, frameW + q * g.strideW],
                dOut.get(0, k, p, q),
              );
        const flipped = Tensor.zeros([2, 3, kH, kW], "float64");
        for (let k = 0; k < 3; k++)
          for (let c = 0; c < 2; c++)
            for (let i = 0; i < kH; i++)
              for (let j = 0; j < kW; j++)
                flipped.set([c, k, kH - 1 - i, kW - 1 - j], weight.get(k, c, i, j));
        const full = (
          await conv2dForward(spread, flipped, null, { dilation: [g.dilationH, g.dilationW] })
        ).out;
        const cropped = full.slice(null, null, [g.padH, g.padH + H], [g.padW, g.padW + W]);
        const { cache } = await conv2dForward(x, weight, null, options);
        assertClose((await conv2dBackward(dOut, cache)).dX, cropped.clone(), { tolerance: 1e-13 });
      }),
      { seed: 7, numRuns: 100 },
    );
  },
);

test(
  "dX gathered pixel by pixel: weight times the upstream gradient with zeros between its " +
    "entries (conv2d.14)",
  async () => {
    await fc.assert(
      fc.asyncProperty(windowCases, async ({ size: [H, W], seed, ...options }) => {
        const random = new Random(seed);
        const g = conv2dGeometry("test", H, W, options);
        const weight = random.normal([3, 2, g.kH, g.kW], 0, 1, "float64");
        const dOut = random.normal([2, 3, g.outH, g.outW], 0, 1, "float64");
        const up = (n: number, k: number, a: number, b: number): number => {
          const [p, q] = [a / g.strideH, b / g.strideW];
          const isWindow =
            Number.isInteger(p) &&
            Number.isInteger(q) &&
            p >= 0 &&
            p < g.outH &&
            q >= 0 &&
            q < g.outW;
          return isWindow ? dOut.get(n, k, p, q) : 0;
        };
        const expected = Tensor.zeros([2, 2, H, W], "float64");
        for (let n = 0; n < 2; n++)
          for (let c = 0; c < 2; c++)
            for (let h = 0; h < H; h++)
              for (let w = 0; w < W; w++)
                for (let k = 0; k < 3; k++)
                  for (let i = 0; i < g.kH; i++)
                    for (let j = 0; j < g.kW; j++)
                      addTo(
                        expected,
                        [n, c, h, w],
                        weight.get(k, c, i, j) *
                          up(n, k, h + g.padH - i * g.dilationH, w + g.padW - j * g.dilationW),
                      );
        const { cache } = await conv2dForward(
          random.normal([2, 2, H, W], 0, 1, "float64"),
          weight,
          null,
          options,
        );
        assertClose((await conv2dBackward(dOut, cache)).dX, expected, { tolerance: 1e-13 });
      }),
      { seed: 12, numRuns: 100 },
    );
  },
);

test("groups are a dense convolution whose weight is 0 between different groups", async () => {
  const random = new Random("groups");
  const options = { stride: [2, 1], padding: [1, 2], dilation: [1, 2] } as const;
  const [x, bias] = [
    random.normal([2, 6, 5, 7], 0, 1, "float64"),
    random.normal([9], 0, 1, "float64"),
  ];
  // 3 groups of 2 channels and 3 filters
  const weight = random.normal([9, 2, 3, 2], 0, 1, "float64");
  const dense = Tensor.zeros([9, 6, 3, 2], "float64");
  const block = (tensor: Tensor, g: number): Tensor =>
    tensor.slice([3 * g, 3 * g + 3], [2 * g, 2 * g + 2]);
  for (let k = 0; k < 9; k++)
    for (let c = 0; c < 2; c++)
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 2; j++)
          dense.set([k, 2 * Math.floor(k / 3) + c, i, j], weight.get(k, c, i, j));
  const [grouped, full] = [
    await conv2dForward(x, weight, bias, { ...options, groups: 3 }),
    await conv2dForward(x, dense, bias, options),
  ];
  assertClose(grouped.out, full.out, { tolerance: 1e-14, what: "out" });
  const dOut = random.normal(full.out.shape, 0, 1, "float64");
  const [own, other] = [
    await conv2dBackward(dOut, grouped.cache),
    await conv2dBackward(dOut, full.cache),
  ];
  assertClose(own.dX, other.dX, { tolerance: 1e-14, what: "dX" });
  for (const g of [0, 1, 2])
    assertClose(own.dWeight.slice([3 * g, 3 * g + 3]), block(other.dWeight, g), {
      tolerance: 1e-14,
      what: `dWeight of group ${g}`,
    });
  assertClose(own.dBias!, other.dBias!, { tolerance: 1e-14, what: "dBias" });
});

test("nothing that is passed in is changed, and float32 agrees with float64", async () => {
  const random = new Random("float32");
  const shapes = { x: [2, 3, 6, 5], weight: [4, 3, 2, 3], bias: [4] } as const;
  const [x, weight, bias] = [
    random.normal(shapes.x),
    random.normal(shapes.weight),
    random.normal(shapes.bias),
  ];
  const options = { stride: [1, 2], padding: [0, 2] } as const;
  const run = async (dtype: "float32" | "float64") => {
    const inputs = [x, weight, bias].map((tensor) => tensor.astype(dtype)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const { out, cache } = await conv2dForward(...inputs, options);
    const dOut = new Random("upstream").normal(out.shape).astype(dtype);
    const kept = [...inputs, dOut].map((tensor) => tensor.clone());
    const { dX, dWeight, dBias } = await conv2dBackward(dOut, cache);
    [...inputs, dOut].forEach((tensor, i) => assertClose(tensor, kept[i]!, { tolerance: 0 }));
    return [out, dX, dWeight, dBias!];
  };
  const [single, double] = [await run("float32"), await run("float64")];
  single.forEach((tensor, i) => {
    assert.is(tensor.dtype, "float32");
    assertClose(tensor.astype("float64"), double[i]!, {
      tolerance: 1e-6,
      what: ["out", "dX", "dWeight", "dBias"][i]!,
    });
  });
});

test("without a bias there is no dBias", async () => {
  const random = new Random("no bias");
  const { out, cache } = await conv2dForward(
    random.normal([1, 2, 4, 5]),
    random.normal([3, 2, 2, 3]),
    null,
  );
  const { dBias } = await conv2dBackward(random.normal(out.shape), cache);
  if (dBias !== null) throw new Error("expected null");
});

test("shapes that do not fit are refused with both shapes", async () => {
  const [x, weight] = [Tensor.zeros([2, 3, 5, 6]), Tensor.zeros([4, 3, 2, 3])];
  await assertRejects(
    () => conv2dForward(Tensor.zeros([3, 5, 6]), weight, null),
    "conv2d",
    "[N, C, H, W]",
    "[3, 5, 6]",
  );
  await assertRejects(
    () => conv2dForward(x, Tensor.zeros([4, 2, 2, 3]), null),
    "[K, 3, kH, kW]",
    "[2, 3, 5, 6]",
    "[4, 2, 2, 3]",
  );
  await assertRejects(
    () => conv2dForward(x, Tensor.zeros([4, 3, 2]), null),
    "conv2d",
    "[K, 3, kH, kW]",
    "[2, 3, 5, 6]",
    "got [4, 3, 2]",
  );
  await assertRejects(
    () => conv2dForward(x, weight, Tensor.zeros([3])),
    "bias of shape [4]",
    "[4, 3, 2, 3]",
    "got [3]",
  );
  await assertRejects(
    () => conv2dForward(x, weight, Tensor.zeros([4, 1])),
    "bias of shape [4]",
    "got [4, 1]",
  );
  await assertRejects(
    () => conv2dForward(x, weight, null, { groups: 2 }),
    "[K, 3/2, kH, kW]",
    "[2, 3, 5, 6]",
    "[4, 3, 2, 3]",
  );
  await assertRejects(
    () => conv2dForward(x, Tensor.zeros([4, 1, 2, 3]), null, { groups: 3 }),
    "K a multiple of 3",
    "[4, 1, 2, 3]",
  );
  for (const groups of [0, -1, 1.5, NaN])
    await assertRejects(
      () => conv2dForward(x, weight, null, { groups }),
      "conv2d: expected groups to be a whole number ≥ 1",
      `got ${groups}`,
    );
  await assertRejects(
    () => conv2dForward(x, weight, null, { stride: [1, 0] }),
    "conv2d: expected stride",
    "[1,0]",
  );
  await assertRejects(
    () => conv2dForward(x, Tensor.zeros([4, 3, 6, 2]), null),
    "padded image of 5×6",
    "spans 6×2",
  );
  const { cache } = await conv2dForward(x, weight, null);
  await assertRejects(
    () => conv2dBackward(Tensor.zeros([2, 4, 4, 5]), cache),
    "conv2dBackward",
    "[2, 4, 4, 4]",
    "[2, 4, 4, 5]",
  );
  for (const wantsDX of [true, false])
    await assertRejects(
      () => conv2dBackward(Tensor.zeros([4, 2, 4, 4]), cache, reference, wantsDX),
      "conv2dBackward",
      "[2, 4, 4, 4]",
      "[4, 2, 4, 4]",
    );
});

test.run();
