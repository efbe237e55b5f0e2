import { test } from "uvu";
import * as assert from "uvu/assert";
import fc from "fast-check";
import { conv2dGeometry, type WindowGeometry } from "leibniz/im2col";
import {
  availableGpuModes,
  type Backend,
  convolutionFlop,
  gemmLoops,
  gemmRows,
  ladder,
  type MatrixView,
  openBackend,
  reference,
  type Rung,
} from "leibniz/kernels";
import { Random, type Tensor } from "leibniz/tensor";
import { assertClose, assertCloseArrays } from "../helpers/assert-close.js";

/** A backend for every rung: those that gpu.js can run in several modes stand for several. */
const steps: { readonly rung: Rung; readonly backend: Backend; readonly name: string }[] = [];
for (const rung of ladder) {
  if (rung.needs === null) steps.push({ rung, backend: reference, name: rung.name });
  else if (rung.needs.backend === "wasm") {
    const backend = await openBackend({
      name: "wasm",
      threads: rung.needs.threads === "one" ? 1 : 3,
    });
    steps.push({ rung, backend, name: rung.name });
  } else {
    for (const mode of ["cpu", "webasm"])
      steps.push({
        rung,
        backend: await openBackend({ name: "gpu", mode }),
        name: `${rung.name} ${mode}`,
      });
  }
}

/**
 * Climbs the ladder: each rung's result is compared with that of the rung before. Float32 sums of
 * `terms` terms may differ by rounding.
 */
async function climb(
  what: string,
  x: Tensor,
  weight: Tensor,
  geometry: WindowGeometry,
): Promise<void> {
  const terms = weight.size / weight.shape[0]!;
  let before: { readonly name: string; readonly out: Tensor } | null = null;
  for (const { rung, backend, name } of steps) {
    const out = await backend.step(() => rung.convolve(x, weight, geometry, backend));
    assert.equal([...out.shape], [x.shape[0], weight.shape[0], geometry.outH, geometry.outW], name);
    if (before !== null)
      assertClose(out, before.out, {
        tolerance: 1e-6 * (1 + Math.sqrt(terms) / 4),
        what: `${what}: ${name} against ${before.name}`,
      });
    before = { name, out };
  }
}

test("the ladder has the chapter's rungs, in its order, each with its backend", async () => {
  assert.equal(
    ladder.map(({ name }) => name),
    [
      "seven loops",
      "im2col",
      "loop order",
      "register tile",
      "SIMD tile",
      "cache",
      "threads",
      "gpu.js",
    ],
  );
  assert.equal(
    steps.map(({ backend }) => `${backend.name} ${backend.mode ?? ""} ${backend.threads}`).slice(4),
    ["wasm  1", "wasm  1", "wasm  3", "gpu cpu 1", "gpu webasm 1"],
  );
  const modes = await availableGpuModes();
  assert.ok(modes.includes("cpu") && modes.includes("webasm"));
});

const pair = (min: number, max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
const cases = fc
  .record({
    N: fc.integer({ min: 1, max: 5 }),
    C: fc.integer({ min: 1, max: 6 }),
    K: fc.integer({ min: 1, max: 11 }),
    size: pair(3, 13),
    kernelSize: pair(1, 4),
    stride: pair(1, 3),
    padding: pair(0, 2),
    dilation: pair(1, 2),
    seed: fc.nat(),
  })
  .filter(({ size, kernelSize, padding, dilation }) =>
    [0, 1].every(
      (axis) => dilation[axis]! * (kernelSize[axis]! - 1) + 1 <= size[axis]! + 2 * padding[axis]!,
    ),
  )
  .filter(
    ({ size, kernelSize, stride }) =>
      size[0] !== size[1] && kernelSize[0] !== kernelSize[1] && stride[0] !== stride[1],
  );

test(
  "each rung computes what the rung before computes, for random shapes, strides, " +
    "paddings and dilations",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        cases,
        async ({ N, C, K, size: [H, W], kernelSize, stride, padding, dilation, seed }) => {
          const random = new Random(seed);
          const geometry = conv2dGeometry("ladder", H, W, {
            kernelSize,
            stride,
            padding,
            dilation,
          });
          await climb(
            JSON.stringify({ N, C, K, geometry }),
            random.normal([N, C, H, W]),
            random.normal([K, C, ...kernelSize]),
            geometry,
          );
        },
      ),
      { seed: 5, numRuns: 60 },
    );
  },
);

test("each rung computes what the one before does, at the notes' network's sizes", async () => {
  const random = new Random("ladder");
  for (const [N, C, K, size] of [
    [17, 1, 16, 28],
    [33, 16, 32, 13],
  ] as const) {
    const geometry = conv2dGeometry("ladder", size, size, { kernelSize: 3 });
    await climb(
      `${C} → ${K} on ${size}×${size}`,
      random.normal([N, C, size, size]),
      random.normal([K, C, 3, 3]),
      geometry,
    );
  }
});

test("seven loops: by hand, with stride, padding and dilation", async () => {
  const random = new Random("by hand");
  const [x, weight] = [random.normal([2, 3, 5, 7]), random.normal([4, 3, 2, 3])];
  const geometry = conv2dGeometry("ladder", 5, 7, {
    kernelSize: [2, 3],
    stride: [2, 1],
    padding: [1, 2],
    dilation: [3, 2],
  });
  const out = await ladder[0]!.convolve(x, weight, geometry, reference);
  let total = 0;
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 3; j++) {
        const [h, w] = [2 * 1 + 3 * i - 1, 1 * 4 + 2 * j - 2];
        if (h < 5 && w < 7) total += weight.get(3, c, i, j) * x.get(1, c, h, w);
      }
    }
  }
  assertCloseArrays([out.get(1, 3, 1, 4)], [total], { tolerance: 1e-6 });
});

test(
  "gemmRows adds the product to what is there, wherever the matrices lie, " +
    "and leaves the gaps alone",
  () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 11 }),
        fc.integer({ min: 0, max: 7 }),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        fc.nat(),
        (M, N, I, turned, seed) => {
          const random = new Random(seed);
          const view = (rows: number, columns: number, turn: boolean): MatrixView => ({
            data: random.normal(
              [3 + 2 * rows * (columns + 1) + 2 * columns * (rows + 1)],
              0,
              1,
              "float64",
            ).data,
            offset: 3,
            ...(turn
              ? { rowStride: 2, columnStride: 2 * rows + 1 }
              : { rowStride: 2 * columns + 1, columnStride: 2 }),
          });
          const [A, B, C] = [view(M, I, turned[0]), view(I, N, turned[1]), view(M, N, turned[2])];
          const expected = { ...C, data: C.data.slice() };
          gemmLoops({ M, N, I }, A, B, expected);
          gemmRows({ M, N, I }, A, B, C);
          assertCloseArrays(C.data, expected.data, {
            tolerance: 1e-14,
            what: `[${M}, ${I}] · [${I}, ${N}]`,
          });
        },
      ),
      { seed: 6, numRuns: 200 },
    );
  },
);

test(
  "the operations of a convolution: a multiplication and an addition for each weight at " +
    "each window of each image",
  () => {
    const geometry = conv2dGeometry("ladder", 13, 12, { kernelSize: 3 });
    assert.is(
      convolutionFlop(5, new Random(0).normal([32, 16, 3, 3]), geometry),
      2 * 5 * 32 * 144 * 11 * 10,
    );
  },
);

test("the backends are given back", async () => {
  for (const { backend } of steps) if (backend !== reference) await backend.dispose();
});

test.run();
